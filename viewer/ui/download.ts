import { create } from './elements.ts'

/** Saves bytes or text as a file of the user's. */
export function download(content: Blob, name: string): void {
  const url = URL.createObjectURL(content)
  const link = create('a', { href: url, download: name })
  document.body.append(link)
  link.click()
  link.remove()
  // The browser has to have begun reading it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
