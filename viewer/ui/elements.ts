/** The element of an id that `index.html` promises, as the kind of element that it is there. */
export function element<K extends keyof HTMLElementTagNameMap>(tag: K, id: string): HTMLElementTagNameMap[K] {
  const found = document.getElementById(id)
  if (found?.localName !== tag) throw new Error(`the page has no <${tag} id="${id}">`)
  return found as HTMLElementTagNameMap[K]
}

/** A new element with its properties and children. */
export function create<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(tag), properties)
  made.append(...children)
  return made
}

/** A list that was used with the mouse lets go of the keyboard, so that space plays again; one reached by keys keeps it. */
export function giveBackKeys(select: HTMLSelectElement): void {
  if (!select.matches(':focus-visible')) select.blur()
}
