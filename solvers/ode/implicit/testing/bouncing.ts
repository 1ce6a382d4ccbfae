import { createStepContext } from '../../context.ts'
import type { IntegratorOptions, StateEvent } from '../../index.ts'
import type { Solution } from '../../solution.ts'
import type { StepRecord } from '../../steps.ts'
import type { VectorField } from '../../vectorField.ts'
import { implicitMethods } from '../methods.ts'
import { stiffField } from './stiffProblems.ts'

/** A ball that falls with drag, θ = (g, drag), and bounces back with 0.8 of its speed. */
export const fallingBall = (theta: readonly number[] = [9.81, 0.3]) =>
  ({
    ...stiffField(
      2,
      theta,
      (_t, [, v], [g, drag], out) => {
        out[0] = v
        out[1] = -g - drag * v
      },
      (_t, [, v], [, drag], fy, ftheta) => {
        fy.set([0, 1, 0, -drag])
        ftheta.set([0, 0, -1, -v])
      },
    ),
    secondVjp(_t, _y, _tangentT, [, dv], [, cotangent], _gradY, gradTheta) {
      gradTheta[1] -= cotangent * dv
    },
    secondJvp: (_t, _y, _tangentT, [, dv], _dy, [, ddrag], out) => out.set([0, -ddrag * dv]),
  }) satisfies VectorField

export const bounce: StateEvent = {
  when: (_t, [height]) => height,
  direction: 'falling',
  whenVjp(_t, _y, cotangent, gradY) {
    gradY[0] += cotangent
    return 0
  },
  apply(_t, y) {
    y[1] *= -0.8
  },
  applyVjp(_t, _y, cotangent, gradY) {
    gradY[0] += cotangent[0]
    gradY[1] -= 0.8 * cotangent[1]
    return 0
  },
}

/**
 * The saved states of the ball from (x₀, v₀) with (g, drag), by the steps of a solution: those end at the same times, but for
 * the ones that impacts end, whose size is found anew by the secant method.
 */
export function replayBounces(
  [x0, v0, ...theta]: readonly number[],
  method: keyof typeof implicitMethods,
  options: IntegratorOptions,
  solution: Solution,
): number[] {
  const stepper = implicitMethods[method](createStepContext(fallingBall(theta), options))
  const record = solution.steps as StepRecord
  const y = Float64Array.of(x0, v0)
  const y1 = new Float64Array(2)
  const saved = [x0, v0]
  let t = record.t[0]
  stepper.start(t, y)
  for (let step = 0; step < record.count; step++) {
    if (record.h[step] === 0) {
      y[1] *= -0.8
      stepper.start(t, y)
      continue
    }
    const impact = step + 1 < record.count && record.h[step + 1] === 0
    stepper.follow?.(record, step)
    const heightAfter = (h: number) => {
      stepper.attempt(t, h, y, y1)
      return y1[0]
    }
    let h = record.t[step + 1] - t
    for (let [before, height] = [1.0001 * h, heightAfter(1.0001 * h)], i = 0; impact && i < 12; i++) {
      const here = heightAfter(h)
      if (here === height || Math.abs(here) < 1e-17) break
      ;[before, height, h] = [h, here, h - (here * (h - before)) / (here - height)]
    }
    heightAfter(h)
    stepper.complete(true)
    const t1 = impact ? t + h : record.t[step + 1]
    for (let time = solution.t[saved.length / 2]; time <= t1; time = solution.t[saved.length / 2]) {
      const state = new Float64Array(2)
      if (time === t1) state.set(y1)
      else stepper.interpolate((time - t) / h, state)
      saved.push(...state)
    }
    stepper.advance()
    y.set(y1)
    t = t1
  }
  return saved
}
