/** Numbers as they stand on the page: a true minus sign, a thin space before the unit. */

const minus = (text: string): string => text.replace(/-/g, '−')

/** Four significant digits; powers of ten where more than six places would be needed. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const size = Math.abs(value)
  if (size !== 0 && (size >= 1e6 || size < 1e-4)) {
    const [mantissa, exponent] = value.toExponential(2).split('e')
    return minus(`${mantissa}·10${superscript(Number(exponent))}`)
  }
  const places = size >= 1000 ? 1 : size >= 100 ? 2 : size >= 10 ? 3 : 4
  return minus(value.toFixed(places))
}

const superscript = (exponent: number): string =>
  [...String(exponent)].map(digit => (digit === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)])).join('')

export const formatQuantity = (value: number, unit: string): string =>
  unit === '' ? formatNumber(value) : `${formatNumber(value)}\u2009${unit}`

/** Seconds with as many places as the steps of the file need, so that the digits do not jump while playing. */
export const formatTime = (seconds: number, places: number): string =>
  `${minus(seconds.toFixed(places))}\u2009s`

/** A while, as one speaks of it: 8 s, 3 min, 2 h. */
export const formatDuration = (seconds: number): string =>
  seconds < 90
    ? `${Math.ceil(seconds)}\u2009s`
    : seconds < 5400
      ? `${Math.round(seconds / 60)}\u2009min`
      : `${Math.round(seconds / 3600)}\u2009h`

/** The places (2 to 6) that tell two samples of a grid apart. */
export function timePlaces(t: Float64Array): number {
  const step = t.length > 1 ? (t[t.length - 1] - t[0]) / (t.length - 1) : 1
  return Math.min(Math.max(Math.ceil(-Math.log10(step)), 2), 6)
}

/** Names of coordinates as a physicist writes them: `b_dot` is ḃ. */
export const formatName = (name: string): string => name.replace(/(\p{L})_dot$/u, '$1\u0307').normalize()

export const formatSpeed = (speed: number): string => {
  const size = Number(speed.toPrecision(2))
  return size >= 1e5 || size < 1e-3 ? `${formatTick(size)}×` : `${size}×`
}

/**
 * A tick of an axis: a round number, free of the last bits of its arithmetic.
 * @param step between the ticks: digits that tell them apart are shown
 */
export function formatTick(value: number, step = Math.abs(value)): string {
  const size = Math.abs(value)
  if (size !== 0 && (size >= 1e5 || size < 1e-3)) {
    const apart = step > 0 ? Math.ceil(Math.log10(size / step)) : 0
    const [mantissa, exponent] = value.toExponential(Math.min(Math.max(apart, 1), 6)).split('e')
    const factor = Number(mantissa) === 1 ? '' : `${Number(mantissa)}·`
    return minus(`${factor}10${superscript(Number(exponent))}`)
  }
  return minus(
    String(Number(value.toPrecision(Math.max(6, Math.min(15, Math.ceil(Math.log10(size / step || 1)) + 2))))),
  )
}
