import { describe, expect, it } from 'vitest'
import { exportModule } from './exportModule.ts'
import { compileSystem } from './problem/problem.ts'
import { loadScene } from './scene/index.ts'

/** The exports of a loader's text. */
const importText = (text: string) =>
  import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`)

describe('a model taken away', () => {
  it('gives the bits of the model, learned parameters included, without neurode', async () => {
    const system = await compileSystem(loadScene('double-pendulum'), true, 3)
    const { field, energy, massMatrix } = system
    const { bytes, javascript, declarations, text } = exportModule(system)
    const { load, state } = await importText(javascript)
    expect(state).toEqual(field.names)
    const program = await load(bytes)
    const y = Float64Array.of(0.3, -1.1, 0.7, 2)
    const evaluate = (f: typeof energy) => {
      const out = new Float64Array(f!.size)
      f!.evaluate(0.5, y, out)
      return out
    }
    for (const [name, f] of Object.entries({ derivative: field, energy, massMatrix })) {
      program[name].inputs.t[0] = 0.5
      program[name].inputs.y.set(y)
      program[name].run()
      expect(program[name].outputs.output, name).toEqual(evaluate(f))
    }
    expect(declarations).toContain('"massMatrix"')
    expect(text).toContain('derivative')
  })
})
