/**
 * Colours that stand for values. Both maps run evenly through OKLab (Ottosson 2020), whose L is the lightness that the eye
 * sees, so that equal steps of the value look equal: the sequential one grows lighter all the way, the diverging one is
 * lightest in its middle. Both can be told apart in grey and by colour-blind eyes.
 */

export type ColourMapName = 'sequential' | 'diverging'

const stops: Readonly<Record<ColourMapName, readonly string[]>> = {
  sequential: ['#2a1a5e', '#2f5596', '#228c98', '#52bd7a', '#f6e76c'],
  diverging: ['#17357a', '#3f7fd0', '#ecebe6', '#e0704a', '#7f1f10'],
}

type Triple = [number, number, number]

const linearOf = (hex: string): Triple =>
  [1, 3, 5].map(at => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  }) as Triple

/** Linear light to OKLab. */
export function oklabOf([r, g, b]: Triple): Triple {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}

/** OKLab to linear light, clipped to what a display can show. */
export function linearOfOklab([L, a, b]: Triple): Triple {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map(c => Math.min(Math.max(c, 0), 1)) as Triple
}

const entries = 256

const tables = Object.fromEntries(
  Object.entries(stops).map(([name, colours]) => {
    const labs = colours.map(colour => oklabOf(linearOf(colour)))
    const table = new Float32Array(3 * entries)
    for (let i = 0; i < entries; i++) {
      const at = (i / (entries - 1)) * (labs.length - 1)
      const k = Math.min(Math.floor(at), labs.length - 2)
      const mixed = labs[k].map((value, c) => value + (at - k) * (labs[k + 1][c] - value)) as Triple
      table.set(linearOfOklab(mixed), 3 * i)
    }
    return [name, table]
  }),
) as Record<ColourMapName, Float32Array>

/**
 * Writes the colour of a value into `out[offset…]`, in linear light from 0 to 1; a value outside the range has the colour
 * of its end, NaN is grey.
 */
export function writeColour(
  map: ColourMapName,
  value: number,
  [from, to]: readonly [number, number],
  out: Float32Array | number[],
  offset: number,
): void {
  const part = to > from ? (value - from) / (to - from) : 0.5
  const table = tables[map]
  const at = 3 * Math.round(Math.min(Math.max(part, 0), 1) * (entries - 1))
  for (let c = 0; c < 3; c++) out[offset + c] = Number.isNaN(value) ? 0.3 : table[at + c]
}

/** The whole map as a CSS gradient, from left to right. */
export function gradientOf(map: ColourMapName): string {
  const rgb = [0, 0, 0]
  const colours = Array.from({ length: 17 }, (_, i) => {
    writeColour(map, i / 16, [0, 1], rgb, 0)
    return `rgb(${rgb.map(c => Math.round(255 * (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055))).join(' ')})`
  })
  return `linear-gradient(to right, ${colours.join(', ')})`
}
