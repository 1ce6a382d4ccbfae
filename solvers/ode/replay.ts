import { createStepContext } from './context.ts'
import { createStepper } from './odeint.ts'
import type { IntegratorOptions } from './options.ts'
import type { Solution } from './solution.ts'
import { countAccepted, createSavedStates, saveState, solutionOf } from './solutionOf.ts'
import { appendStep, beginSteps, createStepRecord, type StepRecord } from './steps.ts'
import type { VectorField } from './vectorField.ts'

/**
 * Integrates another field with the steps of a solution, whatever its error: the same times, sizes and saved times. For a
 * system whose first components are those of the solution, they get the same bits.
 * @throws Error where a step cannot be taken, or the solution has events.
 */
export function replay(
  field: VectorField,
  y0: ArrayLike<number>,
  solution: Solution,
  options: IntegratorOptions,
): Solution {
  const { method = 'tsit5' } = options
  if (solution.events.length > 0) throw new Error('steps with events are not taken again')
  const { t, h, count } = solution.steps
  const n = field.dimension
  const context = createStepContext(field, options)
  const stepper = createStepper(method, context)
  const record = createStepRecord(n, stepper.width, stepper)
  const saved = createSavedStates()
  const y = Float64Array.from(y0)
  const y1 = new Float64Array(n)
  const state = new Float64Array(n)
  const saveAt = solution.t.slice()
  const direction = Math.sign(h[0])
  saved.y = new Float64Array(saveAt.length * n)
  const check = (done: boolean) => {
    if (!done) throw new Error(context.obstacle?.message ?? 'a step could not be taken again')
  }
  check(stepper.start(t[0], y))
  saveState(saved, y)
  beginSteps(record, t[0], y)
  stepper.record(record.dense, 0)
  for (let step = 0; step < count; step++) {
    stepper.follow?.(solution.steps as StepRecord, step)
    check(stepper.attempt(t[step], h[step], y, y1) < Infinity && stepper.complete(true))
    for (; saved.count < saveAt.length; ) {
      const time = saveAt[saved.count]
      if ((time - t[step + 1]) * direction > 0) break
      if (time !== t[step + 1]) stepper.interpolate((time - t[step]) / h[step], state)
      saveState(saved, time === t[step + 1] ? y1 : state)
    }
    const slot = appendStep(record, h[step], t[step + 1], y1) // which may move record.dense
    stepper.record(record.dense, slot)
    countAccepted(context.statistics, h[step])
    stepper.advance()
    y.set(y1)
  }
  const plan = { start: t[0], stop: t[count], saveAt }
  return solutionOf(
    stepper.name,
    plan,
    saved,
    record,
    'dense',
    context.statistics,
    undefined,
    (step, time, out) => {
      stepper.load(record, step)
      stepper.interpolate((time - t[step]) / h[step], out)
    },
  )
}
