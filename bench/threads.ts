/**
 * A batch of trajectories over threads: the seed's model, n = 10, 128 hidden, 256 initial states, 100 times on [0, 10].
 *
 *     npx tsx bench/threads.ts
 *
 * The bits of both rows are compared: they do not depend on the number of threads.
 */
import { availableParallelism } from 'node:os'
import * as tf from '@tensorflow/tfjs'
import { type Batch, createBatch, solve, vectorField } from '../index.ts'

const [n, hidden, count] = [10, 128, 256]
let state = 1
const random = () => {
  state = (state * 48271) % 2147483647
  return state / 2147483647 - 0.5
}
const matrix = (rows: number, columns: number, scale: number) =>
  tf.variable(
    tf.tensor2d(
      Array.from({ length: rows * columns }, () => scale * random()),
      [rows, columns],
    ),
  )
const [first, second] = [matrix(n, hidden, 0.5), matrix(hidden, n * n, 0.5)]

const field = vectorField(
  (t, y) => {
    const raw = y.reshape([1, n]).matMul(first).relu().matMul(second).reshape([n, n])
    const symmetric = raw.add(raw.transpose()).mul(0.5)
    const shift = symmetric.square().sum().sqrt().add(1)
    return solve(symmetric.add(tf.eye(n).mul(shift)) as tf.Tensor2D, tf.sin(t).sub(y))
  },
  { state: [n] },
)
const starts = Array.from({ length: count }, () => Array.from({ length: n }, () => 4 * random()))
const times = Float64Array.from({ length: 100 }, (_, k) => (10 * k) / 99)
const loss = (y: tf.Tensor2D) => y.square().mean()

const most = availableParallelism()
const threadCounts = [1, 2, 4, 8, 16].filter(threads => threads < most).concat(most)
const batches = threadCounts.map(threads => createBatch(field, { method: 'dopri5', threads }))
const runs: Record<string, (batch: Batch) => unknown> = {
  'integrate, 256 trajectories': batch => batch.integrate(starts, times).map(({ y }) => y.at(-1)),
  'loss and gradient, 256 trajectories': batch =>
    batch.lossAndGradient(starts, times, loss).gradients.parameters,
}

console.log('| the seed’s model | threads | time | trajectories/s | against one thread | bits |')
console.log('|---|--:|--:|--:|--:|---|')
for (const [name, run] of Object.entries(runs)) {
  for (const batch of batches) run(batch) // starts the threads
  await new Promise(resolve => setTimeout(resolve, 1000))
  const samples: number[][] = threadCounts.map(() => [])
  const bits = new Set<string>()
  for (let round = 0; round < 9; round++) {
    batches.forEach((batch, k) => {
      const start = performance.now()
      const result = run(batch)
      samples[k].push(performance.now() - start)
      bits.add(JSON.stringify(result))
    })
  }
  const medians = samples.map(list => list.toSorted((a, b) => a - b)[4])
  medians.forEach((milliseconds, k) => {
    const rate = Math.round((1000 * count) / milliseconds)
    const speedup = (medians[0] / milliseconds).toFixed(2)
    const same = bits.size === 1 ? 'the same' : 'DIFFERENT'
    console.log(
      `| ${name} | ${threadCounts[k]} | ${milliseconds.toFixed(0)} ms | ${rate} | ${speedup} | ${same} |`,
    )
  })
}
for (const batch of batches) batch.close()
