/**
 * Nanoseconds per element of the elementary functions: `npx tsx bench/elementary.ts`. Ours two at a time and one by one, `Math`, and
 * the C library where gcc is present (bench/limit/elementary.c), at the same points.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEvaluator, type ElementaryName } from '../kernels/elementary/index.ts'

const length = 1024
const repetitions = 200

type Plain = (a: number, b: number) => number

/** Name, range of the operands, the same in JavaScript. */
const functions: [ElementaryName, number, number, Plain?][] = [
  ['exp', -5, 5, Math.exp],
  ['expm1', -5, 5, Math.expm1],
  ['log', 0.01, 10, Math.log],
  ['log1p', -0.9, 10, Math.log1p],
  ['logistic', -5, 5, x => 1 / (1 + Math.exp(-x))],
  ['softplus', -5, 5, x => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))],
  ['erf', -3, 3],
  ['sin', -10, 10, Math.sin],
  ['cos', -10, 10, Math.cos],
  ['tan', -10, 10, Math.tan],
  ['asin', -1, 1, Math.asin],
  ['acos', -1, 1, Math.acos],
  ['atan', -5, 5, Math.atan],
  ['sinh', -5, 5, Math.sinh],
  ['cosh', -5, 5, Math.cosh],
  ['tanh', -5, 5, Math.tanh],
  ['asinh', -5, 5, Math.asinh],
  ['acosh', 1, 10, Math.acosh],
  ['atanh', -1, 1, Math.atanh],
  ['power', 0.1, 5, Math.pow],
  ['atan2', -5, 5, Math.atan2],
  ['remainder', 0.1, 5, (a, b) => a - b * Math.floor(a / b)],
]

/** Nanoseconds per element: the median of seven, after the engine has optimised. */
function nanoseconds(run: () => void): number {
  const sample = () => {
    const start = performance.now()
    for (let i = 0; i < repetitions; i++) run()
    return ((performance.now() - start) * 1e6) / (repetitions * length)
  }
  for (let i = 0; i < 3; i++) sample()
  return Array.from({ length: 7 }, sample).sort((a, b) => a - b)[3]
}

/** The C library's times by name, or none where there is no gcc. */
function libraryTimes(): Map<string, number> {
  const folder = mkdtempSync(join(tmpdir(), 'elementary-'))
  try {
    const program = join(folder, 'elementary')
    execFileSync('gcc', ['-O3', join(import.meta.dirname, 'limit/elementary.c'), '-o', program, '-lm'])
    const lines = execFileSync(program, { encoding: 'utf8' }).trim().split('\n')
    return new Map(lines.map(line => [line.split(' ')[0], Number(line.split(' ')[1])]))
  } catch {
    return new Map()
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const cell = (value: number | undefined) => (value === undefined ? '–' : value.toFixed(2))
const library = libraryTimes()

console.log('| ns per element | f64x2 | f64 | Math | C libm | f64x2 / C |')
console.log('|---|--:|--:|--:|--:|--:|')
for (const [name, low, high, plain] of functions) {
  const times = ([2, 1] as const).map(width => {
    const { operands, run } = createEvaluator(name, width, length)
    operands.forEach((operand, k) => {
      const step = [0.6180339887498949, 0.7548776662466927][k]
      for (let i = 0; i < length; i++) operand[i] = low + (high - low) * ((i * step) % 1)
    })
    return nanoseconds(run)
  })
  const [a, b, result] = [0.6180339887498949, 0.7548776662466927, 0].map(step =>
    Float64Array.from({ length }, (_, i) => low + (high - low) * ((i * step) % 1)),
  )
  // A loop of its own for each function: a shared one would call through a pointer.
  const loop =
    plain && new Function('f', 'a', 'b', 'r', `for (let i = 0; i < ${length}; i++) r[i] = f(a[i], b[i])`)
  const math = loop && nanoseconds(() => loop(plain, a, b, result))
  const c = library.get(name)
  console.log(`| ${[name, ...[...times, math, c, c && times[0] / c].map(cell)].join(' | ')} |`)
}
