import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { jvp } from '../compiler/differentiate/index.ts'
import { interpret } from '../compiler/interpret/index.ts'
import { input, scalar } from '../compiler/primitives.ts'
import { complexStep } from '../compiler/testing/complexStep.ts'
import { distance, uniform } from '../compiler/testing/numbers.ts'
import { trace } from '../compiler/trace/index.ts'
import {
  type Direction,
  hessianVector,
  lossAndGradient as stateLossAndGradient,
} from '../solvers/adjoint/index.ts'
import { solve } from '../solvers/linear/solve.ts'
import { instantiateModel } from './modelImage.ts'
import { vectorField } from './vectorField.ts'

const n = 3
const random = uniform(8)
const numbers = (length: number) => Float64Array.from({ length }, random)
const weights = tf.variable(tf.tensor2d(Array.from(numbers(n * n * n)), [n, n * n]))

/** A(y)·f = sin(t)·y − k∘y³, and a mass matrix of t, y and k. */
const matrix = (y: tf.Tensor1D) => {
  const raw = y.reshape([1, n]).matMul(weights).tanh().reshape([n, n])
  return raw.matMul(raw, true).add(tf.eye(n)) as tf.Tensor2D
}
const massOf = (t: tf.Tensor, y: tf.Tensor1D, [k]: readonly tf.Tensor[]) =>
  matrix(y).mul(t).add(k.mul(y.sin()))
const field = vectorField(
  (t, y, [k]) =>
    solve(
      matrix(y),
      tf
        .sin(t)
        .mul(y)
        .sub(k.mul(y.pow(3))),
    ),
  {
    state: [n],
    parameters: [{ name: 'k', shape: [n], initial: Float64Array.of(0.5, 1, 0.3) }],
    mass: massOf,
  },
)
const p = field.parameterCount
const [t, y, theta] = [0.7, numbers(n), field.parameters]
const parts = (flat: Float64Array) =>
  field.blocks.map(({ offset, size }) => flat.slice(offset, offset + size))
const at = [Float64Array.of(t), y, ...parts(theta)]
const zeros = () => new Float64Array(n)

/** ∂f/∂(t, y, θ) in a direction, by complex step in the interpreter. */
const first = (dt: number, dy: Float64Array, dtheta = new Float64Array(p)) =>
  complexStep(field.graph, at, [Float64Array.of(dt), dy, ...parts(dtheta)])[0]

describe('further derivatives of a field', () => {
  it('has the Jacobian and the derivative by time that complex step gives', () => {
    const J = new Float64Array(n * n)
    field.jacobian(t, y, J)
    for (let column = 0; column < n; column++) {
      const expected = first(
        0,
        Float64Array.from({ length: n }, (_, i) => Number(i === column)),
      )
      expect(distance([J.filter((_, i) => i % n === column)], [expected])).toBeLessThan(1e-13)
    }
    const dt = zeros()
    field.timeDerivative(t, y, dt)
    expect(distance([dt], [first(1, zeros())])).toBeLessThan(1e-13)
  })

  it('has the second derivatives that complex step gives, transposes of each other', () => {
    const [tangentT, tangentY, dy, dtheta] = [0.4, numbers(n), numbers(n), numbers(p)]
    const [time, state, ...arrays] = field.graph.inputs
    const [dT, dY] = [scalar(tangentT), input('dY', [n])]
    const directional = jvp(field.graph.outputs, [time, state], [dT, dY])[0]!
    const graph = { inputs: [time, state, dY, ...arrays], outputs: [directional] }
    const [expected] = complexStep(
      graph,
      [at[0], y, tangentY, ...parts(theta)],
      [Float64Array.of(0), dy, zeros(), ...parts(dtheta)],
    )
    const out = zeros()
    field.secondJvp(t, y, tangentT, tangentY, dy, dtheta, out)
    expect(distance([out], [expected])).toBeLessThan(1e-12)

    const [cotangent, gradY, gradTheta] = [numbers(n), zeros().fill(1), new Float64Array(p).fill(2)]
    field.secondVjp(t, y, tangentT, tangentY, cotangent, gradY, gradTheta)
    const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i], 0)
    const transposed =
      dot(
        gradY.map(g => g - 1),
        dy,
      ) +
      dot(
        gradTheta.map(g => g - 2),
        dtheta,
      )
    expect(transposed / dot(cotangent, out)).toBeCloseTo(1, 11)
  })

  it('has the vjp of the jvp that complex step gives', () => {
    const [dy, dtheta, cotangent, ey, etheta] = [numbers(n), numbers(p), numbers(n), numbers(n), numbers(p)]
    const [, state, ...arrays] = field.graph.inputs
    const directions = [state, ...arrays].map(node => input('direction', node.shape))
    const tangent = jvp(field.graph.outputs, [state, ...arrays], directions)[0]!
    const graph = { inputs: [...field.graph.inputs, ...directions], outputs: [tangent] }
    const none = parts(new Float64Array(p))
    const [second] = complexStep(
      graph,
      [...at, dy, ...parts(dtheta)],
      [Float64Array.of(0), ey, ...parts(etheta), zeros(), ...none],
    )
    const [gradY, gradTheta] = [zeros(), new Float64Array(p)]
    field.jvpVjp(t, y, dy, dtheta, cotangent, gradY, gradTheta)
    const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i], 0)
    expect((dot(gradY, ey) + dot(gradTheta, etheta)) / dot(cotangent, second)).toBeCloseTo(1, 11)
  })

  it('gives Hessian–vector products through a trajectory: the derivative of its gradient, symmetric', () => {
    const plain = vectorField(
      (time, state, [k]) =>
        solve(
          matrix(state),
          tf
            .sin(time)
            .mul(state)
            .sub(k.mul(state.pow(3))),
        ),
      { state: [n], parameters: [{ name: 'k', shape: [n], initial: Float64Array.of(0.5, 1, 0.3) }] },
    )
    const times = [0, 0.4, 1]
    const options = { method: 'rk4', fixedStep: 0.05 } as const
    const loss = {
      gradient: (states: Float64Array, out: Float64Array) => out.set(states),
      hessianVector: (_: Float64Array, tangent: Float64Array, out: Float64Array) => out.set(tangent),
    }
    const direction = () => ({ y0: numbers(n), theta: numbers(p) })
    const [u, v] = [direction(), direction()]
    const product = (d: Direction) => hessianVector(plain, y, times, loss, d, options)
    const dot = (a: Direction, b: Direction) =>
      [...a.y0].reduce((sum, value, i) => sum + value * b.y0[i], 0) +
      [...a.theta].reduce((sum, value, i) => sum + value * b.theta[i], 0)
    const [Hu, Hv] = [product(u), product(v)]
    expect(dot(v, Hu) / dot(u, Hv)).toBeCloseTo(1, 11)
    const gradientAt = (step: number) => {
      const kept = plain.parameters.slice()
      kept.forEach((value, i) => {
        plain.parameters[i] = value + step * u.theta[i]
      })
      const start = y.map((value, i) => value + step * u.y0[i])
      const half = (states: Float64Array, out: Float64Array) => {
        out.set(states)
        return states.reduce((sum, value) => sum + 0.5 * value * value, 0)
      }
      const result = stateLossAndGradient(plain, start, times, half, options)
      plain.parameters.set(kept)
      if (!result.success) throw new Error(result.failure.message)
      return [...result.gradY0, ...result.gradTheta]
    }
    const [plus, minus] = [gradientAt(1e-5), gradientAt(-1e-5)]
    const differences = plus.map((value, i) => (value - minus[i]) / 2e-5)
    expect(distance([Float64Array.of(...Hu.y0, ...Hu.theta)], [Float64Array.from(differences)])).toBeLessThan(
      1e-8,
    )
  })

  it('has the mass matrix, and its derivatives by complex step', () => {
    const [M, v] = [new Float64Array(n * n), numbers(n)]
    const { mass, massJvp, massVjp } = field
    mass!(t, y, M)
    expect(field.massIsConstant).toBe(false)
    const inputs = [
      { name: 't', shape: [] },
      { name: 'y', shape: [n] },
      { name: 'k', shape: [n] },
    ]
    const graph = trace(
      (time, state, k) => tf.dot(massOf(time, state as tf.Tensor1D, [k]), tf.tensor1d(Array.from(v))),
      inputs,
    )
    const [product] = interpret(graph, at)
    const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i], 0)
    const rows = Float64Array.from({ length: n }, (_, i) => dot(M.subarray(i * n, (i + 1) * n), v))
    expect(distance([rows], [product])).toBeLessThan(1e-14)
    const [dy, dtheta, out] = [numbers(n), numbers(p), zeros()]
    massJvp!(t, y, v, dy, dtheta, out)
    const [expected] = complexStep(graph, at, [Float64Array.of(0), dy, ...parts(dtheta)])
    expect(distance([out], [expected])).toBeLessThan(1e-13)
    const [cotangent, gradY, gradTheta] = [numbers(n), zeros(), new Float64Array(p)]
    massVjp!(t, y, v, cotangent, gradY, gradTheta)
    expect((dot(gradY, dy) + dot(gradTheta, dtheta)) / dot(cotangent, out)).toBeCloseTo(1, 12)
  })

  it('knows a constant mass matrix, and refuses one of another shape', () => {
    const options = { state: [2] as [number] }
    const constant = vectorField((_t, y) => y.neg(), {
      ...options,
      mass: () =>
        tf.tensor2d([
          [1, 0],
          [0, 0],
        ]),
    })
    expect(constant.massIsConstant).toBe(true)
    expect(vectorField((_t, y) => y.neg(), options).mass).toBeUndefined()
    expect(() => vectorField((_t, y) => y.neg(), { ...options, mass: (_t, y) => y })).toThrow(
      'the mass matrix has shape [2], it must be [2, 2]',
    )
  })

  it('travels with the image, as far as it is asked for', () => {
    const { field: elsewhere } = instantiateModel(field.image(['jacobian', 'mass']))
    elsewhere.parameters.set(theta)
    const [a, b] = [new Float64Array(n * n), new Float64Array(n * n)]
    for (const name of ['jacobian', 'mass'] as const) {
      field[name]!(t, y, a)
      elsewhere[name]!(t, y, b)
      expect(b).toEqual(a)
    }
    expect(elsewhere.secondVjp).toBeUndefined()
  })
})
