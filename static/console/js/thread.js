// Reading: older messages on demand with the place kept, a button to the newest, who else looks, audio speed.
import { $, ask, byId, hear, on, openId, words } from './dom.js'
import { isAtBottom, scroller, toBottom } from './messages.js'

let unseen = 0
const lookers = new Map()
const typists = new Map()

on('click', '[data-older]', async (event, link) => {
  event.preventDefault()
  const { response, text } = await ask(link.dataset.older)
  if (!response.ok) return
  const box = scroller()
  const below = box.scrollHeight - box.scrollTop
  const page = document.createElement('template')
  page.innerHTML = text
  const firstDay = $('.day', byId('messages'))
  byId('older').replaceWith(page.content)
  const same = document.querySelectorAll(`[data-day-mark="${firstDay?.dataset.dayMark}"]`)
  if (same.length > 1) firstDay.remove()
  box.scrollTop = box.scrollHeight - below
})

document.addEventListener('scroll', event => {
  if (event.target !== scroller()) return
  if (isAtBottom()) forget()
  if (event.target.scrollTop < 60) $('[data-older]')?.click()
}, true)

// A keyboard that opens, a dossier that folds or a turned phone moves the newest message out of sight: bring it back.
let wasAtBottom = true
const sizes = new ResizeObserver(() => { if (wasAtBottom) toBottom() })
function watchSize() {
  sizes.disconnect()
  if (scroller()) sizes.observe(scroller())
  wasAtBottom = isAtBottom()
}
document.addEventListener('scroll', event => { if (event.target === scroller()) wasAtBottom = isAtBottom() }, true)
hear('thread-arrived', watchSize)
watchSize()

hear('message', ({ message, seen }) => {
  if (seen || !message.classList.contains('from-customer')) {
    if (message.classList.contains('from-customer') && !document.hidden) markRead()
    return
  }
  unseen += 1
  const jump = byId('jump')
  if (!jump) return
  jump.hidden = false
  $('span', jump).textContent = `${unseen} ${words(unseen === 1 ? 'newOne' : 'new')}`
})
on('click', '#jump', () => {
  toBottom()
  forget()
})
function forget() {
  if (unseen) markRead()
  unseen = 0
  const jump = byId('jump')
  if (jump) jump.hidden = true
}

function markRead() {
  if (openId() && byId('composer')) ask(`/console/conversations/${openId()}/read/`, { method: 'POST', body: new FormData() }).catch(() => {})
}
document.addEventListener('visibilitychange', () => { if (!document.hidden && isAtBottom()) markRead() })

// Colleagues in the same conversation.
hear('presence', ({ conversationId, what, name, who }) => {
  if (conversationId !== openId()) return
  if (what === 'left') {
    lookers.delete(who)
    typists.delete(who)
  } else {
    lookers.set(who, { name, until: Date.now() + 25000 })
    if (what === 'typing') typists.set(who, { name, until: Date.now() + 5000 })
  }
  showColleagues()
})
hear('opened', () => {
  lookers.clear()
  typists.clear()
  unseen = 0
})
function names(people) {
  for (const [who, one] of people) if (one.until < Date.now()) people.delete(who)
  return [...people.values()].map(one => one.name).join(', ')
}
function showColleagues() {
  const chip = byId('viewers')
  const looking = names(lookers)
  if (chip) {
    chip.hidden = !looking
    $('span', chip).textContent = `${looking} ${words('viewing')}`
  }
  const line = byId('typing')
  const typing = names(typists)
  if (line) {
    const stays = isAtBottom()
    line.hidden = !typing
    line.textContent = typing ? `${typing} ${words('typing')}` : ''
    if (stays) toBottom()
  }
}
setInterval(showColleagues, 2000)

on('click', '[data-speed]', (event, button) => {
  const player = $('audio', button.parentElement)
  const next = { 1: 1.5, 1.5: 2, 2: 1 }[player.playbackRate] ?? 1
  player.playbackRate = next
  button.textContent = `${String(next).replace('.', ',')}×`
})
on('click', '.quote', (event, quote) => {
  const target = byId(quote.getAttribute('href').slice(1))
  if (!target) return
  event.preventDefault()
  target.scrollIntoView({ block: 'center' })
  target.classList.add('found')
  setTimeout(() => target.classList.remove('found'), 1500)
})

// On phones the thread comes first: what the assistant left folds into one line.
const phone = matchMedia('(max-width: 767px)')
function foldDossier() {
  if (phone.matches) byId('dossier')?.removeAttribute('open')
}
foldDossier()
phone.addEventListener('change', foldDossier)
hear('thread-arrived', foldDossier)
