/** Work–precision diagrams as SVG: error against time, both logarithmic. */

export interface Curve {
  readonly name: string
  readonly points: readonly { readonly error: number; readonly seconds: number }[]
}

const [width, height, left, right, top, bottom] = [640, 420, 62, 150, 34, 46]
const colours = [
  '#2563eb',
  '#0891b2',
  '#16a34a',
  '#7c3aed',
  '#db2777',
  '#d97706',
  '#dc2626',
  '#64748b',
  '#92400e',
  '#0f172a',
]

/** Those named `neurode …` are drawn thick, the others thin and dashed. */
export function diagram(title: string, curves: readonly Curve[]): string {
  const all = curves.flatMap(({ points }) => points)
  const exponents = (values: number[]) => [
    Math.floor(Math.log10(Math.min(...values))),
    Math.ceil(Math.log10(Math.max(...values))),
  ]
  const [e0, e1] = exponents(all.map(({ error }) => error))
  const [s0, s1] = exponents(all.map(({ seconds }) => seconds))
  // precise is to the right
  const x = (error: number) => left + ((e1 - Math.log10(error)) / (e1 - e0)) * (width - left - right)
  const y = (seconds: number) => top + ((s1 - Math.log10(seconds)) / (s1 - s0)) * (height - top - bottom)
  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
  const every = Math.ceil((e1 - e0) / 8)
  const unit = (exponent: number) =>
    ['1 µs', '10 µs', '0.1 ms', '1 ms', '10 ms', '0.1 s', '1 s', '10 s', '100 s'][exponent + 6] ??
    `1e${exponent} s`
  const grid = [
    ...range(e0, e1)
      .filter(e => (e1 - e) % every === 0)
      .map(
        e =>
          `<line x1="${x(10 ** e)}" y1="${top}" x2="${x(10 ** e)}" y2="${height - bottom}" class="grid"/><text x="${x(10 ** e)}" y="${height - bottom + 16}" text-anchor="middle">1e${e}</text>`,
      ),
    ...range(s0, s1).map(
      s =>
        `<line x1="${left}" y1="${y(10 ** s)}" x2="${width - right}" y2="${y(10 ** s)}" class="grid"/><text x="${left - 6}" y="${y(10 ** s) + 4}" text-anchor="end">${unit(s)}</text>`,
    ),
  ]
  const lines = curves.map(({ name, points }, k) => {
    const ours = name.startsWith('neurode')
    const colour = colours[k % colours.length]
    const path = points
      .map(({ error, seconds }) => `${x(error).toFixed(1)},${y(seconds).toFixed(1)}`)
      .join(' ')
    const stroke = `stroke="${colour}" stroke-width="${ours ? 2.5 : 1.3}"${ours ? '' : ' stroke-dasharray="5 3"'}`
    const row = top + 10 + 17 * k
    return [
      `<polyline points="${path}" fill="none" ${stroke}/>`,
      ...points.map(
        ({ error, seconds }) =>
          `<circle cx="${x(error).toFixed(1)}" cy="${y(seconds).toFixed(1)}" r="${ours ? 2.6 : 1.8}" fill="${colour}"/>`,
      ),
      `<line x1="${width - right + 10}" y1="${row}" x2="${width - right + 32}" y2="${row}" ${stroke}/><text x="${width - right + 38}" y="${row + 4}">${name}</text>`,
    ].join('\n')
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="11">
<title>${title}: time against error</title>
<style>.grid { stroke: #d4d4d8; stroke-width: 0.5 } text { fill: #27272a }</style>
<rect width="${width}" height="${height}" fill="#ffffff"/>
<text x="${left}" y="20" font-size="13" font-weight="600">${title}</text>
<text x="${(left + width - right) / 2}" y="${height - 10}" text-anchor="middle">relative error at the end</text>
${[...grid, ...lines].join('\n')}
</svg>
`
}
