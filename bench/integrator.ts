/**
 * What an integrator costs beside the right-hand side: `npx tsx bench/integrator.ts`. The overhead per step is the time
 * of a step less that of its evaluations, which are timed alone.
 */
import { createLossAndGradient } from '../solvers/adjoint/index.ts'
import { createIntegrator, type VectorField } from '../solvers/ode/index.ts'

/** dy/dt = A·y for a rotation with damping in n/2 planes; θ = A, row-major. */
function linearSystem(n: number): VectorField {
  const a = new Float64Array(n * n)
  for (let i = 0; i < n; i += 2) {
    a[i * n + i] = a[(i + 1) * n + i + 1] = -0.01
    a[i * n + i + 1] = 1 + i / n
    a[(i + 1) * n + i] = -1 - i / n
  }
  return {
    dimension: n,
    parameterCount: n * n,
    parameters: a,
    evaluate(_t, y, dydt) {
      for (let i = 0; i < n; i++) {
        let sum = 0
        for (let j = 0; j < n; j++) sum += a[i * n + j] * y[j]
        dydt[i] = sum
      }
    },
    vjp(_t, y, cotangent, gradY, gradTheta) {
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++) {
          gradY[j] += cotangent[i] * a[i * n + j]
          gradTheta[i * n + j] += cotangent[i] * y[j]
        }
    },
  }
}

const theta = Float64Array.of(1.5, 1, 3, 1)
const lotkaVolterra: VectorField = {
  dimension: 2,
  parameterCount: 4,
  parameters: theta,
  evaluate(_t, y, dydt) {
    dydt[0] = theta[0] * y[0] - theta[1] * y[0] * y[1]
    dydt[1] = theta[3] * y[0] * y[1] - theta[2] * y[1]
  },
  vjp(_t, y, cotangent, gradY, gradTheta) {
    gradY[0] += cotangent[0] * (theta[0] - theta[1] * y[1]) + cotangent[1] * theta[3] * y[1]
    gradY[1] += -cotangent[0] * theta[1] * y[0] + cotangent[1] * (theta[3] * y[0] - theta[2])
    gradTheta[0] += cotangent[0] * y[0]
    gradTheta[1] -= cotangent[0] * y[0] * y[1]
    gradTheta[2] -= cotangent[1] * y[1]
    gradTheta[3] += cotangent[1] * y[0] * y[1]
  },
}

/** Seconds per call: the median of seven, after warming up. */
function seconds(run: () => void): number {
  for (let i = 0; i < 3; i++) run()
  const samples = Array.from({ length: 7 }, () => {
    const start = performance.now()
    run()
    return performance.now() - start
  })
  return samples.sort((a, b) => a - b)[3] / 1000
}

console.log(
  '| field | method | steps | ns per step | ns per evaluation | overhead, ns per step | million evaluations/s | gradient / solve |',
)
console.log('|---|---|--:|--:|--:|--:|--:|--:|')
for (const [name, field, y0, stop] of [
  ['Lotka-Volterra', lotkaVolterra, [1, 1], 500],
  ['linear, n = 10', linearSystem(10), new Float64Array(10).fill(1), 200],
] as const)
  for (const method of ['tsit5', 'dopri5', 'odex'] as const) {
    const options = { method, rtol: 1e-8, atol: 1e-8 }
    const integrator = createIntegrator(field, options)
    const { evaluations, accepted, rejected } = integrator.integrate(y0, [0, stop]).statistics
    const solve = seconds(() => integrator.integrate(y0, [0, stop]))
    const y = Float64Array.from(y0)
    const dydt = new Float64Array(y.length)
    const evaluate =
      seconds(() => {
        for (let i = 0; i < evaluations; i++) field.evaluate(0, y, dydt)
      }) / evaluations
    const steps = accepted + rejected
    let ratio = '–'
    if (method !== 'odex') {
      const gradient = createLossAndGradient(field, options)
      const last = (states: Float64Array, cotangents: Float64Array) => {
        cotangents[states.length - 1] = 1
        return states[states.length - 1]
      }
      ratio = (seconds(() => gradient(y0, [0, stop], last)) / solve).toFixed(1)
    }
    const cells = [
      name,
      method,
      steps,
      ((1e9 * solve) / steps).toFixed(0),
      (1e9 * evaluate).toFixed(1),
      ((1e9 * (solve - evaluate * evaluations)) / steps).toFixed(0),
      (evaluations / solve / 1e6).toFixed(2),
      ratio,
    ]
    console.log(`| ${cells.join(' | ')} |`)
  }
