/**
 * GFLOP/s of the dense kernels on one core, beside plain JavaScript and, where gcc is present, C at -O3 -ffast-math: SSE2
 * without fused multiply-add, as the WebAssembly, and free to reorder sums, as our kernels do. Times are the best of
 * seven runs; factorisations and solves include the copy of what they overwrite.
 *
 *     npx tsx bench/kernels.ts [NAME,… [SIZE,…]]        kernels whose name holds one of NAME, of these sizes
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { emitCholesky, emitLU, emitLUSolve, emitMatmul, instantiate } from '../kernels/dense/index.ts'
import * as plain from './plainKernels.ts'

interface Row {
  readonly name: string
  readonly c?: string
  readonly n: number
  readonly flops: number
  /** The kernel, ready to be called. */
  readonly wasm: () => void
  readonly javascript?: () => void
}

/** Nanoseconds per call: the best of seven runs of about 20 ms. */
function nanoseconds(call: () => void): number {
  const time = (repetitions: number) => {
    const start = performance.now()
    for (let i = 0; i < repetitions; i++) call()
    return performance.now() - start
  }
  let repetitions = 1
  while (time(repetitions) < 20) repetitions *= 2
  return (1e6 * Math.min(...Array.from({ length: 7 }, () => time(repetitions)))) / repetitions
}

/** Numbers without a pattern in [−1, 1], the same at each run. */
const numbers = (length: number, seed: number): Float64Array =>
  Float64Array.from({ length }, (_, i) => Math.sin(12.9898 * (i + 1) + 78.233 * seed))

/** With a dominant diagonal, symmetric. */
function matrix(n: number): Float64Array {
  const a = numbers(n * n, n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) a[j * n + i] = a[i * n + j]
    a[i * n + i] += n
  }
  return a
}

function product(name: string, c: string | undefined, m: number, k: number, n: number, options = {}): Row {
  const { arrays, run } = instantiate(
    module => emitMatmul(module, { m, k, n, ...options }),
    [m * k, k * n, m * n],
  )
  for (const array of arrays) array.set(numbers(array.length, 1))
  const [a, b, out] = arrays.map(array => array.slice())
  return {
    name,
    c,
    n: Math.max(m, k, n),
    flops: 2 * m * k * n,
    wasm: run,
    javascript: Object.keys(options).length === 0 ? () => plain.matmul(m, k, n, a, b, out) : undefined,
  }
}

function factorisation(name: 'lu' | 'cholesky', n: number): Row {
  const a = matrix(n)
  const { arrays, run } = instantiate(
    module => (name === 'lu' ? emitLU : emitCholesky)(module, { n }),
    [n * n + n],
  )
  const work = new Float64Array(n * n + n)
  const factor = name === 'lu' ? plain.lu : plain.cholesky
  return {
    name,
    c: name,
    n,
    flops: ((name === 'lu' ? 2 : 1) * n ** 3) / 3,
    wasm: () => {
      arrays[0].set(a)
      run()
    },
    javascript: () => {
      work.set(a)
      factor(n, work)
    },
  }
}

function solution(n: number): Row {
  const lu = instantiate(module => emitLU(module, { n }), [n * n + n])
  lu.arrays[0].set(matrix(n))
  lu.run()
  const packed = lu.arrays[0]
  const { arrays, run } = instantiate(module => emitLUSolve(module, { n, columns: 1 }), [packed.length, n])
  arrays[0].set(packed)
  const b = numbers(n, 2)
  const work = new Float64Array(n)
  return {
    name: 'solve (LU)',
    c: 'lu_solve',
    n,
    flops: 2 * n * n,
    wasm: () => {
      arrays[1].set(b)
      run()
    },
    javascript: () => {
      work.set(b)
      plain.luSolve(n, packed, work)
    },
  }
}

const rows: (() => Row)[] = [
  ...[10, 64, 128, 256, 512].flatMap(n => [
    () => product('A·x', 'matvec', n, n, 1),
    () => product('Aᵀ·x', 'matvec_transposed', n, n, 1, { transposeA: true }),
    () => product('xᵀ·A', undefined, 1, n, n),
    () => product('xᵀ·Aᵀ', undefined, 1, n, n, { transposeB: true }),
    () => product('C += x·yᵀ', undefined, n, 1, n, { accumulate: true }),
  ]),
  ...[4, 10, 64, 128, 256, 500, 512].flatMap(n => [
    () => product('A·B', 'matmul', n, n, n),
    () => product('Aᵀ·B', undefined, n, n, n, { transposeA: true }),
    () => product('A·Bᵀ', undefined, n, n, n, { transposeB: true }),
    () => product('Aᵀ·Bᵀ', undefined, n, n, n, { transposeA: true, transposeB: true }),
  ]),
  ...[2, 4, 10, 16, 32, 64, 128, 256, 1000].map(n => () => factorisation('lu', n)),
  ...[2, 4, 10, 16, 32, 64, 128, 256, 1000].map(n => () => factorisation('cholesky', n)),
  ...[2, 4, 10, 16, 32, 64, 128, 256, 1000].map(n => () => solution(n)),
]

/** The C program's nanoseconds, or nothing where there is no gcc. */
function compileC():
  | { time(name: string, n: number, repetitions: number): number; remove(): void }
  | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'neurode-kernels-'))
  const program = join(folder, 'kernels')
  try {
    const source = join(import.meta.dirname, 'limit', 'kernels.c')
    execFileSync('gcc', ['-O3', '-ffast-math', '-o', program, source, '-lm'], { stdio: 'ignore' })
  } catch {
    rmSync(folder, { recursive: true })
    return undefined
  }
  return {
    time: (name, n, repetitions) =>
      Number(execFileSync(program, [name, String(n), String(repetitions)]).toString()),
    remove: () => rmSync(folder, { recursive: true }),
  }
}

const c = compileC()
const [names, sizes] = process.argv.slice(2).map(list => list.split(','))
const cells = (flops: number, time: number | undefined): string =>
  time === undefined
    ? '– | –'
    : `${(flops / time).toFixed(2)} | ${time < 100 ? time.toFixed(1) : time.toFixed(0)}`

console.log(
  '| kernel | n | GFLOP/s | ns | GFLOP/s, C | ns, C | GFLOP/s, JavaScript | ns, JavaScript | time / C |',
)
console.log('|---|--:|--:|--:|--:|--:|--:|--:|--:|')
for (const make of rows) {
  const { name, c: cName, n, flops, wasm, javascript } = make()
  if (names && !names.some(part => name.includes(part))) continue
  if (sizes && !sizes.includes(String(n))) continue
  const ours = nanoseconds(wasm)
  const theirs = c && cName ? c.time(cName, n, Math.max(1, Math.round(1e7 / ours))) : undefined
  const script = javascript && n <= 256 ? nanoseconds(javascript) : undefined
  const ratio = theirs ? (ours / theirs).toFixed(2) : '–'
  console.log(
    `| ${name} | ${n} | ${cells(flops, ours)} | ${cells(flops, theirs)} | ${cells(flops, script)} | ${ratio} |`,
  )
}
c?.remove()
