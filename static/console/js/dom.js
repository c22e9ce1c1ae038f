// Small things that every module needs.
export const $ = (selector, root = document) => root.querySelector(selector)
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)]
export const byId = id => document.getElementById(id)
export const words = name => byId('words')?.dataset[name] ?? ''
export const openId = () => byId('thread')?.dataset.open ?? ''

// Listen on the document, so that fragments that arrive later need no wiring.
export function on(type, selector, listener) {
  document.addEventListener(type, event => {
    const target = event.target instanceof Element && event.target.closest(selector)
    if (target) listener(event, target)
  })
}

// What others tell each other without knowing each other.
export const say = (name, detail = {}) => document.dispatchEvent(new CustomEvent(`console:${name}`, { detail }))
export const hear = (name, listener) => document.addEventListener(`console:${name}`, event => listener(event.detail))

export const token = () => $('[name=csrfmiddlewaretoken]')?.value ?? ''

// Ask our own server for pushes. Rejects when there is no connection.
export async function ask(address, { method = 'GET', body, keepalive = false } = {}) {
  const response = await fetch(address, {
    method,
    body,
    keepalive,
    credentials: 'same-origin',
    headers: { 'X-Push': '1', ...(method === 'POST' ? { 'X-CSRFToken': token() } : {}) },
  })
  return { response, text: response.status === 204 ? '' : await response.text() }
}
