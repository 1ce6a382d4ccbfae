import * as tf from '@tensorflow/tfjs'
import { afterAll, describe, expect, it } from 'vitest'
import { uniform } from '../../compiler/testing/numbers.ts'
import { odeint } from '../../solvers/ode/index.ts'
import { lossAndGradient } from '../lossAndGradient.ts'
import { vectorField } from '../vectorField.ts'
import { createBatch } from './batch.ts'
import { sharedZeros } from './sums.ts'
import { createTeam, type Job } from './team.ts'
import { reportSize, type TrajectoryBatch } from './trajectories.ts'

const random = uniform(5)
const weights = tf.variable(tf.tensor2d(Array.from({ length: 16 }, random), [2, 8]))
const back = tf.variable(tf.tensor2d(Array.from({ length: 16 }, random), [8, 2]))
/** A net beside an oscillator; it blows up where |x| is large. */
const field = vectorField(
  (t, y) => {
    const net = y.reshape([1, 2]).matMul(weights).tanh().matMul(back).reshape([2])
    const [x, v] = tf.split(y, 2)
    return tf.concat([v, x.pow(3).div(50).sub(x).add(tf.sin(t))]).add(net)
  },
  { state: [2] },
)
const options = { rtol: 1e-7, atol: 1e-9 }
const times = { span: [0, 3], saveEvery: 0.25 } as const
const starts = Array.from({ length: 70 }, () => [2 * random(), 2 * random()])
const targets = starts.map(() => Float64Array.from({ length: 26 }, random))
const loss = (y: tf.Tensor2D, target: tf.Tensor) => y.reshape([-1]).sub(target).square().mean()

const one = createBatch(field, { ...options, threads: 1 })
const three = createBatch(field, { ...options, threads: 3 })
afterAll(() => three.close())

/** Lets the threads come up, so that they do take part. */
const pause = () => new Promise(resolve => setTimeout(resolve, 500))

describe('a batch of trajectories', () => {
  it('is integrated by other threads as well, to the same bits', async () => {
    const batch: TrajectoryBatch = {
      model: field.image(),
      options,
      times: Float64Array.of(0, 1, 2),
      theta: sharedZeros(field.parameterCount),
      initialStates: sharedZeros(40),
      states: sharedZeros(120),
      reports: sharedZeros(20 * reportSize),
    }
    batch.theta.set(field.parameters)
    starts.slice(0, 20).forEach((y0, k) => {
      batch.initialStates.set(y0, 2 * k)
    })
    const own = new Set<number>()
    const clock = new Int32Array(new SharedArrayBuffer(4))
    /** On this thread nothing is integrated, slowly. */
    const run = (k: number) => {
      own.add(k)
      Atomics.wait(clock, 0, 0, 20)
    }
    const team = createTeam({ threads: 2 })
    const job: Job = { task: { begin() {}, run }, remote: { kind: 'trajectories', describe: () => batch } }
    for (let tries = 0; tries < 20 && (tries === 0 || own.size === 20); tries++) {
      own.clear()
      team.run(job, 20)
    }
    team.close()
    expect(own.size).toBeLessThan(20)
    for (let k = 0; k < 20; k++) {
      if (own.has(k)) continue
      const expected = odeint(field, starts[k], [0, 1, 2], options).y
      expect(batch.states.slice(6 * k, 6 * k + 6)).toEqual(expected)
    }
  })

  it('is what the integrator gives for each, to the bit, on any number of threads', async () => {
    const expected = starts.map(y0 => odeint(field, y0, times, options))
    three.integrate(starts, times)
    await pause()
    for (const batch of [one, three]) {
      batch.integrate(starts, times).forEach(({ success, t, y, statistics }, k) => {
        expect(success).toBe(true)
        expect(t).toEqual(expected[k].t)
        expect(y).toEqual(expected[k].y)
        expect(statistics).toEqual(expected[k].statistics)
      })
    }
  })

  it('goes on where one fails, and says why', () => {
    const wild = starts.map((y0, k) => (k === 3 ? [40, 40] : y0))
    const results = three.integrate(wild, times)
    expect(results.map(({ success }) => success)).toEqual(wild.map((_, k) => k !== 3))
    const alone = odeint(field, wild[3], times, options)
    expect(results[3].failure).toEqual(alone.failure)
    expect(results[3].t).toEqual(alone.t)
    expect(results[4].failure).toBeUndefined()
  })

  it('has the mean of the losses and its exact gradient, the same bits on any number of threads', async () => {
    three.lossAndGradient(starts, times, loss, targets)
    await pause()
    const [a, b] = [one, three].map(batch => batch.lossAndGradient(starts, times, loss, targets))
    expect(b).toEqual(a)
    const n = starts.length
    const expected = { loss: 0, parameters: new Float64Array(field.parameterCount) }
    starts.forEach((y0, k) => {
      const target = tf.tensor1d(Array.from(targets[k])) // in float32
      const single = lossAndGradient(field, y0, times, y => loss(y, target), options)
      expected.loss += single.loss / n
      single.gradients.parameters.forEach((g, i) => {
        expected.parameters[i] += g / n
      })
      for (const i of [0, 1])
        expect(a.gradients.initial[2 * k + i]).toBeCloseTo(single.gradients.initial[i] / n, 7)
    })
    expect(a.loss).toBeCloseTo(expected.loss, 6)
    a.gradients.parameters.forEach((g, i) => {
      expect(g).toBeCloseTo(expected.parameters[i], 6)
    })
  })

  it('leaves a trajectory that fails out of the mean', () => {
    const wild = starts.map((y0, k) => (k === 3 ? [40, 40] : y0))
    const rest = starts.filter((_, k) => k !== 3)
    const all = three.lossAndGradient(wild, times, y => y.square().mean())
    const without = one.lossAndGradient(rest, times, y => y.square().mean())
    expect(all.losses[3]).toBeNaN()
    expect(all.trajectories[3].failure?.message).toContain('t =')
    expect([...all.gradients.initial.subarray(6, 8)]).toEqual([0, 0])
    expect(all.loss).toBeCloseTo(without.loss, 13)
    all.gradients.parameters.forEach((g, i) => {
      expect(g).toBeCloseTo(without.gradients.parameters[i], 12)
    })
  })

  it.each(['kvaerno5', 'rodas5p', 'radau5'] as const)('is the same for the stiff method %s', async method => {
    const alone = { ...options, method }
    const two = createBatch(field, { ...alone, threads: 2 })
    two.integrate(starts, times)
    await pause()
    two.integrate(starts, times).forEach(({ y }, k) => {
      expect(y).toEqual(odeint(field, starts[k], times, alone).y)
    })
    const many = two.lossAndGradient(starts, times, loss, targets)
    const one = createBatch(field, { ...alone, threads: 1 }).lossAndGradient(starts, times, loss, targets)
    expect(many.gradients).toEqual(one.gradients)
    two.close()
  })

  it('follows θ', () => {
    const before = three.integrate(starts.slice(0, 5), times)
    const kept = field.parameters.slice()
    field.parameters.fill(0)
    const after = three.integrate(starts.slice(0, 5), times)
    expect(after[0].y).toEqual(odeint(field, starts[0], times, options).y)
    expect(after[0].y).not.toEqual(before[0].y)
    field.parameters.set(kept)
  })

  it('says what is wrong with its arguments', () => {
    expect(() => one.integrate([[1, 2, 3]], times)).toThrow('initial state 0 has 3 components, the model 2')
    expect(() =>
      one.integrate(
        [
          [1, 2],
          [1, Number.NaN],
        ],
        times,
      ),
    ).toThrow('component 1 of initial state 1 is NaN, not a finite number')
    expect(() => one.integrate(starts, { span: [0, 1] })).toThrow('saveEvery')
    expect(() => one.lossAndGradient(starts, times, loss, [[1]])).toThrow('1 targets for 70 initial states')
    expect(() =>
      one.lossAndGradient(
        [
          [1, 2],
          [3, 4],
        ],
        times,
        loss,
        [[1], [1, 2]],
      ),
    ).toThrow('target 1 has 2 numbers')
    expect(one.integrate([], times)).toEqual([])
  })
})
