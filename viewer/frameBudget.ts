/** Frames that take too long are drawn with fewer pixels, and with more again when there is time. */
export interface FrameBudget {
  /** Device pixels per CSS pixel to draw with. */
  readonly pixelRatio: number
  /** Reports the milliseconds between two frames of a motion; true if the pixel ratio changed. */
  report(milliseconds: number): boolean
  /** The display's own ratio: the upper limit. */
  setDisplayRatio(ratio: number): void
}

/** 30 frames a second are worth giving up sharpness for; 55 leave room to take it back. */
const slow = 1000 / 30
const fast = 1000 / 55
/** Frames in a row that decide: one slow frame is no trend. */
const patience = 20
const step = 0.75

export function createFrameBudget(displayRatio: number): FrameBudget {
  let limit = displayRatio
  let pixelRatio = displayRatio
  let streak = 0
  /** Doubles after every retreat, so that the ratio does not swing to and fro. */
  let caution = 4

  return {
    get pixelRatio() {
      return pixelRatio
    },
    report: milliseconds => {
      const trend = milliseconds > slow ? -1 : milliseconds < fast ? 1 : 0
      streak = trend !== 0 && Math.sign(streak) === trend ? streak + trend : trend
      const before = pixelRatio
      if (streak <= -patience) {
        pixelRatio = Math.max(pixelRatio * step, Math.min(0.5, limit))
        if (pixelRatio !== before) caution *= 2
        streak = 0
      } else if (streak >= patience * caution) {
        pixelRatio = Math.min(pixelRatio / step, limit)
        streak = 0
      }
      return pixelRatio !== before
    },
    setDisplayRatio: ratio => {
      limit = ratio
      pixelRatio = ratio
      streak = 0
    },
  }
}
