/** Calls back with the place of every press and drag on an element, in CSS pixels from its upper left corner. */
export function bindDrag(element: HTMLElement, at: (x: number, y: number) => void): void {
  const report = (event: PointerEvent): void => {
    const { left, top } = element.getBoundingClientRect()
    at(event.clientX - left, event.clientY - top)
  }
  element.addEventListener('pointerdown', event => {
    if (event.button !== 0) return
    element.setPointerCapture(event.pointerId)
    report(event)
  })
  element.addEventListener('pointermove', event => {
    if (element.hasPointerCapture(event.pointerId)) report(event)
  })
}
