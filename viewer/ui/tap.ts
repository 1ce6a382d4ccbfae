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
