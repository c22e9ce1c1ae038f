// The only reader of pushes: <template data-push="…"> elements, from a response, a poll or the socket.
import { $, $$, byId, openId, say } from './dom.js'
import { addMessage } from './messages.js'

const versions = new Map()

const kinds = {
  card: push => whenHandIsOff(() => upsertCard(push)),
  gone: push => whenHandIsOff(() => removeCard(push.dataset.conversationId)),
  counts: push => setCounts(push.dataset),
  message: push => push.dataset.conversationId === openId() && addMessage(element(push, '[data-message-id]')),
  part: push => replacePart(push),
  open: push => say('opened', { ...push.dataset }),
  toast: push => byId('toasts').append(element(push, '.toast')),
  arrival: push => showArrival(push),
  cursor: push => { document.body.dataset.cursor = push.dataset.cursor },
  presence: push => say('presence', { ...push.dataset }),
}

export function apply(text) {
  const parsed = document.createElement('template')
  parsed.innerHTML = text
  for (const push of parsed.content.children) kinds[push.dataset?.push]?.(push)
  say('patched')
}

// A list that changes between press and release would take the click from under the hand, so it waits that long.
const HAND_OFF_MS = 100
const LONGEST_PRESS_MS = 2000
const held = []
let isPressed = false
let pressing

function whenHandIsOff(change) {
  if (isPressed) held.push(change)
  else change()
}
function handOff() {
  isPressed = false
  for (const change of held.splice(0)) change()
}
addEventListener('pointerdown', event => {
  if (!event.target.closest?.('#cards')) return
  isPressed = true
  clearTimeout(pressing)
  pressing = setTimeout(handOff, LONGEST_PRESS_MS)
}, true)
for (const type of ['pointerup', 'pointercancel']) {
  addEventListener(type, () => {
    if (!isPressed) return
    clearTimeout(pressing)
    pressing = setTimeout(handOff, HAND_OFF_MS)
  }, true)
}

const element = (push, selector) => $(selector, push.content)

function upsertCard(push) {
  const { conversationId: id, tab, version, rings } = push.dataset
  if (Number(version) < (versions.get(id) ?? 0)) return
  const list = byId('cards')
  const fresh = element(push, '.card')
  const isNew = !byId(fresh.id)
  if (rings) say('rings', { id, tab, name: rings, isFirst: isNew && !versions.has(id) })
  versions.set(id, Number(version))
  const focus = focusIn(byId(fresh.id))
  if (!list || list.closest('[data-filtered]')) {
    if (list && !isNew) byId(fresh.id).replaceWith(current(fresh, id))
    if (focus) $(focus, fresh)?.focus({ preventScroll: true })
    return
  }
  byId(fresh.id)?.remove()
  if (tab === list.dataset.tab) {
    const after = $$('.card', list).find(card => Number(card.dataset.sort) > Number(fresh.dataset.sort))
    list.insertBefore(current(fresh, id), after ?? $('.more-cards', list))
    if (focus) $(focus, fresh)?.focus({ preventScroll: true })
  }
  showEmptiness()
}

function focusIn(card) {
  const focused = card?.contains(document.activeElement) && document.activeElement
  return focused ? focused.localName : ''
}

function current(card, id) {
  if (id === openId()) card.setAttribute('aria-current', 'true')
  return card
}

function removeCard(id) {
  byId(`card-${id}`)?.remove()
  showEmptiness()
  if (id && id === openId()) say('gone', { id })
}

function showEmptiness() {
  const empty = byId('list-empty')
  if (empty) empty.hidden = Boolean($('.card', byId('cards')))
}

function setCounts(counts) {
  for (const [name, value] of Object.entries(counts)) {
    for (const place of $$(`[data-count="${name}"]`)) {
      place.textContent = value
      if (place.classList.contains('bump')) place.hidden = value === '0'
    }
  }
  say('counted', counts)
}

// Replaces an element by id. One whose data-state is unchanged stays: somebody may be writing in it.
function replacePart(push) {
  const { conversationId } = push.dataset
  if (conversationId && conversationId !== openId()) return
  const fresh = push.content.firstElementChild
  const old = byId(fresh.id)
  if (!old || (old.dataset.state && old.dataset.state === fresh.dataset.state)) return
  if (old.id === 'details' && old.contains(document.activeElement) && document.activeElement.matches('input')) return
  if (fresh.id === 'composer-zone' || fresh.id === 'thread') say('composer-leaves')
  const top = $('.details-body', old)?.scrollTop
  const writing = old.contains(document.activeElement) ? document.activeElement.closest('form[data-write]') : null
  old.replaceWith(fresh)
  if (writing) goOnWriting(writing, fresh)
  if (top) $('.details-body', fresh).scrollTop = top
  if (fresh.id === 'thread') say('thread-arrived')
  if (fresh.id === 'composer-zone' || fresh.id === 'thread') say('composer-arrived')
}

// Who was writing when the composer changed goes on in the new one, a note in the note, a reply in the reply.
function goOnWriting(form, fresh) {
  const box = $(`form[data-write=${form.dataset.write}] textarea`, fresh)
  if (!box) return
  const text = $('textarea', form).value
  if (text && !box.value) box.value = text
  if (form.dataset.write === 'note' && byId('to-team')) byId('to-team').checked = true
  box.focus()
}

function showArrival(push) {
  const bar = byId('arrival')
  if (!bar) return
  bar.replaceChildren(...push.content.childNodes)
  bar.hidden = false
  setTimeout(() => { bar.hidden = true }, 60000)
}
