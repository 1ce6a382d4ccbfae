import { describe, expect, it } from 'vitest'
import { readTrajectory, writeTrajectory } from './files/trajectory.ts'
import { liveModel, withLiveModel } from './liveModel.ts'
import { compileSystem } from './problem/problem.ts'
import { loadScene } from './scene/index.ts'
import { simulate, trajectoryOf } from './simulate.ts'

/** The functions of a module, with views of their arrays. */
async function loaded({ bytes, run }: NonNullable<Awaited<ReturnType<typeof liveModel>>>) {
  const { instance } = await WebAssembly.instantiate(bytes, {})
  const { memory, ...functions } = instance.exports as unknown as { memory: WebAssembly.Memory } & Record<
    string,
    () => number
  >
  const call = (
    name: 'derivative' | 'shown',
    t: number,
    y: Float64Array,
    change: Record<string, number> = {},
  ) => {
    const { inputs, outputs } = run[name]!
    const write = (input: number, values: ArrayLike<number>) =>
      new Float64Array(memory.buffer, inputs[input].address, values.length).set(values)
    write(0, [t])
    write(1, y)
    for (const parameter of run.parameters)
      write(parameter.input, [change[parameter.name] ?? parameter.value])
    expect(functions[name]()).toBe(0)
    return Object.fromEntries(
      outputs.map(({ name: output, shape, address }) => [
        output,
        new Float64Array(
          memory.buffer,
          address,
          shape.reduce((a, b) => a * b, 1),
        ).slice(),
      ]),
    )
  }
  return call
}

const close = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  expect(a.length).toBe(b.length)
  for (let i = 0; i < a.length; i++) expect(Math.abs(a[i] - b[i])).toBeLessThan(1e-12 * (1 + Math.abs(b[i])))
}

describe('the model that travels with a trajectory', () => {
  it('has the physics of the scene, its points and energy, for any parameters', async () => {
    const scene = loadScene('double-pendulum')
    const system = await compileSystem(scene, false)
    const model = (await liveModel(scene, system, false))!
    expect(model.run.parameters.map(({ name, value }) => [name, value])).toEqual(
      Object.entries(scene.system.type === 'lagrangian' ? scene.system.parameters : {}),
    )
    const call = await loaded(model)
    const solution = simulate(scene, system)
    const { series } = trajectoryOf(scene, system, solution)
    const [k, n] = [200, 4]
    const [t, y] = [solution.t[k], solution.y.slice(n * k, n * k + n)]
    const slope = new Float64Array(n)
    system.field.evaluate(t, y, slope)
    close(call('derivative', t, y).output, slope)
    const shown = call('shown', t, y)
    for (const name of ['point:p1', 'point:p2', 'energy', 'mass_matrix']) {
      const { shape, data } = series[name]
      const width = data.length / shape[0]
      close(shown[name], data.subarray(k * width, (k + 1) * width))
    }
    // other parameters: another scene
    const moon = loadScene('double-pendulum', { set: ['system.parameters.g=1.62'] })
    const there = await compileSystem(moon, false)
    there.field.evaluate(t, y, slope)
    close(call('derivative', t, y, { g: 1.62 }).output, slope)
  })

  it('shows where bodies are and how they are turned', async () => {
    const scene = loadScene('two-joint-arm')
    const system = await compileSystem(scene, false)
    const call = await loaded((await liveModel(scene, system, false))!)
    const solution = simulate(scene, system)
    const { series } = trajectoryOf(scene, system, solution)
    const k = 100
    const shown = call('shown', solution.t[k], solution.y.slice(4 * k, 4 * k + 4))
    close(shown['point:hand'], series['point:hand'].data.subarray(3 * k, 3 * k + 3))
    close(shown['quaternion:forearm'], series['quaternion:forearm'].data.subarray(4 * k, 4 * k + 4))
  })

  it('draws fields, thermometers and turning bodies, too', async () => {
    for (const name of ['hot-plate', 'two-joint-arm']) {
      const scene = loadScene(name)
      const system = await compileSystem(scene, false)
      const solution = simulate(scene, system)
      const whole = await withLiveModel(trajectoryOf(scene, system, solution), scene, system, false)
      const model = { bytes: Uint8Array.from(whole.model!), run: whole.meta.run! }
      const call = await loaded(model)
      const [k, n] = [7, system.field.dimension]
      const shown = call('shown', solution.t[k], solution.y.slice(n * k, n * k + n))
      expect(Object.keys(shown).length, name).toBeGreaterThan(4)
      for (const [series, values] of Object.entries(shown)) {
        const { shape, data } = whole.series[series]
        const width = data.length / shape[0]
        close(values, data.subarray(k * width, (k + 1) * width))
      }
    }
  })

  it('is what was learned, where something was', async () => {
    const scene = loadScene('double-pendulum')
    const system = await compileSystem(scene, true, 5)
    const model = (await liveModel(scene, system, true))!
    const call = await loaded(model)
    const y = Float64Array.of(0.3, -1.2, 0.5, 2)
    const slope = new Float64Array(4)
    system.field.evaluate(0, y, slope)
    close(call('derivative', 0, y).output, slope)
    // masses and gravity are in the networks now: only what the points need is left
    expect(model.run.parameters.map(({ name }) => name)).not.toContain('g')
  })

  it('goes through the file, and is left out where a page could not follow it', async () => {
    const scene = loadScene('double-pendulum')
    const system = await compileSystem(scene, false)
    const whole = await withLiveModel(
      trajectoryOf(scene, system, simulate(scene, system)),
      scene,
      system,
      false,
    )
    const read = readTrajectory(writeTrajectory(whole), 'file')
    expect(read.model).toEqual(whole.model)
    expect(read.meta.run).toEqual(whole.meta.run)
    for (const name of ['van-der-pol', 'bouncing-ball', 'rod-chain']) {
      const other = loadScene(name)
      expect(await liveModel(other, await compileSystem(other, false), false), name).toBeUndefined()
    }
  })
})
