import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** Seconds per call: the best of as many as take so many seconds, two at least; quick calls are counted in bundles. */
export function best(call: () => void, seconds = 0.5): number {
  call()
  let bundle = 1
  for (;;) {
    const start = performance.now()
    for (let k = 0; k < bundle; k++) call()
    if (performance.now() - start > 0.2 || bundle > 1e6) break
    bundle *= 2
  }
  let least = Number.POSITIVE_INFINITY
  const start = performance.now()
  for (let run = 0; run < 2 || performance.now() - start < 1e3 * seconds; run++) {
    const before = performance.now()
    for (let k = 0; k < bundle; k++) call()
    least = Math.min(least, (performance.now() - before) / bundle)
  }
  return least / 1e3
}

/** What a script of bench/peers prints for these cases; undefined, with a word about it, where PEERS_PYTHON is not set. */
export function peer<Result>(script: string, cases: readonly unknown[]): Result[] | undefined {
  const python = process.env.PEERS_PYTHON
  if (!python) {
    console.error('PEERS_PYTHON is not set: without SciPy')
    return undefined
  }
  const path = join(import.meta.dirname, '..', 'peers', script)
  return JSON.parse(execFileSync(python, [path, JSON.stringify(cases)], { encoding: 'utf8' })) as Result[]
}

/** Seconds as 1.2 µs, 3.4 ms, 5.6 s. */
export function duration(seconds: number): string {
  const [value, unit] =
    seconds < 1e-3 ? [1e6 * seconds, 'µs'] : seconds < 1 ? [1e3 * seconds, 'ms'] : [seconds, 's']
  return `${Number(value.toPrecision(3))} ${unit}`
}

/** 1234 → 1.23 kB. */
export function bytes(count: number): string {
  const power = Math.min(3, Math.floor(Math.log10(Math.max(1, count)) / 3))
  return `${Number((count / 1e3 ** power).toPrecision(3))} ${['B', 'kB', 'MB', 'GB'][power]}`
}

/** The exponent p of y ≈ c·xᵖ, by least squares in the logarithms. */
export function exponent(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)])
  const mean = [0, 1].map(k => logs.reduce((sum, point) => sum + point[k], 0) / logs.length)
  const over = logs.reduce((sum, [x, y]) => sum + (x - mean[0]) * (y - mean[1]), 0)
  return over / logs.reduce((sum, [x]) => sum + (x - mean[0]) ** 2, 0)
}

export function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const text = (cell: string | number) =>
    typeof cell === 'string' ? cell : String(Number(cell.toPrecision(2)))
  return [header, header.map((_, k) => (k ? '--:' : '---')), ...rows]
    .map(row => `| ${row.map(text).join(' | ')} |`)
    .join('\n')
}

/** Numbers in [−1, 1) that look random, and are those of bench/peers/dense.py. */
export const scattered = (length: number): Float64Array =>
  Float64Array.from({ length }, (_, k) => ((7919 * k * k + 104729 * k) % 10007) / 5003.5 - 1)

export const orders = [4, 8, 16, 32, 64, 128, 256, 512, 1000]

/** The dense systems of bench/peers/dense.py. */
export function system(n: number): { general: Float64Array; spd: Float64Array; b: Float64Array } {
  const general = scattered(n * n)
  for (let i = 0; i < n; i++) general[i * (n + 1)] += Math.sqrt(n)
  const spd = general.map((value, k) => (value + general[(k % n) * n + Math.floor(k / n)]) / 2)
  for (let i = 0; i < n; i++) spd[i * (n + 1)] += 2 * Math.sqrt(n)
  return { general, spd, b: Float64Array.from({ length: n }, (_, i) => Math.sin(i + 1)) }
}
