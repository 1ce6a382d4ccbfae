/** Random access by time into samples of a vector: `values` holds T rows of `width` numbers, one row for each entry of `t`. */

/**
 * The interval that holds `time`: the largest i ≤ T − 2 with t[i] ≤ time (0 before the start).
 *
 * @param t strictly increasing, at least one entry
 */
export function intervalAt(t: Float64Array, time: number): number {
  let low = 0
  let high = Math.max(t.length - 2, 0)
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (t[middle] <= time) low = middle
    else high = middle - 1
  }
  return low
}

/** The index of the sample nearest to `time`. */
export function nearestSample(t: Float64Array, time: number): number {
  const i = intervalAt(t, time)
  return i + 1 < t.length && Math.abs(t[i + 1] - time) < Math.abs(t[i] - time) ? i + 1 : i
}

/** The time of the next sample after (`direction` +1) or before (−1) `time`; the end of the grid where there is none. */
export function neighbouringTime(t: Float64Array, time: number, direction: 1 | -1): number {
  const slack = 1e-9 * (t[t.length - 1] - t[0])
  const i = nearestSample(t, time)
  const passed = direction > 0 ? t[i] <= time + slack : t[i] >= time - slack
  return t[Math.min(Math.max(passed ? i + direction : i, 0), t.length - 1)]
}

/** The slopes at both ends of interval i of component c, and its ends: all that a cubic Hermite piece is made of. */
const piece = { y0: 0, y1: 0, slope0: 0, slope1: 0 }

/**
 * Slopes by Bessel's method (de Boor, A Practical Guide to Splines, ch. IV): at a sample that of the parabola through it
 * and its two neighbours. At an end of the data, or beside a gap, that which makes this interval the parabola through the
 * three nearest samples; a line where there are only two.
 */
function fitPiece(t: Float64Array, values: Float64Array, width: number, i: number, c: number): void {
  const last = t.length - 1
  const row = i * width + c
  const h = t[i + 1] - t[i]
  const y0 = values[row]
  const y1 = values[row + width]
  const secant = (y1 - y0) / h
  const before = i > 0 ? (y0 - values[row - width]) / (t[i] - t[i - 1]) : Number.NaN
  const after = i + 1 < last ? (values[row + 2 * width] - y1) / (t[i + 2] - t[i + 1]) : Number.NaN
  const h0 = i > 0 ? t[i] - t[i - 1] : h
  const h2 = i + 1 < last ? t[i + 2] - t[i + 1] : h
  // The parabola's slope at a sample is the mean of the secants on both sides, each weighted by the other's length.
  const inner0 = (h * before + h0 * secant) / (h0 + h)
  const inner1 = (h2 * secant + h * after) / (h + h2)
  piece.y0 = y0
  piece.y1 = y1
  piece.slope0 = Number.isNaN(inner0) ? (Number.isNaN(inner1) ? secant : 2 * secant - inner1) : inner0
  piece.slope1 = Number.isNaN(inner1) ? (Number.isNaN(inner0) ? secant : 2 * secant - inner0) : inner1
}

/**
 * Writes the vector at `time` into `out`: cubic Hermite interpolation with the slopes of `fitPiece`. It reproduces every
 * parabola, its error is O(h³), and it reads four samples only. Before the start and after the end the outermost sample
 * holds. Beside a gap (NaN) it is linear; inside a gap the result is NaN.
 *
 * @param t (T), strictly increasing
 * @param values (T, width)
 * @param out at least `width` long
 */
export function sampleAt(
  t: Float64Array,
  values: Float64Array,
  width: number,
  time: number,
  out: Float64Array | number[],
): void {
  const last = t.length - 1
  if (time <= t[0] || time >= t[last]) {
    const edge = (time <= t[0] ? 0 : last) * width
    for (let c = 0; c < width; c++) out[c] = values[edge + c]
    return
  }
  const i = intervalAt(t, time)
  const h = t[i + 1] - t[i]
  const s = (time - t[i]) / h
  const r = 1 - s
  for (let c = 0; c < width; c++) {
    if (s === 0) {
      out[c] = values[i * width + c]
      continue
    }
    fitPiece(t, values, width, i, c)
    const { y0, y1, slope0, slope1 } = piece
    out[c] = y0 * r * r * (1 + 2 * s) + y1 * s * s * (1 + 2 * r) + h * s * r * (slope0 * r - slope1 * s)
  }
}

/**
 * Writes the rate of the vector at `time` into `out`: the derivative of what `sampleAt` gives, with an error of O(h²); at
 * the ends, and beyond them, that of the outermost interval.
 */
export function rateAt(
  t: Float64Array,
  values: Float64Array,
  width: number,
  time: number,
  out: Float64Array | number[],
): void {
  if (t.length < 2) {
    for (let c = 0; c < width; c++) out[c] = 0
    return
  }
  const i = intervalAt(t, time)
  const h = t[i + 1] - t[i]
  const s = Math.min(Math.max((time - t[i]) / h, 0), 1)
  const r = 1 - s
  for (let c = 0; c < width; c++) {
    fitPiece(t, values, width, i, c)
    const { y0, y1, slope0, slope1 } = piece
    out[c] = (6 * s * r * (y1 - y0)) / h + slope0 * r * (r - 2 * s) + slope1 * s * (s - 2 * r)
  }
}

/**
 * Writes the unit quaternion at `time` into `out`: along the great circle between the neighbouring samples, the short way
 * round, at constant speed (slerp; Shoemake, SIGGRAPH 1985). Before the start and after the end the outermost sample holds.
 *
 * @param t (T), strictly increasing
 * @param values (T, 4), unit quaternions; q and −q are the same rotation
 */
export function quaternionAt(
  t: Float64Array,
  values: Float64Array,
  time: number,
  out: Float64Array | number[],
): void {
  const i = intervalAt(t, time)
  const j = Math.min(i + 1, t.length - 1)
  const s = j > i ? Math.min(Math.max((time - t[i]) / (t[j] - t[i]), 0), 1) : 0
  let cosine = 0
  for (let c = 0; c < 4; c++) cosine += values[4 * i + c] * values[4 * j + c]
  const sign = cosine < 0 ? -1 : 1
  const angle = Math.acos(Math.min(Math.abs(cosine), 1))
  // Below 1e-6 rad the chord is the arc to the last bit, and sin(angle) is no divisor.
  const sine = Math.sin(angle)
  const first = angle < 1e-6 ? 1 - s : Math.sin((1 - s) * angle) / sine
  const second = (angle < 1e-6 ? s : Math.sin(s * angle) / sine) * sign
  for (let c = 0; c < 4; c++) out[c] = first * values[4 * i + c] + second * values[4 * j + c]
}
