// The / picker: opens above the box, filtered while typing, accents ignored. Arrows, Enter or Tab, Esc.
import { $$, byId, on } from './dom.js'
import { attachQuick } from './attach.js'
import { replyBox } from './composer.js'

const plain = text => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
const TRIGGER = /(^|\s)\/([^\s/]*)$/

const list = () => byId('slash')
const options = () => $$('.slash-item', list()).filter(option => !option.hidden)
const chosen = () => options().find(option => option.getAttribute('aria-selected') === 'true')

function typed() {
  const box = replyBox()
  return box ? TRIGGER.exec(box.value.slice(0, box.selectionStart)) : null
}

function show(wanted) {
  const words = plain(wanted).split(/\s+/)
  for (const option of $$('.slash-item', list())) {
    option.hidden = !words.every(word => plain(option.dataset.search).includes(word))
  }
  const none = list().querySelector('[data-none]')
  if (none) none.hidden = options().length > 0 || !$$('.slash-item', list()).length
  list().hidden = false
  choose(options()[0])
}

function choose(option) {
  for (const one of $$('.slash-item', list())) one.setAttribute('aria-selected', String(one === option))
  option?.scrollIntoView({ block: 'nearest' })
  const box = replyBox()
  if (option) box?.setAttribute('aria-activedescendant', option.id)
  else box?.removeAttribute('aria-activedescendant')
}

function hide() {
  if (!list() || list().hidden) return false
  list().hidden = true
  replyBox()?.removeAttribute('aria-activedescendant')
  return true
}

function insert(option) {
  const box = replyBox()
  const found = typed()
  const end = box.selectionStart
  const start = found ? end - found[2].length - 1 : end
  box.setRangeText(option.dataset.body, start, end, 'end')
  if (option.dataset.file) attachQuick(option.dataset.reply, option.dataset.file)
  hide()
  box.focus()
  box.dispatchEvent(new Event('input', { bubbles: true }))
}

on('input', 'form[data-write=reply] textarea', () => {
  const found = typed()
  if (found && list()) show(found[2])
  else hide()
})
on('keydown', 'form[data-write=reply] textarea', event => {
  if (!list() || list().hidden) return
  const shown = options()
  const at = shown.indexOf(chosen())
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault()
    if (shown.length) choose(shown[(at + (event.key === 'ArrowDown' ? 1 : shown.length - 1)) % shown.length])
  } else if ((event.key === 'Enter' || event.key === 'Tab') && chosen()) {
    event.preventDefault()
    event.stopImmediatePropagation()
    insert(chosen())
  } else if (event.key === 'Escape') {
    event.preventDefault()
    event.stopPropagation()
    hide()
  }
})
on('click', '.slash-item', (event, option) => insert(option))
on('click', '[data-quick-replies]', () => toggle())
export function toggle() {
  if (!list() || hide()) return
  show('')
  replyBox()?.focus()
}
