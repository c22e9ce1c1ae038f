// Answering one message: its words stand above the box until the answer leaves. On a phone a long press shows the actions.
import { $, $$, hear, on } from './dom.js'
import { replyBox } from './composer.js'

const strip = () => $('[data-quoting]')

function quote(button) {
  const row = button.closest('.msg')
  if (!strip()) return
  $('[data-quote-id]').value = button.dataset.quote
  $('[data-quote-who]').textContent = button.dataset.quoteName.trim()
  $('[data-quote-text]').textContent = ($('.text', row)?.innerText ?? $('.file .cut, .place b', row)?.innerText ?? $('img', row)?.alt ?? '').slice(0, 120)
  strip().hidden = false
  row.classList.remove('show')
  replyBox()?.focus()
}

export function unquote() {
  if (!strip()) return ''
  const quoted = $('[data-quote-id]').value
  $('[data-quote-id]').value = ''
  strip().hidden = true
  return quoted
}

on('click', '[data-quote]', (event, button) => quote(button))
on('click', '[data-unquote]', () => {
  unquote()
  replyBox()?.focus()
})
on('keydown', 'form[data-write=reply] textarea', event => {
  if (event.key === 'Escape' && strip() && !strip().hidden && !event.defaultPrevented) {
    event.preventDefault()
    unquote()
  }
})

document.addEventListener('toggle', event => {
  if (event.target.matches?.('.react[open]')) $('.emojis', event.target)?.scrollIntoView({ block: 'nearest' })
}, true)

// What the browser would show on a long press gives way to our actions.
on('contextmenu', '.msg', (event, row) => {
  if (!matchMedia('(hover: none)').matches || event.target.closest('a, audio, video, input, textarea')) return
  event.preventDefault()
  for (const other of $$('.msg.show')) other.classList.remove('show')
  row.classList.add('show')
})
document.addEventListener('click', event => {
  for (const row of $$('.msg.show')) if (!row.contains(event.target)) row.classList.remove('show')
})
hear('opened', unquote)
