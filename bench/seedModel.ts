/** The seed's example, PhysicsNeuralODE(10), as the benchmarks run it: A(y) from a network, A·dy/dt = −y + sin t. */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as tf from '@tensorflow/tfjs'
import { solve, vectorField } from '../index.ts'

const n = 10
export const hidden = 128

let seed = 1
function uniform(): number {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
  return seed / 2 ** 32
}
const weights = (size: number, scale: number) =>
  Float64Array.from({ length: size }, () => scale * (2 * uniform() - 1))
const parameters = [
  { name: 'W1', shape: [n, hidden], initial: weights(n * hidden, 0.3) },
  { name: 'b1', shape: [hidden], initial: weights(hidden, 0.3) },
  { name: 'W2', shape: [hidden, n * n], initial: weights(hidden * n * n, 0.1) },
  { name: 'b2', shape: [n * n], initial: weights(n * n, 0.1) },
]
export const y0 = Array.from({ length: n }, (_, i) => Math.sin(i + 1))
const target = Array.from({ length: n }, (_, i) => 0.5 * Math.cos(i))
export const times = Array.from({ length: 100 }, (_, k) => (10 * k) / 99)
export const tolerances = { method: 'dopri5', rtol: 1e-6, atol: 1e-8 } as const

export const field = vectorField(
  (t, y, [W1, b1, W2, b2]) => {
    const h = tf.relu(tf.add(tf.matMul(y.reshape([1, n]), W1 as tf.Tensor2D), b1))
    const raw = tf.add(tf.matMul(h as tf.Tensor2D, W2 as tf.Tensor2D), b2).reshape([n, n]) as tf.Tensor2D
    const symmetric = tf.mul(0.5, tf.add(raw, raw.transpose())) as tf.Tensor2D
    const A = tf.add(symmetric, tf.mul(tf.eye(n), tf.add(tf.norm(symmetric), 1))) as tf.Tensor2D
    return solve(A, tf.sub(tf.sin(t), y) as tf.Tensor1D)
  },
  { state: [n], parameters },
)

/** ‖y(10) − target‖. */
export const loss = (trajectory: tf.Tensor2D) =>
  tf.norm(tf.sub(tf.slice(trajectory, [99], [1]), tf.tensor2d([target])))

export interface PeerGradient {
  readonly seconds: number[]
  readonly loss: number
  /** By W1, b1, W2, b2, as θ. */
  readonly gradient: number[]
}

/** Loss and gradient by the Python peers (bench/peers/seed_gradients.py); null where PEERS_PYTHON names no Python. */
export function peerGradients(repeats: number, ...ways: string[]): Record<string, PeerGradient> | null {
  const python = process.env.PEERS_PYTHON
  if (!python) return null
  const folder = mkdtempSync(join(tmpdir(), 'neurode-bench-'))
  try {
    const arrays = Object.fromEntries(parameters.map(({ name, initial }) => [name, [...initial]]))
    const file = join(folder, 'problem.json')
    writeFileSync(file, JSON.stringify({ ...arrays, ...tolerances, y0, times, target }))
    const script = fileURLToPath(new URL('peers/seed_gradients.py', import.meta.url))
    const text = execFileSync(python, [script, file, String(repeats), ...ways], { maxBuffer: 1 << 28 })
    return JSON.parse(text.toString())
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1]
