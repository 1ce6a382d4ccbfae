/** A finger or mouse that moved further than this, in CSS pixels, was dragging. */
const stillness = 6

/** Calls back with the place of a click or tap that was no drag, in CSS pixels from the upper left corner. */
export function bindTap(element: HTMLElement, tapped: (x: number, y: number) => void): void {
  let start: { x: number; y: number } | null = null
  element.addEventListener('pointerdown', ({ clientX, clientY, isPrimary, button }) => {
    start = isPrimary && button === 0 ? { x: clientX, y: clientY } : null
  })
  element.addEventListener('pointerup', ({ clientX, clientY }) => {
    if (!start || Math.hypot(clientX - start.x, clientY - start.y) > stillness) return
    const { left, top } = element.getBoundingClientRect()
    tapped(clientX - left, clientY - top)
  })
}

/**
 * Calls back with the place of a mouse that hovers, at most once a frame, and with null when it leaves or presses. Fingers
 * do not hover.
 */
export function bindHover(
  element: HTMLElement,
  hovered: (place: { x: number; y: number } | null) => void,
): void {
  let last: PointerEvent | null = null
  element.addEventListener('pointermove', event => {
    if (event.pointerType === 'touch' || event.buttons !== 0) return
    if (last === null)
      requestAnimationFrame(() => {
        if (last) {
          const { left, top } = element.getBoundingClientRect()
          hovered({ x: last.clientX - left, y: last.clientY - top })
        }
        last = null
      })
    last = event
  })
  for (const event of ['pointerleave', 'pointerdown'] as const)
    element.addEventListener(event, () => {
      last = null
      hovered(null)
    })
}
