/**
 * The Butcher tableau of an explicit Runge–Kutta pair with dense output; a method is nothing else (Hairer, Nørsett &
 * Wanner, *Solving Ordinary Differential Equations I*, II.1, II.4, II.6):
 *
 *     k_i = f(t + c_i·h, y + h·Σ_{j<i} a_ij·k_j)       y₁ = y + h·Σ b_i·k_i
 *     error = h·Σ error_i·k_i                          u(θ) = y + h·Σ b_i(θ)·k_i,  0 ≤ θ ≤ 1
 *
 * One row, `end`, is f(t + h, y₁) itself: it is the first stage of the next step. In a method of the kind "first same
 * as last" it is also part of the trial step. Rows from `trial` on are evaluated only once a step is accepted: `end` of
 * the other methods, and what a dense output of high order needs beyond it.
 */
export interface Tableau {
  readonly name: string
  /** Where the coefficients were published. */
  readonly source: string
  /** Order of y₁. */
  readonly order: number
  /** Order of the embedded solution y₁ − error, which the step size is computed from. */
  readonly embeddedOrder: number
  /** Order of u(θ), uniformly in θ. */
  readonly denseOrder: number
  /** β of the PI step control: Hairer takes 0.04 for pairs 5(4), 0 for 8(5,3). */
  readonly beta: number
  readonly c: readonly number[]
  /** Row i has the i coefficients of k_0 … k_{i−1}. */
  readonly a: readonly (readonly number[])[]
  /** Weights of the first `trial` stages (of fewer, if the rest is zero). */
  readonly b: readonly number[]
  /** b − b̂, for the first `trial` stages; empty where there is no error estimate (fixed steps only). */
  readonly error: readonly number[]
  /** b − b̂ of a second embedded solution, of lower order, which the first is put in proportion to (DOP853). */
  readonly lowOrderError?: readonly number[]
  /** q where the error norm behaves as h^(q + 1); default embeddedOrder. */
  readonly errorOrder?: number
  readonly trial: number
  readonly end: number
  /** b_i(θ) = θ·Σ_p dense[i][p]·(θ − centre)^p. */
  readonly dense: readonly (readonly number[])[]
  /** Default 0; ½ where the degree is high, for which powers of θ would lose digits. */
  readonly centre?: number
}

/** A tableau as the inner loops want it: flat, padded with zeros to squares. */
export interface FlatTableau {
  readonly tableau: Tableau
  /** s, the number of rows. */
  readonly stages: number
  readonly trial: number
  readonly end: number
  /** s. */
  readonly c: Float64Array
  /** s×s. */
  readonly a: Float64Array
  /** s. */
  readonly error: Float64Array
  /** s, if there is one. */
  readonly lowOrderError?: Float64Array
  /** s×degree: dense[i·degree + p] is the coefficient of θ·(θ − centre)^p in b_i(θ). */
  readonly dense: Float64Array
  readonly degree: number
  readonly centre: number
}

/**
 * Flattens a tableau and checks its shape.
 * @throws Error where rows have the wrong length or row `end` is not f(t + h, y₁).
 */
export function flatten(tableau: Tableau): FlatTableau {
  const { name, a, b, c, error, lowOrderError, dense, trial, end } = tableau
  const stages = c.length
  const malformed = (what: string): never => {
    throw new Error(`tableau "${name}": ${what}`)
  }
  if (a.length !== stages || dense.length !== stages) malformed(`a, c and dense must have one row per stage`)
  a.forEach((row, i) => {
    if (row.length !== i) malformed(`row ${i} of a must have ${i} entries, it has ${row.length}`)
  })
  if (trial > stages || error.length > trial || b.length > trial)
    malformed(`b and error belong to trial stages`)
  if (c[0] !== 0 || c[end] !== 1 || a[end].some((value, j) => value !== (b[j] ?? 0)))
    malformed(`row ${end} (end) must be f(t + h, y1): c = 1 and a = b`)
  const degree = Math.max(...dense.map(row => row.length))
  const square = (rows: readonly (readonly number[])[], width: number) => {
    const flat = new Float64Array(stages * width)
    rows.forEach((row, i) => {
      flat.set(row, i * width)
    })
    return flat
  }
  return {
    tableau,
    stages,
    trial,
    end,
    c: Float64Array.from(c),
    a: square(a, stages),
    error: square([error], stages).subarray(0, stages),
    lowOrderError: lowOrderError && square([lowOrderError], stages).subarray(0, stages),
    dense: square(dense, degree),
    degree,
    centre: tableau.centre ?? 0,
  }
}

/** The polynomials b_i(θ) of a dense output. */
export type DensePolynomials = Pick<FlatTableau, 'stages' | 'degree' | 'dense' | 'centre'>

/** weights ← b_i(θ), length s. */
export function denseWeights(flat: DensePolynomials, theta: number, weights: Float64Array): void {
  const { stages, degree, dense } = flat
  const x = theta - flat.centre
  for (let i = 0; i < stages; i++) {
    let sum = 0
    for (let p = degree - 1; p >= 0; p--) sum = dense[i * degree + p] + x * sum
    weights[i] = theta * sum
  }
}

/** weights ← b_i'(θ), length s. */
export function denseSlopes(flat: DensePolynomials, theta: number, weights: Float64Array): void {
  const { stages, degree, dense } = flat
  const x = theta - flat.centre
  for (let i = 0; i < stages; i++) {
    let sum = 0
    let slope = 0
    for (let p = degree - 1; p >= 0; p--) {
      slope = sum + x * slope
      sum = dense[i * degree + p] + x * sum
    }
    weights[i] = sum + theta * slope
  }
}

/** out ← base + h·Σ_{j<count} coefficients[from + j]·k_j, where k is s×n: a stage, a new state or dense output. */
export function combine(
  base: Float64Array,
  h: number,
  coefficients: Float64Array,
  from: number,
  count: number,
  k: Float64Array,
  out: Float64Array,
): void {
  const n = out.length
  let m = 0
  // four components at a time: their sums do not wait for each other
  for (; m + 3 < n; m += 4) {
    let sum0 = 0
    let sum1 = 0
    let sum2 = 0
    let sum3 = 0
    for (let j = 0, at = m; j < count; j++, at += n) {
      const coefficient = coefficients[from + j]
      sum0 += coefficient * k[at]
      sum1 += coefficient * k[at + 1]
      sum2 += coefficient * k[at + 2]
      sum3 += coefficient * k[at + 3]
    }
    out[m] = base[m] + h * sum0
    out[m + 1] = base[m + 1] + h * sum1
    out[m + 2] = base[m + 2] + h * sum2
    out[m + 3] = base[m + 3] + h * sum3
  }
  for (; m < n; m++) {
    let sum = 0
    for (let j = 0, at = m; j < count; j++, at += n) sum += coefficients[from + j] * k[at]
    out[m] = base[m] + h * sum
  }
}
