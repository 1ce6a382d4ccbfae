import type { StepDerivative, Stepper } from '../stepper.ts'
import { createStepRecord, type StepRecord } from '../steps.ts'
import { makerOf, partOfRecord } from './auto.ts'

/**
 * The derivatives of the steps of 'auto': those of the method that made each, and of its start where the method changes. That
 * hands on nothing but the state.
 */
export function autoDerivative(
  methods: readonly Stepper[],
  areas: readonly number[],
  record: StepRecord,
  times: boolean,
): StepDerivative {
  const { n } = record
  /** The current step alone, as each of the methods records it. */
  const alone = methods.map(({ width }) => createStepRecord(n, width, undefined, undefined, 1))
  const derivatives = methods.map((method, i) => method.derivative!(alone[i], times))
  const timeCotangent = { t: 0, h: 0 }
  let step = -1
  let current = derivatives[0]
  /** Whether step j begins with a start because of a change of methods. */
  const changed = (j: number) => makerOf(record, j) !== makerOf(record, j + 1)
  const stateAt = (j: number) => record.y.slice(j * n, (j + 1) * n)

  /** Moves what the current method has found to the cotangents of the whole. */
  function collectTimes(): void {
    const own = current.timeCotangent
    timeCotangent.t += own.t
    timeCotangent.h += own.h
    own.t = 0
    own.h = 0
  }

  return {
    timeCotangent,
    load(j) {
      step = j
      const maker = makerOf(record, j + 1)
      const only = alone[maker]
      partOfRecord(record, j, 2, areas[maker], only.width, only.dense)
      only.h[0] = record.h[j]
      for (let i = 0; i < 2; i++) only.t[i] = record.t[j + i]
      for (let i = 0; i < 2 * n; i++) only.y[i] = record.y[j * n + i]
      current = derivatives[maker]
      current.load(0)
    },
    beginVjp() {
      for (const derivative of derivatives) derivative.beginVjp()
    },
    interpolateVjp: (theta, cotangent, lambda) => current.interpolateVjp(theta, cotangent, lambda),
    stepVjp(lambda1, lambda, gradTheta) {
      current.stepVjp(lambda1, lambda, gradTheta)
      if (changed(step)) {
        current.startVjp(record.t[step], stateAt(step), lambda, gradTheta)
        current.beginVjp()
      }
      collectTimes()
    },
    startVjp(t, y, lambda, gradTheta) {
      current.startVjp(t, y, lambda, gradTheta)
      collectTimes()
    },
    startJvp(t, y, dt, dy, dtheta) {
      // of the first step, or of the step of size 0 after the one that was loaded last
      current = derivatives[makerOf(record, step < 0 ? 0 : step + 2)]
      current.startJvp(t, y, dt, dy, dtheta)
    },
    stepJvp(dt, dh, dy, dtheta, dy1) {
      if (changed(step)) current.startJvp(record.t[step], stateAt(step), dt, dy, dtheta)
      current.stepJvp(dt, dh, dy, dtheta, dy1)
    },
    interpolateJvp(theta, dfraction, out) {
      current.interpolateJvp(theta, dfraction, out)
    },
  }
}
