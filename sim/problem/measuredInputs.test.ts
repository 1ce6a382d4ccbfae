import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, describe, expect, it } from 'vitest'
import { interpret } from '../../compiler/interpret/index.ts'
import { trace } from '../../compiler/trace/index.ts'
import { inputTable } from '../data/dataOf.ts'
import { parseScene } from '../scene/index.ts'
import { trainScene } from '../train.ts'
import { measuredInputs } from './measuredInputs.ts'

const folder = mkdtempSync(join(tmpdir(), 'neurode-inputs-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Irregular times, and two inputs at them. */
const t = Float64Array.from({ length: 60 }, (_, k) => 0.1 * k + 0.03 * Math.sin(5 * k))
const values = { u: t.map(time => Math.sin(2 * time)), w: t.map((_, k) => (k % 7) - 3) }
const linear = (name: 'u' | 'w', time: number) => {
  const inside = Math.min(Math.max(time, t[0]), t[t.length - 1])
  const k = Math.min(
    t.findLastIndex(sample => sample <= inside),
    t.length - 2,
  )
  const share = (inside - t[k]) / (t[k + 1] - t[k])
  return values[name][k] + share * (values[name][k + 1] - values[name][k])
}

describe('measured inputs', () => {
  it('are the linear interpolant between irregular samples, at the samples themselves, and constant beyond them', () => {
    const inputs = measuredInputs({ t, values })
    const graph = trace(
      (time: tf.Tensor) => tf.stack(inputs(time).map(([, value]) => value)),
      [{ name: 't', shape: [] }],
    )
    const times = [-1, ...t, ...Array.from({ length: 500 }, (_, k) => 0.0123 * k), 7]
    for (const time of times) {
      const [u, w] = interpret(graph, [Float64Array.of(time)])[0]
      expect(u).toBeCloseTo(linear('u', time), 12)
      expect(w).toBeCloseTo(linear('w', time), 12)
    }
  })

  it('act in a scene: what they drive is identified from the motion', async () => {
    // x′ = −k·x + b·u(t), by small steps of the classical method between the corners of u.
    const [k, b] = [0.8, 1.5]
    const rows: string[] = []
    let x = 0.2
    const f = (time: number, state: number) => -k * state + b * linear('u', time)
    t.forEach((time, i) => {
      rows.push(`${time},${x},${values.u[i]}`)
      if (i === t.length - 1) return
      const steps = 50
      const h = (t[i + 1] - time) / steps
      for (let j = 0; j < steps; j++) {
        const at = time + j * h
        const k1 = f(at, x)
        const k2 = f(at + h / 2, x + (h / 2) * k1)
        const k3 = f(at + h / 2, x + (h / 2) * k2)
        const k4 = f(at + h, x + h * k3)
        x += (h / 6) * (k1 + 2 * k2 + 2 * k3 + k4)
      }
    })
    const file = join(folder, 'driven.csv')
    writeFileSync(file, `time,x,drive\n${rows.join('\n')}\n`)
    const scene = parseScene(
      `{version: 1, name: driven,
        system: {type: equations, parameters: {k: 0.8, b: 1.5}, state: {x: 0.2}, derivatives: {x: -k*x + b*u}},
        learn: {parameters: {k: {start: 0.3}, b: {start: 0.5}}},
        solver: {method: tsit5, span: [0, 5.9], rtol: 1.0e-9, atol: 1.0e-11},
        data: {file: ${JSON.stringify(file)}, columns: {time: time, x: x}, inputs: {u: drive}, split: [1, 0, 0]},
        training: {optimizer: {type: levenberg-marquardt}, epochs: 20}}`,
      'driven.yaml',
    )
    for (const threads of [1, 2]) {
      const { system } = await trainScene(scene, { text: '', out: join(folder, `${threads}`), threads })
      expect(system.field.parameters[0]).toBeCloseTo(k, 6)
      expect(system.field.parameters[1]).toBeCloseTo(b, 6)
    }
  })

  it('recordings that follow one another are one table; those whose times overlap are refused', () => {
    const scene = (rows: string) => {
      writeFileSync(join(folder, 'two.csv'), `time,trial,x,u\n${rows}\n`)
      return parseScene(
        `{version: 1, name: s, system: {type: equations, state: {x: 1}, derivatives: {x: u}}, solver: {span: [0, 1]},
          data: {file: two.csv, columns: {time: time, trial: trial, x: x}, inputs: {u: u}}}`,
        join(folder, 's.yaml'),
      )
    }
    const table = inputTable(scene('10,1,0,3\n11,1,0,4\n0,0,0,1\n1,0,0,2'))
    expect(table).toEqual({ t: Float64Array.of(0, 1, 10, 11), values: { u: Float64Array.of(1, 2, 3, 4) } })
    expect(() => inputTable(scene('0,0,0,1\n1,0,0,2\n0.5,1,0,3'))).toThrow(/2 recordings whose times overlap/)
  })

  it('mistakes are named', () => {
    const scene =
      (data: string, rate = '-x + u') =>
      () =>
        parseScene(
          `{version: 1, name: s, system: {type: equations, state: {x: 1}, derivatives: {x: ${rate}}}, solver: {span: [0, 1]}, data: ${data}}`,
          's.yaml',
        )
    expect(scene('{simulate: {}, inputs: {u: 2}}')).toThrow(/inputs are columns of a file/)
    expect(scene('{file: a.csv, columns: {time: 1, x: 2}, inputs: {u: 3}}', '-x + w')).toThrow(
      /unknown name "w"/,
    )
    expect(scene('{file: a.csv, columns: {time: 1, x: 2}, inputs: {x: 3}}')).toThrow(/"x" is a state already/)
    expect(() => measuredInputs({ t: Float64Array.of(0, 1, 1), values: { u: new Float64Array(3) } })).toThrow(
      /times of inputs must increase/,
    )
  })
})
