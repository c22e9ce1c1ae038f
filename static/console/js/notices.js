// Something new: a sound, the title, the dot on a tab. A message in the open conversation makes no sound.
import { $, byId, hear, on, openId, words } from './dom.js'

const plainTitle = document.title.replace(/^\(\d+\) /, '')
let title = plainTitle
let unseen = 0
let sound
let rangAt = 0
let hiding

// Browsers play nothing before the first click or key.
function unlock() {
  sound ??= new AudioContext()
  sound.resume()
}
addEventListener('pointerdown', unlock, { once: true })
addEventListener('keydown', unlock, { once: true })

export function ring() {
  if (!sound || Date.now() - rangAt < 1500) return
  rangAt = Date.now()
  for (const [pitch, start] of [[880, 0], [1174.7, 0.12]]) {
    const tone = sound.createOscillator()
    const volume = sound.createGain()
    const at = sound.currentTime + start
    tone.frequency.value = pitch
    volume.gain.setValueAtTime(0, at)
    volume.gain.linearRampToValueAtTime(0.12, at + 0.02)
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.3)
    tone.connect(volume).connect(sound.destination)
    tone.start(at)
    tone.stop(at + 0.32)
  }
}

function showTitle() {
  document.title = unseen ? `(${unseen}) ${title}` : title
}

// Said aloud by screen readers, and shown above the list.
function announce() {
  const bar = byId('arrival')
  if (!bar) return
  bar.textContent = words('arrived')
  bar.hidden = false
  clearTimeout(hiding)
  hiding = setTimeout(() => { bar.hidden = true }, 8000)
}

hear('rings', ({ id, tab, isFirst }) => {
  if (isFirst && tab === 'waiting') announce()
  const isWatched = id === openId() && !document.hidden
  if (isWatched) return
  ring()
  const dot = $(`.tab[data-tab="${tab}"]:not([aria-current]) .new`)
  if (dot) dot.hidden = false
  unseen += 1
  showTitle()
})
hear('opened', ({ title: name }) => {
  title = name ? `${name} · Urbana Connect` : 'Urbana Connect'
  showTitle()
})
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return
  unseen = 0
  showTitle()
})
on('click', '.tab', (event, tab) => { $('.new', tab).hidden = true })
on('click', '[data-sound-test]', () => { rangAt = 0; ring() })
