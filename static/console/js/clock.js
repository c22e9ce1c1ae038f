// Waits and windows tick: one format, written like the server writes it.
import { $$ } from './dom.js'

function written(seconds) {
  const whole = Math.max(0, Math.floor(seconds))
  const two = number => String(number).padStart(2, '0')
  if (whole < 3600) return `${Math.floor(whole / 60)}min${two(whole % 60)}`
  if (whole < 172800) return `${Math.floor(whole / 3600)}h${two(Math.floor((whole % 3600) / 60))}`
  return `${Math.floor(whole / 86400)} d`
}

function tick() {
  const now = Date.now()
  for (const place of $$('[data-since]')) place.textContent = written((now - Date.parse(place.dataset.since)) / 1000)
  for (const place of $$('[data-until]')) place.textContent = written((Date.parse(place.dataset.until) - now) / 1000)
}

setInterval(() => { if (!document.hidden) tick() }, 1000)
document.addEventListener('visibilitychange', () => { if (!document.hidden) tick() })
