/**
 * A Rosenbrock method in the form without products by the Jacobian (Hairer & Wanner, *Solving ODEs II*, IV.7, (7.24)–(7.26)):
 *
 *     (M/(hγ) − J)·u_i = f(t + c_i·h, y + Σ_{j<i} a_ij·u_j) + M·Σ_{j<i} (C_ij/h)·u_j + h·d_i·∂f/∂t
 *     y₁ = y + Σ b_i·u_i,   error = u_s
 *     u(θ) = (1 − θ)·y + θ·y₁ + θ·(1 − θ)·Σ_p θ^p·Σ_i dense_pi·u_i
 */
export interface RosenbrockTableau {
  readonly name: string
  readonly source: string
  readonly order: number
  readonly embeddedOrder: number
  readonly denseOrder: number
  readonly gamma: number
  /** Row i has the i coefficients of u_0 … u_{i−1}. */
  readonly a: readonly (readonly number[])[]
  /** C, likewise. */
  readonly coupling: readonly (readonly number[])[]
  readonly b: readonly number[]
  readonly c: readonly number[]
  readonly d: readonly number[]
  readonly dense: readonly (readonly number[])[]
}

/** The same, flat and padded to squares. */
export interface FlatRosenbrock {
  readonly stages: number
  readonly gamma: number
  readonly a: Float64Array
  readonly coupling: Float64Array
  readonly b: Float64Array
  readonly c: Float64Array
  readonly d: Float64Array
  readonly dense: readonly Float64Array[]
}

export function flattenRosenbrock({ gamma, a, coupling, b, c, d, dense }: RosenbrockTableau): FlatRosenbrock {
  const stages = b.length
  const square = (rows: readonly (readonly number[])[]) => {
    const flat = new Float64Array(stages * stages)
    rows.forEach((row, i) => {
      flat.set(row, i * stages)
    })
    return flat
  }
  return {
    stages,
    gamma,
    a: square(a),
    coupling: square(coupling),
    b: Float64Array.from(b),
    c: Float64Array.from(c),
    d: Float64Array.from(d),
    dense: dense.map(row => Float64Array.from(row)),
  }
}

/** weights ← those of y₁'s increments u_i in u(θ) = y + Σ weights_i·u_i. */
export function rosenbrockDenseWeights(
  { stages, b, dense }: FlatRosenbrock,
  theta: number,
  weights: Float64Array,
): void {
  for (let i = 0; i < stages; i++) {
    let sum = 0
    for (let p = dense.length - 1; p >= 0; p--) sum = sum * theta + dense[p][i]
    weights[i] = theta * (b[i] + (1 - theta) * sum)
  }
}

/** weights ← their derivatives by θ. */
export function rosenbrockDenseSlopes(
  { stages, b, dense }: FlatRosenbrock,
  theta: number,
  weights: Float64Array,
): void {
  for (let i = 0; i < stages; i++) {
    let [sum, slope] = [0, 0]
    for (let p = dense.length - 1; p >= 0; p--) {
      slope = slope * theta + sum
      sum = sum * theta + dense[p][i]
    }
    weights[i] = b[i] + (1 - 2 * theta) * sum + theta * (1 - theta) * slope
  }
}
