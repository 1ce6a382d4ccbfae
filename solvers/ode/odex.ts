import { cos } from '../../kernels/elementary/numbers.ts'
import { SingularMatrixError } from '../../kernels/singularMatrix.ts'
import * as failures from './failure.ts'
import { createOdexSolver } from './odexPackage.ts'
import type { IntegratorOptions, TimePlan } from './options.ts'
import type { Failure, Solution } from './solution.ts'
import {
  beginSaving,
  countAccepted,
  createSavedStates,
  newStatistics,
  recording,
  saveState,
  solutionOf,
} from './solutionOf.ts'
import { spreadTolerance } from './stepControl.ts'
import { appendStep, beginSteps, createStepRecord } from './steps.ts'
import type { VectorField } from './vectorField.ts'

/** Nodes of a polynomial of degree 19, the highest that odex' dense output has: 4 + μ, μ ≤ 2·9 − 3. */
const nodeCount = 20
/** Chebyshev's points of the second kind on [0, 1]; both ends belong to them. */
const nodes = Float64Array.from(
  { length: nodeCount },
  (_, i) => (1 - cos((Math.PI * i) / (nodeCount - 1))) / 2,
)

/** A sentinel: the integration ends inside of a call of the right-hand side, which odex has no other way to. */
class Stopped {
  readonly failure: Failure
  constructor(failure: Failure) {
    this.failure = failure
  }
}

/**
 * The extrapolation code ODEX of Hairer & Wanner (*Solving ODEs I*, II.9), as the npm package `odex`, behind the
 * interface of the other methods. Its dense output is a polynomial of degree at most 19 per step; it is kept as values
 * at Chebyshev points and evaluated by the barycentric formula (Berrut & Trefethen, SIAM Review 46 (2004)).
 *
 * Where the derivative does not exist inside a trial step, odex is given one so large that its error control rejects
 * the step and tries a smaller one.
 */
export function createOdex(
  field: VectorField,
  options: IntegratorOptions,
): (y0: ArrayLike<number>, plan: TimePlan) => Solution {
  const n = field.dimension
  const { rtol = 1e-6, maxStep = Infinity, maxSteps = 100_000, onProgress, firstStep } = options
  const atol = spreadTolerance(options.atol ?? 1e-8, n)
  const solver = createOdexSolver(n)
  solver.denseOutput = true
  solver.relativeTolerance = rtol
  solver.absoluteTolerance = Array.from(atol)
  solver.maxSteps = maxSteps + 1
  if (Number.isFinite(maxStep)) solver.maxStepSize = maxStep
  if (firstStep !== undefined) solver.initialStepSize = firstStep

  const y = new Float64Array(n) // the last accepted state
  const state = new Float64Array(n)
  const derivative = new Float64Array(n)
  const values = new Float64Array(nodeCount * n)
  const record = createStepRecord(n, (options.keepSteps ?? true) ? nodeCount * n : 0)
  const saved = createSavedStates()

  /** out ← the polynomial with these values (from `offset` on) at θ in [0, 1]. */
  function barycentric(source: Float64Array, offset: number, theta: number, out: Float64Array): void {
    out.fill(0)
    let sum = 0
    for (let i = 0; i < nodeCount; i++) {
      const distance = theta - nodes[i]
      const end = i === 0 || i === nodeCount - 1
      // at a node, the value there
      const weight = distance === 0 ? 1 : ((i % 2 === 0 ? 1 : -1) * (end ? 0.5 : 1)) / distance
      if (distance === 0) {
        out.fill(0)
        sum = 0
      }
      for (let m = 0; m < n; m++) out[m] += weight * source[offset + i * n + m]
      sum += weight
      if (distance === 0) break
    }
    for (let m = 0; m < n; m++) out[m] /= sum
  }

  const interpolate = (step: number, t: number, out: Float64Array) =>
    barycentric(record.dense, (step + 1) * record.width, (t - record.t[step]) / record.h[step], out)

  return (y0, plan) => {
    const { start, stop, saveAt } = plan
    const direction = Math.sign(stop - start)
    const rounding = 4 * Number.EPSILON * Math.max(Math.abs(start), Math.abs(stop)) // odex may miss `stop` by it
    const recorded = recording(options, plan)
    const statistics = newStatistics()
    let t = start
    let obstacle: Failure | undefined
    y.set(y0)
    beginSaving(saved, plan, y)
    beginSteps(record, start, y)

    /** The component that moves fastest, as measured by its tolerance. */
    const fastest = () => {
      const speeds = derivative.map((slope, m) => Math.abs(slope) / (atol[m] + rtol * Math.abs(y[m])))
      return speeds.indexOf(speeds.reduce((a, b) => Math.max(a, b)))
    }

    const evaluate = (time: number, given: number[]): number[] => {
      const initial = statistics.evaluations === 0
      if (!initial && Math.abs(time - t) <= 4 * Number.EPSILON * Math.abs(t))
        throw new Stopped(obstacle ?? failures.stepTooSmall(field, t, time - t, fastest()))
      statistics.evaluations++
      state.set(given)
      try {
        field.evaluate(time, state, derivative)
        const bad = derivative.findIndex(value => !Number.isFinite(value))
        if (bad < 0) return Array.from(derivative)
        obstacle = failures.nonFinite(field, time, bad, derivative[bad], true)
      } catch (error) {
        if (!(error instanceof SingularMatrixError)) throw error
        obstacle = failures.singularMatrix(time, error)
      }
      if (initial) throw new Stopped(obstacle)
      return Array.from(y, value => 1e20 * (1 + Math.abs(value)))
    }

    const accept = (
      _step: number,
      from: number,
      to: number,
      result: number[],
      dense?: (m: number, t: number) => number,
    ): boolean => {
      if (!dense) return true // the call for the initial state
      const bad = result.findIndex(value => !Number.isFinite(value))
      if (bad >= 0) throw new Stopped(failures.nonFinite(field, to, bad, result[bad], false))
      const t1 = (stop - to) * direction <= rounding ? stop : to
      const h = t1 - from
      y.set(result)
      if (recorded === 'dense') {
        for (let i = 0; i < nodeCount; i++)
          for (let m = 0; m < n; m++) values[i * n + m] = dense(m, from + nodes[i] * (to - from))
        values.set(y, (nodeCount - 1) * n)
      }
      while (saveAt && saved.count < saveAt.length && (saveAt[saved.count] - t1) * direction <= 0) {
        const time = saveAt[saved.count]
        for (let m = 0; m < n; m++) state[m] = time === t1 ? y[m] : dense(m, time)
        saveState(saved, state)
      }
      if (recorded !== 'nothing') {
        const slot = appendStep(record, h, t1, y)
        if (recorded === 'dense') record.dense.set(values, slot)
      }
      countAccepted(statistics, h)
      t = t1
      obstacle = undefined
      if (onProgress && t !== stop && onProgress(t, statistics) === false)
        throw new Stopped(failures.cancelled(t))
      return true
    }

    let failure: Failure | undefined
    try {
      const { outcome, nStep } = solver.solve(evaluate, start, Array.from(y), stop, accept)
      if (outcome !== 0) failure = failures.tooManySteps(field, t, stop, maxSteps, fastest())
      statistics.rejected = (failure ? maxSteps : nStep) - statistics.accepted
    } catch (error) {
      if (!(error instanceof Stopped)) throw error
      failure = error.failure
    }
    return solutionOf('odex', plan, saved, record, recorded, statistics, failure, interpolate)
  }
}
