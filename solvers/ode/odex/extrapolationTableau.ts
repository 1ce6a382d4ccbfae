import type { Tableau } from '../tableau.ts'
import { multiply, type Polynomial, plus, scaled } from './polynomial.ts'

/** Columns of the extrapolation table that odex may use: at least 2, at most 9. */
export const mostColumns = 9

/** n_j, the number of substeps of column j ≥ 1: 2, 6, 10, 14 …, so that each has a point in the middle. */
const substeps = (column: number) => 4 * column - 2

/** A sum Σ w_i·k_i of stages, by its weights. */
type Weights = Float64Array

/** base + factor·more. */
const plusTimes = (base: Weights, factor: number, more: Weights): Weights =>
  base.map((weight, i) => weight + factor * more[i])

/**
 * One step of the code ODEX with K columns as a Runge–Kutta method, which it is: all that it computes are sums of derivatives
 * (Hairer, Nørsett & Wanner, *Solving ODEs I*, II.9). Column j goes n_j steps of h_j = h/n_j by the midpoint rule with a
 * last, smoothing one,
 *
 *     Y_1 = y + h_j·f(t, y),   Y_{m+1} = Y_{m−1} + 2·h_j·f(t + m·h_j, Y_m),   T_j1 = (Y_{n−1} + Y_n + h_j·f(t + h, Y_n))/2
 *
 * and T_KK, the limit for h_j² → 0 through all columns (Aitken–Neville), is y₁; T_KK − T_{K,K−1} is its error.
 *
 * Dense output: the derivatives of orders 0 … μ = 2K − 3 in the middle of the step, by central differences in each column
 * that has them, extrapolated as well. u(θ) interpolates y, f, y₁, f₁ at the ends and these: with x = θ − ½,
 * u = Hermite's cubic + (¼ − x²)²·Q(x), where Q is what is left of the Taylor series in the middle, divided.
 */
export function extrapolationTableau(columns: number): Tableau {
  const evaluations = Array.from({ length: columns }, (_, i) => substeps(i + 1)).reduce((a, b) => a + b)
  const end = 1 + evaluations
  const zero = (): Weights => new Float64Array(end + 1)
  const stage = (i: number): Weights => zero().fill(1, i, i + 1)
  const a: number[][] = [[]]
  const c = [0]
  const ends: Weights[] = []
  const middles: Weights[] = []
  /** Of each column the stages at its points 0 … n_j. */
  const points: number[][] = []

  for (let column = 1; column <= columns; column++) {
    const n = substeps(column)
    let before = zero() // Y_0 − y over h
    let state = plusTimes(before, 1 / n, stage(0))
    const at = [0]
    for (let m = 1; m <= n; m++) {
      const index = a.length
      a.push(Array.from(state.subarray(0, index)))
      c.push(m / n)
      at.push(index)
      if (m === n / 2) middles.push(state)
      if (m < n) [before, state] = [state, plusTimes(before, 2 / n, stage(index))]
      else ends.push(plusTimes(before, 1, state).map((w, i) => (w + (i === index ? 1 / n : 0)) / 2))
    }
    points.push(at)
  }

  const [solution, embedded] = extrapolated(ends, 1)
  a.push(Array.from(solution.subarray(0, end)))
  c.push(1)

  /** h^κ·u^(κ)(½) without y, for κ = 0 … μ. */
  const derivatives = [extrapolated(middles, 1)[0]]
  for (let order = 1; order <= 2 * columns - 3; order++) {
    const first = (order + 1) >> 1
    const differences = points.slice(first - 1).map((at, i) => {
      const half = substeps(first + i) / 2
      const sum = zero()
      let binomial = 1
      for (let r = 0; r < order; r++) {
        sum[at[half + order - 1 - 2 * r]] += (r % 2 ? -1 : 1) * binomial * half ** (order - 1)
        binomial = (binomial * (order - 1 - r)) / (r + 1)
      }
      return sum
    })
    derivatives.push(extrapolated(differences, first)[0])
  }

  const order = 2 * columns
  return {
    name: 'odex',
    source: 'Hairer, Nørsett & Wanner, Solving Ordinary Differential Equations I, 2nd edition, 1993, II.9',
    order,
    embeddedOrder: order - 2,
    denseOrder: Math.min(order, 2 * columns) - 1,
    beta: 0,
    c,
    a,
    b: Array.from(solution.subarray(0, end)),
    error: Array.from(plusTimes(solution, -1, embedded).subarray(0, end)),
    trial: end,
    end,
    centre: 0.5,
    dense: c.map((_, i) => {
      const initial = i === 0 ? 1 : 0
      const final = i === end ? 1 : 0
      return denseWeight(
        solution[i],
        initial,
        final,
        derivatives.map(weights => weights[i]),
      )
    }),
  }
}

/** The table T_{j,1} … extrapolated to h_j² → 0: first the limit through all columns, then that without the last but through one less. */
function extrapolated(columnValues: readonly Weights[], first: number): Weights[] {
  const table = columnValues.slice()
  for (let j = 1; j < table.length; j++)
    for (let l = j; l >= 1; l--) {
      const ratio = substeps(first + j) / substeps(first + l - 1)
      const difference = plusTimes(table[l], -1, table[l - 1])
      table[l - 1] = plusTimes(table[l], 1 / (ratio * ratio - 1), difference)
    }
  return table
}

/**
 * S(x) of a stage's weight b(θ) = θ·S(θ − ½) in dense output, from its weights in y₁, in h·f(t, y), in h·f(t + h, y₁), and in
 * the derivatives in the middle.
 */
function denseWeight(end: number, initial: number, final: number, middle: readonly number[]): Polynomial {
  const theta: Polynomial = [0.5, 1]
  const rest: Polynomial = [0.5, -1] // 1 − θ
  // y + θ·(Δ + (1 − θ)·(θ·(Δ − f₁) + (1 − θ)·(f₀ − Δ)))
  const inner = plus(scaled(theta, end - final), scaled(rest, initial - end))
  const hermite = plus([end], multiply(rest, inner))
  const cubic = multiply(theta, hermite)
  let factorial = 1
  const left = middle.map((derivative, k) => {
    if (k > 0) factorial *= k
    return derivative / factorial - (cubic[k] ?? 0)
  })
  // 1/(¼ − x²)² = 16·Σ (m + 1)·(4x²)^m
  const quotient = left.map((_, k) => {
    let sum = 0
    for (let m = 0; 2 * m <= k; m++) sum += 16 * (m + 1) * 4 ** m * left[k - 2 * m]
    return sum
  })
  return plus(hermite, multiply(multiply(theta, multiply(rest, rest)), quotient))
}
