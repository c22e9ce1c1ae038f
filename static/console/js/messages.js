// The thread: where a message goes, day separators, staying at the bottom.
import { $, $$, byId, say } from './dom.js'

const isMessage = row => row.dataset?.messageId !== undefined

export const scroller = () => byId('scroll')
export function isAtBottom() {
  const box = scroller()
  return !box || box.scrollHeight - box.scrollTop - box.clientHeight < 80
}
export function toBottom() {
  const box = scroller()
  if (box) box.scrollTop = box.scrollHeight
}

// Adds a message in its order, or draws it anew in its place. What was typed here and waited is replaced by it.
export function addMessage(fresh) {
  const reading = byId('messages')
  const old = byId(fresh.id)
  const stays = isAtBottom()
  if (old) {
    for (const name of ['.why', '.raw']) if ($(name, old)?.open && $(name, fresh)) $(name, fresh).open = true
    keepPlaying(old, fresh)
    old.replaceWith(fresh)
  } else {
    dropWaiting(fresh)
    const rows = $$('[data-message-id]', reading)
    const before = rows.findLast(row => row.dataset.order <= fresh.dataset.order)
    if (before) before.after(fresh)
    else if (rows[0]) (rows[0].previousElementSibling?.matches('.day') ? rows[0].previousElementSibling : rows[0]).before(fresh)
    else byId('typing').before(fresh)
    separateDays(reading, fresh)
    say('message', { message: fresh, seen: stays })
  }
  if (stays) toBottom()
}

// A player that plays is not replaced: the sound would stop.
function keepPlaying(old, fresh) {
  const player = $('audio, video', old)
  const successor = $('audio, video', fresh)
  if (player && successor && !player.paused) successor.replaceWith(player)
}

function dropWaiting(fresh) {
  const waiting = $$('.msg.waiting').find(row => row.dataset.sent && $('.text', fresh)?.textContent.trim() === row.dataset.sent)
  waiting?.remove()
}

function separateDays(reading, fresh) {
  const day = fresh.dataset.day
  if ($(`[data-day-mark="${day}"]`, reading)) return
  const mark = document.createElement('p')
  mark.className = 'day'
  mark.dataset.dayMark = day
  mark.textContent = fresh.dataset.dayName
  const next = $$('[data-message-id]', reading).find(row => isMessage(row) && row.dataset.day === day)
  next?.before(mark)
}
