import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { SingularMatrixError } from '../kernels/singularMatrix.ts'
import { vjp } from './differentiate/index.ts'
import type { Graph } from './graph.ts'
import { interpret } from './interpret/index.ts'
import * as p from './primitives.ts'
import { type CompileOptions, compile } from './program.ts'
import { denseNet, type Model, pendulumChain, seedModel } from './testing/models.ts'
import { distance, uniform, uniformFor } from './testing/numbers.ts'

/** The compiled outputs. */
function run(graph: Graph, inputs: readonly Float64Array[], options: CompileOptions = {}): Float64Array[] {
  const program = compile({ entry: graph }, options)
  inputs.forEach((values, i) => {
    program.entry.inputs[i].set(values)
  })
  program.entry.run()
  return program.entry.outputs.map(output => output.slice())
}

function expectAgreement(graph: Graph, inputs: readonly Float64Array[], options?: CompileOptions): void {
  expect(distance(run(graph, inputs, options), interpret(graph, [...inputs]))).toBeLessThan(1e-13)
}

it('a relaxed program runs on every engine, and is as accurate', () => {
  const [u, v] = [p.input('u', [40, 30]), p.input('v', [30, 20])]
  const graph = { inputs: [u, v], outputs: [p.exp(p.matmul(u, v)), p.matmul(u, u, { transposeA: true })] }
  expectAgreement(graph, uniformFor(graph.inputs, uniform(4)), { relaxed: true })
})

const x = p.input('x', [3])
const A = p.input('A', [2, 3, 3])
const b = p.input('b', [2, 3, 1])

describe('memory', () => {
  it('the same input node is the same view in each entry', () => {
    const program = compile({
      twice: { inputs: [x], outputs: [p.add(x, x)] },
      square: { inputs: [x], outputs: [p.multiply(x, x)] },
    })
    expect(program.twice.inputs[0]).toBe(program.square.inputs[0])
    program.twice.inputs[0].set([1, 2, 3])
    program.twice.run()
    program.square.run()
    expect([...program.twice.outputs[0]]).toEqual([2, 4, 6])
    expect([...program.square.outputs[0]]).toEqual([1, 4, 9])
  })
  it('contiguous inputs and all outputs of an entry are one array each', () => {
    const [u, v] = [p.input('u', [5]), p.input('v', [1, 3])]
    const { f, contiguous } = compile(
      { f: { inputs: [x, u, v], outputs: [p.exp(u), p.add(x, p.reshape(v, [3])), u, v] } },
      { contiguous: [[v, u], [x]] },
    )
    contiguous[0].set([1, 2, 3, 4, 5, 6, 7, 8])
    contiguous[1].set([10, 20, 30])
    f.run()
    expect([...f.inputs[2]]).toEqual([1, 2, 3])
    expect([...f.flatOutputs.subarray(5)]).toEqual([11, 22, 33, 4, 5, 6, 7, 8, 1, 2, 3])
    expect(f.flatOutputs.length).toBe(f.outputs.reduce((sum, output) => sum + output.length, 0))
  })
  it('accumulated outputs are added to, whatever computes them', () => {
    const [u, v, w] = [p.input('u', [4, 9]), p.input('v', [9, 5]), p.input('w', [4, 5])]
    const product = p.matmul(u, v)
    const outputs = [
      product,
      p.subtract(w, p.reshape(p.matmul(p.sin(u), v), [4, 5])),
      p.negate(p.add(p.reshape(p.matmul(u, p.cos(v)), [20]), p.reshape(product, [20]))),
      p.add(p.reshape(p.matmul(p.tanh(u), v), [20]), p.pad(p.sum(w, [0]), [20], [3], [2])),
      w,
      p.sum(w),
      p.sum(w, [1]),
      p.concatenate([p.exp(w), w], 1),
      p.scatterAdd(w, p.constant([1, 0, 1, 1], [4]), 2),
      p.gather(w, p.constant([1, 0], [2])),
      product,
      p.transposeMatrix(product),
      p.maximumOf(w, [0]),
    ]
    const graph = { inputs: [u, v, w], outputs }
    const inputs = uniformFor(graph.inputs, uniform(3))
    for (const smallSize of [0, 16]) {
      const { f } = compile({ f: graph }, { accumulate: { f: outputs.map((_, j) => j) }, smallSize })
      inputs.forEach((values, i) => {
        f.inputs[i].set(values)
      })
      f.flatOutputs.fill(100)
      f.run()
      f.run()
      const expected = interpret(graph, inputs).map(array => array.map(value => 100 + 2 * value))
      expect(distance(f.outputs, expected)).toBeLessThan(1e-13)
    }
  })
  it('a program that is too large for WebAssembly is refused with its size', () => {
    const x = p.input('x', [20_000, 20_000])
    const large = p.transpose(p.exp(x), [1, 0])
    const graph = { inputs: [x], outputs: [p.matmul(large, p.sin(x))] }
    expect(() => compile({ large: graph })).toThrow(/'large' needs 1\d\.\d GB/)
  })
  it('the gradient of a matrix that is used k times needs one array for it, not k', () => {
    const bytes = (uses: number) => {
      let y = p.input('b', [40, 1])
      const inputs = [p.input('A', [40, 40]), y]
      for (let k = 0; k < uses; k++) y = p.tanh(p.matmul(inputs[0], y))
      const [gradient] = vjp([y], [p.full(1, [40, 1])], [inputs[0]])
      return compile({ gradient: { inputs, outputs: [gradient!] } }).statistics.memoryBytes
    }
    expect(bytes(20) - bytes(10)).toBeLessThan(8 * 40 * 40)
  })
  it('a run allocates nothing: less than a byte on average, garbage not collected', () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const { evaluate, gradient } = seedModel()
    const program = compile({
      evaluate,
      gradient,
      solve: { inputs: [A, b], outputs: [p.solve(A, p.sin(b))] },
    })
    program.solve.inputs[0].set([2, 0, 0, 0, 2, 0, 0, 0, 2, 2, 0, 0, 0, 2, 0, 0, 0, 2])
    const runs = (count: number) => {
      for (let i = 0; i < count; i++) {
        program.evaluate.run()
        program.gradient.run()
        program.solve.run()
      }
    }
    runs(5_000)
    // The engine's own work (feedback, code) falls into some of these; what a run allocates, into all.
    const allocated = Array.from({ length: 5 }, () => {
      collect()
      const before = process.memoryUsage().heapUsed
      runs(20_000)
      return process.memoryUsage().heapUsed - before
    })
    expect(Math.min(...allocated)).toBeLessThan(3 * 20_000)
  })
})

describe('errors', () => {
  it('a singular matrix is named by its pivot, its place in the batch and its origin', () => {
    for (const structure of ['general', 'spd'] as const) {
      const solution = p.withOrigin('model.ts:7', () => p.solve(A, b, { structure }))
      const { f } = compile({ f: { inputs: [A, b], outputs: [solution] } })
      f.inputs[0].set([1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1])
      const thrown = (() => {
        try {
          f.run()
        } catch (error) {
          return error
        }
      })()
      expect(thrown).toBeInstanceOf(SingularMatrixError)
      expect(thrown).toMatchObject({ pivot: 1, structure, batch: 1, origin: 'model.ts:7' })
      f.inputs[0].fill(1, 13, 14)
      expect(() => f.run()).not.toThrow()
    }
  })
  it('an input that is not declared, and a name that is taken', () => {
    expect(() => compile({ f: { inputs: [], outputs: [x] } })).toThrow(/f reads the input x/)
    for (const name of ['statistics', 'memory', 'constructor']) {
      expect(() => compile({ [name]: { inputs: [], outputs: [] } })).toThrow(`cannot be called ${name}`)
    }
    expect(() => compile({ f: { inputs: [x], outputs: [x] } }, { contiguous: [[x], [x]] })).toThrow(
      /two groups/,
    )
  })
  it('options that name what is not there', () => {
    const f = { inputs: [x], outputs: [x] }
    expect(() => compile({ f }, { contiguous: [[x, x]] })).toThrow(/twice in one/)
    expect(() => compile({ f }, { contiguous: [[p.input('z', [2])]] })).toThrow(/no input of any entry/)
    expect(() => compile({ f }, { accumulate: { f: [1] } })).toThrow('f has 1 outputs, and no output 1')
    expect(() => compile<string>({ f }, { accumulate: { g: [0] } })).toThrow('there is no entry g')
    expect(() => compile({ f: { inputs: [p.exp(x)], outputs: [x] } })).toThrow('computed, by exp')
  })
})

describe('compile time', () => {
  const models: [string, () => Model, number, number][] = [
    ["the seed's model", seedModel, 100, 50],
    ['a chain of 5 pendulums, all scalars', () => pendulumChain(5), 2000, 1000],
    ['a chain of 20 pendulums, all arrays', () => pendulumChain(20), 2000, 1000],
    ['a net of 120 layers', () => denseNet(120, 32), 2000, 1000],
  ]
  it.each(models)('of %s with its gradient', (_, make, leastNodes, mostMilliseconds) => {
    const compileModel = () => compile({ ...make() }).statistics
    // Processor time, and the best of a few: the machine may be busy.
    const times = Array.from({ length: 5 }, () => {
      const start = process.cpuUsage()
      compileModel()
      const { user, system } = process.cpuUsage(start)
      return (user + system) / 1000
    })
    expect(Math.min(...times)).toBeLessThan(mostMilliseconds)
    expect(compileModel().nodes.before).toBeGreaterThan(leastNodes)
  })
})
