import { dot, maximumNorm } from '../linear/krylov/vectors.ts'
import { checkLength } from './differentiableMap.ts'

/** min ½xᵀQx + qᵀx subject to A·x = b and G·x ≤ h, with n unknowns, p equalities and m inequalities; matrices row-major. */
export interface QuadraticProgram {
  /** [n × n] symmetric, positive semidefinite */
  readonly Q: Float64Array
  /** [n] */
  readonly q: Float64Array
  /** [p × n] with independent rows */
  readonly A?: Float64Array
  /** [p] */
  readonly b?: Float64Array
  /** [m × n] */
  readonly G?: Float64Array
  /** [m] */
  readonly h?: Float64Array
}

export interface Program extends Required<QuadraticProgram> {
  readonly n: number
  readonly p: number
  readonly m: number
}

/** @throws RangeError where sizes do not fit or Q is not symmetric */
export function checkedProgram({ Q, q, A, b, G, h }: QuadraticProgram): Program {
  const name = 'quadraticProgram'
  const n = q.length
  const data = {
    Q,
    q,
    A: A ?? new Float64Array(0),
    b: b ?? new Float64Array(0),
    G: G ?? new Float64Array(0),
    h: h ?? new Float64Array(0),
  }
  const [p, m] = [data.b.length, data.h.length]
  checkLength(name, 'Q', Q, n * n)
  checkLength(name, 'A', data.A, p * n)
  checkLength(name, 'G', data.G, m * n)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++)
      if (Math.abs(Q[i * n + j] - Q[j * n + i]) > 1e-14 * (Math.abs(Q[i * n + j]) + Math.abs(Q[j * n + i])))
        throw new RangeError(
          `${name}: Q is not symmetric at (${i}, ${j}); take (Q + Qᵀ)/2, the objective is the same`,
        )
  return { ...data, n, p, m }
}

/** [Q Aᵀ Gᵀ; A 0 0; G 0 −D(weights)]. */
export function reducedMatrix({ Q, A, G, n, p, m }: Program, weights: ArrayLike<number>): Float64Array {
  const size = n + p + m
  const K = new Float64Array(size * size)
  const put = (i: number, j: number, value: number) => {
    K[i * size + j] = value
    K[j * size + i] = value
  }
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) put(i, j, Q[i * n + j])
  for (let i = 0; i < p; i++) for (let j = 0; j < n; j++) put(n + i, j, A[i * n + j])
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) put(n + p + i, j, G[i * n + j])
  for (let i = 0; i < m; i++) put(n + p + i, n + p + i, -weights[i])
  return K
}

export const activeMatrix = (data: Program, active: readonly number[]): Float64Array =>
  reducedMatrix(activeProgram(data, active), new Float64Array(active.length))

const activeProgram = (data: Program, active: readonly number[]): Program => ({
  ...data,
  G: Float64Array.from(active.flatMap(i => [...data.G.subarray(i * data.n, (i + 1) * data.n)])),
  h: Float64Array.from(active, i => data.h[i]),
  m: active.length,
})

/** Qx + q + Aᵀν + Gᵀλ. */
export function gradientOf(
  { Q, q, A, G, n, p, m }: Program,
  x: Float64Array,
  nu: Float64Array,
  lambda: Float64Array,
) {
  const out = q.slice()
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) out[i] += Q[i * n + j] * x[j]
  for (let k = 0; k < p; k++) for (let j = 0; j < n; j++) out[j] += A[k * n + j] * nu[k]
  for (let k = 0; k < m; k++) for (let j = 0; j < n; j++) out[j] += G[k * n + j] * lambda[k]
  return out
}

/** A·x − b. */
export const equalityResidual = ({ A, b, n }: Program, x: Float64Array): Float64Array =>
  b.map((value, k) => dot(A.subarray(k * n, (k + 1) * n), x) - value)

/** h − G·x. */
export const slacks = ({ G, h, n }: Program, x: Float64Array): Float64Array =>
  h.map((value, k) => value - dot(G.subarray(k * n, (k + 1) * n), x))

export function residuals(
  data: Program,
  x: Float64Array,
  nu: Float64Array,
  lambda: Float64Array,
  s: Float64Array,
) {
  return [
    gradientOf(data, x, nu, lambda),
    equalityResidual(data, x),
    slacks(data, x).map((value, i) => s[i] - value),
  ]
}

export function violation(data: Program, x: Float64Array, nu: Float64Array, lambda: Float64Array): number {
  const s = slacks(data, x)
  const conditions = [
    maximumNorm(gradientOf(data, x, nu, lambda)),
    maximumNorm(equalityResidual(data, x)),
    ...s.map((value, i) => Math.max(-value, -lambda[i], Math.abs(Math.min(value, lambda[i])))),
  ]
  return Math.max(0, ...conditions)
}
