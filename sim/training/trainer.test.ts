import { describe, expect, it } from 'vitest'
import { randomStream } from '../data/random.ts'
import { estimateStates } from './estimates.ts'
import { type Phase, stagesOf } from './plan.ts'
import { initialTrainerState, packTrainerState, type TrainerState, unpackTrainerState } from './state.ts'
import { observedSeries, pendulumProblem, trueParameters } from './testing/pendulum.ts'
import { type EpochReport, TrainingError, train } from './trainer.ts'
import type { Series } from './windows.ts'

const defaults: Phase = {
  optimizer: 'adam',
  epochs: 10,
  window: { from: 0.5, to: 1 },
  rate: 0.02,
  schedule: 'cosine',
  batch: 3,
  decay: 0,
  clip: Infinity,
}
const phase = (changes: Partial<Phase>): Phase => ({ ...defaults, ...changes })

interface Run {
  readonly start?: readonly number[]
  readonly validation?: readonly Series[]
  /** Continue from here. */
  readonly from?: TrainerState
  /** Epochs after which to stop. */
  readonly stop?: number
}

/** Trains the pendulum; gives what was reported, with θ after each epoch. */
function run(
  series: readonly Series[],
  phases: readonly Phase[],
  { start, validation = [], from, stop }: Run = {},
) {
  const problem = pendulumProblem(series, start)
  const { field, observation } = problem
  const estimate = (one: Series) => estimateStates(one, observation, field, new Float64Array(2))
  const state = from ?? initialTrainerState(field.parameters, series.map(estimate), randomStream(1).state())
  field.parameters.set(state.theta)
  const reports: (EpochReport & { theta: Float64Array })[] = []
  train(
    problem,
    stagesOf(phases),
    state,
    randomStream(state.random),
    { series: validation, estimate },
    {
      onEpoch(report, { theta }) {
        reports.push({ ...report, theta: theta.slice() })
        return report.epoch !== stop
      },
    },
  )
  return { state, reports, parameters: field.parameters }
}

const exact = observedSeries(3, 60, 0)
const noisy = observedSeries(3, 60, 0.02)
const lm = phase({ optimizer: 'levenberg-marquardt', epochs: 40, window: { from: 0.5, to: 4 } })

describe('training', () => {
  it('recovers the parameters of exact data by Levenberg–Marquardt over growing windows', () => {
    const { parameters } = run(exact, [lm])
    trueParameters.forEach((value, k) => {
      expect(Math.abs(parameters[k] / value - 1)).toBeLessThan(1e-8)
    })
  })

  it('comes near them from noisy data with values missing', () => {
    const gaps = noisy.map(({ t, values }) => ({
      t,
      values: values.map((v, k) => (k % 7 === 3 ? Number.NaN : v)),
    }))
    const { parameters } = run(gaps, [lm])
    trueParameters.forEach((value, k) => {
      expect(Math.abs(parameters[k] - value)).toBeLessThan(0.03)
    })
  })

  it('lowers the loss by Adam, then further by L-BFGS', () => {
    const window = { from: 1, to: 1 }
    const { reports } = run(noisy, [
      phase({ epochs: 30, rate: 0.05, window }),
      phase({ optimizer: 'lbfgs', epochs: 40, window }),
    ])
    const losses = reports.map(({ loss }) => loss)
    expect(losses[29]).toBeLessThan(0.5 * losses[0])
    for (let k = 31; k < losses.length; k++) expect(losses[k]).toBeLessThanOrEqual(losses[k - 1])
    expect(losses.at(-1)).toBeLessThan(0.5 * losses[29])
    expect(reports.map(({ epoch }) => epoch).slice(0, 31)).toEqual(
      Array.from({ length: 31 }, (_, k) => k + 1),
    )
  })

  it('finds the same minimum by L-BFGS and by Levenberg–Marquardt', () => {
    const window = { from: 2, to: 2 }
    const [a, b] = (['lbfgs', 'levenberg-marquardt'] as const).map(optimizer =>
      run(noisy, [phase({ optimizer, epochs: 300, window })]),
    )
    expect(a.reports.at(-1)!.loss).toBeCloseTo(b.reports.at(-1)!.loss, 12)
    trueParameters.forEach((_, k) => {
      expect(a.parameters[k]).toBeCloseTo(b.parameters[k], 5)
    })
  })

  it('moves the start of the next windows onto the trajectories of these', () => {
    const { reports } = run(exact, [lm])
    const first = reports.find(({ window }) => window === 1)!
    const before = reports.findLast(({ window }) => window === 0.5)!
    expect(before.loss).toBeLessThan(1e-12)
    expect(first.loss).toBeLessThan(1e-12)
  })
})

describe('validation', () => {
  it('keeps the θ that is best on series kept apart, over the longest windows', () => {
    const phases = [phase({ epochs: 24, rate: 0.2, schedule: 'constant', window: { from: 0.5, to: 1 } })]
    const { reports, parameters } = run(noisy.slice(0, 2), phases, { validation: noisy.slice(2) })
    const long = reports.filter(({ window }) => window === 1)
    const least = Math.min(...long.map(({ validation }) => validation))
    const best = long.find(({ validation }) => validation === least)!
    expect(best).not.toBe(long.at(-1))
    expect([...parameters]).toEqual([...best.theta])
  })

  it('is of the trajectories from what is measured, under the θ of the epoch: none is left of exact data', () => {
    const { reports } = run(exact.slice(0, 2), [lm], { validation: exact.slice(2) })
    expect(reports[0].validation).toBeGreaterThan(1e-6)
    expect(reports.at(-1)!.validation).toBeLessThan(1e-12)
  })

  it('is not there where no series is, and the last θ is the result', () => {
    const { reports, state } = run(noisy, [phase({ epochs: 4 })])
    expect(reports.every(({ validation }) => Number.isNaN(validation))).toBe(true)
    expect(state.best).toBeNull()
    expect([...state.theta]).toEqual([...reports.at(-1)!.theta])
  })
})

describe('divergence', () => {
  it('is rolled back and named, and the parameters stay finite', () => {
    const phases = [phase({ rate: 1e160, epochs: 5, schedule: 'constant' })]
    const { reports, state } = run(noisy, phases)
    expect(reports).toHaveLength(5)
    for (const { note, theta } of reports) {
      expect(note).toMatch(/^diverged \(.+\): rolled back, step size halved$/)
      expect([...theta]).toEqual([1.2, 0.3, 1])
    }
    expect(state.rateFactor).toBe(1 / 32)
    expect(state.initialStates.every(Number.isFinite)).toBe(true)
  })

  it('goes on with the smaller step size', () => {
    const { reports, state } = run(noisy, [phase({ rate: 300, epochs: 10, schedule: 'constant' })])
    const diverged = reports.filter(({ note }) => note)
    expect(diverged.length).toBeGreaterThan(0)
    expect(diverged.length).toBeLessThan(5)
    expect(state.rateFactor).toBe(2 ** -diverged.length)
    expect(reports.filter(({ note, loss }) => !note && Number.isFinite(loss)).length).toBe(
      10 - diverged.length,
    )
    expect(reports.every(({ theta }) => theta.every(Number.isFinite))).toBe(true)
  })

  it('ends training when it comes again and again, with what to try', () => {
    const diverge = () => run(noisy, [phase({ rate: 1e160, epochs: 50, schedule: 'constant' })])
    expect(diverge).toThrow(TrainingError)
    expect(diverge).toThrow(/^training diverged 6 times: .*Lower training\.optimizer\.lr/)
  })

  it.each(['lbfgs', 'levenberg-marquardt'] as const)('before the first step of %s says where', optimizer => {
    const stuck = () => run(noisy, [phase({ optimizer })], { start: [1, -1e6, 1] })
    expect(stuck).toThrow(TrainingError)
    expect(stuck).toThrow(/^no trajectory from t = 0 at the start of training: .*Start with shorter windows/)
  })
})

describe('a run that stops and goes on', () => {
  const phases = [
    phase({ epochs: 6 }),
    phase({ optimizer: 'lbfgs', epochs: 6, window: { from: 1, to: 2 } }),
    phase({ optimizer: 'levenberg-marquardt', epochs: 4, window: { from: 2, to: 4 } }),
    phase({ epochs: 3, window: { from: 4, to: 4 } }),
  ]
  const split = { validation: noisy.slice(2) }
  const whole = run(noisy.slice(0, 2), phases, split)
  const stored = (state: TrainerState): TrainerState => {
    const { arrays, json } = packTrainerState(state)
    return unpackTrainerState(structuredClone(arrays), JSON.parse(JSON.stringify(json)))
  }

  it.each(whole.reports.map(({ epoch, optimizer }) => [epoch, optimizer] as const))(
    'after epoch %i (%s) comes to the same bits',
    stop => {
      const first = run(noisy.slice(0, 2), phases, { ...split, stop })
      const second = run(noisy.slice(0, 2), phases, { ...split, from: stored(first.state) })
      expect([...first.reports, ...second.reports]).toEqual(whole.reports)
      expect(packTrainerState(second.state)).toEqual(packTrainerState(whole.state))
    },
  )

  it('comes to them through divergence as well', () => {
    const wild = [phase({ rate: 1e160, epochs: 5, schedule: 'constant' }), phase({ epochs: 4, rate: 1e-2 })]
    const expected = run(noisy, wild)
    const first = run(noisy, wild, { stop: 3 })
    const second = run(noisy, wild, { from: stored(first.state) })
    expect([...first.reports, ...second.reports]).toEqual(expected.reports)
  })
})
