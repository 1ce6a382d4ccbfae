import { describe, expect, it } from 'vitest'
import wabt from 'wabt'
import { structures } from '../../kernels/structure.ts'
import { createModule } from '../../kernels/wasm/index.ts'
import { type Graph, type Node, sizeOf } from '../graph.ts'
import { interpret } from '../interpret/index.ts'
import * as p from '../primitives.ts'
import { compile } from '../program.ts'
import { distance, uniform, uniformFor } from '../testing/numbers.ts'
import { layOutArena } from './arena.ts'
import { emitNest, walkOf } from './nest.ts'
import type { Step } from './step.ts'
import { isContiguous, rowMajor, throughView, wholeBuffer } from './view.ts'

const graphOf = (inputs: Node[], ...outputs: Node[]): Graph => ({ inputs, outputs })

/** Compiled with arrays left whole and with small ones taken apart, against the interpreter. */
function expectAgreement(graph: Graph, shift = 0): void {
  const inputs = uniformFor(graph.inputs, uniform(5)).map(values => values.map(x => x + shift))
  const expected = interpret(graph, inputs)
  for (const smallSize of [0, 16]) {
    const { entry } = compile({ entry: graph }, { smallSize })
    inputs.forEach((values, i) => {
      entry.inputs[i].set(values)
    })
    for (const output of entry.outputs) output.fill(77)
    entry.run()
    expect(distance(entry.outputs, expected)).toBeLessThan(1e-13)
  }
}

const shapes = [[], [1], [3], [7, 1], [5, 7], [2, 3, 5], [13, 34], [301]]
const overShapes = (check: (x: Node, y: Node) => Node[]) => {
  for (const shape of shapes) {
    const [x, y] = [p.input('x', shape), p.input('y', shape)]
    expectAgreement(graphOf([x, y], ...check(x, y)))
  }
}
const matrixLike = (node: Node) => p.reshape(node, [sizeOf(node.shape.slice(0, -1)), node.shape.at(-1) ?? 1])

describe('each family of steps, on arrays of every size', () => {
  it('elementwise chains, with single numbers and rows repeated', () => {
    overShapes((x, y) => {
      const row = p.broadcast(
        p.slice(matrixLike(x), [0, 0], [1, matrixLike(x).shape[1]]),
        matrixLike(x).shape,
      )
      const number = p.broadcastTo(p.sum(y), matrixLike(x).shape)
      const chain = p.multiply(p.tanh(p.add(matrixLike(x), row)), p.subtract(number, matrixLike(y)))
      return [chain, p.multiply(chain, p.logistic(chain)), p.select(p.greater(x, y), x, p.exp(y))]
    })
  })
  it('reductions along every set of axes', () => {
    overShapes((x, y) => {
      const product = p.multiply(x, y)
      const axes = x.shape.map((_, axis) => axis)
      return [
        ...axes.flatMap(axis => [
          p.sum(product, [axis]),
          p.maximumOf(x, [axis]),
          p.minimumOf(product, [axis]),
          p.productOf(p.add(p.full(0.9, x.shape), p.multiply(p.full(0.1, x.shape), y)), [axis]),
        ]),
        p.sum(product),
        p.maximumOf(product),
        p.sum(product, axes.slice(1)),
      ]
    })
  })
  it('transposes, reversals, slices and pads', () => {
    overShapes((x, y) => {
      const [a, b] = [matrixLike(x), matrixLike(y)]
      const [m, n] = a.shape
      const strided = p.slice(a, [0, 0], [Math.ceil(m / 2), Math.ceil(n / 3)], [2, 3])
      return [
        p.add(p.transposeMatrix(p.sin(a)), p.reverse(p.transposeMatrix(b), [0, 1])),
        p.reshape(p.transposeMatrix(a), [m * n]),
        p.exp(strided),
        p.pad(p.multiply(a, b), [2 * m + 1, 3 * n], [1, 0], [2, 3]),
        p.sum(p.reverse(p.transposeMatrix(a), [1]), [0]),
      ]
    })
  })
  it('concatenations, gathers and scatters', () => {
    overShapes((x, y) => {
      const [a, b] = [matrixLike(x), matrixLike(y)]
      const rows = p.constant([0, a.shape[0] - 1, 0], [3])
      const outside = p.constant([-1, 0, a.shape[0], 0.5], [4])
      return [
        p.concatenate([a, p.cos(b), a], 0),
        p.concatenate([p.cos(b), a], 1),
        p.gather(a, rows),
        p.gather(a, outside),
        p.scatterAdd(p.gather(a, rows), rows, a.shape[0]),
        p.scatterAdd(p.gather(a, outside), p.constant([0, 0, 9999, 0], [4]), a.shape[0]),
      ]
    })
  })
  it('gathers along the last axis, with indices known at run time', () => {
    const x = p.input('x', [5, 40])
    const i = p.floor(p.multiply(p.full(3, [20]), p.absolute(p.input('i', [20]))))
    const [index] = i.operands[0].operands[1].operands
    expectAgreement(graphOf([x, index], p.gather(x, i, 1), p.scatterAdd(p.gather(x, i, 1), i, 40, 1)))
  })
  it('products of batches, transposed, with a matrix repeated along the batch', () => {
    for (const [batch, m, k, n] of [
      [1, 4, 3, 2],
      [3, 17, 20, 5],
      [6, 1, 33, 1],
    ]) {
      for (const transposeA of [false, true])
        for (const transposeB of [false, true]) {
          const a = p.input('a', [batch, ...(transposeA ? [k, m] : [m, k])])
          const b = p.input('b', transposeB ? [n, k] : [k, n])
          const repeated = p.broadcastTo(b, [batch, ...b.shape])
          const product = p.matmul(a, repeated, { transposeA, transposeB })
          expectAgreement(graphOf([a, b], product, p.transposeMatrix(p.negate(product))))
        }
    }
  })
  it('solves of batches, both ways', () => {
    for (const [batch, n, k] of [
      [1, 2, 1],
      [3, 18, 4],
      [7, 5, 1],
    ]) {
      const R = p.input('R', [batch, n, n])
      const B = p.input('B', [batch, n, k])
      const identity = p.broadcastTo(
        p.constant(
          Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0)),
          [n, n],
        ),
        R.shape,
      )
      const scaled = p.multiply(p.full(0.5 / n, R.shape), R)
      const general = p.add(identity, scaled)
      const spd = p.add(identity, p.matmul(scaled, scaled, { transposeB: true }))
      expectAgreement(
        graphOf(
          [R, B],
          p.solve(general, B),
          p.solve(general, B, { transposed: true }),
          p.solve(p.transposeMatrix(general), B),
          ...structures.flatMap(structure =>
            [false, true].map(transposed =>
              p.solve(structure === 'general' ? general : spd, B, { structure, transposed }),
            ),
          ),
          p.solve(p.subtract(p.add(R, p.transposeMatrix(R)), identity), B, { structure: 'symmetric' }),
        ),
      )
    }
  })
  it('arrays without elements', () => {
    const [x, rows] = [p.input('x', [0, 3]), p.constant([0, 1, -1], [3])]
    const none = p.slice(rows, [0], [0])
    expectAgreement(
      graphOf(
        [x],
        p.sin(x),
        p.gather(x, rows),
        p.gather(x, none),
        p.scatterAdd(x, none, 4),
        p.scatterAdd(p.reshape(x, [3, 0]), rows, 4),
        p.pad(x, [2, 5], [1, 1]),
        p.reshape(x, [5, 0]),
        p.sum(x),
        p.sum(x, [0]),
        p.productOf(x, [0]),
        p.concatenate([x, x], 0),
        p.matmul(x, x, { transposeA: true }),
        p.matmul(p.reshape(x, [40, 0]), p.reshape(x, [0, 40])),
        p.solve(p.reshape(x, [0, 0]), x),
      ),
    )
  })
  it('a sum of more terms than the call stack is deep, added to what is there', () => {
    const x = p.input('x', [20])
    let total = x
    for (let i = 0; i < 8000; i++) total = p.add(total, p.multiply(x, p.full(i, [20])))
    const { entry } = compile({ entry: graphOf([x], total) }, { accumulate: { entry: [0] } })
    entry.inputs[0].fill(1)
    entry.outputs[0].fill(5)
    entry.run()
    expect([...entry.outputs[0]]).toEqual(new Array(20).fill(5 + 1 + (8000 * 7999) / 2))
  })
  it('a function too long for one piece', () => {
    let [x, y] = [p.input('x', []), p.input('y', [])]
    const inputs = [x, y]
    for (let i = 0; i < 5000; i++) [x, y] = [p.sin(p.add(x, y)), p.multiply(p.cos(x), y)]
    expectAgreement(graphOf(inputs, x, y))
  })
})

it('modules are valid, for the engine and for wabt', async () => {
  const { readWasm } = await wabt()
  const compiled: Uint8Array<ArrayBuffer>[] = []
  const { Module } = WebAssembly
  WebAssembly.Module = class extends Module {
    constructor(bytes: BufferSource) {
      super(bytes)
      compiled.push(bytes as Uint8Array<ArrayBuffer>)
    }
  }
  try {
    const [x, y] = [p.input('x', [9, 9]), p.input('y', [9, 9])]
    compile({
      a: graphOf([x, y], p.solve(x, p.tanh(y)), p.sum(p.multiply(x, y), [0])),
      b: graphOf([x], p.sum(x)),
    })
  } finally {
    WebAssembly.Module = Module
  }
  const [bytes] = compiled
  expect(WebAssembly.validate(bytes)).toBe(true)
  const module = readWasm(bytes, { readDebugNames: true, simd: true })
  module.validate()
  expect(module.toText({})).toContain('(export "a"')
})

describe('views', () => {
  it('a reshape of a transpose has strides only where axes stay whole', () => {
    const x = p.input('x', [2, 3, 4])
    const view = wholeBuffer({ size: 24, address: 0 }, x.shape)
    const t = p.transpose(x, [2, 0, 1])
    const seen = throughView(t, view)!
    expect(seen.strides).toEqual([1, 12, 4])
    expect(throughView(p.reshape(t, [4, 6]), seen)!.strides).toEqual([1, 4])
    expect(throughView(p.reshape(t, [8, 3]), seen)).toBeUndefined()
    expect(isContiguous(seen)).toBe(false)
    expect(rowMajor([2, 3, 4])).toEqual([12, 4, 1])
  })
})

it('the arena gives the bytes of what died to what comes', () => {
  const buffers = Array.from({ length: 4 }, () => ({ size: 100, address: -1 }))
  const input = { size: 100, address: 0 }
  const copy = (from: (typeof buffers)[0], to: (typeof buffers)[0]): Step => ({
    kind: 'assign',
    target: wholeBuffer(to, [100]),
    expression: {
      kind: 'apply',
      primitive: 'negate',
      operands: [{ kind: 'read', view: wholeBuffer(from, [100]) }],
    },
    update: 'write',
  })
  const [a, b, c, d] = buffers
  // a is written over by b; c cannot be written over b, which d reads.
  const steps = [copy(input, a), copy(a, b), copy(b, c), copy(b, d), copy(c, d)]
  const end = layOutArena(steps, new Set(buffers), 1600)
  expect(b.address).toBe(a.address)
  expect(c.address).not.toBe(b.address)
  expect(d.address).toBe(b.address)
  expect(end).toBe(1600 + 2 * 800)
})

it('a nest visits each point once, in both forms', () => {
  for (const unroll of [0, 1000]) {
    const module = createModule()
    const target = {
      ...wholeBuffer({ size: 105, address: 16 }, [3, 5, 7]),
      strides: [-35, -7, -1],
      offset: 104,
    }
    module.memory({ pages: 1, export: 'memory' })
    module.export(
      'run',
      module.function('run', {}, [], f => {
        emitNest(f, target.shape, [walkOf(target)], {
          width: 1,
          unroll,
          perTurn: 3,
          visit([{ pointer, offset }]) {
            f.store(pointer, 1, offset)
          },
        })
      }),
    )
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.build()))
    ;(exports.run as () => void)()
    const memory = new Float64Array((exports.memory as WebAssembly.Memory).buffer)
    expect(memory.reduce((sum, x) => sum + x, 0)).toBe(105)
    expect(memory.subarray(2, 107).every(x => x === 1)).toBe(true)
  }
})
