/** The colours that the canvases draw with. `style/colours.css` holds them, once for light and once for dark. */
export interface Palette {
  paper: string
  ink: string
  muted: string
  line: string
  body: string
  selected: string
  ghost: string
  rod: string
  event: string
  /** For curves, in the order in which quantities appear. */
  curves: readonly string[]
}

const curveCount = 6

/** Reads the custom properties of the page as they are now. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element)
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  return {
    paper: colour('paper'),
    ink: colour('ink'),
    muted: colour('muted'),
    line: colour('line'),
    body: colour('body'),
    selected: colour('selected'),
    ghost: colour('ghost'),
    rod: colour('rod'),
    event: colour('event'),
    curves: Array.from({ length: curveCount }, (_, i) => colour(`curve-${i}`)),
  }
}
