// The supervisor's board draws itself anew when something moved, at most every few seconds.
import { $, byId, hear } from './dom.js'

const EVERY = 3000
let drawnAt = Date.now()
let timer

async function draw() {
  timer = undefined
  drawnAt = Date.now()
  const response = await fetch(location.href, { credentials: 'same-origin' }).catch(() => null)
  if (!response?.ok) return
  const page = new DOMParser().parseFromString(await response.text(), 'text/html')
  byId('board').replaceWith(page.getElementById('board'))
  $('.page-head .chip').replaceWith($('.page-head .chip', page))
}

if ($('[data-live-board]')) {
  hear('patched', () => { timer ??= setTimeout(draw, Math.max(0, drawnAt + EVERY - Date.now())) })
  setInterval(() => { timer ??= setTimeout(draw, 0) }, 30000)
}
