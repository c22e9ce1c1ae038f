// A voice note: recorded in the browser, listened to by nobody before it is sent. The server makes an Opus file of it.
import { $, hear, on, words } from './dom.js'
import { tell } from './menus.js'
import { replyBox } from './composer.js'

const TYPES = ['audio/ogg;codecs=opus', 'audio/webm;codecs=opus', 'audio/mp4']
const LONGEST_SECONDS = 300
let recorder
let timer
let isWanted = false

const canRecord = () => Boolean(globalThis.MediaRecorder && navigator.mediaDevices?.getUserMedia)
function offer() {
  const button = $('[data-record]')
  if (button) button.hidden = !canRecord()
}
offer()
hear('composer-arrived', offer)
hear('thread-arrived', offer)

on('click', '[data-record]', async () => {
  if (recorder) return
  let stream
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, noiseSuppression: true } })
  } catch {
    return tell(words('noMicrophone'))
  }
  const parts = []
  recorder = new MediaRecorder(stream, { mimeType: TYPES.find(type => MediaRecorder.isTypeSupported(type)), audioBitsPerSecond: 32000 })
  recorder.ondataavailable = event => parts.push(event.data)
  recorder.onstop = () => {
    for (const track of stream.getTracks()) track.stop()
    const type = recorder.mimeType
    recorder = undefined
    show(false)
    if (isWanted && parts.length) send(new File(parts, `audio.${type.includes('ogg') ? 'ogg' : type.includes('mp4') ? 'm4a' : 'weba'}`, { type: type.split(';')[0] }))
  }
  isWanted = false
  recorder.start(1000)
  show(true)
})

function show(isOn) {
  const bar = $('[data-recorder]')
  clearInterval(timer)
  if (!bar) return
  bar.hidden = !isOn
  replyBox().hidden = isOn
  if (!isOn) return
  const began = Date.now()
  const tick = () => {
    const seconds = Math.floor((Date.now() - began) / 1000)
    $('[data-recorded]', bar).textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
    if (seconds >= LONGEST_SECONDS) stop(true)
  }
  tick()
  timer = setInterval(tick, 500)
  $('[data-record-send]', bar).focus()
}

function stop(wanted) {
  isWanted = wanted
  if (recorder?.state === 'recording') recorder.stop()
}
on('click', '[data-record-cancel]', () => stop(false))
on('click', '[data-record-send]', () => stop(true))
hear('composer-leaves', () => stop(false))

function send(file) {
  const input = $('[data-recording]')
  if (!input) return
  const kept = new DataTransfer()
  kept.items.add(file)
  input.disabled = false
  input.files = kept.files
  input.form.requestSubmit()
  input.value = ''
  input.disabled = true
}
