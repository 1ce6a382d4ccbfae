/**
 * The seed's model, PhysicsNeuralODE(10), side by side in one run:
 *   one right-hand side, against the same formulas in C (bench/limit/seed.c, compiled -O3 here);
 *   loss and full gradient over 100 times on [0, 10], against torchdiffeq's odeint (direct), at the same tolerances.
 *
 *     npx tsx bench/seed.ts            PEERS_PYTHON=…/python names a Python with bench/peers/requirements.txt
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as tf from '@tensorflow/tfjs'
import { lossAndGradient, solve, vectorField } from '../index.ts'

const [n, hidden] = [10, 128]
const here = fileURLToPath(new URL('.', import.meta.url))

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
const y0 = Array.from({ length: n }, (_, i) => Math.sin(i + 1))
const target = Array.from({ length: n }, (_, i) => 0.5 * Math.cos(i))
const times = Array.from({ length: 100 }, (_, k) => (10 * k) / 99)
const tolerances = { method: 'dopri5', rtol: 1e-6, atol: 1e-8 } as const

const field = vectorField(
  (t, y, [W1, b1, W2, b2]) => {
    const h = tf.relu(tf.add(tf.matMul(y.reshape([1, n]), W1 as tf.Tensor2D), b1))
    const raw = tf.add(tf.matMul(h as tf.Tensor2D, W2 as tf.Tensor2D), b2).reshape([n, n]) as tf.Tensor2D
    const symmetric = tf.mul(0.5, tf.add(raw, raw.transpose())) as tf.Tensor2D
    const A = tf.add(symmetric, tf.mul(tf.eye(n), tf.add(tf.norm(symmetric), 1))) as tf.Tensor2D
    return solve(A, tf.sub(tf.sin(t), y) as tf.Tensor1D)
  },
  { state: [n], parameters },
)

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]

function microseconds(f: () => void, calls: number): number {
  for (let i = 0; i < calls; i++) f()
  return median(
    Array.from({ length: 15 }, () => {
      const start = performance.now()
      for (let i = 0; i < calls; i++) f()
      return (1e3 * (performance.now() - start)) / calls
    }),
  )
}

const y = Float64Array.from(y0)
const dydt = new Float64Array(n)
const cotangent = new Float64Array(n).fill(1)
const gradY = new Float64Array(n)
let t = 0
const evaluate = microseconds(() => {
  t += 1e-4
  field.evaluate(t, y, dydt)
}, 5000)
const vjp = microseconds(() => field.vjp(t, y, cotangent, gradY, field.parameterGradient), 5000)

function inC(): number | null {
  const folder = mkdtempSync(join(tmpdir(), 'neurode-bench-'))
  try {
    execFileSync('gcc', ['-O3', join(here, 'limit/seed.c'), '-o', join(folder, 'seed'), '-lm'], {
      stdio: 'pipe',
    })
    return Number(execFileSync(join(folder, 'seed')).toString().split(' ')[0]) / 1e3
  } catch {
    return null
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const loss = (trajectory: tf.Tensor2D) =>
  tf.norm(tf.sub(tf.slice(trajectory, [99], [1]), tf.tensor2d([target])))
const gradientOnce = () => lossAndGradient(field, y0, times, loss, tolerances)
const ours = gradientOnce()
const gradientTime = microseconds(gradientOnce, 10) / 1e6

function inTorchdiffeq(): {
  seconds: number[]
  loss: number
  gradientNorm: number
  evaluations: number
} | null {
  const python = process.env.PEERS_PYTHON
  if (!python) return null
  const folder = mkdtempSync(join(tmpdir(), 'neurode-bench-'))
  try {
    const arrays = Object.fromEntries(parameters.map(({ name, initial }) => [name, [...initial]]))
    const file = join(folder, 'problem.json')
    writeFileSync(file, JSON.stringify({ ...arrays, ...tolerances, y0, times, target }))
    return JSON.parse(execFileSync(python, [join(here, 'peers/seed_torchdiffeq.py'), file, '7']).toString())
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const c = inC()
const torch = inTorchdiffeq()
const ratio = (a: number, b: number) => (a / b).toFixed(2)
console.log('| the seed’s model, n = 10, 128 hidden | time | ratio |')
console.log('|---|---|---|')
console.log(
  `| right-hand side, neurode | ${evaluate.toFixed(2)} µs | ${c ? `${ratio(evaluate, c)} × C` : ''} |`,
)
if (c) console.log(`| right-hand side, C gcc -O3 | ${c.toFixed(2)} µs | 1 |`)
console.log(
  `| vector–Jacobian product, neurode | ${vjp.toFixed(2)} µs | ${ratio(vjp, evaluate)} × evaluation |`,
)
console.log(`| loss and full gradient, neurode | ${(1e3 * gradientTime).toFixed(2)} ms | 1 |`)
if (torch) {
  const seconds = median(torch.seconds)
  console.log(
    `| loss and full gradient, torchdiffeq (direct) | ${(1e3 * seconds).toFixed(1)} ms | ${ratio(seconds, gradientTime)} × ours |`,
  )
  const norm = Math.hypot(...ours.gradients.parameters)
  console.log(
    `\nloss: ${ours.loss} (ours), ${torch.loss} (torchdiffeq); ‖gradient‖: ${norm}, ${torch.gradientNorm}`,
  )
  console.log(`evaluations forward: ${ours.solution.statistics.evaluations}, ${torch.evaluations}`)
} else console.log('\n(PEERS_PYTHON is not set: torchdiffeq was not measured)')
