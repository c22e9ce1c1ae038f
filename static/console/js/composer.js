// Writing: Enter sends, the text shows at once, drafts are kept on the server, a note never becomes a reply.
import { $, ask, byId, hear, on, openId, say, words } from './dom.js'
import { apply } from './patch.js'
import { toBottom } from './messages.js'
import { tell } from './menus.js'
import { filesOf, giveBack, takeFiles } from './attach.js'
import { unquote } from './quote.js'

const DRAFT_PAUSE = 800
let draftTimer
const unsent = []

export const replyBox = () => $('form[data-write=reply] textarea')
const randomId = () => [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('')

on('keydown', 'form[data-write] textarea', (event, box) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.defaultPrevented) return
  // While the picker is open, Enter belongs to it.
  if (byId('slash') && !byId('slash').hidden && $('.slash-item[aria-selected=true]:not([hidden])', byId('slash'))) return
  if (matchMedia('(pointer: coarse)').matches && !event.ctrlKey) return
  event.preventDefault()
  box.form.requestSubmit()
})

on('submit', 'form[data-write]', (event, form) => {
  event.preventDefault()
  const box = $('textarea', form)
  const text = box.value.trim()
  const isNote = form.dataset.write === 'note'
  const recording = isNote ? undefined : $('[data-recording]', form).files[0]
  const names = isNote ? [] : filesOf().map(file => file.name)
  if (recording) names.push(words('recorded'))
  if (!isNote && $('[data-quick-id]', form).value) names.push($('[data-quick-id]', form).dataset.name)
  if (!text && !names.length) return
  const waiting = { address: form.action, body: new FormData(form), row: showAtOnce(text, isNote, names), conversation: openId() }
  if (!isNote) {
    waiting.taken = takeFiles()
    unquote()
  }
  box.value = ''
  form.elements.client_id.value = randomId() + (isNote ? 'n' : '')
  clearTimeout(draftTimer)
  say('draft', { text: '' })
  box.focus()
  unsent.push(waiting)
  sendUnsent()
})

// What was written is sent in order, one at a time. Without a connection it waits, marked, and goes out later.
let isSending = false
async function sendUnsent() {
  if (isSending) return
  isSending = true
  while (unsent.length) {
    const { address, body, row, taken } = unsent[0]
    let result
    try {
      result = await ask(address, { method: 'POST', body })
    } catch {
      row.title = words('later')
      say('unsent', { number: unsent.length })
      break
    }
    unsent.shift()
    say('unsent', { number: unsent.length })
    settle(result, row, body, taken)
  }
  isSending = false
}

function settle({ response, text }, row, body, taken) {
  if (response.ok) {
    if (row.isConnected) row.remove()
    apply(text)
    return
  }
  row.remove()
  const box = replyBox()
  if (box && !box.value) box.value = body.get('text')
  if (taken) giveBack(taken)
  // Refused with a reason: the server's sentence says what to change.
  if (response.status === 422) return apply(text)
  tell(words('failed'))
  if (response.status === 403 || response.status === 404) setTimeout(() => location.reload(), 1200)
}
setInterval(sendUnsent, 3000)
hear('connected', sendUnsent)
addEventListener('beforeunload', event => { if (unsent.length) event.preventDefault() })

function showAtOnce(text, isNote, names) {
  const row = document.createElement('article')
  row.className = isNote ? 'msg mine note waiting' : 'msg mine waiting'
  row.dataset.sent = text
  const bubble = document.createElement('div')
  bubble.className = 'bubble'
  const words = document.createElement('span')
  words.className = 'text'
  words.innerText = text
  for (const name of names) {
    const file = document.createElement('span')
    file.className = 'file'
    file.textContent = name
    bubble.append(file)
  }
  bubble.append(words)
  row.append(bubble)
  byId('typing')?.before(row)
  toBottom()
  return row
}

// Drafts: kept while typing, per conversation.
on('input', 'form[data-write=reply] textarea', (event, box) => {
  clearTimeout(draftTimer)
  draftTimer = setTimeout(() => keepDraft(box.value), DRAFT_PAUSE)
  say('typed')
})
async function keepDraft(text, conversation = openId()) {
  if (!conversation) return
  const body = new FormData()
  body.set('text', text)
  try {
    const { response } = await ask(`/console/conversations/${conversation}/draft/`, { method: 'POST', body, keepalive: true })
    const state = byId('draft-state')
    if (state && text) state.textContent = words(response.ok ? 'saved' : 'unsaved')
  } catch {
    const state = byId('draft-state')
    if (state) state.textContent = words('unsaved')
  }
}
hear('composer-leaves', () => {
  const box = replyBox()
  if (!draftTimer || !box?.value) return
  clearTimeout(draftTimer)
  keepDraft(box.value)
})
hear('draft', () => {
  const state = byId('draft-state')
  if (state) state.textContent = ''
})

on('click', '[data-use-suggestion]', () => {
  const box = replyBox()
  if (!box) return
  const suggestion = $('[data-suggestion]').textContent
  box.value = box.value.trim() ? `${box.value.trim()}\n${suggestion}` : suggestion
  box.focus()
  box.dispatchEvent(new Event('input', { bubbles: true }))
})

// Switching to a note takes what was typed along, and back.
on('change', '.composer input[name=to]', (event, radio) => {
  const [from, to] = radio.value === 'team' ? ['reply', 'note'] : ['note', 'reply']
  const old = $(`form[data-write=${from}] textarea`)
  const fresh = $(`form[data-write=${to}] textarea`)
  if (!fresh.value) {
    fresh.value = old.value
    old.value = ''
  }
  fresh.focus()
})
export function writeTo(whom) {
  const radio = byId(whom === 'team' ? 'to-team' : 'to-customer')
  if (!radio) {
    const note = $('.note-only')
    if (whom === 'team' && note) {
      note.open = true
      $('textarea', note).focus()
    }
    return
  }
  radio.checked = true
  radio.dispatchEvent(new Event('change', { bubbles: true }))
}
