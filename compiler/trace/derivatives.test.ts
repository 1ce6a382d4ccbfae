import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { interpret } from '../interpret/index.ts'
import { grad, grads, jvp, valueAndGrad, vjp } from './derivatives.ts'
import { runTraced } from './testing/runTraced.ts'
import { trace } from './trace.ts'

const sum = (x: tf.Tensor) => tf.sum(x)
const close = (actual: ArrayLike<number>, expected: readonly number[], digits = 6) =>
  expected.forEach((value, i) => {
    expect(actual[i]).toBeCloseTo(value, digits)
  })

describe('eagerly', () => {
  it('gradients of every order of a function of one number', () => {
    let f: (x: tf.Tensor) => tf.Tensor = tf.sin
    const x = 0.4
    for (const expected of [Math.cos(x), -Math.sin(x), -Math.cos(x), Math.sin(x)]) {
      f = grad(f)
      expect(f(tf.scalar(x)).dataSync()[0]).toBeCloseTo(expected, 6)
    }
  })
  it('of several arguments; by the first of them; with the value', () => {
    const f = (a: tf.Tensor, b: tf.Tensor) => sum(tf.mul(tf.square(a), b))
    const [a, b] = [tf.tensor1d([1, 2]), tf.tensor1d([3, 4])]
    const [da, db] = grads(f)(a, b)
    close(da.dataSync(), [6, 16])
    close(db.dataSync(), [1, 4])
    close(grad(f)(a, b).dataSync(), [6, 16])
    const { value, gradient } = valueAndGrad(f)(a, b)
    expect(value.dataSync()[0]).toBeCloseTo(19, 5)
    close(gradient.dataSync(), [6, 16])
  })
  it('what f does not depend on has the gradient zero', () => {
    close(grad(() => tf.scalar(3))(tf.tensor1d([1, 2])).dataSync(), [0, 0])
    const { tangent } = jvp(() => tf.tensor1d([3]))([tf.scalar(1)], [tf.scalar(1)])
    close(tangent.dataSync(), [0])
  })
  it('jvp and vjp are transposes: ⟨w, J·v⟩ = ⟨Jᵀ·w, v⟩', () => {
    const f = (x: tf.Tensor) =>
      tf.tanh(
        tf.reshape(
          tf.matMul(
            tf.tensor2d([
              [1, 2],
              [3, 4],
              [5, 6],
            ]),
            tf.reshape(x, [2, 1]),
          ),
          [3],
        ),
      )
    const [x, v, w] = [tf.tensor1d([0.1, -0.2]), tf.tensor1d([1, 2]), tf.tensor1d([0.5, -1, 2])]
    const { tangent, value } = jvp(f)([x], [v])
    const { gradients } = vjp(f)([x], w)
    close(value.dataSync(), [...(f(x).dataSync() as Float32Array)])
    expect(tf.sum(tf.mul(w, tangent)).dataSync()[0]).toBeCloseTo(
      tf.sum(tf.mul(gradients[0], v)).dataSync()[0],
      5,
    )
  })
  it('variables are constants, and no tensor is left over', () => {
    const weight = tf.variable(tf.scalar(3))
    const x = tf.scalar(2)
    const before = tf.memory().numTensors
    const gradient = grad(y => tf.mul(weight, tf.square(y)))(x)
    expect(gradient.dataSync()[0]).toBe(12)
    expect(tf.memory().numTensors).toBe(before + 1)
    weight.dispose()
  })
  it('refuses functions of no number, wrong shapes, and a tf.grad around it', () => {
    const x = tf.tensor1d([1, 2])
    expect(() => grad(y => y)(x)).toThrow(/must return a scalar, not shape \[2\]/)
    expect(() => vjp(y => y)([x], tf.scalar(1))).toThrow(/cotangent has shape \[\], but must have \[2\]/)
    expect(() => jvp(y => y)([x], [tf.scalar(1)])).toThrow(/tangent 0 has shape/)
    expect(() => tf.grad(y => grad(sum)(y))(x)).toThrow(/tape does not see/)
  })
})

describe('inside a trace', () => {
  it('in float64, and of the function alone, not of what surrounds it', () => {
    const [{ values }] = runTraced(
      x => {
        const y = tf.mul(x, 0.1)
        return grad(z => tf.mul(z, tf.mul(y, z)))(x) // y depends on x, and is constant here: 2·y·x
      },
      [tf.scalar(3)],
    )
    expect(values[0]).toBeCloseTo(2 * 0.3 * 3, 14)
  })
  it('derivatives by an intermediate value, nested, and mixed with tf.grad inside', () => {
    const [{ values }] = runTraced(
      x => {
        const angle = tf.mul(x, 2)
        return grad(y => tf.grad(z => tf.sin(z))(y))(angle) // −sin 2x
      },
      [tf.scalar(0.5)],
    )
    expect(values[0]).toBeCloseTo(-Math.sin(1), 14)
  })
  it('variables stay inputs of the trace', () => {
    const weight = tf.variable(tf.scalar(3))
    const graph = trace(x => grad(y => tf.mul(weight, tf.square(y)))(x), [{ name: 'x', shape: [] }])
    expect(graph.variables).toEqual([weight])
    expect(interpret(graph, [Float64Array.of(2), Float64Array.of(5)])[0][0]).toBe(20)
    weight.dispose()
  })
  it('the Euler–Lagrange equations of L = ½·q̇ᵀM(q)q̇ − V(q): a double pendulum', () => {
    // Masses and lengths 1, g = 9.81: M = [[2, c], [c, 1]], c = cos(a − b), V = −g(2 cos a + cos b).
    const g = 9.81
    const lagrangian = (q: tf.Tensor, v: tf.Tensor) => {
      const [a, b] = tf.unstack(q)
      const [da, db] = tf.unstack(v)
      const kinetic = tf.addN([
        tf.square(da),
        tf.mul(0.5, tf.square(db)),
        tf.mul(tf.mul(da, db), tf.cos(tf.sub(a, b))),
      ])
      return tf.add(kinetic, tf.mul(g, tf.add(tf.mul(2, tf.cos(a)), tf.cos(b))))
    }
    // ∂L/∂q − (∂²L/∂v∂q)·v, in the textbook's form: the generalised force without M·q̈.
    const force = (q: tf.Tensor, v: tf.Tensor) => {
      const momentum = (position: tf.Tensor) => grad(rates => lagrangian(position, rates))(v)
      return tf.sub(grad(position => lagrangian(position, v))(q), jvp(momentum)([q], [v]).tangent)
    }
    const [q, v] = [tf.tensor1d([0.7, -0.4]), tf.tensor1d([1.5, -2])]
    const [[a, b], [da, db]] = [q, v].map(t => [...t.dataSync()])
    const expected = [
      -Math.sin(a - b) * db * db - 2 * g * Math.sin(a),
      Math.sin(a - b) * da * da - g * Math.sin(b),
    ]
    close(runTraced(force, [q, v])[0].values, expected, 13)
    close(force(q, v).dataSync(), expected, 4)
  })
})
