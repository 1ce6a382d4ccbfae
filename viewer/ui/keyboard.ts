/** Keys of the whole page, by `KeyboardEvent.key`; a control that needs a key itself keeps it. */
export type KeyBindings = Readonly<Record<string, (event: KeyboardEvent) => void>>

export function bindKeyboard(bindings: KeyBindings): void {
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    // Escape closes an open menu first.
    if (event.key === 'Escape' && document.querySelector(':popover-open')) return
    const target = event.target instanceof Element ? event.target : null
    if (target?.closest('select, dialog, input:not([type=range])')) return
    if ((event.key === ' ' || event.key === 'Enter') && target?.closest('button')) return
    const action = bindings[event.key.length === 1 ? event.key.toLowerCase() : event.key]
    if (!action) return
    event.preventDefault()
    action(event)
  })
  // A button pressed with the mouse lets go of the keyboard, so that space plays again.
  document.addEventListener('click', ({ target, detail }) => {
    if (detail > 0 && target instanceof Element) target.closest('button')?.blur()
  })
}
