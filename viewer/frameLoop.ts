/** Draws when something has changed, and only then. */
export interface FrameLoop {
  /** Asks for one frame; any number of calls before it is drawn are one. */
  invalidate(): void
  stop(): void
}

/**
 * @param draw draws a frame; true asks for the next one (something still moves)
 * @param schedule `requestAnimationFrame`: calls back once with milliseconds; returns a handle
 * @param cancel `cancelAnimationFrame`
 */
export function createFrameLoop(
  draw: (milliseconds: number) => boolean,
  schedule: (callback: (milliseconds: number) => void) => number,
  cancel: (handle: number) => void,
): FrameLoop {
  let pending: number | null = null
  let stopped = false
  const frame = (milliseconds: number): void => {
    pending = null
    if (draw(milliseconds)) invalidate()
  }
  const invalidate = (): void => {
    if (pending === null && !stopped) pending = schedule(frame)
  }
  return {
    invalidate,
    stop: () => {
      stopped = true
      if (pending !== null) cancel(pending)
      pending = null
    },
  }
}
