import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { dataOf } from './data/dataOf.ts'
import { checkCriteria, judge, rollouts } from './evaluate.ts'
import { predictionOf } from './predict.ts'
import { compileSystem } from './problem/problem.ts'
import { formatScene, loadScene, parseScene, type Scene } from './scene/index.ts'
import { SimulationError, simulate, solverTimes, trajectoryOf } from './simulate.ts'
import { trainScene } from './train.ts'

const place = fileURLToPath(new URL('testing/pendulum.yaml', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'neurode-evaluate-'))
afterAll(() => rmSync(folder, { recursive: true }))

const criteria =
  '[{metric: parameter_error, below: 1.0e-8}, {metric: state_mse, below: 1.0e-14}, {metric: test_loss, below: 1.0e-14}, ' +
  '{metric: energy_drift, below: 1.0e-8}, {metric: energy_mse, below: 1.0e-14}, {metric: mass_matrix_error, below: 1.0e-14}]'

/** The pendulum without damping, whose k is to be found by Levenberg–Marquardt from exact data. */
const exact = (...set: string[]): Scene =>
  loadScene(place, {
    set: [
      'learn={parameters: {k: {start: 1}}}',
      'system.parameters.c=0',
      'data.simulate.noise=0',
      'solver.rtol=1.0e-10',
      'solver.atol=1.0e-12',
      'training={optimizer: {type: levenberg-marquardt}, epochs: 20}',
      `criteria=${criteria}`,
      ...set,
    ],
  })
const trained = async (scene: Scene) =>
  trainScene(scene, { text: formatScene(scene), out: join(folder, 'run') })

describe('criteria', () => {
  it('are all met by the true model, learned from exact data', async () => {
    const scene = exact()
    const system = await trained(scene)
    for (const { metric, value, met } of judge(scene, system, rollouts(scene, system))) {
      expect(met, `${metric} is ${value}`).toBe(true)
    }
  })

  it('are met from what an observation tells, too, with values missing', async () => {
    const scene = exact('data.observe={a: a, twice: 2*a_dot}')
    const system = await trained(scene)
    const [test] = system.data.test
    test.values[8] = Number.NaN
    const verdicts = judge(scene, system, rollouts(scene, system))
    for (const { metric, value, met } of verdicts) expect(met, `${metric} is ${value}`).toBe(true)
  })

  it('take an energy over what is observed', async () => {
    const energy = 'criteria=[{metric: energy_mse, energy: a + twice, below: 1}]'
    const scene = exact('data.observe={a: a, twice: 2*a_dot}', energy)
    const system = await trained(scene)
    const [{ series, y, observed }] = rollouts(scene, system)
    const [{ value }] = judge(scene, system, [{ series, y, observed: observed.map(v => v + 0.5) }])
    expect(value).toBeCloseTo(1, 6)
  })

  it('are not met by a model whose trajectories fail, and the viewer gets what there is of them', async () => {
    const scene = exact()
    const system = await trained(scene)
    system.system.field.parameters.fill(1e300)
    const tests = rollouts(scene, system)
    expect(tests[0].failure).toMatch(/ t = 0/)
    const verdicts = judge(scene, system, tests).filter(({ metric }) => metric !== 'mass_matrix_error') // a constant here
    for (const { metric, met } of verdicts) expect(met, metric).toBe(false)
    const { t, y, series } = predictionOf(scene, system, tests)
    expect(y.length).toBe(2 * t.length)
    expect(t.length).toBeLessThan(61)
    expect(series['truth:t'].data.length).toBe(61)
  })

  it('a valid prediction time ends where the errors add up to the threshold, or with the series', async () => {
    const scene = exact(
      'criteria=[{metric: valid_prediction_time, above: 0}, {metric: valid_prediction_time, threshold: 1.0e-30, above: 0}]',
    )
    const system = await trained(scene)
    const tests = rollouts(scene, system)
    const [whole, none] = judge(scene, system, tests)
    const { t } = tests[0].series
    expect(whole.value).toBeCloseTo(t[t.length - 1] - t[0], 12)
    expect(none.value).toBeLessThan(whole.value)
  })

  it('are met or not by their bounds', async () => {
    const scene = exact('criteria=[{metric: state_mse, above: 1}, {metric: state_mse, below: 1}]')
    const system = await trained(scene)
    expect(judge(scene, system, rollouts(scene, system)).map(({ met }) => met)).toEqual([false, true])
  })
})

describe('checkCriteria', () => {
  it('names the criterion that the true system cannot answer, before training', async () => {
    const scene = exact()
    const truth = await compileSystem(scene, false)
    checkCriteria(scene, truth)
    const { energy: _energy, ...still } = truth
    expect(() => checkCriteria(scene, still)).toThrow(
      `${scene.place}: the criterion energy_drift needs \`energy\`, which the system's module does not give`,
    )
    const { massMatrix: _massMatrix, ...massless } = truth
    expect(() => checkCriteria(scene, massless)).toThrow('mass_matrix_error needs `massMatrix`')
    const formula = exact('criteria=[{metric: energy_mse, energy: a^2, below: 1}]')
    checkCriteria(formula, still)
  })
})

describe('what the viewer shows of a trained scene', () => {
  it('is the scene’s own motion by the model and by the truth, where data are simulated', async () => {
    const scene = exact()
    const { t, y, names, series } = predictionOf(scene, await trained(scene), [])
    expect(names).toEqual(['a', 'a_dot'])
    expect([t[0], t[t.length - 1], t.length]).toEqual([0, 3, 61])
    expect(y.subarray(0, 2)).toEqual(Float64Array.of(1.5, 0.2))
    y.forEach((value, k) => {
      expect(value).toBeCloseTo(series['truth:y'].data[k], 7)
    })
    series.energy.data.forEach(value => {
      expect(value).toBeCloseTo(series['truth:energy'].data[0], 7)
    })
  })

  it('is the prediction over the test beside what was measured, where data are measured', async () => {
    const system = await compileSystem(exact(), false)
    const solution = simulate(exact(), system)
    const rows = Array.from(
      solution.t,
      (t, k) => `${t},${solution.y[2 * k]},${k === 55 ? '' : solution.y[2 * k + 1]}`,
    )
    writeFileSync(join(folder, 'measured.csv'), ['time,a,v', ...rows].join('\n'))
    const text = formatScene(
      exact('data={file: measured.csv, columns: {time: time, a: a, a_dot: v}, split: [40, 0, 21]}'),
    )
    for (const changed of [text, text.replace(/ +save_every.*\n/, '')]) {
      const scene = parseScene(changed, join(folder, 'scene.yaml'))
      const model = await trained(scene)
      const tests = rollouts(scene, model)
      const { t, series } = predictionOf(scene, model, tests)
      expect([t[0], t[t.length - 1]]).toEqual([2, 3])
      expect([...series['truth:t'].data]).toEqual([...solution.t.subarray(40)])
      series['truth:y'].data.forEach((value, k) => {
        if (k !== 31) expect(value).toBeCloseTo(solution.y[80 + k], 8)
      })
      const [{ value }] = judge(scene, model, tests)
      expect(value).toBeLessThan(1e-7)
    }
  })
})

describe('a prediction that is given the first samples', () => {
  it('starts from the state that they tell by the model, and is judged from the last of them on', async () => {
    const solution = simulate(exact(), await compileSystem(exact(), false))
    const rows = Array.from(solution.t, (t, k) => `${t},${k === 42 ? '' : solution.y[2 * k]}`) // angles alone, one missing
    writeFileSync(join(folder, 'angles.csv'), ['time,a', ...rows].join('\n'))
    const errors = []
    for (const given of [1, 6]) {
      const data = `data={file: angles.csv, columns: {time: time, a: a}, observe: {a: a}, split: [40, 0, 21], given: ${given}}`
      const scene = parseScene(formatScene(exact(data)), join(folder, 'scene.yaml'))
      const model = await trained(scene)
      const [{ series, y, observed }] = rollouts(scene, model)
      expect(series.t[0]).toBe(solution.t[39 + given])
      expect(observed.length).toBe(22 - given)
      errors.push(Math.abs(y[1] - solution.y[2 * (39 + given) + 1]))
    }
    expect(errors[0]).toBeGreaterThan(1e-3) // a difference quotient
    expect(errors[1]).toBeLessThan(1e-6)
  })
})

describe('trajectories of a scene', () => {
  it('are saved at the times of the scene, with positions and energy', async () => {
    const scene = exact()
    const system = await compileSystem(scene, false)
    expect(solverTimes(scene)).toEqual({ span: [0, 3], saveEvery: 0.05 })
    const { t, y, series, meta } = trajectoryOf(scene, system, simulate(scene, system))
    const points = Object.values(series).find(({ shape }) => shape.length === 2)!
    t.forEach((_, k) => {
      const [a, rate] = y.subarray(2 * k, 2 * k + 2)
      const position = [Math.sin(a), -Math.cos(a), 0]
      position.forEach((value, axis) => {
        expect(points.data[3 * k + axis]).toBeCloseTo(value, 14)
      })
      expect(series.energy.data[k]).toBeCloseTo(0.6 * rate * rate - 2.4 * Math.cos(a), 12)
    })
    expect(meta).toMatchObject({ name: 'pendulum', method: 'tsit5', rtol: 1e-10 })
  })

  it('name the scene where they cannot be computed', async () => {
    const scene = exact('solver.max_steps=3')
    const run = async () => simulate(scene, await compileSystem(scene, false))
    await expect(run()).rejects.toThrow(SimulationError)
    await expect(run()).rejects.toThrow(/^pendulum: 3 steps reached t = /)
  })
})

describe('data of a scene', () => {
  it('are trajectories of the truth from starts within bounds, plus noise of the right size', async () => {
    const clean = exact('data.simulate.trajectories=40')
    const noisy = exact('data.simulate.trajectories=40', 'data.simulate.noise=0.01')
    const truth = await compileSystem(clean, false)
    const { train } = dataOf(clean, truth)
    for (const { t, values } of train) {
      expect(Math.abs(values[0])).toBeLessThan(2)
      expect(Math.abs(values[1])).toBeLessThan(1)
      const { y } = simulate(clean, truth, values.slice(0, 2), t)
      expect(y).toEqual(values)
    }
    expect(dataOf(clean, truth)).toEqual(dataOf(clean, truth))
    const { values } = dataOf(noisy, truth).train[0]
    const offsets = values.subarray(2).map((v, k) => v - train[0].values[k + 2])
    const deviation = Math.sqrt(offsets.reduce((sum, v) => sum + v * v, 0) / offsets.length)
    expect(deviation).toBeGreaterThan(0.005)
    expect(deviation).toBeLessThan(0.015)
  })

  it('say where a file is missing, and what $NEURODE_DATA should be', async () => {
    const columns = 'columns: {time: 1, a: 2, a_dot: 3}'
    const missing = exact(`data={file: nowhere.csv, ${columns}}`)
    const truth = await compileSystem(missing, false)
    expect(() => dataOf(missing, truth)).toThrow(/nowhere\.csv: cannot be read: no such file or directory/)
    const before = process.env.NEURODE_DATA
    delete process.env.NEURODE_DATA
    try {
      expect(() => dataOf(exact(`data={file: $NEURODE_DATA/x.csv, ${columns}}`), truth)).toThrow(
        /NEURODE_DATA is not set: let it name the folder that holds the data/,
      )
    } finally {
      if (before !== undefined) process.env.NEURODE_DATA = before
    }
  })
})
