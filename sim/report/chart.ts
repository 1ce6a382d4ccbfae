/** A curve, or points, of a chart. NaN breaks a curve. */
export interface ChartSeries {
  readonly name: string
  readonly x: ArrayLike<number>
  readonly y: ArrayLike<number>
  readonly marks?: boolean
}

export interface ChartOptions {
  readonly title: string
  readonly xLabel: string
  /** Powers of ten on the vertical axis. */
  readonly logarithmic?: boolean
  /** A line across at zero. */
  readonly zero?: boolean
}

const [width, height] = [560, 250]
const frame = { left: 64, right: 14, top: 16, bottom: 34 }
/** Points of a curve beyond these are thinned to the least and the largest of each column of the picture. */
const columns = 400

/** A line chart as SVG that takes its colours from the page: `--c0`, `--c1` … for series, `--line` and `--quiet` for axes. */
export function chart(
  series: readonly ChartSeries[],
  { title, xLabel, logarithmic = false, zero }: ChartOptions,
): string {
  const place = logarithmic ? Math.log10 : (value: number) => value
  const [xLow, xHigh] = extent(series.map(({ x }) => x))
  const [rawLow, rawHigh] = extent(series.map(({ y }) => Array.from(y, place)))
  const margin = 0.05 * (rawHigh - rawLow) || Math.abs(rawLow) * 0.1 || 1
  const [yLow, yHigh] = [rawLow - margin, rawHigh + margin]
  const px = (x: number) =>
    frame.left + ((x - xLow) / (xHigh - xLow || 1)) * (width - frame.left - frame.right)
  const py = (y: number) =>
    height - frame.bottom - ((y - yLow) / (yHigh - yLow)) * (height - frame.top - frame.bottom)
  const parts: string[] = []
  for (const tick of ticks(yLow, yHigh, logarithmic)) {
    const label = logarithmic ? `10<tspan dy="-5" font-size="9">${minus(tick)}</tspan>` : minus(tick)
    parts.push(
      `<line x1="${frame.left}" x2="${width - frame.right}" y1="${round(py(tick))}" y2="${round(py(tick))}" class="grid"/>`,
      `<text x="${frame.left - 8}" y="${round(py(tick) + 4)}" text-anchor="end">${label}</text>`,
    )
  }
  for (const tick of ticks(xLow, xHigh, false))
    parts.push(`<text x="${round(px(tick))}" y="${height - 18}" text-anchor="middle">${minus(tick)}</text>`)
  if (zero && yLow < 0 && yHigh > 0)
    parts.push(
      `<line x1="${frame.left}" x2="${width - frame.right}" y1="${round(py(0))}" y2="${round(py(0))}" class="zero"/>`,
    )
  series.forEach(({ x, y, marks }, k) => {
    const points = thinned(x, Array.from(y, place))
    if (marks) {
      for (const [a, b] of points)
        if (Number.isFinite(b))
          parts.push(
            `<circle cx="${round(px(a))}" cy="${round(py(b))}" r="1.6" class="mark" style="--c:var(--c${k})"/>`,
          )
      return
    }
    let path = ''
    let broken = true
    for (const [a, b] of points) {
      if (Number.isFinite(b)) path += `${broken ? 'M' : 'L'}${round(px(a))} ${round(py(b))}`
      broken = !Number.isFinite(b)
    }
    parts.push(`<path d="${path}" class="curve" style="--c:var(--c${k})"/>`)
  })
  const legend = series
    .map(({ name }, k) => `<span class="key" style="--c:var(--c${k})">${escaped(name)}</span>`)
    .join(' ')
  return `<figure><figcaption><b>${escaped(title)}</b> ${legend}</figcaption><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">${parts.join('')}<text x="${width - frame.right}" y="${height - 2}" text-anchor="end" class="label">${escaped(xLabel)}</text></svg></figure>`
}

export const escaped = (text: string): string =>
  text.replace(
    /[&<>"]/g,
    character => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character]!,
  )

const round = (value: number): string => value.toFixed(1)
const minus = (value: number): string => String(Number(value.toPrecision(6))).replace('-', '−')

function extent(lists: readonly ArrayLike<number>[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const list of lists)
    for (let k = 0; k < list.length; k++) {
      if (!Number.isFinite(list[k])) continue
      low = Math.min(low, list[k])
      high = Math.max(high, list[k])
    }
  return low <= high ? [low, high] : [0, 1]
}

/** Round numbers between two, five or so; whole powers on a logarithmic axis. */
function ticks(low: number, high: number, whole: boolean): number[] {
  const rough = (high - low) / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = Math.max(power * ([1, 2, 5, 10].find(factor => factor * power >= rough) ?? 10), whole ? 1 : 0)
  const list: number[] = []
  for (let k = Math.ceil(low / step); k * step <= high; k++) list.push(k * step)
  return list
}

/** At most two points in each column: a peak stays a peak. */
function thinned(x: ArrayLike<number>, y: ArrayLike<number>): [number, number][] {
  const count = x.length
  if (count <= 2 * columns) return Array.from({ length: count }, (_, k) => [x[k], y[k]])
  const points: [number, number][] = []
  for (let column = 0; column < columns; column++) {
    const [from, to] = [column, column + 1].map(edge => Math.floor((edge * count) / columns))
    let [least, most] = [from, from]
    for (let k = from; k < to; k++) {
      if (y[k] < y[least]) least = k
      if (y[k] > y[most]) most = k
    }
    for (const k of [Math.min(least, most), Math.max(least, most)]) points.push([x[k], y[k]])
  }
  return points
}
