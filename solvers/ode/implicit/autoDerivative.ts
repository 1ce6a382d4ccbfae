import type { StepDerivative, Stepper } from '../stepper.ts'
import type { StepRecord } from '../steps.ts'
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
  const { n, count } = record
  const derivatives = methods.map((method, i) => {
    const { width } = method
    const dense = partOfRecord(record, 0, count + 1, areas[i], width)
    return method.derivative!({ ...record, width, dense }, times)
  })
  const timeCotangent = { t: 0, h: 0 }
  let step = -1
  let current = derivatives[0]
  const madeBy = (j: number) => derivatives[makerOf(record, j + 1)]
  /** Whether step j begins with a start because of a change of methods (and not of an event, which is a step of size 0). */
  const changed = (j: number) => j > 0 && record.h[j - 1] !== 0 && madeBy(j - 1) !== madeBy(j)
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
      current = madeBy(j)
      current.load(j)
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
