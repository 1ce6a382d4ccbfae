/**
 * GFLOP/s of matrix products, plain and `relaxed` (fused multiply-add, where the engine has relaxed SIMD), side by side in
 * one process. Node 20 lacks it: there the measurement is made by Node 24 from the registry.
 *
 *     npx tsx bench/relaxed.ts
 */
import { spawnSync } from 'node:child_process'
import { emitMatmul, instantiate } from '../kernels/dense/index.ts'
import { hasRelaxedInstructions } from '../kernels/wasm/index.ts'

if (!hasRelaxedInstructions()) {
  const script = ['--import', 'tsx', import.meta.filename]
  const { status } = spawnSync('npx', ['-y', '-p', 'node@24', 'node', ...script], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  process.exit(status ?? 1)
}

/** A product that is ready to be called; floating-point operations per call. */
function product(m: number, k: number, n: number, options: object): { run: () => void; flops: number } {
  const { arrays, run } = instantiate(
    module => emitMatmul(module, { m, k, n, ...options }),
    [m * k, k * n, m * n],
  )
  for (const array of arrays) for (let i = 0; i < array.length; i++) array[i] = Math.sin(12.9898 * i)
  return { run, flops: 2 * m * k * n }
}

const nanoseconds = (run: () => void, repetitions: number): number => {
  const start = performance.now()
  for (let i = 0; i < repetitions; i++) run()
  return (1e6 * (performance.now() - start)) / repetitions
}

console.log(
  `| Node ${process.versions.node.split('.')[0]}, GFLOP/s | n | plain | relaxed | relaxed / plain |`,
)
console.log('|---|--:|--:|--:|--:|')
for (const n of [64, 128, 256, 512])
  for (const [name, columns, options] of [
    ['A·x', 1, {}],
    ['Aᵀ·x', 1, { transposeA: true }],
    ['A·B', n, {}],
    ['Aᵀ·B', n, { transposeA: true }],
    ['A·Bᵀ', n, { transposeB: true }],
  ] as const) {
    const ways = [{}, { relaxed: true }].map(more => product(n, n, columns, { ...options, ...more }))
    const repetitions = Math.ceil(4e8 / ways[0].flops)
    // In turn, so that what else the machine does meets both; the best of seven.
    const times = ways.map(() => Number.POSITIVE_INFINITY)
    for (let round = 0; round < 7; round++)
      ways.forEach(({ run }, i) => {
        times[i] = Math.min(times[i], nanoseconds(run, repetitions))
      })
    const [plain, relaxed] = times.map(time => ways[0].flops / time)
    console.log(
      `| ${name} | ${n} | ${plain.toFixed(1)} | ${relaxed.toFixed(1)} | ${(relaxed / plain).toFixed(2)} |`,
    )
  }
