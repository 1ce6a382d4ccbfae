import * as tf from '@tensorflow/tfjs'
import { odeint } from '../../../solvers/ode/index.ts'
import { randomStream } from '../../data/random.ts'
import { compileModel } from '../../vectorField.ts'
import type { ShootingProblem } from '../shooting.ts'
import type { Series } from '../windows.ts'

/** k in 1/s², damping c in 1/s, and the scale of the rate's sensor. */
export const trueParameters = Float64Array.of(1.7, 0.1, 0.8)

const ode = { rtol: 1e-11, atol: 1e-12, maxSteps: 1000 }

/** A damped pendulum observed through a sensor of unknown scale: θ = (k, c, s), observed are (a, s·a_dot). */
export function pendulum() {
  const { field, functions } = compileModel(
    (_t, y, [theta]) => {
      const [k, c] = tf.split(theta, [1, 1, 1])
      const [a, rate] = tf.split(y, 2)
      return tf.concat([rate, tf.sin(a).mul(k).add(rate.mul(c)).neg()])
    },
    {
      observation: (_t, y, [theta]) => {
        const [a, rate] = tf.split(y, 2)
        return tf.concat([a, rate.mul(theta.slice([2]))])
      },
    },
    {
      state: [2],
      names: ['a', 'a_dot'],
      parameters: [{ name: 'theta', shape: [3], initial: trueParameters }],
    },
  )
  return { field, observation: functions.observation, model: field.image() }
}

/** Trajectories of the true pendulum from random starts at irregular times, with noise. */
export function observedSeries(count: number, samples: number, noise: number, seed = 3): Series[] {
  const { field, observation } = pendulum()
  const random = randomStream(seed)
  return Array.from({ length: count }, () => {
    const t = new Float64Array(samples)
    for (let k = 1; k < samples; k++) t[k] = t[k - 1] + 0.05 + 0.1 * random.uniform()
    const start = [3 * random.uniform() - 1.5, 2 * random.uniform() - 1]
    const { y } = odeint(field, start, t, { rtol: 1e-13, atol: 1e-13 })
    const values = new Float64Array(2 * samples)
    const observed = new Float64Array(2)
    t.forEach((time, k) => {
      observation.evaluate(time, y.slice(2 * k, 2 * k + 2), observed)
      values.set(observed, 2 * k)
    })
    return { t, values: values.map(value => value + noise * random.normal()) }
  })
}

/** Multiple shooting on the pendulum; θ starts beside the truth. */
export function pendulumProblem(
  series: readonly Series[],
  start: readonly number[] = [1.2, 0.3, 1],
): ShootingProblem & ReturnType<typeof pendulum> {
  const { field, observation, model } = pendulum()
  field.parameters.set(start)
  return {
    field,
    observation,
    model,
    series,
    ode,
    scales: Float64Array.of(1, 0.5),
    continuity: 0.7,
    stateScales: Float64Array.of(1, 2),
  }
}
