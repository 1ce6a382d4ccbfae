/** Lets the user drop a file anywhere on the page. */
export function bindDropZone(hint: HTMLElement, dropped: (file: File) => void): void {
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false
  document.addEventListener('dragover', event => {
    if (!hasFiles(event)) return
    event.preventDefault()
    hint.hidden = false
  })
  document.addEventListener('dragleave', event => {
    // Leaving the page, not merely one element for another.
    if (event.relatedTarget === null) hint.hidden = true
  })
  document.addEventListener('drop', event => {
    if (!hasFiles(event)) return
    event.preventDefault()
    hint.hidden = true
    const file = event.dataTransfer?.files[0]
    if (file) dropped(file)
  })
}
