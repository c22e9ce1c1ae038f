// The login page: show or hide the password.
const button = document.querySelector('[data-show-password]')
const field = document.getElementById('id_password')
button.hidden = false
button.addEventListener('click', () => {
  const words = button.textContent
  button.textContent = button.dataset.other
  button.dataset.other = words
  field.type = field.type === 'password' ? 'text' : 'password'
  field.focus()
})
