// The live wire: pushes come in, "I look here" and "I type" go out. After any gap the server is asked for the rest.
import { $, ask, byId, hear, on, openId, say, words } from './dom.js'
import { apply } from './patch.js'

const QUIET_BEFORE_PILL = 1500
const RED_AFTER = 10000
const POLL_EVERY = 10000
const FIRST_RETRY = 500
const LONGEST_RETRY = 15000
const BEAT_EVERY = 60000

let socket
let retry = FIRST_RETRY
let lostAt = 0
let polls
let unsent = 0
let unsentSince = 0
let beatAt = 0
let typedAt = 0

const query = () => new URLSearchParams({ cursor: document.body.dataset.cursor, conversation: openId() })

function connect() {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  socket = new WebSocket(`${scheme}://${location.host}${document.body.dataset.socket}?${query()}`)
  socket.onmessage = event => apply(event.data)
  socket.onopen = () => {
    retry = FIRST_RETRY
    clearInterval(polls)
    polls = undefined
    if (lostAt) say('connected')
    lostAt = 0
    showPill()
  }
  socket.onclose = event => {
    if (event.code === 4401) return location.assign('/console/login/')
    lostAt ||= Date.now()
    polls ??= setInterval(poll, POLL_EVERY)
    // Spread out, so that a restarted server is not met by everybody at once.
    setTimeout(connect, retry * (0.4 + 1.8 * Math.random()))
    retry = Math.min(retry * 1.7, LONGEST_RETRY)
  }
}

async function poll() {
  if (socket.readyState === WebSocket.OPEN) return
  try {
    const { response, text } = await ask(`${document.body.dataset.updates}?${query()}`)
    if (response.redirected) return location.assign('/console/login/')
    if (response.ok) apply(text)
  } catch {
    // No connection at all: the next try comes anyway.
  }
}

function send(what) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(what))
}

hear('opened', ({ conversationId }) => send({ do: 'open', conversation: conversationId }))
hear('typed', () => {
  if (Date.now() - typedAt < 2500) return
  typedAt = Date.now()
  send({ do: 'typing' })
})
for (const type of ['pointermove', 'keydown']) {
  addEventListener(type, () => {
    if (Date.now() - beatAt < BEAT_EVERY) return
    beatAt = Date.now()
    send({ do: 'beat' })
  }, { passive: true })
}

// The pill: quiet while trying, red when lost. It says what waits.
hear('unsent', ({ number }) => {
  unsent = number
  unsentSince = number ? unsentSince || Date.now() : 0
  showPill()
})
function showPill() {
  const pill = byId('pill')
  const since = lostAt || unsentSince
  const gone = since ? Date.now() - since : 0
  if (gone < QUIET_BEFORE_PILL) {
    pill.hidden = true
    return
  }
  const isLost = gone > RED_AFTER
  pill.hidden = false
  pill.classList.toggle('pill-lost', isLost)
  $('.pulse', pill).hidden = isLost
  $('[data-retry]', pill).hidden = !isLost
  const waiting = unsent ? ` ${unsent} ${words(unsent === 1 ? 'waitingOne' : 'waiting')}` : ''
  $('.pill-words', pill).textContent = (isLost ? `${words('lost')} ${Math.round(gone / 1000)} s` : words('connecting')) + waiting
}
setInterval(showPill, 500)
on('click', '[data-retry]', () => {
  retry = FIRST_RETRY
  socket.close()
  if (socket.readyState === WebSocket.CLOSED) connect()
})

connect()
