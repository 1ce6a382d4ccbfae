import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { complexStep } from '../compiler/testing/complexStep.ts'
import { distance, uniform } from '../compiler/testing/numbers.ts'
import { solve } from '../solvers/linear/solve.ts'
import { odeint } from '../solvers/ode/index.ts'
import { type CompiledField, type CompiledFunction, compileModel, vectorField } from './vectorField.ts'

const n = 3
const random = uniform(5)
const numbers = (length: number) => Float64Array.from({ length }, random)

/** A(y)·dy/dt = −k∘y + sin t: a matrix network of tf.layers, and rates k that are a parameter of their own. */
const net = tf.sequential({
  layers: [
    tf.layers.dense({ inputShape: [n], units: 5, activation: 'tanh', biasInitializer: 'glorotUniform' }),
    tf.layers.dense({ units: n * n }),
  ],
})
const rates = { name: 'rates', shape: [n], initial: Float64Array.of(0.5, 1, 1 / 3) }
const { field, functions } = compileModel(
  (t, y, [k]) => {
    const raw = (net.apply(y.reshape([1, n])) as tf.Tensor).reshape([n, n])
    const A = raw.matMul(raw, true).add(tf.eye(n)) as tf.Tensor2D
    return solve(A, tf.sin(t).sub(k.mul(y)))
  },
  { energy: (_t, y, [k]) => k.mul(y.square()).sum().mul(0.5), mean: (_t, y) => y.mean() },
  { state: [n], parameters: [rates] },
)

const t = 0.7
const y = numbers(n)

/** The directional derivative of a compiled function by complex step in the interpreter, with no rule of derivatives. */
function oracle(f: CompiledFunction, tangentY: Float64Array, tangentTheta: Float64Array): Float64Array {
  const parts = (theta: Float64Array) =>
    field.blocks.map(({ offset, size }) => theta.slice(offset, offset + size))
  const inputs = [Float64Array.of(t), y, ...parts(field.parameters)]
  const [derivative] = complexStep(f.graph, inputs, [Float64Array.of(0), tangentY, ...parts(tangentTheta)])
  return derivative
}

/** ∂f/∂y and ∂f/∂θ by the oracle, weighted with a cotangent. */
function oracleGradient(f: CompiledFunction, cotangent: Float64Array): Float64Array {
  const [m, p] = [n, field.parameterCount]
  return Float64Array.from({ length: m + p }, (_, i) => {
    const unit = new Float64Array(m + p)
    unit[i] = 1
    const column = oracle(f, unit.slice(0, m), unit.slice(m))
    return column.reduce((sum, value, k) => sum + value * cotangent[k], 0)
  })
}

describe.each<[string, CompiledFunction]>([
  ['the vector field', field],
  ['a function beside it', functions.energy],
  ['a function without parameters', functions.mean],
])('%s', (_name, f) => {
  const p = field.parameterCount

  it('has the jvp that complex step gives', () => {
    for (let trial = 0; trial < 3; trial++) {
      const [dy, dtheta, out] = [numbers(n), numbers(p), new Float64Array(f.size)]
      f.jvp(t, y, dy, dtheta, out)
      expect(distance([out], [oracle(f, dy, dtheta)])).toBeLessThan(1e-12)
    }
  })

  it('has the vjp that complex step gives, added to what is there', () => {
    const cotangent = numbers(f.size)
    const [gradY, gradTheta] = [numbers(n), numbers(p)]
    const expected = oracleGradient(f, cotangent)
    const before = [...gradY, ...gradTheta]
    f.vjp(t, y, cotangent, gradY, gradTheta)
    const sum = expected.map((value, i) => value + before[i])
    expect(distance([gradY, gradTheta], [sum.slice(0, n), sum.slice(n)])).toBeLessThan(1e-12)
  })

  it('adds the same gradient into any array and into the field’s own', () => {
    const foreign = new Float64Array(p)
    const own = field.parameterGradient.fill(0)
    for (let trial = 0; trial < 3; trial++) {
      const cotangent = numbers(f.size)
      f.vjp(t, y, cotangent, new Float64Array(n), foreign)
      f.vjp(t, y, cotangent, new Float64Array(n), own)
    }
    expect(distance([own], [foreign])).toBeLessThan(1e-15)
  })

  it('keeps nothing and changes nothing that it is given', () => {
    const [state, cotangent, out] = [y.slice(), numbers(f.size), new Float64Array(f.size)]
    const given = [...state, ...cotangent, ...field.parameters]
    f.vjp(t, state, cotangent, new Float64Array(n), new Float64Array(p))
    f.jvp(t, state, state, field.parameters.slice(), new Float64Array(f.size))
    f.evaluate(t, state, out)
    expect([...state, ...cotangent, ...field.parameters]).toEqual(given)
    const again = new Float64Array(f.size)
    f.evaluate(t, numbers(n), again)
    f.evaluate(t, y, again)
    expect(again).toEqual(out)
  })
})

describe('the gradient of a sum of functions', () => {
  it('gathers in one array, whichever calls come between', () => {
    const [a, b] = [numbers(n), Float64Array.of(2)]
    const expected = oracleGradient(field, a).map(
      (value, i) => value + oracleGradient(functions.energy, b)[i],
    )
    const [gradY, gradTheta] = [new Float64Array(n), field.parameterGradient.fill(0)]
    field.vjp(t, y, a, gradY, gradTheta)
    functions.energy.vjp(t, y, b, gradY, gradTheta)
    field.evaluate(t, y, new Float64Array(n))
    expect(distance([gradY, gradTheta], [expected.slice(0, n), expected.slice(n)])).toBeLessThan(1e-12)
  })
})

describe('θ', () => {
  const valueAt = (f: CompiledField) => {
    const out = new Float64Array(n)
    f.evaluate(t, y, out)
    return out
  }

  it('is the given parameters, then the variables, block by block', () => {
    const [first] = field.blocks
    expect(first).toEqual({ name: 'rates', shape: [n], offset: 0, size: n })
    expect(field.parameters.slice(0, n)).toEqual(rates.initial)
    expect(field.blocks.map(({ shape }) => shape)).toEqual([[n], [n, 5], [5], [5, n * n], [n * n]])
    expect(field.blocks.reduce((sum, { size }) => sum + size, 0)).toBe(field.parameterCount)
    const values = net.trainableWeights.flatMap(weight => [...weight.read().dataSync()])
    expect([...field.parameters.subarray(n)]).toEqual(values)
  })

  it('gives what eager TensorFlow.js gives, to the precision of its float32', () => {
    const eager = tf.tidy(() => {
      const raw = (net.apply(tf.tensor([...y], [1, n])) as tf.Tensor).reshape([n, n])
      const A = raw.matMul(raw, true).add(tf.eye(n)) as tf.Tensor2D
      return solve(A, tf.sin(t).sub(tf.tensor([...rates.initial]).mul(tf.tensor([...y])))).dataSync()
    })
    expect(distance([valueAt(field)], [Float64Array.from(eager)])).toBeLessThan(1e-5)
  })

  it('is read again from the variables, and written to them rounded', () => {
    const variable = tf.variable(tf.tensor1d([1, 2, 3]))
    const scaled = vectorField((_t, y) => variable.mul(y), { state: [n] })
    expect(valueAt(scaled)).toEqual(y.map((value, i) => (i + 1) * value))
    variable.assign(tf.tensor1d([4, 5, 6]))
    expect([...scaled.parameters]).toEqual([1, 2, 3])
    scaled.readVariables()
    expect(valueAt(scaled)).toEqual(y.map((value, i) => (i + 4) * value))
    scaled.parameters.set([0.1, 0.2, 0.3])
    const tensors = tf.memory().numTensors
    scaled.writeVariables()
    expect(tf.memory().numTensors).toBe(tensors)
    expect([...variable.dataSync()]).toEqual([0.1, 0.2, 0.3].map(Math.fround))
  })
})

describe('mistakes', () => {
  it('names the shape that a field returns and the one that it must', () => {
    expect(() => vectorField((_t, y) => y.sum(), { state: [n] })).toThrow(
      'the vector field returns shape [] for a state of shape [3]',
    )
  })

  it('names a parameter whose initial values do not fill its shape', () => {
    const parameters = [{ name: 'k', shape: [2], initial: Float64Array.of(1, 2, 3) }]
    expect(() => vectorField((_t, y, [k]) => y.mul(k.sum()), { state: [n], parameters })).toThrow(
      "'k' of shape [2] has 3 initial values",
    )
  })

  it('lets a singular matrix end the trajectory, with its time and pivot', () => {
    // A = diag(1, max(0, 1 − t)): singular from t = 1 on.
    const singular = vectorField(
      (t, y) => {
        const [one, zero] = [tf.scalar(1), tf.scalar(0)]
        const A = tf.stack([tf.stack([one, zero]), tf.stack([zero, tf.relu(one.sub(t))])])
        return solve(A as tf.Tensor2D, y)
      },
      { state: [2] },
    )
    const { success, failure } = odeint(singular, [1, 0], [0, 2])
    expect(success).toBe(false)
    expect(failure).toMatchObject({ reason: 'singular-matrix', pivot: 1 })
    expect(failure!.t).toBeCloseTo(1, 1)
    expect(failure!.message).toMatch(/pivot 2 is zero .*at t = (0\.9|1)/)
  })
})
