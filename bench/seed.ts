/**
 * The seed's model, PhysicsNeuralODE(10), side by side in one run:
 *   one right-hand side, against the same formulas in C (bench/limit/seed.c, compiled -O3 here);
 *   loss and full gradient over 100 times on [0, 10], against torchdiffeq's odeint (direct), at the same tolerances.
 *
 *     npx tsx bench/seed.ts            PEERS_PYTHON=…/python names a Python with bench/peers/requirements.txt
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { lossAndGradient } from '../index.ts'
import { field, loss, median, peerGradients, times, tolerances, y0 } from './seedModel.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const n = y0.length

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

const gradientOnce = () => lossAndGradient(field, y0, times, loss, tolerances)
const ours = gradientOnce()
const gradientTime = microseconds(gradientOnce, 10) / 1e6

const c = inC()
const torch = peerGradients(7, 'torch-direct')?.['torch-direct']
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
    `\nloss: ${ours.loss} (ours), ${torch.loss} (torchdiffeq); ‖gradient‖: ${norm}, ${Math.hypot(...torch.gradient)}`,
  )
} else console.log('\n(PEERS_PYTHON is not set: torchdiffeq was not measured)')
