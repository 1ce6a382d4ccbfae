import type { Solution } from '../../solution.ts'
import type { StepRecord } from '../../steps.ts'
import type { VectorField } from '../../vectorField.ts'

/** Solves a small dense system in place, by Gauss and Jordan. */
function solve(a: number[][], b: number[]): number[] {
  const n = b.length
  for (let k = 0; k < n; k++) {
    const pivot = a.reduce((best, _, i) => (i >= k && Math.abs(a[i][k]) > Math.abs(a[best][k]) ? i : best), k)
    ;[a[k], a[pivot]] = [a[pivot], a[k]]
    ;[b[k], b[pivot]] = [b[pivot], b[k]]
    for (let i = 0; i < n; i++) {
      if (i === k) continue
      const factor = a[i][k] / a[k][k]
      for (let j = k; j < n; j++) a[i][j] -= factor * a[k][j]
      b[i] -= factor * b[k]
    }
  }
  return b.map((value, k) => value / a[k][k])
}

const kappa = [0, -0.185, -1 / 9, -0.0823, -0.0415, 0]
const binomial = (m: number, j: number): number => (j === 0 ? 1 : (binomial(m, j - 1) * (m - j + 1)) / j)

/**
 * The end state of the frozen steps and orders of a 'bdf' solution from another y0 and θ, M = I, written from the formulas as
 * published: past values instead of differences, Lagrange's interpolation where the step changes, Newton's own iteration.
 */
export function replayNdf(
  field: VectorField,
  solution: Solution,
  y0: readonly number[],
  theta: Float64Array,
): number[] {
  const kept = field.parameters.slice()
  field.parameters.set(theta)
  const n = y0.length
  const { dense, width, h, t, count } = solution.steps as StepRecord
  const evaluate = (time: number, y: readonly number[]) => {
    const out = new Float64Array(n)
    field.evaluate(time, Float64Array.from(y), out)
    return Array.from(out)
  }
  const slope = evaluate(t[0], y0)
  // values at the distance 1 behind the start, on the tangent
  let past = [[...y0], y0.map((value, i) => value - slope[i])]
  for (let step = 0; step < count; step++) {
    const order = dense[(step + 2) * width - 2]
    const distance = step === 0 ? 1 : h[step - 1]
    const f = h[step] / distance
    const at = (x: number, i: number) => {
      let sum = 0
      for (let m = 0; m <= order; m++) {
        let weight = past[m][i]
        for (let l = 0; l <= order; l++) if (l !== m) weight *= (x + l) / (l - m)
        sum += weight
      }
      return sum
    }
    const values = Array.from({ length: order + 1 }, (_, m) => y0.map((_y, i) => at(-m * f, i)))
    const nabla = (m: number, i: number, list: readonly (readonly number[])[]) => {
      let sum = 0
      for (let j = 0; j <= m; j++) sum += (-1) ** j * binomial(m, j) * list[j][i]
      return sum
    }
    const predicted = y0.map((_, i) => {
      let sum = 0
      for (let m = 0; m <= order; m++) sum += nabla(m, i, values)
      return sum
    })
    let gamma = 0
    for (let m = 1; m <= order; m++) gamma += 1 / m
    /** Σ (1/m)·∇^m y₁ − κγ·(y₁ − y₁^pred) − h·f(t₁, y₁). */
    const residual = (y: readonly number[]) => {
      const list = [y, ...values]
      const dydt = evaluate(t[step + 1], y)
      return y.map((value, i) => {
        let sum = -kappa[order] * gamma * (value - predicted[i]) - h[step] * dydt[i]
        for (let m = 1; m <= order; m++) sum += nabla(m, i, list) / m
        return sum
      })
    }
    let y = predicted
    for (let iteration = 0; iteration < 12; iteration++) {
      const jacobian = new Float64Array(n * n)
      field.jacobian!(t[step + 1], Float64Array.from(y), jacobian)
      const matrix = y.map((_, i) =>
        y.map((_y, j) => (i === j ? (1 - kappa[order]) * gamma : 0) - h[step] * jacobian[i * n + j]),
      )
      const change = solve(matrix, residual(y))
      y = y.map((value, i) => value - change[i])
    }
    past = [y, ...values]
  }
  field.parameters.set(kept)
  return past[0]
}
