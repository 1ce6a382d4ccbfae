import type { StepContext } from '../context.ts'
import { createExplicitRungeKutta, type StiffnessAware } from '../explicitRungeKutta.ts'
import { tsit5 } from '../methods/tsit5.ts'
import type { StepControl } from '../stepControl.ts'
import type { Stepper } from '../stepper.ts'
import type { StepRecord } from '../steps.ts'
import { autoDerivative } from './autoDerivative.ts'
import { createRadau5 } from './radau5.ts'

/** |h|·ρ on the negative real axis up to which tsit5 is stable, nearly. */
const explicitBound = 3.25
/** Steps at that bound after which it changes to Radau, and steps away from it that reset the count (Solving ODEs II, IV.2). */
const stiffSteps = 15
const calmSteps = 6
/** Steps of Radau in a row that would have been well within tsit5's bound after which it changes back. */
const easySteps = 10

/**
 * A slot of a record: [who made the step (0 explicit, 1 implicit), what the explicit method records, what the implicit one
 * does]; where the method changes after the step, both, the second right after its start.
 */
export const makerOf = ({ dense, width }: StepRecord, slot: number) => dense[slot * width]

/** The part of a record, from slot `first` on `count` slots, that one of the two recorded. */
export function partOfRecord(
  { dense, width }: StepRecord,
  first: number,
  count: number,
  from: number,
  length: number,
  out: Float64Array,
): void {
  for (let slot = 0; slot < count; slot++)
    for (let i = 0, at = (first + slot) * width + from; i < length; i++)
      out[slot * length + i] = dense[at + i]
}

/**
 * A stepper that is tsit5 where the system is not stiff and Radau IIA 5 where it is. It changes when for 15 steps |h|·ρ was at
 * tsit5's bound of stability (by two stages; 6 other steps in a row reset the count), and back when for 10 steps in a row
 * |h|·‖∂f/∂y‖ was well within it. With a mass matrix it is Radau throughout.
 */
export function createAuto(context: StepContext): Stepper {
  if (context.field.mass) return { ...createRadau5(context), name: 'auto' }
  const explicit = createExplicitRungeKutta(tsit5, context)
  const implicit = createRadau5(context)
  const methods = [explicit, implicit] as const
  const areas = [1, 1 + explicit.width] as const
  const n = context.field.dimension
  const width = 1 + explicit.width + implicit.width
  /** Two slots as one of the methods records them, to load a step from. */
  const loaded = methods.map((method, made) => ({
    count: 1,
    generation: 0,
    t: new Float64Array(2),
    h: new Float64Array(1),
    y: new Float64Array(2 * n),
    dense: new Float64Array(2 * method.width),
    n,
    width: method.width,
    made,
  }))

  let active = 0
  /** The method of the next step, known once the step is complete. */
  let next = 0
  /** Steps for a change and against it, up to the last accepted step and with the one that was completed. */
  let [pro, contra] = [0, 0]
  let [nextPro, nextContra] = [0, 0]
  /** The method that `follow` asks for. */
  let prescribed: number | undefined
  let end = 0
  let y1: Float64Array = new Float64Array(n)
  let shown: StiffnessAware = explicit

  const control: StepControl = {
    reset() {
      active = 0
      for (const method of methods) method.control.reset()
    },
    accept: error => methods[active].control.accept(error),
    reject: error => methods[active].control.reject(error),
  }

  function decide(): void {
    const stiffness = methods[active].stiffness()
    const vote = active === 0 ? stiffness > explicitBound : stiffness < 0.5 * explicitBound
    nextPro = vote ? pro + 1 : pro
    nextContra = vote ? 0 : contra + 1
    if (nextContra >= (active === 0 ? calmSteps : 1)) nextPro = 0
    next = prescribed ?? (nextPro >= (active === 0 ? stiffSteps : easySteps) ? 1 - active : active)
  }

  return {
    name: 'auto',
    control,
    width,
    start(t, y) {
      pro = 0
      contra = 0
      next = active
      prescribed = undefined
      shown = methods[active]
      return shown.start(t, y)
    },
    firstStep: (t, y, direction, most) => methods[active].firstStep(t, y, direction, most),
    attempt(t, h, y, to) {
      end = t + h
      y1 = to
      shown = methods[active]
      return shown.attempt(t, h, y, y1)
    },
    complete(dense) {
      if (!methods[active].complete(dense)) return false
      decide()
      return next === active || methods[next].start(end, y1)
    },
    interpolate(theta, out) {
      shown.interpolate(theta, out)
    },
    record(target, offset) {
      target[offset] = active
      methods[active].record(target, offset + areas[active])
      if (next !== active) methods[next].record(target, offset + areas[next])
    },
    load(record, step) {
      const made = makerOf(record, step + 1)
      const part = loaded[made]
      partOfRecord(record, step, 2, areas[made], part.width, part.dense)
      part.h[0] = record.h[step]
      for (let m = 0; m < n; m++) part.y[m] = record.y[step * n + m]
      shown = methods[made]
      shown.load(part, 0)
    },
    memory: 3 + implicit.memory!,
    remember(target, offset) {
      target[offset] = active
      target[offset + 1] = pro
      target[offset + 2] = contra
      if (active === 1) implicit.remember!(target, offset + 3)
    },
    resume(record, step, previous, source, offset) {
      active = source[offset]
      next = active
      pro = source[offset + 1]
      contra = source[offset + 2]
      shown = methods[active]
      const part = loaded[active]
      partOfRecord(record, step, 1, areas[active], part.width, part.dense)
      shown.resume(part, 0, previous, source, offset + 3)
    },
    follow(record, step) {
      prescribed = makerOf(record, step + (step + 1 < record.count ? 2 : 1))
    },
    advance() {
      methods[active].advance()
      if (next === active) {
        pro = nextPro
        contra = nextContra
        return
      }
      active = next
      pro = 0
      contra = 0
      methods[active].control.reset()
    },
    derivative: (record, times) => autoDerivative(methods, areas, record, times),
  }
}
