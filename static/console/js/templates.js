// Approved templates: choose, fill in, see it as the customer will, send. The same pages work without scripts.
import { $, $$, ask, byId, on, openId, words } from './dom.js'
import { apply } from './patch.js'
import { tell } from './menus.js'
import { openTab } from './navigate.js'

const plain = text => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
const hint = new WeakMap()

// The list, as a dialog over the conversation.
on('click', 'a[data-template-list]', async (event, link) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  const { response, text } = await ask(link.href)
  if (!response.ok) return location.assign(link.href)
  const dialog = byId('dialog')
  dialog.innerHTML = text
  if (!dialog.open) dialog.showModal()
  $('[data-template-search]', dialog)?.focus()
})

on('input', '[data-template-search]', (event, box) => {
  const wanted = plain(box.value).split(/\s+/)
  const list = box.closest('.picker-list')
  for (const item of $$('.picks li', list)) item.hidden = !wanted.every(word => plain(item.dataset.search).includes(word))
  $('[data-none]', list).hidden = shown(list).length > 0
})
on('submit', '.picker-list .search', (event, form) => {
  event.preventDefault()
  shown(form.closest('.picker-list'))[0]?.click()
})
on('keydown', '.picker-list', (event, list) => {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  const links = shown(list)
  const at = links.indexOf(document.activeElement)
  const next = event.key === 'ArrowDown' ? links[at + 1] ?? links.at(-1) : links[at - 1] ?? $('[data-template-search]', list)
  event.preventDefault()
  next?.focus()
})
const shown = list => $$('.picks li:not([hidden]) > a', list)

on('click', 'a[data-template]', async (event, link) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  const picker = link.closest('.picker')
  const { response, text } = await ask(link.href)
  if (!response.ok) return location.assign(link.href)
  for (const one of $$('a[data-template]', picker)) one.toggleAttribute('aria-current', false)
  link.setAttribute('aria-current', 'true')
  const place = $('[data-template-fill]', picker)
  if (!hint.has(place)) hint.set(place, place.innerHTML)
  draw(place, text)
  picker.classList.add('is-filling')
})

on('click', '[data-template-back]', (event, link) => {
  const picker = link.closest('.picker')
  if (!picker) return
  event.preventDefault()
  reset(picker)
  $('[data-template-search]', picker).focus()
})

function draw(place, text) {
  place.innerHTML = text
  place.scrollTop = 0
  const fields = $$('input:not([type=hidden])', place)
  const first = fields.find(one => one.getAttribute('aria-invalid')) ?? fields.find(one => !one.value) ?? fields[0]
  ;(first ?? $('button[type=submit]', place))?.focus()
}

function reset(picker) {
  const place = $('[data-template-fill]', picker)
  place.innerHTML = hint.get(place) ?? ''
  picker.classList.remove('is-filling')
  for (const one of $$('a[data-template]', picker)) one.removeAttribute('aria-current')
  const box = $('[data-template-search]', picker)
  box.value = ''
  box.dispatchEvent(new Event('input', { bubbles: true }))
}

// What is typed stands in the preview at once; an empty blank shows its braces.
on('input', '[data-fills]', (event, field) => {
  const key = field.dataset.fills
  const empty = `{{${key.slice(key.indexOf('.') + 1)}}}`
  for (const mark of $$('mark[data-blank]', field.form)) {
    if (mark.dataset.blank === key) mark.textContent = field.value.trim() || empty
  }
})
// The blank that one writes in is marked, because "Variável 2" says little by itself.
on('focusin', '[data-fills]', (event, field) => {
  for (const mark of $$('mark[data-blank]', field.form)) mark.classList.toggle('now', mark.dataset.blank === field.dataset.fills)
})
on('change', 'form[data-template-form] input[type=file]', (event, field) => {
  const name = $('[data-file-name]', field.form)
  if (name) name.textContent = field.files[0]?.name ?? ''
})

on('submit', 'form[data-template-form]', async (event, form) => {
  const place = form.closest('[data-template-fill]')
  if (!place) return
  event.preventDefault()
  const button = $('button[type=submit]', form)
  button.disabled = true
  try {
    const { response, text } = await ask(form.action, { method: 'POST', body: new FormData(form) })
    if (response.status === 400) return redrawn(place, text, form)
    if (response.status === 403 || response.status === 404) return location.reload()
    if (!response.ok) return tell(words('failed'))
    reset(form.closest('.picker'))
    place.closest('dialog')?.close()
    apply(text)
    const address = `/console/conversations/${openId()}/`
    if (!openId() || location.pathname === address) return
    // A conversation begun anew is one's own.
    history.pushState({}, '', address)
    await openTab('/console/?tab=mine')
  } catch {
    tell(words('failed'))
  } finally {
    button.disabled = false
  }
})

// A file cannot be written back by the server, so the chosen one is handed on to the form that came back.
function redrawn(place, text, form) {
  const files = $('input[type=file]', form)?.files
  draw(place, text)
  const fresh = $('input[type=file]', place)
  if (!fresh || !files?.length || fresh.getAttribute('aria-invalid')) return
  fresh.files = files
  fresh.dispatchEvent(new Event('change', { bubbles: true }))
}
