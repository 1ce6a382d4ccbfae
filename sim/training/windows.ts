import { power } from '../../kernels/elementary/numbers.ts'

/** A measured or simulated trajectory: T samples of m observed values, NaN where one is missing. */
export interface Series {
  /** Increasing, seconds. */
  readonly t: Float64Array
  /** T × m, row-major. */
  readonly values: Float64Array
}

/**
 * A piece of a series that is integrated from its own learned initial state (multiple shooting; Bock & Plitt, IFAC
 * 1984). Samples begin … end, both included; sample `end` is also the first of the next window, if there is one.
 */
export interface Window {
  readonly series: number
  readonly begin: number
  readonly end: number
  /** Index of the window that continues this one, or −1. */
  readonly next: number
}

/**
 * Cuts every series into windows of about `length` seconds: as many equal ones as make each at most that long (up to a
 * sample), so that no short piece is left over at the end.
 */
export function cutWindows(series: readonly Series[], length: number): Window[] {
  const windows: Window[] = []
  series.forEach(({ t }, index) => {
    const last = t.length - 1
    if (last < 1) return
    const count = Math.max(1, Math.ceil((t[last] - t[0]) / length - 1e-9))
    const piece = (t[last] - t[0]) / count
    for (let begin = 0, end = 1; begin < last; begin = end++) {
      // The first cut after `begin`, with some tolerance for times that are multiples of a step only up to rounding.
      const cut = Math.floor((t[begin] - t[0]) / piece + 2e-9) + 1
      const target = cut < count ? t[0] + (cut - 1e-9) * piece : t[last]
      while (end < last && t[end] < target) end++
      windows.push({ series: index, begin, end, next: end < last ? windows.length + 1 : -1 })
    }
  })
  return windows
}

/** Window lengths from `from` to exactly `to`, each about twice the one before: the stages of training. */
export function growingLengths(from: number, to: number): number[] {
  const doublings = Math.max(0, Math.round(Math.log2(to / from)))
  return Array.from({ length: doublings + 1 }, (_, k) =>
    k === doublings ? to : from * power(to / from, k / doublings),
  )
}
