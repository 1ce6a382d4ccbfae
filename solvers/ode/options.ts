import { bytesOf } from './checkpoints.ts'
import type { StateEvent } from './events.ts'
import { implicitMethods } from './implicit/methods.ts'
import { type MethodName, methodNames, splitMethodNames, symplectic, tableaus } from './methods/index.ts'
import type { Statistics } from './solution.ts'
import type { Tableau } from './tableau.ts'
import type { VectorField } from './vectorField.ts'

export interface IntegratorOptions {
  /** Default 'tsit5'. A tableau of your own is a method, too. */
  method?: MethodName | Tableau
  /** Relative tolerance, default 1e-6. */
  rtol?: number
  /** Absolute tolerance, for all components or one for each; default 1e-8. */
  atol?: number | ArrayLike<number>
  /** Size of the first trial step; default by Hairer's rule (odex: 1e-4, and never less). */
  firstStep?: number
  /** Default: no bound. */
  maxStep?: number
  /**
   * Steps of this size, whatever their error; only the last is shorter. Methods without an error estimate need it. The
   * tolerances are then for iterations alone (Newton's, fixed points).
   */
  fixedStep?: number
  /**
   * κ of implicit methods: Newton's iteration stops where its error is below κ times the tolerance. Default 0.01 (Radau:
   * as the code RADAU5). With 0 it goes on until rounding errors are all that is left, and gradients are exact to rounding,
   * too; else they are those of exactly solved stages, at the states that were computed.
   */
  newtonTolerance?: number
  /** Bound on trial steps, accepted and rejected; default 100 000. */
  maxSteps?: number
  /**
   * Default true. With false the steps are not recorded: memory stays constant however long the integration, but
   * there is no dense output `at(t)` and no adjoint afterwards.
   */
  keepSteps?: boolean
  /**
   * Bound on what is kept of the steps for the adjoint, as '64MB' or a number of bytes (beside 16 bytes per step): they are
   * then computed again from checkpoints, with the same bits. No dense output `at(t)` and no tangent afterwards.
   */
  memory?: string | number
  /** What is looked for on the way: zeros of functions of the state that are counted, stop or let the state jump. */
  events?: readonly StateEvent[]
  /**
   * Takes each saved state as it is reached, in the order of the times; the solution then holds none, so that a run may be longer
   * than memory. The array is used again.
   */
  onSaved?: (t: number, y: Float64Array) => void
  /** Called after each accepted step; false cancels the integration. */
  onProgress?: (t: number, statistics: Readonly<Statistics>) => boolean | undefined
}

/** Strictly monotone times, the first that of y0; or a span with the states every so often, or at each step. */
export type Times = ArrayLike<number> | { span: readonly [number, number]; saveEvery?: number }

/** What an integrator works from: the ends, and the times to save at (null: after each step). */
export interface TimePlan {
  readonly start: number
  readonly stop: number
  readonly saveAt: Float64Array | null
}

/** States that a span may ask for: more would not fit in memory. */
const mostSavedTimes = 1e7

/** Whether the method can choose its steps. */
export function hasErrorEstimate(method: MethodName | Tableau): boolean {
  if (typeof method !== 'string') return method.error.length > 0
  if (method in symplectic) return false
  return !(method in tableaus) || tableaus[method as keyof typeof tableaus].error.length > 0
}

const list = (names: readonly string[]) => names.map(name => `'${name}'`).join(', ')

/** @throws RangeError with what is wrong, where, and what is expected. */
export function checkOptions(field: VectorField, options: IntegratorOptions): void {
  const positive = (name: 'rtol' | 'firstStep' | 'maxStep' | 'fixedStep') => {
    const value = options[name]
    const infinite = name === 'maxStep' && value === Infinity
    if (value !== undefined && !infinite && !(Number.isFinite(value) && value > 0))
      throw new RangeError(`${name} must be a positive number, not ${value}`)
  }
  positive('rtol')
  positive('firstStep')
  positive('maxStep')
  positive('fixedStep')
  const { newtonTolerance: kappa = 0 } = options
  if (!(Number.isFinite(kappa) && kappa >= 0))
    throw new RangeError(`newtonTolerance must be a number ≥ 0, not ${kappa}`)
  const { atol = 0, maxSteps = 1, method = 'tsit5' } = options
  const tolerances = typeof atol === 'number' ? [atol] : Array.from(atol)
  if (typeof atol !== 'number' && tolerances.length !== field.dimension)
    throw new RangeError(
      `atol has ${tolerances.length} entries for a state of ${field.dimension}: give one number, or one per component`,
    )
  const bad = tolerances.findIndex(value => !(Number.isFinite(value) && value >= 0))
  if (bad >= 0)
    throw new RangeError(
      `atol${typeof atol === 'number' ? '' : `[${bad}]`} must be a number ≥ 0, not ${tolerances[bad]}`,
    )
  if (!(Number.isInteger(maxSteps) && maxSteps > 0))
    throw new RangeError(`maxSteps must be a positive whole number, not ${maxSteps}`)
  const split = (splitMethodNames as readonly unknown[]).includes(method)
  if (typeof method === 'string' && !methodNames.includes(method) && !split)
    throw new RangeError(`no method '${method}': there are ${list([...methodNames, ...splitMethodNames])}`)
  if (field.mass && !(typeof method === 'string' && method in implicitMethods))
    throw new RangeError(
      `method '${typeof method === 'string' ? method : method.name}' takes no mass matrix: use 'radau5' (or ${list(
        Object.keys(implicitMethods).filter(name => name !== 'radau5'),
      )})`,
    )
  if (split && !field.parts)
    throw new RangeError(
      `method '${method}' needs a field that is split into a stiff part and the rest: make it by addFields(stiff, nonstiff), ` +
        "or use 'kvaerno5' for the whole",
    )
  if (!hasErrorEstimate(method) && options.fixedStep === undefined)
    throw new RangeError(
      `method '${typeof method === 'string' ? method : method.name}' has no error estimate to choose steps by: give fixedStep`,
    )
  options.events?.forEach(({ when, direction }, i) => {
    if (typeof when !== 'function') throw new RangeError(`events[${i}].when must be a function of t and y`)
    if (direction !== undefined && direction !== 'rising' && direction !== 'falling')
      throw new RangeError(
        `events[${i}].direction must be 'rising', 'falling' or left out, not '${direction}'`,
      )
  })
  if (options.memory !== undefined) {
    bytesOf(options.memory)
    if (options.keepSteps === false) throw new RangeError('memory bounds what keepSteps: false does not keep')
    if (method === 'odex')
      throw new RangeError(
        "memory: method 'odex' keeps its steps, which are few: leave it out, or use 'dop853'",
      )
  }
  if (method === 'odex' && options.fixedStep !== undefined)
    throw new RangeError("method 'odex' has no fixed steps: its order varies with them; use 'rk4' or 'tsit5'")
}

/** @throws RangeError */
export function checkInitialState(field: VectorField, y0: ArrayLike<number>): void {
  if (y0.length !== field.dimension)
    throw new RangeError(`y0 has ${y0.length} components, the vector field ${field.dimension}`)
  for (let m = 0; m < y0.length; m++)
    if (!Number.isFinite(y0[m]))
      throw new RangeError(
        `y0[${m}]${field.names ? ` (${field.names[m]})` : ''} is ${y0[m]}, not a finite number`,
      )
}

/** @throws RangeError */
export function planTimes(times: Times): TimePlan {
  if ('span' in times) return planSpan(times.span, times.saveEvery)
  if (times.length < 2)
    throw new RangeError(
      `times needs at least two entries (the first is the time of y0), it has ${times.length}`,
    )
  const saveAt = Float64Array.from(times)
  const direction = Math.sign(saveAt[1] - saveAt[0])
  saveAt.forEach((t, i) => {
    if (!Number.isFinite(t)) throw new RangeError(`times[${i}] is ${t}, not a finite number`)
    if (i > 0 && !((t - saveAt[i - 1]) * direction > 0))
      throw new RangeError(
        `times must be strictly increasing or strictly decreasing: times[${i - 1}] = ${saveAt[i - 1]}, times[${i}] = ${t}`,
      )
  })
  return { start: saveAt[0], stop: saveAt[saveAt.length - 1], saveAt }
}

function planSpan(span: readonly [number, number], saveEvery?: number): TimePlan {
  const [start, stop] = span
  if (span.length !== 2 || !Number.isFinite(start) || !Number.isFinite(stop) || start === stop)
    throw new RangeError(
      `span must be two different finite times [t0, t1], not [${Array.from(span).join(', ')}]`,
    )
  if (saveEvery === undefined) return { start, stop, saveAt: null }
  if (!(Number.isFinite(saveEvery) && saveEvery > 0))
    throw new RangeError(`saveEvery must be a positive number, not ${saveEvery}`)
  const direction = Math.sign(stop - start)
  // the last interval may be shorter, but not by mere rounding of a whole number of them
  const intervals = Math.max(1, Math.ceil(Math.abs(stop - start) / saveEvery - 1e-9))
  if (intervals > mostSavedTimes)
    throw new RangeError(
      `saveEvery ${saveEvery} over a span of ${Math.abs(stop - start)} would save ${intervals} states; at most ${mostSavedTimes} are kept`,
    )
  const saveAt = Float64Array.from({ length: intervals + 1 }, (_, i) => start + direction * i * saveEvery)
  saveAt[intervals] = stop
  return { start, stop, saveAt }
}
