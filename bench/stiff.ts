/**
 * Work and precision of the methods for stiff systems: `npx tsx bench/stiff.ts [method …]`. Hand-written right-hand sides and
 * Jacobians; the same by CVODE in C is bench/limit/stiff.c, by SciPy bench/peers/stiff_scipy.py. The error is the largest of
 * the components' at the end, over atol/rtol + |y|, so that it compares with rtol.
 */
import {
  createIntegrator,
  type IntegratorOptions,
  type SparsityPattern,
  type VectorField,
} from '../solvers/ode/index.ts'

interface StiffProblem {
  readonly name: string
  readonly field: VectorField
  readonly y0: ArrayLike<number>
  readonly t1: number
  /** atol/rtol of each component. */
  readonly scale: ArrayLike<number>
}

const without = (
  dimension: number,
  evaluate: VectorField['evaluate'],
  jacobian: VectorField['jacobian'],
): VectorField => ({
  dimension,
  parameterCount: 0,
  parameters: new Float64Array(0),
  evaluate,
  jacobian,
  timeDerivative: (_t, _y, out) => {
    out.fill(0)
  },
})

const mu = 1000
const vanDerPol = without(
  2,
  (_t, y, out) => {
    out[0] = y[1]
    out[1] = mu * (1 - y[0] * y[0]) * y[1] - y[0]
  },
  (_t, y, out) => {
    out[0] = 0
    out[1] = 1
    out[2] = -2 * mu * y[0] * y[1] - 1
    out[3] = mu * (1 - y[0] * y[0])
  },
)

const robertson = without(
  3,
  (_t, y, out) => {
    const r1 = 0.04 * y[0]
    const r2 = 1e4 * y[1] * y[2]
    const r3 = 3e7 * y[1] * y[1]
    out[0] = -r1 + r2
    out[1] = r1 - r2 - r3
    out[2] = r3
  },
  (_t, y, out) => {
    out[0] = -0.04
    out[1] = 1e4 * y[2]
    out[2] = 1e4 * y[1]
    out[3] = 0.04
    out[4] = -1e4 * y[2] - 6e7 * y[1]
    out[5] = -1e4 * y[1]
    out[6] = 0
    out[7] = 6e7 * y[1]
    out[8] = 0
  },
)

const [s, q, w] = [77.27, 8.375e-6, 0.161]
const oregonator = without(
  3,
  (_t, y, out) => {
    out[0] = s * (y[1] + y[0] * (1 - q * y[0] - y[1]))
    out[1] = (y[2] - (1 + y[0]) * y[1]) / s
    out[2] = w * (y[0] - y[2])
  },
  (_t, y, out) => {
    out[0] = s * (1 - 2 * q * y[0] - y[1])
    out[1] = s * (1 - y[0])
    out[2] = 0
    out[3] = -y[1] / s
    out[4] = -(1 + y[0]) / s
    out[5] = 1 / s
    out[6] = w
    out[7] = 0
    out[8] = -w
  },
)

const hires = without(
  8,
  (_t, y, out) => {
    const r = 280 * y[5] * y[7]
    out[0] = -1.71 * y[0] + 0.43 * y[1] + 8.32 * y[2] + 0.0007
    out[1] = 1.71 * y[0] - 8.75 * y[1]
    out[2] = -10.03 * y[2] + 0.43 * y[3] + 0.035 * y[4]
    out[3] = 8.32 * y[1] + 1.71 * y[2] - 1.12 * y[3]
    out[4] = -1.745 * y[4] + 0.43 * y[5] + 0.43 * y[6]
    out[5] = -r + 0.69 * y[3] + 1.71 * y[4] - 0.43 * y[5] + 0.69 * y[6]
    out[6] = r - 1.81 * y[6]
    out[7] = -r + 1.81 * y[6]
  },
  (_t, y, out) => {
    out.set(hiresLinear)
    const byY5 = 280 * y[7]
    const byY7 = 280 * y[5]
    out[45] -= byY5
    out[47] -= byY7
    out[53] += byY5
    out[55] += byY7
    out[61] -= byY5
    out[63] -= byY7
  },
)
const hiresLinear = new Float64Array(64)
for (const [i, j, value] of [
  [0, 0, -1.71], [0, 1, 0.43], [0, 2, 8.32], [1, 0, 1.71], [1, 1, -8.75], [2, 2, -10.03], [2, 3, 0.43], [2, 4, 0.035],
  [3, 1, 8.32], [3, 2, 1.71], [3, 3, -1.12], [4, 4, -1.745], [4, 5, 0.43], [4, 6, 0.43], [5, 3, 0.69], [5, 4, 1.71],
  [5, 5, -0.43], [5, 6, 0.69], [6, 6, -1.81], [7, 6, 1.81],
]) // biome-ignore format: a table
  hiresLinear[8 * i + j] = value

/** u' = 1 + u²v − 4u + α·u_xx, v' = 3u − u²v + α·v_xx, α = 1/50, Dirichlet; state u₁, v₁, u₂, v₂ … */
function brusselator(points: number): VectorField {
  const n = 2 * points
  const d = 0.02 * (points + 1) * (points + 1)
  const rows = Array.from({ length: n }, (_, i) =>
    [i - 2, i % 2 ? i - 1 : i, i % 2 ? i : i + 1, i + 2].filter(j => j >= 0 && j < n),
  )
  const rowStart = new Int32Array(n + 1)
  rows.forEach((row, i) => {
    rowStart[i + 1] = rowStart[i] + row.length
  })
  const jacobianPattern: SparsityPattern = { rowStart, columns: Int32Array.from(rows.flat()) }
  return {
    dimension: n,
    parameterCount: 0,
    parameters: new Float64Array(0),
    jacobianPattern,
    evaluate(_t, y, out) {
      for (let i = 0; i < n; i += 2) {
        const u = y[i]
        const v = y[i + 1]
        const product = u * u * v
        const [uBefore, vBefore] = i > 0 ? [y[i - 2], y[i - 1]] : [1, 3]
        const [uAfter, vAfter] = i < n - 2 ? [y[i + 2], y[i + 3]] : [1, 3]
        out[i] = 1 + product - 4 * u + d * (uBefore - 2 * u + uAfter)
        out[i + 1] = 3 * u - product + d * (vBefore - 2 * v + vAfter)
      }
    },
    jvp(_t, y, dy, _dtheta, out) {
      for (let i = 0; i < n; i += 2) {
        const u = y[i]
        const v = y[i + 1]
        const change = 2 * u * v * dy[i] + u * u * dy[i + 1]
        const before = i > 0 ? i - 2 : -1
        const after = i < n - 2 ? i + 2 : -1
        out[i] = change - (4 + 2 * d) * dy[i]
        out[i + 1] = 3 * dy[i] - change - 2 * d * dy[i + 1]
        if (before >= 0) {
          out[i] += d * dy[before]
          out[i + 1] += d * dy[before + 1]
        }
        if (after >= 0) {
          out[i] += d * dy[after]
          out[i + 1] += d * dy[after + 1]
        }
      }
    },
    timeDerivative: (_t, _y, out) => {
      out.fill(0)
    },
  }
}

const points = 100
const problems: readonly StiffProblem[] = [
  { name: 'VDPOL', field: vanDerPol, y0: [2, 0], t1: 2000, scale: [1, 1e-3] },
  {
    name: 'HIRES',
    field: hires,
    y0: [1, 0, 0, 0, 0, 0, 0, 0.0057],
    t1: 321.8122,
    scale: new Array(8).fill(1e-3),
  },
  { name: 'OREGO', field: oregonator, y0: [1, 2, 3], t1: 360, scale: [1, 1, 1] },
  { name: 'ROBER', field: robertson, y0: [1, 0, 0], t1: 1e11, scale: [1e-8, 1e-14, 1] },
  {
    name: 'Brusselator, n = 200',
    field: brusselator(points),
    y0: Array.from({ length: 2 * points }, (_, i) =>
      i % 2 ? 3 : 1 + 0.5 * Math.sin((2 * Math.PI * (i / 2 + 1)) / (points + 1)),
    ),
    t1: 10,
    scale: new Array(2 * points).fill(1),
  },
]

/** Milliseconds per call: the least of seven, after warming up. */
function milliseconds(run: () => void): number {
  for (let i = 0; i < 5; i++) run()
  let least = Infinity
  for (let i = 0; i < 7; i++) {
    const start = performance.now()
    run()
    least = Math.min(least, performance.now() - start)
  }
  return least
}

const asked = process.argv.slice(2) as NonNullable<IntegratorOptions['method']>[]
const methods = asked.length > 0 ? asked : (['rodas5p', 'kvaerno5', 'radau5', 'bdf', 'auto'] as const)
console.log('| problem | method | rtol | error | ms | steps | rejected | f | J | LU |')
console.log('|---|---|--:|--:|--:|--:|--:|--:|--:|--:|')
for (const { name, field, y0, t1, scale } of problems) {
  const tight = createIntegrator(field, {
    method: 'radau5',
    rtol: 1e-13,
    atol: Array.from(scale, x => x * 1e-13),
    maxSteps: 1e6,
  })
  const reference = tight.integrate(y0, [0, t1]).y.slice(field.dimension)
  for (const method of methods)
    for (const rtol of [1e-4, 1e-6, 1e-8]) {
      const atol = Array.from(scale, x => x * rtol)
      const integrator = createIntegrator(field, { method, rtol, atol, keepSteps: false })
      const { y, failure, statistics } = integrator.integrate(y0, [0, t1])
      if (failure) {
        console.log(`| ${name} | ${method} | ${rtol} | ${failure.message} |`)
        continue
      }
      const end = y.subarray(field.dimension)
      const error = Math.max(
        ...reference.map((value, i) => Math.abs(end[i] - value) / (scale[i] + Math.abs(value))),
      )
      const { accepted, rejected, evaluations, jacobians, factorisations } = statistics
      const time = milliseconds(() => integrator.integrate(y0, [0, t1]))
      const numbers = [accepted, rejected, evaluations, jacobians, factorisations].join(' | ')
      console.log(
        `| ${name} | ${method} | ${rtol} | ${error.toExponential(1)} | ${time.toFixed(2)} | ${numbers} |`,
      )
    }
}
