// The keyboard. Nothing that destroys is a single letter, and nothing fires while typing without a modifier.
import { $, $$, byId } from './dom.js'
import { openConversation, toggleDetails } from './navigate.js'
import { writeTo } from './composer.js'
import { toggle } from './quick-replies.js'
import { openAttach } from './attach.js'

function step(direction) {
  const cards = $$('.card > a')
  const at = cards.findIndex(link => link.parentElement.hasAttribute('aria-current'))
  const next = cards[at === -1 ? 0 : at + direction]
  if (!next) return
  next.scrollIntoView({ block: 'nearest' })
  openConversation(next.getAttribute('href'))
}

function nextTab() {
  const tabs = $$('.tab')
  const at = tabs.findIndex(tab => tab.hasAttribute('aria-current'))
  tabs[(at + 1) % tabs.length]?.click()
}

const alt = {
  KeyJ: () => step(1),
  KeyK: () => step(-1),
  KeyN: nextTab,
  KeyO: toggleDetails,
  KeyE: () => $('form[data-dialog=close]')?.requestSubmit(),
  KeyL: () => writeTo('customer'),
  KeyP: () => writeTo('team'),
}
const ctrl = {
  KeyK: () => {
    if (matchMedia('(max-width: 767px)').matches) document.documentElement.dataset.pane = 'list'
    $('input[name=q]')?.select()
  },
  KeyM: toggle,
}

document.addEventListener('keydown', event => {
  const isTyping = event.target.matches?.('input, textarea, select')
  if (event.altKey && !event.ctrlKey && !event.metaKey && alt[event.code]) {
    event.preventDefault()
    alt[event.code]()
  } else if (event.ctrlKey && event.altKey && event.code === 'KeyA') {
    event.preventDefault()
    openAttach()
  } else if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && ctrl[event.code]) {
    event.preventDefault()
    ctrl[event.code]()
  } else if (event.key === '?' && !isTyping) {
    event.preventDefault()
    byId('help')?.showModal()
  } else if (event.key === 'Escape') {
    if (document.documentElement.dataset.aside === 'open') document.documentElement.dataset.aside = ''
    for (const menu of $$('details.me[open], details.filter[open], details.attach[open], details.react[open]')) menu.open = false
  }
})
