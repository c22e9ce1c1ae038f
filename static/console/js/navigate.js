// A click on a card swaps the panes instead of the page. Without scripts, or when that fails, it is a link.
import { $, $$, ask, byId, hear, on, openId } from './dom.js'
import { apply } from './patch.js'
import { toBottom } from './messages.js'

let asked = 0

export async function openConversation(address, { remember = true } = {}) {
  const mine = ++asked
  document.documentElement.dataset.pane = 'thread'
  if (document.documentElement.dataset.aside === 'open') document.documentElement.dataset.aside = ''
  try {
    const { response, text } = await ask(address)
    if (!response.ok) return location.assign(address)
    if (mine !== asked) return
    if (remember) history.pushState({}, '', address)
    apply(text)
  } catch {
    location.assign(address)
  }
}

on('click', '.card > a[data-conversation-id], .past a', (event, link) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return
  event.preventDefault()
  openConversation(link.getAttribute('href'))
})

// A click on a tab changes the list and leaves the open conversation where it is.
export async function openTab(address) {
  try {
    const { response, text } = await ask(address)
    if (!response.ok) return location.assign(address)
    apply(text)
    markOpen(openId())
    markArea(byId('cards')?.dataset.tab === 'waiting' ? 'waiting' : 'mine')
    if (!openId()) history.replaceState({}, '', address)
  } catch {
    location.assign(address)
  }
}
on('click', '.tab', (event, tab) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  openTab(tab.getAttribute('href'))
})

function markArea(tab) {
  for (const link of $$('.rail a')) {
    if (link.search === `?tab=${tab}`) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
}

function markOpen(conversationId) {
  for (const card of $$('.card')) {
    if (card.id === `card-${conversationId}`) card.setAttribute('aria-current', 'true')
    else card.removeAttribute('aria-current')
  }
}

hear('opened', ({ conversationId }) => {
  byId('thread').dataset.open = conversationId
  markOpen(conversationId)
  if (!conversationId) {
    document.documentElement.dataset.pane = 'list'
    history.pushState({}, '', '/console/?tab=mine')
  }
})
hear('thread-arrived', () => { if (openId()) settle() })

function settle() {
  const fresh = byId('fresh')
  if (fresh) fresh.scrollIntoView({ block: 'center' })
  else toBottom()
}
settle()

addEventListener('popstate', () => location.reload())

// On phones one pane at a time; on small windows the details lie over the thread.
on('click', '[data-pane-link]', (event, link) => {
  if (!$('#cards')) return
  event.preventDefault()
  document.documentElement.dataset.pane = link.dataset.paneLink
})
on('click', '[data-aside-toggle]', event => {
  event.preventDefault()
  toggleDetails()
})
on('click', '[data-aside-close]', event => {
  event.preventDefault()
  toggleDetails()
})
export function toggleDetails() {
  const root = document.documentElement
  const isPhone = matchMedia('(max-width: 767px)').matches
  if (isPhone) root.dataset.pane = root.dataset.pane === 'details' ? 'thread' : 'details'
  else if (matchMedia('(min-width: 1280px)').matches) {
    root.dataset.aside = root.dataset.aside === 'closed' ? '' : 'closed'
    document.cookie = `aside=${root.dataset.aside}; path=/; max-age=31536000; samesite=lax`
  } else root.dataset.aside = root.dataset.aside === 'open' ? '' : 'open'
}
