import { power } from '../../../kernels/elementary/numbers.ts'
import type { StepContext } from '../context.ts'
import type { StepControl } from '../stepControl.ts'
import type { Stepper } from '../stepper.ts'
import type { StepRecord } from '../steps.ts'
import { combine } from '../tableau.ts'
import { bdfDerivative } from './bdfDerivative.ts'
import { mostOrder, newtonBasis, rescaling } from './differenceArray.ts'
import { implicitErrorNorm } from './errorNorm.ts'
import { implicitFirstStep } from './firstStep.ts'
import { createInitialState } from './initialState.ts'
import { createJacobianReuse } from './jacobianReuse.ts'
import { alpha, errorConstant, gamma } from './ndf.ts'
import { createStageNewton, errorWeights } from './newton.ts'
import { createStageSystem } from './stageSystem.ts'

/** Contraction of Newton's iteration below which a Jacobian is kept: an evaluation costs more than an iteration. */
const goodContraction = 0.1
/**
 * The errors of many small steps of low order add up: their estimates are taken this many times, so that tolerance means
 * what it does in one-step methods.
 */
const strictness = 10
const mostGrowth = 10
const leastGrowth = 0.2

/** differences ← those that a recorded step left, (mostOrder + 1)×n; gives its order and their distance. */
export function loadDifferences(
  { width, dense }: StepRecord,
  step: number,
  differences: Float64Array,
): { order: number; spacing: number } {
  const from = (step + 1) * width
  for (let i = 0; i < width - 2; i++) differences[i] = dense[from + i]
  return { order: dense[from + width - 2], spacing: dense[from + width - 1] }
}

/**
 * A stepper for the backward differentiation formulas of variable order 1 to 5 in the form of ndf.ts, with quasi-constant steps
 * (Shampine & Reichelt 1997): the past is kept at equal distances h and interpolated when h changes, which it may after k + 1
 * steps. M may depend on t and y, or be constant and singular.
 */
export function createBdf(context: StepContext): Stepper {
  const system = createStageSystem(context)
  const { n } = system
  const initialState = createInitialState(context, system)
  const newton = createStageNewton(context, system)
  const reuse = createJacobianReuse(system, newton.convergence, system.factor, goodContraction)
  const rows = mostOrder + 3
  const width = (mostOrder + 1) * n + 2

  /** ∇^m y at the last step, at the distance `spacing`; rows beyond the order serve its choice. */
  const differences = new Float64Array(rows * n)
  const row = Array.from({ length: rows }, (_, m) => differences.subarray(m * n, (m + 1) * n))
  let order = 1
  let spacing = 1
  /** The same after the step that was completed or loaded last. */
  const found = new Float64Array(rows * n)
  let foundOrder = 1
  let foundSpacing = 1
  /** Steps of this order and size so far. */
  let equalSteps = 0
  /** Growth of the next step. */
  let proposed = 1

  /** Of the step that is tried: the past at its own distance, and what it finds. */
  const past = new Float64Array((mostOrder + 1) * n)
  const pastRow = Array.from({ length: mostOrder + 1 }, (_, m) => past.subarray(m * n, (m + 1) * n))
  const matrix = new Float64Array((mostOrder + 1) * (mostOrder + 1))
  const ones = new Float64Array(mostOrder + 1).fill(1)
  const psiWeights = new Float64Array(mostOrder + 1)
  const correction = new Float64Array(n)
  const predicted = new Float64Array(n)
  const slope = new Float64Array(n)
  const state = new Float64Array(n)
  const zero = new Float64Array(n)
  const weights = new Float64Array(n)
  const basis = new Float64Array(mostOrder + 1)
  let h = 0

  /** Weighted norm of errorConstant·∇^m y at the last step. */
  function differenceNorm(m: number, constant: number): number {
    let sum = 0
    for (let i = 0; i < n; i++) {
      const ratio = constant * row[m][i] * weights[i]
      sum += ratio * ratio
    }
    return strictness * Math.sqrt(sum / n)
  }

  const growth = (error: number, k: number) => 1 / power(Math.max(error, 1e-12), 1 / (k + 1))
  const safety = () => (0.9 * 21) / (20 + Math.min(newton.convergence.iterations, 10))

  /** The order of the next step, and how it grows: what allows the largest step among k − 1, k and k + 1. */
  function chooseOrder(): number {
    errorWeights(context, row[0], weights)
    const same = growth(differenceNorm(order + 1, errorConstant[order]), order)
    const lower = order > 1 ? growth(differenceNorm(order, errorConstant[order - 1]), order - 1) : 0
    const higher =
      order < mostOrder ? growth(differenceNorm(order + 2, errorConstant[order + 1]), order + 1) : 0
    const best = Math.max(same, lower, higher)
    if (best === lower) order--
    else if (best === higher) order++
    return Math.min(mostGrowth, Math.max(leastGrowth, safety() * best))
  }

  const control: StepControl = {
    reset() {},
    accept: () => proposed,
    // the past is then at another distance than the step, which begins the count of equal steps anew
    reject: error => (error > 1 ? Math.max(leastGrowth, safety() * growth(error, order)) : 0.5),
  }

  /** past, y₁^pred and ψ for a step of size h. */
  function predict(): void {
    const size = order + 1
    if (h === spacing) for (let i = 0; i < size * n; i++) past[i] = differences[i]
    else {
      rescaling(order, h / spacing, matrix)
      for (let m = 0; m < size; m++) combine(zero, 1, matrix, m * size, size, differences, pastRow[m])
    }
    combine(zero, 1, ones, 0, size, past, predicted)
    psiWeights[0] = 0
    for (let m = 1; m < size; m++) psiWeights[m] = gamma[m] / alpha[order]
  }

  return {
    name: 'bdf',
    control,
    width,
    start(t, y0) {
      reuse.forget()
      differences.fill(0)
      order = 1
      spacing = 1
      equalSteps = 0
      if (!initialState.find(t, y0, row[1])) return false
      row[0].set(y0)
      found.set(differences)
      foundOrder = 1
      foundSpacing = 1
      return true
    },
    firstStep: (t, y0, direction, most) =>
      implicitFirstStep(context, system, 1, t, y0, row[1], direction, most),
    attempt(t, size, y, y1) {
      h = size
      const sigma = alpha[order] / h
      if (h !== spacing) equalSteps = 0
      predict()
      errorWeights(context, predicted, weights)
      for (;;) {
        y1.set(predicted)
        combine(zero, sigma, psiWeights, 0, order + 1, past, slope)
        if (!reuse.prepare(t + h, y1, slope, sigma)) return Number.NaN
        if (newton.solve(t + h, sigma, y1, slope, weights)) break
        if (!reuse.mayImprove()) return Number.NaN
      }
      reuse.slowest = newton.convergence.rate
      for (let m = 0; m < n; m++) {
        correction[m] = y1[m] - predicted[m]
        state[m] = errorConstant[order] * correction[m]
      }
      return strictness * implicitErrorNorm(context, t + h, y, y1, state)
    },
    complete() {
      foundOrder = order
      foundSpacing = h
      for (let i = 0; i < n; i++) {
        found[(order + 2) * n + i] = correction[i] - row[order + 1][i]
        let sum = correction[i]
        found[(order + 1) * n + i] = sum
        for (let m = order; m >= 0; m--) {
          sum += past[m * n + i]
          found[m * n + i] = sum
        }
      }
      return true
    },
    interpolate(theta, out) {
      newtonBasis(foundOrder, theta - 1, basis)
      combine(zero, 1, basis, 0, foundOrder + 1, found, out)
    },
    record(target, offset) {
      for (let i = 0; i < width - 2; i++) target[offset + i] = found[i]
      target[offset + width - 2] = foundOrder
      target[offset + width - 1] = foundSpacing
    },
    load(record, step) {
      foundOrder = loadDifferences(record, step, found).order
    },
    memory: rows * n + 3 + reuse.memory,
    remember(target, offset) {
      target.set(differences, offset)
      const rest = offset + rows * n
      target[rest] = order
      target[rest + 1] = spacing
      target[rest + 2] = equalSteps
      reuse.remember(target, rest + 3)
    },
    resume(_record, _step, _previous, source, offset) {
      for (let i = 0; i < rows * n; i++) differences[i] = source[offset + i]
      const rest = offset + rows * n
      order = source[rest]
      spacing = source[rest + 1]
      equalSteps = source[rest + 2]
      reuse.resume(source, rest + 3)
    },
    follow({ width, dense }, step) {
      order = dense[(step + 2) * width - 2]
    },
    advance() {
      reuse.advance()
      differences.set(found)
      spacing = h
      proposed = 1
      if (++equalSteps <= order) return
      equalSteps = 0
      proposed = chooseOrder()
    },
    derivative: (record, times) => bdfDerivative(context, record, times),
  }
}
