// Light or dark by choice: remembered in a cookie, so that the server draws it right the next time.
import { on } from './dom.js'

on('click', '[data-theme-switch]', () => {
  const root = document.documentElement
  const isDark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
  root.dataset.theme = isDark ? 'light' : 'dark'
  document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`
})
