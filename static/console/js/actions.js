// Forms that change something, sent without leaving the page. The same forms work without scripts.
import { ask, byId, on, words } from './dom.js'
import { apply } from './patch.js'
import { openConversation, openTab } from './navigate.js'
import { tell } from './menus.js'

on('submit', 'form[data-act]', async (event, form) => {
  event.preventDefault()
  const button = event.submitter
  const body = new FormData(form, button)
  if (button) button.disabled = true
  try {
    const { response, text } = await ask(form.action, { method: 'POST', body })
    if (form.matches('[data-in-dialog]')) {
      if (response.status === 400 || response.status === 409) {
        byId('dialog').innerHTML = text
        return
      }
      byId('dialog').close()
    }
    if (response.ok) apply(text)
    else tell(words('failed'))
    if (form.matches('.take-form') && response.ok && text.includes('data-tab="mine"')) {
      await openTab('/console/?tab=mine')
      openConversation(form.action.replace(/take\/$/, ''))
    }
    if (response.status === 403 || response.status === 404) location.reload()
  } catch {
    tell(words('failed'))
  } finally {
    if (button) button.disabled = false
  }
})
