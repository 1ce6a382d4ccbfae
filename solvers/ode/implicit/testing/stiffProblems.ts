import type { SparsityPattern } from '../../../../kernels/sparsity/index.ts'
import { fieldOf, type Problem } from '../../testing/problems.ts'
import type { VectorField } from '../../vectorField.ts'

/**
 * Stiff test problems with exact derivatives by hand. Digits: Mazzia & Magherini, *Test Set for Initial Value Problem
 * Solvers*, release 2.4 (2008); those of the others in quadruple precision by Radau IIA of order 17, two tolerances agreeing.
 */
export interface StiffProblem {
  readonly name: string
  readonly field: StiffField
  readonly y0: readonly number[]
  readonly t1: number
  readonly reference: readonly number[]
  /** Absolute tolerance over relative one, per component or for all. */
  readonly scale?: number | readonly number[]
  /** How much more than elsewhere the published solvers scatter, too; default 1. */
  readonly scatter?: number
  /** byParameter[j] is ∂y(t1)/∂θ_j. */
  readonly byParameter?: readonly (readonly number[])[]
}

export type StiffField = Problem['field'] & Required<Pick<VectorField, 'jacobian'>>

type FieldParts = Parameters<typeof fieldOf>

/** A vector field from a right-hand side and its Jacobians ∂f/∂y and ∂f/∂θ. */
export function stiffField(...parts: FieldParts): StiffField {
  const [n, theta, , jacobians] = parts
  const field = fieldOf(...parts)
  const ignored = new Float64Array(n * theta.length)
  return {
    ...field,
    jacobian: (t, y, out) => jacobians!(t, y, field.parameters, out.fill(0), ignored.fill(0)),
    timeDerivative: (_t, _y, out) => out.fill(0),
  }
}

/** Robertson's reaction (1966), θ = (k₁, k₂, k₃). */
export const robertson = (): StiffField =>
  stiffField(
    3,
    [0.04, 3e7, 1e4],
    (_t, [y1, y2, y3], [k1, k2, k3], dydt) => {
      dydt[0] = -k1 * y1 + k3 * y2 * y3
      dydt[1] = k1 * y1 - k2 * y2 * y2 - k3 * y2 * y3
      dydt[2] = k2 * y2 * y2
    },
    (_t, [y1, y2, y3], [k1, k2, k3], fy, ftheta) => {
      fy.set([-k1, k3 * y3, k3 * y2, k1, -2 * k2 * y2 - k3 * y3, -k3 * y2, 0, 2 * k2 * y2, 0])
      ftheta.set([-y1, 0, y2 * y3, y1, -y2 * y2, -y2 * y3, 0, y2 * y2, 0])
    },
  )

/** The same with the conserved sum as an algebraic equation, M = diag(1, 1, 0). */
export const robertsonDae = (): StiffField => ({
  ...stiffField(
    3,
    [0.04, 3e7, 1e4],
    (_t, [y1, y2, y3], [k1, k2, k3], dydt) => {
      dydt[0] = -k1 * y1 + k3 * y2 * y3
      dydt[1] = k1 * y1 - k2 * y2 * y2 - k3 * y2 * y3
      dydt[2] = y1 + y2 + y3 - 1
    },
    (_t, [y1, y2, y3], [k1, k2, k3], fy, ftheta) => {
      fy.set([-k1, k3 * y3, k3 * y2, k1, -2 * k2 * y2 - k3 * y3, -k3 * y2, 1, 1, 1])
      ftheta.set([-y1, 0, y2 * y3, y1, -y2 * y2, -y2 * y3, 0, 0, 0])
    },
  ),
  mass: (_t, _y, out) => out.set([1, 0, 0, 0, 1, 0, 0, 0, 0]),
  massIsConstant: true,
})

/** x' = v, v' = μ·(1 − x²)·v − x. */
export const stiffVanDerPol = (mu = 1000): StiffField =>
  stiffField(
    2,
    [mu],
    (_t, [x, v], [m], dydt) => {
      dydt[0] = v
      dydt[1] = m * (1 - x * x) * v - x
    },
    (_t, [x, v], [m], fy, ftheta) => {
      fy.set([0, 1, -2 * m * x * v - 1, m * (1 - x * x)])
      ftheta.set([0, (1 - x * x) * v])
    },
    ['x', 'v'],
  )

/** The Oregonator (Field & Noyes 1974), θ = (s, q, w). */
export const oregonator = (): StiffField =>
  stiffField(
    3,
    [77.27, 8.375e-6, 0.161],
    (_t, [y1, y2, y3], [s, q, w], dydt) => {
      dydt[0] = s * (y2 + y1 * (1 - q * y1 - y2))
      dydt[1] = (y3 - (1 + y1) * y2) / s
      dydt[2] = w * (y1 - y3)
    },
    (_t, [y1, y2, y3], [s, q, w], fy, ftheta) => {
      fy.set([s * (1 - 2 * q * y1 - y2), s * (1 - y1), 0, -y2 / s, -(1 + y1) / s, 1 / s, w, 0, -w])
      ftheta.set([
        y2 + y1 * (1 - q * y1 - y2),
        -s * y1 * y1,
        0,
        -(y3 - (1 + y1) * y2) / (s * s),
        0,
        0,
        0,
        0,
        y1 - y3,
      ])
    },
  )

/** High irradiance response of photomorphogenesis (Schäfer 1975); θ is the rate of the bimolecular reaction. */
export const hires = (): StiffField =>
  stiffField(
    8,
    [280],
    (_t, y, [k], dydt) => {
      const r = k * y[5] * y[7]
      dydt[0] = -1.71 * y[0] + 0.43 * y[1] + 8.32 * y[2] + 0.0007
      dydt[1] = 1.71 * y[0] - 8.75 * y[1]
      dydt[2] = -10.03 * y[2] + 0.43 * y[3] + 0.035 * y[4]
      dydt[3] = 8.32 * y[1] + 1.71 * y[2] - 1.12 * y[3]
      dydt[4] = -1.745 * y[4] + 0.43 * y[5] + 0.43 * y[6]
      dydt[5] = -r + 0.69 * y[3] + 1.71 * y[4] - 0.43 * y[5] + 0.69 * y[6]
      dydt[6] = r - 1.81 * y[6]
      dydt[7] = -r + 1.81 * y[6]
    },
    (_t, y, [k], fy, ftheta) => {
      const set = (i: number, entries: readonly (readonly [number, number])[]) => {
        for (const [j, value] of entries) fy[8 * i + j] = value
      }
      const [r5, r7] = [k * y[7], k * y[5]]
      set(0, [[0, -1.71], [1, 0.43], [2, 8.32]]) // biome-ignore format: a table
      set(1, [[0, 1.71], [1, -8.75]]) // biome-ignore format: a table
      set(2, [[2, -10.03], [3, 0.43], [4, 0.035]]) // biome-ignore format: a table
      set(3, [[1, 8.32], [2, 1.71], [3, -1.12]]) // biome-ignore format: a table
      set(4, [[4, -1.745], [5, 0.43], [6, 0.43]]) // biome-ignore format: a table
      set(5, [[3, 0.69], [4, 1.71], [5, -0.43 - r5], [6, 0.69], [7, -r7]]) // biome-ignore format: a table
      set(6, [[5, r5], [6, -1.81], [7, r7]]) // biome-ignore format: a table
      set(7, [[5, -r5], [6, 1.81], [7, -r7]]) // biome-ignore format: a table
      const product = y[5] * y[7]
      ftheta.set([0, 0, 0, 0, 0, -product, product, -product])
    },
  )

/** u' = A + u²v − (B + 1)u + α·u_xx, v' = Bu − u²v + α·v_xx on (0, 1), with `points` inside; state u₁, v₁, u₂, v₂ … */
export function brusselator(points: number): StiffField {
  const n = 2 * points
  const at = (y: Float64Array, i: number, boundary: number) => (i < 0 || i >= n ? boundary : y[i])
  const rows: number[][] = Array.from({ length: n }, (_, i) =>
    [i - 2, i % 2 === 0 ? i : i - 1, i % 2 === 0 ? i + 1 : i, i + 2].filter(j => j >= 0 && j < n),
  )
  const pattern: SparsityPattern = {
    rows: n,
    columns: n,
    rowPointers: Int32Array.from({ length: n + 1 }, (_, i) => rows.slice(0, i).flat().length),
    columnIndices: Int32Array.from(rows.flat()),
  }
  const field = stiffField(
    n,
    [1, 3, 0.02],
    (_t, y, [a, b, alpha], dydt) => {
      const d = alpha * (points + 1) * (points + 1)
      for (let i = 0; i < n; i += 2) {
        const [u, v] = [y[i], y[i + 1]]
        dydt[i] = a + u * u * v - (b + 1) * u + d * (at(y, i - 2, 1) - 2 * u + at(y, i + 2, 1))
        dydt[i + 1] = b * u - u * u * v + d * (at(y, i - 1, 3) - 2 * v + at(y, i + 3, 3))
      }
    },
    (_t, y, [, b, alpha], fy, ftheta) => {
      const square = (points + 1) * (points + 1)
      const d = alpha * square
      for (let i = 0; i < n; i += 2) {
        const [u, v] = [y[i], y[i + 1]]
        fy[i * n + i] = 2 * u * v - b - 1 - 2 * d
        fy[i * n + i + 1] = u * u
        fy[(i + 1) * n + i] = b - 2 * u * v
        fy[(i + 1) * n + i + 1] = -u * u - 2 * d
        for (const j of [i - 2, i + 2]) {
          if (j < 0 || j >= n) continue
          fy[i * n + j] = d
          fy[(i + 1) * n + j + 1] = d
        }
        ftheta.set([1, -u, square * (at(y, i - 2, 1) - 2 * u + at(y, i + 2, 1))], 3 * i)
        ftheta.set([0, u, square * (at(y, i - 1, 3) - 2 * v + at(y, i + 3, 3))], 3 * i + 3)
      }
    },
  )
  return { ...field, jacobianPattern: pattern }
}

export const brusselatorStart = (points: number): number[] =>
  Array.from({ length: 2 * points }, (_, i) =>
    i % 2 === 0 ? 1 + 0.5 * Math.sin((2 * Math.PI * (i / 2 + 1)) / (points + 1)) : 3,
  )

export const stiffProblems: readonly StiffProblem[] = [
  {
    name: 'van der Pol, μ = 1000',
    field: stiffVanDerPol(),
    y0: [2, 0],
    t1: 2000,
    reference: [1.706167732170469, -8.928097010248125e-4],
    scale: [1, 1e-3],
  },
  {
    name: 'HIRES',
    field: hires(),
    y0: [1, 0, 0, 0, 0, 0, 0, 0.0057],
    t1: 321.8122,
    reference: [
      0.7371312573325668e-3, 0.1442485726316185e-3, 0.5888729740967575e-4, 0.1175651343283149e-2,
      0.2386356198831331e-2, 0.6238968252742796e-2, 0.2849998395185769e-2, 0.2850001604814231e-2,
    ],
    scale: 1e-3,
  },
  {
    name: 'OREGO',
    field: oregonator(),
    y0: [1, 2, 3],
    t1: 360,
    scatter: 2,
    reference: [0.1000814870318523e1, 0.1228178521549917e4, 0.1320554942846706e3],
  },
  {
    name: 'ROBER to 1e11',
    field: robertson(),
    y0: [1, 0, 0],
    t1: 1e11,
    reference: [0.2083340149701255e-7, 0.8333360770334713e-13, 0.999999979166505],
    scale: [1e-8, 1e-14, 1],
  },
]
