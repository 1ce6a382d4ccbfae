export type Theme = 'light' | 'dark'

/**
 * Light or dark as the system has it, until the user presses the button; the choice is kept.
 *
 * @param changed is called after every change, not at the start
 */
export function bindTheme(button: HTMLButtonElement, changed: () => void): void {
  const key = 'neurode-theme'
  const system = matchMedia('(prefers-color-scheme: dark)')
  const stored = remembered(key)
  let chosen: Theme | null = stored === 'light' || stored === 'dark' ? stored : null

  const current = (): Theme => chosen ?? (system.matches ? 'dark' : 'light')
  const apply = (): void => {
    document.documentElement.dataset.theme = current()
    button.title = current() === 'dark' ? 'Light colours' : 'Dark colours'
  }
  apply()
  system.addEventListener('change', () => {
    apply()
    changed()
  })
  button.addEventListener('click', () => {
    chosen = current() === 'dark' ? 'light' : 'dark'
    remember(key, chosen)
    apply()
    changed()
  })
}

/** A page opened from the disk, or inside another one, may be refused the storage: then nothing is kept. */
function remembered(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // The choice holds for as long as the page is open.
  }
}
