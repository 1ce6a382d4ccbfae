/**
 * Loss and full gradient (14,308 parameters) of the seed's model over a trajectory, by every way to differentiate it, here and
 * in torchdiffeq and diffrax (jit, float64, compilation apart): time, error of the gradient, and memory against the number of
 * steps.
 *
 *     npx tsx bench/adjoint.ts         PEERS_PYTHON names a Python with bench/peers/requirements.txt
 *
 * The error is that against the gradient of the solution itself: it holds what the tolerances of the forward solve do, and what
 * the adjoint adds to it. Tight tolerances are not enough for that reference. The model's rectifiers have corners, ∂f/∂y jumps there,
 * and a step across a corner sees one side or the other; gradients by two methods at 1e-12 differ by 1e-4. So the reference ends a
 * step at each corner, as at an event after which nothing changes.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { lossAndGradient } from '../index.ts'
import { createIntegrator, type StateEvent } from '../solvers/index.ts'
import { field, hidden, loss, median, peerGradients, times, tolerances, y0 } from './seedModel.ts'

const milliseconds = (f: () => void): number => {
  f()
  return median(
    Array.from({ length: 9 }, () => {
      const start = performance.now()
      f()
      return performance.now() - start
    }),
  )
}

/** The corners of the rectifiers: where an entry of Wᵀ·y + b changes its sign; θ = (W, b, …), W n×hidden. */
const corners = Array.from({ length: hidden }, (_, k): StateEvent => {
  const n = field.dimension
  const theta = field.parameters
  const bias = n * hidden + k
  return {
    when: (_t, y) => y.reduce((sum, value, i) => sum + theta[i * hidden + k] * value, theta[bias]),
    whenVjp(_t, y, cotangent, gradY, gradTheta) {
      for (let i = 0; i < n; i++) {
        gradY[i] += cotangent * theta[i * hidden + k]
        gradTheta[i * hidden + k] += cotangent * y[i]
      }
      gradTheta[bias] += cotangent
      return 0
    },
    apply() {},
    applyVjp(_t, _y, cotangent, gradY) {
      for (let i = 0; i < n; i++) gradY[i] += cotangent[i]
      return 0
    },
  }
})
const betweenCorners = (method: 'vern9' | 'dop853') => {
  const options = { method, rtol: 1e-13, atol: 1e-14, events: corners }
  return lossAndGradient(field, y0, times, loss, options).gradients.parameters
}
const exact = betweenCorners('vern9')
const norm = Math.hypot(...exact)
const errorOf = (gradient: ArrayLike<number>) =>
  Math.hypot(...exact.map((value, i) => value - gradient[i])) / norm

const ways: [string, Parameters<typeof lossAndGradient>[4]][] = [
  ['neurode, discrete', tolerances],
  ['neurode, discrete, tsit5', { ...tolerances, method: 'tsit5' }],
  ['neurode, discrete, checkpoints within 64 kB', { ...tolerances, memory: '64kB' }],
  ['neurode, interpolating', { ...tolerances, adjoint: 'interpolating' }],
  ['neurode, quadrature', { ...tolerances, adjoint: 'quadrature' }],
  ['neurode, backsolve', { ...tolerances, adjoint: 'backsolve' }],
]
const rows = ways.map(([name, options]) => {
  const { gradients } = lossAndGradient(field, y0, times, loss, options)
  return {
    name,
    time: milliseconds(() => lossAndGradient(field, y0, times, loss, options)),
    error: errorOf(gradients.parameters),
  }
})
const peerNames = {
  'torch-direct': 'torchdiffeq, direct',
  'torch-adjoint': 'torchdiffeq, adjoint (backsolve)',
  'diffrax-checkpointed': 'diffrax, recursive checkpoints',
  'diffrax-backsolve': 'diffrax, backsolve',
}
for (const [way, { seconds, gradient }] of Object.entries(peerGradients(5, ...Object.keys(peerNames)) ?? {}))
  rows.push({
    name: peerNames[way as keyof typeof peerNames],
    time: 1e3 * median(seconds),
    error: errorOf(gradient),
  })

console.log('| the seed’s model, loss and gradient, dopri5 at 1e-6 | time | / ours | error of the gradient |')
console.log('|---|--:|--:|--:|')
for (const { name, time, error } of rows)
  console.log(
    `| ${name} | ${time.toFixed(2)} ms | ${(time / rows[0].time).toFixed(1)} | ${error.toExponential(1)} |`,
  )

console.log(
  `\nThe reference is by vern9 at 1e-13 between the corners of the rectifiers; dop853 comes to the same within ` +
    `${errorOf(betweenCorners('dop853')).toExponential(0)}.`,
)

console.log('\n| steps | kept for the gradient | within 1 MB | time, all kept | time, within 1 MB |')
console.log('|--:|--:|--:|--:|--:|')
setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void
/** Array buffers are given back some time after their owners. */
async function collectGarbage(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    gc()
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}
const bytesOf = async (options: object, span: [number, number]): Promise<[bytes: number, steps: number]> => {
  await collectGarbage()
  const before = process.memoryUsage().arrayBuffers
  const integrator = createIntegrator(field, { ...tolerances, maxSteps: 1e7, ...options })
  const { statistics } = integrator.integrate(y0, span)
  await collectGarbage()
  return [process.memoryUsage().arrayBuffers - before, statistics.accepted]
}
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`
for (const span of [100, 1000, 10000]) {
  const ends = [0, span]
  const last = (y: Parameters<typeof loss>[0]) => y.square().sum()
  const [kept, steps] = await bytesOf({}, [0, span])
  const [bounded] = await bytesOf({ memory: '1MB' }, [0, span])
  const once = (options: object) => {
    const start = performance.now()
    lossAndGradient(field, y0, ends, last, { ...tolerances, maxSteps: 1e7, ...options })
    return `${(performance.now() - start).toFixed(0)} ms`
  }
  console.log(
    `| ${steps} | ${megabytes(kept)} | ${megabytes(bounded)} | ${once({})} | ${once({ memory: '1MB' })} |`,
  )
}
