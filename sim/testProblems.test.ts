import { describe, expect, it } from 'vitest'
import { judgeSimulation } from './judgeSimulation.ts'
import { compileSystem } from './problem/problem.ts'
import { loadScene, shippedScenes } from './scene/index.ts'
import { simulate } from './simulate.ts'

const problems = shippedScenes().filter(({ isTest }) => isTest)

describe('the test problems', () => {
  it('are at least 25, stiff, not stiff and with constraints', () => {
    const scenes = problems.map(({ name }) => loadScene(name))
    expect(scenes.length).toBeGreaterThanOrEqual(25)
    expect(scenes.filter(({ solver }) => solver.method === 'rodas5p').length).toBeGreaterThanOrEqual(10)
    const constrained = scenes.filter(({ system }) => 'mass' in system && system.mass)
    expect(constrained.length).toBeGreaterThanOrEqual(3)
    for (const { reference } of scenes) expect(reference!.source.length).toBeGreaterThan(5)
  })

  it.each(problems)('$name comes to its known solution', async ({ name }) => {
    const scene = loadScene(name)
    const system = await compileSystem(scene, false)
    for (const verdict of judgeSimulation(scene, system, simulate(scene, system)))
      expect(verdict).toMatchObject({ metric: 'end_error', met: true })
  })
})
