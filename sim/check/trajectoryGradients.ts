import { interpretComplex } from '../../compiler/interpret/index.ts'
import { adjoint, tangent } from '../../solvers/adjoint/index.ts'
import { odeint, type Solution, type Tableau } from '../../solvers/ode/index.ts'
import { tableaus } from '../../solvers/ode/methods/index.ts'
import { randomStream } from '../data/random.ts'
import type { CompiledSystem } from '../problem/problem.ts'
import type { Scene } from '../scene/index.ts'
import { solverOptions } from '../simulate.ts'
import { distance, type GradientRow } from './solveGradients.ts'

/** How many directions are compared, and how many steps of the trajectory. */
const directions = 8
const mostSteps = 60

/**
 * Ways to differentiate ½‖y(T)‖² with respect to the initial state and all parameters, along random directions: finite
 * differences, complex step through the frozen steps (the reference, for explicit Runge–Kutta methods; for others the tangents are),
 * tangents, discrete adjoint. T is the end of the scene's span, or of its first 60 steps; it lies before the first event.
 */
export function compareTrajectoryGradients(
  scene: Scene,
  system: CompiledSystem,
): { rows: GradientRow[]; steps: number; end: number } {
  const { field } = system
  const [n, p] = [field.dimension, field.parameterCount]
  const options = solverOptions(scene)
  const tableau = (tableaus as Readonly<Record<string, Tableau>>)[scene.solver.method]
  const [begin, last] = scene.solver.span
  const y0 = system.model.start
  const { events } = system
  const whole = odeint(field, y0, { span: [begin, last] }, { ...options, events, maxSteps: 100_000 })
  const firstEvent = Math.min(...whole.events.map(({ step }) => step))
  const steps = Math.min(whole.steps.count, mostSteps, firstEvent)
  const end = whole.steps.t[steps]
  const integrate = (start: Float64Array): Solution => odeint(field, start, [begin, end], options)
  const solution = integrate(y0)

  const random = randomStream(1)
  const units = Array.from({ length: directions }, () => unitVector(n + p, random.normal))
  const theta = field.parameters.slice()
  const lossOf = (y: Float64Array) => 0.5 * y.reduce((sum, value) => sum + value * value, 0)
  const lossAt = (direction: Float64Array, step: number): number => {
    field.parameters.set(theta.map((value, i) => value + step * direction[n + i]))
    const moved = integrate(y0.map((value, i) => value + step * direction[i]))
    field.parameters.set(theta)
    return lossOf(moved.y.subarray(n))
  }
  const final = solution.y.slice(n)
  const cotangents = new Float64Array(2 * n)
  cotangents.set(final, n)

  const tangents = () =>
    Float64Array.from(units, unit => {
      const dy = tangent(field, solution, unit.slice(0, n), unit.slice(n))
      return final.reduce((sum, value, i) => sum + value * dy[n + i], 0)
    })
  const discreteAdjoint = () => {
    const gradY0 = new Float64Array(n)
    const gradTheta = field.parameterGradient.fill(0)
    adjoint(field, solution, cotangents, gradY0, gradTheta)
    return Float64Array.from(units, unit => {
      let sum = 0
      for (let i = 0; i < n; i++) sum += gradY0[i] * unit[i]
      for (let i = 0; i < p; i++) sum += gradTheta[i] * unit[n + i]
      return sum
    })
  }
  const central = () => Float64Array.from(units, unit => (lossAt(unit, 1e-6) - lossAt(unit, -1e-6)) / 2e-6)
  const complexStep = (of: Tableau) => () =>
    Float64Array.from(units, unit => complexDerivative(system, of, solution, unit))

  const stored = bytesOf(solution)
  const replayed = (of: Tableau) => 8 * 2 * ((of.trial + 2) * n + p) // stages, state and its sum, θ; real and imaginary parts
  type Way = [method: string, f: () => Float64Array, bytes: number, note: string]
  const reference: Way[] = tableau
    ? [
        [
          'complex step 1e-200, frozen steps',
          complexStep(tableau),
          stored + replayed(tableau),
          'reference; interpreted',
        ],
      ]
    : []
  const forward = tableau ? '1 sweep a direction' : 'reference; 1 sweep a direction'
  const ways: Way[] = [
    ...reference,
    ['tangents (forward sensitivities)', tangents, stored + 8 * 2 * n, forward],
    ['discrete adjoint', discreteAdjoint, stored + 8 * (n + p), '1 sweep for all'],
    ['finite differences, central 1e-6', central, stored, '2 solves a direction'],
  ]
  const results = ways.map(([method, f, bytes, note]) => {
    f()
    const start = performance.now()
    const value = f()
    return { method, value, milliseconds: performance.now() - start, bytes, note }
  })
  const rows = results.map(({ value, ...row }) => ({ ...row, error: distance(value, results[0].value) }))
  return { rows, steps: solution.steps.count, end }
}

/** Bytes of the arrays that a solution holds: its accepted steps and what it saved. */
function bytesOf({ steps, t, y }: Solution): number {
  const arrays = [...Object.values(steps), t, y].filter(value => value instanceof Float64Array)
  return arrays.reduce((sum, array) => sum + array.byteLength, 0)
}

function unitVector(length: number, normal: () => number): Float64Array {
  const v = Float64Array.from({ length }, normal)
  const norm = Math.sqrt(v.reduce((sum, x) => sum + x * x, 0))
  return v.map(x => x / norm)
}

/** d/dε ½‖y(T)‖² by replaying the accepted steps over complex numbers, the right-hand side by the interpreter. */
function complexDerivative(
  { field }: CompiledSystem,
  { a, b, c, trial }: Tableau,
  { steps, dimension: n }: Solution,
  direction: Float64Array,
): number {
  const step = 1e-200
  const blocks = field.blocks.map(({ offset, size }) => ({
    re: field.parameters.slice(offset, offset + size),
    im: direction.slice(n + offset, n + offset + size).map(x => step * x),
  }))
  let re: Float64Array = steps.y.slice(0, n)
  let im: Float64Array = direction.slice(0, n).map(x => step * x)
  for (let j = 0; j < steps.count; j++) {
    const h = steps.h[j]
    const k: { re: Float64Array; im: Float64Array }[] = []
    const combined = (weights: readonly number[]) => ({
      re: re.map((value, m) => value + h * weights.reduce((sum, w, i) => sum + w * k[i].re[m], 0)),
      im: im.map((value, m) => value + h * weights.reduce((sum, w, i) => sum + w * k[i].im[m], 0)),
    })
    for (let i = 0; i < trial; i++) {
      const time = { re: Float64Array.of(steps.t[j] + c[i] * h), im: new Float64Array(1) }
      k.push(interpretComplex(field.graph, [time, combined(a[i]), ...blocks])[0])
    }
    ;({ re, im } = combined(b))
  }
  return re.reduce((sum, value, i) => sum + value * (im[i] / step), 0)
}
