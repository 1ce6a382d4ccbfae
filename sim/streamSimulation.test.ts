import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readTrajectory } from './files/trajectory.ts'
import { compileSystem } from './problem/problem.ts'
import { parseScene } from './scene/index.ts'
import { simulate, trajectoryOf } from './simulate.ts'
import { streamSimulation } from './streamSimulation.ts'

const folder = mkdtempSync(join(tmpdir(), 'neurode-stream-'))
afterAll(() => rmSync(folder, { recursive: true }))

const text = (end: number, saveEvery: string) => `
version: 1
name: oscillator
system:
  type: equations
  parameters: {k: 1}
  state: {x: 1, v: 0}
  derivatives: {x: v, v: -k*x}
  energy: 0.5*v^2 + 0.5*k*x^2
  points: {mass: [x, 0, 0]}
solver: {method: dop853, span: [0, ${end}], rtol: 1.0e-9, atol: 1.0e-11${saveEvery}}`

it('writes what simulate gives, to the bit, over several chunks', async () => {
  const scene = parseScene(text(1000, ', save_every: 0.01'), 'o.yaml')
  const system = await compileSystem(scene, false)
  const path = join(folder, 'o.npz')
  streamSimulation(scene, system, path)
  const streamed = readTrajectory(readFileSync(path), path)
  const whole = trajectoryOf(scene, system, simulate(scene, system))
  expect(streamed.t).toEqual(whole.t)
  expect(streamed.y).toEqual(whole.y)
  expect(Object.keys(streamed.series)).toEqual(Object.keys(whole.series))
  for (const [name, { shape, data }] of Object.entries(whole.series)) {
    expect(streamed.series[name].shape).toEqual(shape)
    expect(streamed.series[name].data).toEqual(data)
  }
  expect(streamed.meta.statistics!.accepted).toBe(whole.meta.statistics!.accepted)
})

it('asks for the times', async () => {
  const scene = parseScene(text(1, ''), 'o.yaml')
  const system = await compileSystem(scene, false)
  expect(() => streamSimulation(scene, system, join(folder, 'n.npz'))).toThrow(/save_every is missing/)
})

it('memory does not grow with the trajectory: but for the times themselves', () => {
  const peak = (end: number) => {
    const script = `
import { compileSystem } from './sim/problem/problem.ts'
import { parseScene } from './sim/scene/index.ts'
import { streamSimulation } from './sim/streamSimulation.ts'
const scene = parseScene(${JSON.stringify(text(end, ', save_every: 0.01'))}, 'o.yaml')
streamSimulation(scene, await compileSystem(scene, false), ${JSON.stringify(join(folder, 'long.npz'))})
console.log('peak', process.resourceUsage().maxRSS)`
    const root = join(import.meta.dirname, '..')
    const output = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return 1024 * Number(/peak (\d+)/.exec(output)![1])
  }
  // 3 million samples more, of t, x, v, a point and an energy: 168 MB in the file, 24 MB of times in memory.
  expect(peak(32_000) - peak(2_000)).toBeLessThan(110e6)
})
