// Files for the next message: chosen, dropped or pasted, shown as chips, each of them removable before it leaves.
import { $, $$, byId, hear, on, words } from './dom.js'
import { tell } from './menus.js'
import { replyBox } from './composer.js'

const LARGEST = 100 * 1024 * 1024
const MOST = 10

const form = () => $('form[data-write=reply]')
const inputs = () => $$('input[data-attach]', form() ?? document.createElement('p'))
const size = bytes => bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} kB` : `${(bytes / 1024 / 1024).toFixed(1).replace('.', ',')} MB`

export const filesOf = () => inputs().flatMap(input => [...input.files])

function set(input, files) {
  const kept = new DataTransfer()
  for (const file of files) kept.items.add(file)
  input.files = kept.files
}

function add(input, files) {
  const known = filesOf().length
  const fit = files.filter(file => file.size <= LARGEST)
  if (fit.length < files.length) tell(words('tooLarge'))
  if (known + fit.length > MOST) tell(words('tooMany'))
  set(input, [...chosen.get(input) ?? [], ...fit].slice(0, Math.max(0, MOST - known) + (chosen.get(input)?.length ?? 0)))
  chosen.set(input, [...input.files])
  draw()
}
// A chooser replaces what it held; what was chosen before stays with it here.
const chosen = new WeakMap()

function draw() {
  const list = form() && $('[data-attached]', form())
  if (!list) return
  for (const picture of $$('img', list)) URL.revokeObjectURL(picture.src)
  list.replaceChildren(...inputs().flatMap(input => [...input.files].map((file, place) => chip(file, () => {
    set(input, [...input.files].filter((_, at) => at !== place))
    chosen.set(input, [...input.files])
    draw()
  }))))
  const quick = $('[data-quick-id]', form())
  if (quick.value) list.append(chip({ name: quick.dataset.name, size: 0, type: '' }, () => { quick.value = ''; draw() }))
  list.hidden = !list.children.length
}

function chip(file, remove) {
  const fresh = $('template[data-attached-chip]', form()).content.firstElementChild.cloneNode(true)
  $('[data-name]', fresh).textContent = file.name
  $('[data-size]', fresh).textContent = file.size ? size(file.size) : ''
  if (/^image\/(jpeg|png|webp|gif)$/.test(file.type)) {
    const picture = new Image(40, 40)
    picture.src = URL.createObjectURL(file)
    picture.alt = ''
    $('.attached-picture', fresh).replaceChildren(picture)
  }
  $('[data-unattach]', fresh).addEventListener('click', () => {
    remove()
    replyBox()?.focus()
  })
  return fresh
}

on('change', 'input[data-attach]', (event, input) => {
  const files = [...input.files]
  set(input, chosen.get(input) ?? [])
  add(input, files)
  byId('attach').open = false
  replyBox()?.focus()
})

// Taken out of the form once they are on their way, put back when the server refuses them.
export function takeFiles() {
  const taken = { files: inputs().map(input => [input.name, [...input.files]]), quick: $('[data-quick-id]', form()).value }
  for (const input of inputs()) {
    set(input, [])
    chosen.delete(input)
  }
  $('[data-quick-id]', form()).value = ''
  draw()
  return taken
}
export function giveBack(taken) {
  if (!form() || filesOf().length) return
  for (const [name, files] of taken.files) {
    const input = inputs().find(one => one.name === name)
    if (input && files.length) add(input, files)
  }
}
export function attachQuick(id, name) {
  const quick = $('[data-quick-id]', form())
  quick.value = id
  quick.dataset.name = name
  draw()
}

const first = () => inputs()[0]
on('paste', 'form[data-write=reply] textarea', event => {
  const files = [...event.clipboardData?.files ?? []]
  if (!files.length) return
  event.preventDefault()
  add(first(), files)
})

const carriesFiles = event => [...event.dataTransfer?.types ?? []].includes('Files')
on('dragover', '#thread', event => {
  if (!carriesFiles(event) || !form()) return
  event.preventDefault()
  byId('composer').classList.add('dropping')
})
for (const type of ['dragleave', 'drop']) {
  on(type, '#thread', event => {
    if (type === 'dragleave' && event.relatedTarget?.closest?.('#thread')) return
    byId('composer')?.classList.remove('dropping')
  })
}
on('drop', '#thread', event => {
  if (!carriesFiles(event) || !form()) return
  event.preventDefault()
  add(first(), [...event.dataTransfer.files])
  replyBox()?.focus()
})

export function openAttach() {
  const menu = byId('attach')
  if (!menu) return
  menu.open = !menu.open
  if (menu.open) $('input, button', menu)?.focus()
}
hear('composer-arrived', draw)
