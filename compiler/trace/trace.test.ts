import * as tf from '@tensorflow/tfjs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { interpret } from '../interpret/index.ts'
import { runTraced } from './testing/runTraced.ts'
import { trace } from './trace.ts'

const vector = (n: number) => [{ name: 'x', shape: [n] }]

describe('what a trace leaves behind', () => {
  const Float32 = globalThis.Float32Array
  let before = 0
  beforeEach(() => {
    before = tf.memory().numTensors
  })
  const failing: Record<string, (x: tf.Tensor) => tf.Tensor> = {
    'an exception': () => {
      throw new Error('of the model')
    },
    'an exception under tf.grad': x => tf.grad(y => tf.mul(tf.exp(y), y.dataSync()[0]))(x),
    'a kept tensor': x => tf.keep(tf.mul(tf.add(x, 1), 2)),
    'a variable': x => tf.variable(tf.add(x, 1)),
    success: x => tf.tanh(tf.mul(x, tf.scalar(3))),
  }
  it.each(Object.entries(failing))('nothing, after %s', (_, f) => {
    const backend = tf.getBackend()
    const variables = Object.keys(tf.engine().registeredVariables)
    const { assign } = tf.Variable.prototype
    const { stackTraceLimit } = Error
    try {
      trace(f, vector(3))
    } catch {}
    expect(tf.memory().numTensors).toBe(before)
    expect(tf.getBackend()).toBe(backend)
    expect(Object.keys(tf.engine().registeredVariables)).toEqual(variables)
    expect(globalThis.Float32Array).toBe(Float32)
    expect(tf.Variable.prototype.assign).toBe(assign)
    expect(Error.stackTraceLimit).toBe(stackTraceLimit)
    expect(tf.scalar(1).add(2).dataSync()[0]).toBe(3)
    expect(
      tf
        .grad(y => tf.square(y))(tf.scalar(2))
        .dataSync()[0],
    ).toBe(4)
  })
  it('works inside tf.tidy and tf.grad, and does not touch their tape', () => {
    const gradient = tf.grad(y => {
      trace(x => tf.grad(z => tf.exp(z))(x), vector(3))
      return tf.square(y)
    })(tf.scalar(3))
    expect(gradient.dataSync()[0]).toBe(6)
  })
})

describe('inputs', () => {
  const made: tf.Variable[] = []
  const variable = (value: number[], trainable = true) => {
    made.push(tf.variable(tf.tensor1d(value), trainable))
    return made.at(-1)!
  }
  afterEach(() => {
    for (const v of made.splice(0)) v.dispose()
  })

  it('are the declared ones, then the trainable variables touched, by creation', () => {
    const [first, , third] = [variable([1]), variable([2]), variable([3])]
    const fixed = variable([4], false)
    const graph = trace(x => tf.add(tf.mul(x, third), tf.mul(fixed, first)), vector(1))
    expect(graph.variables).toEqual([first, third])
    expect(graph.inputs.map(node => node.primitive === 'input' && node.attributes.name)).toEqual([
      'x',
      first.name,
      third.name,
    ])
    expect(interpret(graph, [Float64Array.of(5), Float64Array.of(1), Float64Array.of(3)])[0][0]).toBe(19)
  })
  it('a variable has the same node in every trace', () => {
    const weight = variable([1])
    const [a, b] = [0, 1].map(() => trace(x => tf.mul(x, weight), vector(1)))
    expect(a.inputs[1]).toBe(b.inputs[1])
    expect(a.inputs[0]).not.toBe(b.inputs[0])
  })
  it('weights of tf.layers are variables, and stay usable on their own backend', () => {
    const net = tf.sequential({
      layers: [tf.layers.dense({ units: 2, inputShape: [3] }), tf.layers.dense({ units: 1 })],
    })
    const graph = trace(x => net.apply(x) as tf.Tensor, [{ name: 'x', shape: [1, 3] }])
    expect(graph.variables.map(v => v.shape)).toEqual([[3, 2], [2], [2, 1], [1]])
    expect(net.predict(tf.ones([1, 3]))).toBeInstanceOf(tf.Tensor)
    net.dispose()
  })
  it('a variable or an outside tensor may be the result itself', () => {
    const weight = variable([1.5])
    const graph = trace(() => [weight, tf.tensor1d([0.1])], [])
    expect(graph.outputs[0]).toBe(graph.inputs[0])
  })
})

describe('numbers', () => {
  it('literals arrive in full double precision', () => {
    const [sum] = runTraced(x => tf.add(x.mul(9.81), tf.scalar(Math.PI)), [tf.scalar(1)])
    expect(sum.values).toEqual([9.81 + Math.PI])
    const [list] = runTraced(() => tf.tensor1d([0.1, 1 / 3]), [])
    expect(list.values).toEqual([0.1, 1 / 3])
    const [matrix] = runTraced(() => tf.tensor2d([[0.1], [1 / 3]]), [])
    expect(matrix.values).toEqual([0.1, 1 / 3])
    const [buffer] = runTraced(() => {
      const values = tf.buffer([1])
      values.set(0.1, 0)
      return values.toTensor()
    }, [])
    expect(buffer.values).toEqual([0.1])
    // Also from a typed array that the function makes itself, as tfjs' windows of signals are.
    const [typed] = runTraced(() => tf.tensor1d(Float32Array.of(0.1, 1 / 3)), [])
    expect(typed.values).toEqual([0.1, 1 / 3])
    const [filled] = runTraced(() => [tf.fill([1], 0.1)], [])
    expect(filled.values).toEqual([0.1])
  })
  it('genuine float32 arrays, and tensors from outside, are read as they are', () => {
    const data = Float32Array.of(0.1, 0.2)
    const outside = tf.tensor1d(data)
    expect(runTraced(() => tf.tensor1d(data), [])[0].values).toEqual([...data])
    expect(runTraced(() => tf.neg(outside), [])[0].values).toEqual([...data].map(v => -v))
  })
  it('constants may be read back: they are known', () => {
    const [{ values }] = runTraced(
      x => tf.mul(x, tf.scalar(0.1).dataSync()[0] * tf.tensor1d([3], 'int32').arraySync()[0]),
      [tf.scalar(1)],
    )
    expect(values).toEqual([0.1 * 3])
  })
})

describe('nested traces', () => {
  it('one trace may run another', () => {
    let inner: ReturnType<typeof trace> | undefined
    const [{ values }] = runTraced(
      x => {
        inner = trace(y => tf.mul(y, 0.1), vector(1))
        return tf.mul(x, 0.3)
      },
      [tf.scalar(1)],
    )
    expect(values).toEqual([0.3])
    expect(interpret(inner!, [Float64Array.of(1)])[0][0]).toBe(0.1)
  })
  it("but must not use the other's tensors", () => {
    expect(() =>
      trace(x => tf.add(x, trace(y => tf.mul(x, y), vector(1)).outputs.length), vector(1)),
    ).toThrow(/another trace/)
    let escaped: tf.Tensor | undefined
    trace(x => (escaped = tf.keep(x)), vector(1))
    expect(() => trace(y => tf.mul(escaped!, y), vector(1))).toThrow()
  })
})

describe('refusals name the function and the line', () => {
  const here = /trace\.test\.ts:\d+:\d+/
  const refusals: [string, RegExp, (x: tf.Tensor) => tf.Tensor][] = [
    [
      'a kernel without lowering',
      /tf\.sparseReshape \(kernel SparseReshape\) at .*cannot be traced/,
      x =>
        tf.sparse.sparseReshape(tf.zeros([1, 1], 'int32'), [3], tf.cast(x, 'int32') as tf.Tensor1D)
          .outputShape,
    ],
    [
      'a kernel that takes no complex numbers',
      /kernel Exp at .*takes no complex64 tensors; take tf\.real and tf\.imag apart/,
      x => tf.exp(tf.complex(x, x)),
    ],
    [
      'segments that are not known',
      /segments of a sparse segment sum at .*must be constants/,
      x => tf.sparse.sparseSegmentSum(x as tf.Tensor1D, [0, 1, 2], tf.cast(x, 'int32') as tf.Tensor1D),
    ],
    ['a shape that depends on values', /tf\.unique \(kernel Unique\)/, x => tf.unique(x).values],
    ['dataSync', /read back by dataSync\(\)/, x => tf.mul(x, x.dataSync()[0])],
    ['arraySync', /read back by (array|data)Sync\(\)/, x => tf.tensor(x.arraySync() as number[])],
    [
      'data, of which nobody awaits the promise',
      /read back by data\(\)/,
      x => tf.tensor1d([`${x.data()}`.length]),
    ],
    ['a new variable', /tf\.Variable is made/, x => tf.variable(x)],
    ['random numbers', /random numbers are drawn by tf\.randomNormal/, x => tf.add(x, tf.randomNormal([3]))],
    ['dropout', /random numbers are drawn by tf\.dropout/, x => tf.dropout(x, 0.5)],
  ]
  it.each(refusals)('%s', (_, message, f) => {
    expect(() => trace(f, vector(3))).toThrow(message)
    expect(() => trace(f, vector(3))).toThrow(here)
  })
  it('an assignment, and the variable keeps its value', () => {
    const weight = tf.variable(tf.tensor1d([7]))
    expect(() => trace(x => weight.assign(x as tf.Tensor1D) ?? x, vector(1))).toThrow(
      /is assigned at .*trace\.test\.ts/,
    )
    expect(weight.dataSync()[0]).toBe(7)
    weight.dispose()
  })
  it('asynchronous functions, and results that are no tensors', () => {
    expect(() => trace((async (x: tf.Tensor) => x) as never, vector(1))).toThrow(/asynchronous/)
    expect(() => trace(x => tf.complex(x, x), vector(1))).toThrow(
      /result 0 .* is complex; return its tf\.real/,
    )
    expect(() => trace((() => 3) as never, [])).toThrow(/result 0 of the traced function is 3, not a tensor/)
  })
  it('nodes know the line that made them', () => {
    expect(trace(x => tf.tanh(x), vector(3)).outputs[0].origin).toMatch(here)
  })
})
