// Menus close by themselves; toasts leave; things can be copied; dialogs open and close.
import { $, $$, ask, byId, on, words } from './dom.js'

document.addEventListener('click', event => {
  for (const menu of $$('details.me[open], details.filter[open], details.attach[open], details.react[open]')) if (!menu.contains(event.target) || event.target.closest('button.menu-item')) menu.open = false
})

on('click', '[data-close-toast]', (event, button) => button.closest('.toast').remove())
new MutationObserver(changes => {
  for (const change of changes) for (const toast of change.addedNodes) setTimeout(() => toast.remove?.(), 9000)
}).observe(byId('toasts'), { childList: true })
for (const toast of $$('.toast')) setTimeout(() => toast.remove(), 9000)

export function tell(text) {
  const toast = document.createElement('div')
  toast.className = 'toast'
  const line = document.createElement('p')
  line.textContent = text
  toast.append(line)
  byId('toasts').append(toast)
}

on('click', '[data-copy]', async (event, button) => {
  await navigator.clipboard?.writeText(button.dataset.copy)
  tell(words('copied'))
})
on('click', '[data-copy-message]', async (event, button) => {
  await navigator.clipboard?.writeText($('.text', button.closest('.msg'))?.innerText ?? '')
  tell(words('copied'))
})

// Forms that ask something first: their page becomes a dialog.
on('submit', 'form[data-dialog]', async (event, form) => {
  event.preventDefault()
  const { response, text } = await ask(form.action)
  if (!response.ok) return location.assign(form.action)
  const dialog = byId('dialog')
  dialog.innerHTML = text
  if (!dialog.open) dialog.showModal()
})
on('click', '[data-close-dialog]', (event, button) => {
  const dialog = button.closest('dialog')
  if (!dialog) return
  event.preventDefault()
  dialog.close()
})
on('click', '[data-fill]', (event, button) => { byId(button.dataset.fill).value = button.textContent })
on('change', 'select[data-submit]', (event, select) => select.form.submit())
