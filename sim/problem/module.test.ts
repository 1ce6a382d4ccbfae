import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { odeint } from '../../solvers/ode/index.ts'
import { loadScene, parseScene } from '../scene/index.ts'
import { along, simulate } from '../simulate.ts'
import { trainScene } from '../train.ts'
import { compileSystem } from './problem.ts'

const folder = mkdtempSync(join(tmpdir(), 'neurode-module-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A scene of a module with this text. */
function sceneOf(text: string, { file = 'oscillator.ts', more = '', points = '' } = {}) {
  writeFileSync(join(folder, file), text)
  const system = `system: {type: module, file: ${file}, parameters: {k: 4}, points: {${points}}}`
  const solver = 'solver: {span: [0, 3], rtol: 1e-10, atol: 1e-12}'
  return parseScene(`version: 1\nname: oscillator\n${system}\n${solver}\n${more}`, join(folder, 'scene.yaml'))
}

/** The modules that the documentation shows. */
const page = readFileSync(new URL('../../docs/scenes-module.md', import.meta.url), 'utf8')
const [oscillator, withModel] = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(match => match[1])

describe('a module', () => {
  it('is the system that it says: x = cos 2t, energy ½k', async () => {
    const scene = sceneOf(oscillator)
    const system = await compileSystem(scene, false)
    const { t, y } = simulate(scene, system)
    t.forEach((time, k) => {
      expect(Math.abs(y[2 * k] - Math.cos(2 * time))).toBeLessThan(1e-8)
    })
    for (const e of along(system.energy!, t, y)) expect(Math.abs(e - 2)).toBeLessThan(1e-8)
    expect(system.field.names).toEqual(['x', 'v'])
    expect(system.field.parameterCount).toBe(0)
  })

  it('may be JavaScript, and asynchronous', async () => {
    const scene = sceneOf(
      `export default async ({ tf }) => ({ state: { x: 1 }, derivative: (t, y, { k }) => tf.mul(k, y) })`,
      { file: 'growth.mjs' },
    )
    const { field } = await compileSystem(scene, false)
    const rate = new Float64Array(1)
    field.evaluate(0, Float64Array.of(3), rate)
    expect(rate[0]).toBe(12)
  })

  it('with a model: its arrays are θ, after the parameters; the ground truth has none', async () => {
    const scene = sceneOf(oscillator + withModel, { more: 'learn: {parameters: {k: {positive: true}}}' })
    const truth = await compileSystem(scene, false)
    const first = await compileSystem(scene, true, 1)
    const again = await compileSystem(scene, true, 1)
    const other = await compileSystem(scene, true, 2)
    expect(truth.field.parameterCount).toBe(0)
    expect(first.field.blocks.map(({ name }) => name)).toEqual([
      'k',
      'force.0.kernel',
      'force.0.bias',
      'force.1.kernel',
      'force.1.bias',
    ])
    expect(first.field.parameters).toEqual(again.field.parameters)
    expect(first.field.parameters).not.toEqual(other.field.parameters)
    const rate = new Float64Array(2)
    first.field.evaluate(0, Float64Array.of(1, 0.5), rate)
    expect(rate[0]).toBe(0.5)
    expect(rate[1]).not.toBe(-4)
  })

  it('is trained by its parameters: k is found from noiseless motion', async () => {
    const scene = sceneOf(oscillator, {
      more: `learn: {parameters: {k: {start: 3, positive: true}}}
data: {simulate: {trajectories: 3, vary: {x: [0.5, 1]}, save_every: 0.1}, observe: {p: 2*x}, split: [1, 0, 0]}
training: {optimizer: {type: levenberg-marquardt}, epochs: 20}`,
    })
    const { system } = await trainScene(scene, { text: '', out: join(folder, 'run') })
    const [k] = system.model.scalars
    expect(Math.abs(k.value(system.field.parameters[0]) - 4)).toBeLessThan(1e-6)
  })

  it('works with points and observed values over its state', async () => {
    const scene = sceneOf(oscillator, {
      points: 'p: [x, 0, 0], q: [p.x + k, v, 0]',
      more: 'data: {simulate: {}, observe: {w: k*v}}',
    })
    const system = await compileSystem(scene, false)
    const w = new Float64Array(1)
    system.observation.evaluate(0, Float64Array.of(0, 3), w)
    expect(w[0]).toBe(12)
  })
})

describe('the shipped scene variable-inertia (LINEAR test 8)', () => {
  it('obeys (1 + x²)ẍ = −x − xẋ², and conserves energy', async () => {
    const scene = loadScene('variable-inertia')
    const system = await compileSystem(scene, false)
    const rate = new Float64Array(2)
    for (const [x, v] of [
      [0.3, -0.7],
      [-1.2, 2],
      [0, 1],
    ]) {
      system.field.evaluate(0, Float64Array.of(x, v), rate)
      expect(rate[0]).toBe(v)
      expect(Math.abs(rate[1] + (x + x * v * v) / (1 + x * x))).toBeLessThan(1e-14)
    }
    const { t, y } = odeint(system.field, system.model.start, { span: [0, 20] }, { rtol: 1e-11, atol: 1e-13 })
    const energies = along(system.energy!, t, y)
    for (const e of energies) expect(Math.abs(e / energies[0] - 1)).toBeLessThan(1e-8)
  })
})

describe('what is wrong with a module is said in a line with its place', () => {
  const good = `export default ({ tf }) => ({ state: { x: 1 }, derivative: (t, y) => y })`
  const builds = (parts: string) => `export default ({ tf }) => ({ ${parts} })`
  it.each<[string, string, RegExp]>([
    ['no default export', 'export const a = 1', /m\.mts: expected a default export, a function/],
    ['not a function', 'export default 3', /m\.mts: expected a default export, a function/],
    ['not TypeScript', 'const a = 1\nconst x: = 3', /m\.mts(:2)?: cannot be loaded: /],
    ['fails at once', 'throw new Error("boo")', /m\.mts.*: cannot be loaded: boo/],
    ['a missing package', 'import a from "no-such-package"\na()', /cannot be loaded: .*no-such-package/],
    ['returns nothing', 'export default () => {}', /default returns undefined: expected \{ state, /],
    [
      'a misspelled key',
      builds('state: {x: 1}, derivatives: y => y'),
      /"derivatives".*Did you mean "derivative"/,
    ],
    ['no derivative', builds('state: {x: 1}'), /derivative is missing/],
    ['no state', builds('derivative: (t, y) => y'), /state: expected initial values by name/],
    ['an empty state', builds('state: {}, derivative: (t, y) => y'), /state: expected initial values/],
    [
      'text for a number',
      builds('state: {x: "1"}, derivative: (t, y) => y'),
      /state\.x: expected a finite number, got "1"/,
    ],
    [
      'NaN',
      builds('state: {x: NaN}, derivative: (t, y) => y'),
      /state\.x: expected a finite number, got NaN/,
    ],
    ['the name of the time', builds('state: {t: 1}, derivative: (t, y) => y'), /"t" is the time already/],
    [
      'the name of a parameter',
      builds('state: {k: 1}, derivative: (t, y) => y'),
      /"k" is a parameter already/,
    ],
    [
      'a name that is none',
      builds('state: {"x y": 1}, derivative: (t, y) => y'),
      /"x y": a name has letters/,
    ],
    [
      'a derivative that is no function',
      builds('state: {x: 1}, derivative: 3'),
      /derivative: expected a function .* got 3/,
    ],
    [
      'a derivative that fails',
      builds('state: {x: 1}, derivative: (t, y) => y.foo.bar'),
      /derivative: Cannot read/,
    ],
    [
      'a derivative that is no tensor',
      builds('state: {x: 1}, derivative: () => [1]'),
      /derivative returns a list/,
    ],
    [
      'a wrong shape',
      builds('state: {x: 1}, derivative: (t, y) => tf.concat([y, y])'),
      /shape \[2\]: it must be \[1\]/,
    ],
    [
      'energy no scalar',
      builds('state: {x: 1}, derivative: (t, y) => y, energy: (t, y) => y'),
      /energy .* must be a scalar/,
    ],
    ['a wrong model', `${good}\nexport const model = 3`, /model: expected a function of the toolkit, got 3/],
    [
      'learned of a wrong type',
      `${good}\nexport const model = () => ({ learned: [3] })`,
      /learned: expected a list/,
    ],
    [
      'learned arrays of one name',
      `${good}\nconst w = { name: 'w', shape: [1], initial: new Float64Array(1) }\nexport const model = () => ({ learned: [w, w] })`,
      /two learned arrays are named 'w'/,
    ],
    [
      'too few initial values',
      `${good}\nexport const model = () => ({ learned: [{ name: 'w', shape: [2], initial: new Float64Array(1) }] })`,
      /'w' of shape \[2\] has 1 initial values/,
    ],
  ])('%s', async (_name, text, message) => {
    const scene = sceneOf(text, { file: 'm.mts', more: 'learn: {}' })
    const error: Error = await compileSystem(scene, true).then(
      () => new Error('it was accepted'),
      caught => caught,
    )
    expect(error.message).toMatch(message)
    expect(error.message).not.toContain('\n')
    expect(['FileError', 'RangeError']).toContain(error.name)
  })

  it('a missing file', async () => {
    const scene = sceneOf(good)
    rmSync(join(folder, 'oscillator.ts'))
    await expect(compileSystem(scene, false)).rejects.toThrow(/oscillator\.ts: no such file/)
  })
})

describe('what is wrong with the scene of a module', () => {
  it.each<[string, string, string, RegExp]>([
    ['a point', 'p: [xx, 0, 0]', '', /system\.points\.p\.0: unknown name "xx"/],
    ['a point used before it is there', 'p: [q.x, 0, 0], q: [x, 0, 0]', '', /unknown name "q\.x"/],
    ['an observed value', '', 'data: {simulate: {}, observe: {w: y}}', /data\.observe\.w: unknown name "y"/],
    [
      'a coordinate of a point',
      'p: [x, 0, 0]',
      'data: {simulate: {}, observe: {w: p.x}}',
      /unknown name "p\.x"/,
    ],
    [
      'a varied state',
      '',
      'data: {simulate: {vary: {z: [0, 1]}}}',
      /data\.simulate\.vary\.z: unknown state "z"/,
    ],
    [
      'an energy',
      '',
      'criteria: [{metric: energy_mse, energy: z^2, below: 1}]',
      /criteria\.0\.energy: unknown name/,
    ],
    ['a learned parameter', '', 'learn: {parameters: [kk]}', /no parameter "kk"/],
    ['a learned term', '', 'learn: {potential: {network: {inputs: [x]}}}', /of type module: parameters/],
    ['a rod', '', 'viewer: {rods: [[world, p]]}', /no point "p"/],
  ])('%s', async (_name, points, more, message) => {
    await expect(async () => compileSystem(sceneOf(oscillator, { points, more }), true)).rejects.toThrow(
      message,
    )
  })
})
