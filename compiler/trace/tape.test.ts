import { execFileSync } from 'node:child_process'
import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { randoms } from './testing/case.ts'
import { runTraced } from './testing/runTraced.ts'
import './trace.ts'

/** d²/dx² of a function of one number, by nested tf.grad. */
const second = (f: (x: tf.Tensor) => tf.Tensor) => (x: tf.Tensor) => tf.grad(y => tf.grad(f)(y))(x)

/** The same by tfjs as it comes, in a process of its own. */
function stockSecond(f: string, x: number): string {
  const script = `const tf = require('@tensorflow/tfjs'); console.warn = () => {}
    try { console.log(tf.grad(y => tf.grad(x => ${f})(y))(tf.scalar(${x})).dataSync()[0]) }
    catch (error) { console.log('throws ' + error.message) }`
  const environment = { ...process.env, NODE_OPTIONS: '' }
  return execFileSync(process.execPath, ['-e', script], { encoding: 'utf8', stdio: 'pipe', env: environment })
}

describe('nested tf.grad', () => {
  it('is wrong in tfjs as it comes: d²/dx²(tanh x + x²) at 0.3, d²/dx² eˣ', () => {
    expect(Number(stockSecond('tf.add(tf.tanh(x), tf.square(x))', 0.3))).toBe(2)
    expect(stockSecond('tf.exp(x)', 0.3)).toMatch(/throws Cannot compute gradient/)
  })
  it('is right with neurode, eager and traced', () => {
    const f = (x: tf.Tensor) => tf.add(tf.tanh(x), tf.square(x))
    const truth = 2 - (2 * Math.tanh(0.3)) / Math.cosh(0.3) ** 2
    expect(second(f)(tf.scalar(0.3)).dataSync()[0]).toBeCloseTo(truth, 5)
    const x = tf.scalar(0.5)
    const [{ values }] = runTraced(second(tf.exp), [x])
    expect(values[0]).toBeCloseTo(Math.exp(0.5), 14)
  })

  const functions: Record<string, (x: tf.Tensor) => tf.Tensor> = {
    exp: tf.exp, expm1: tf.expm1, tanh: tf.tanh, sigmoid: tf.sigmoid, elu: tf.elu, selu: tf.selu, softplus: tf.softplus,
    sqrt: x => tf.sqrt(tf.add(tf.square(x), 1)), rsqrt: x => tf.rsqrt(tf.add(tf.square(x), 1)),
    reciprocal: x => tf.reciprocal(tf.add(tf.square(x), 1)), log: x => tf.log(tf.add(tf.square(x), 1)),
    pow: x => tf.pow(tf.add(tf.square(x), 1), 1.5), 'pow, by the exponent': x => tf.pow(2, x), sin: tf.sin, erf: tf.erf,
    atan2: x => tf.atan2(x, tf.add(tf.square(x), 1)), leakyRelu: x => tf.square(tf.leakyRelu(x)),
    softmax: x => tf.square(tf.slice(tf.softmax(tf.stack([x, tf.square(x), tf.scalar(0.2)])), 0, 1)),
    logSoftmax: x => tf.slice(tf.logSoftmax(tf.stack([x, tf.square(x), tf.scalar(0.2)])), 0, 1),
    logSumExp: x => tf.logSumExp(tf.stack([x, tf.square(x)])),
    max: x => tf.square(tf.max(tf.stack([x, tf.scalar(-9)]))), min: x => tf.square(tf.min(tf.stack([x, tf.scalar(9)]))),
    cumsum: x => tf.sum(tf.square(tf.cumsum(tf.stack([tf.stack([x, tf.square(x)]), tf.stack([tf.exp(x), x])]), 0))),
    norm: x => tf.norm(tf.stack([x, tf.square(x), tf.scalar(1)])),
    'a customGrad that saves its value': x =>
      tf.customGrad(((y: tf.Tensor, save: (t: tf.Tensor[]) => void) => {
        const value = tf.exp(y)
        save([value])
        return { value, gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => tf.mul(dy, saved) }
      }) as never)(x),
  } // biome-ignore format: a table

  it.each(Object.entries(functions))(
    '%s: second and third derivative by central differences of the one before',
    (_, f) => {
      const scalar = (x: tf.Tensor) => tf.sum(f(x))
      const first = tf.grad(scalar)
      const derivatives = [first, second(scalar), (x: tf.Tensor) => tf.grad(y => second(scalar)(y))(x)]
      const at = (g: (x: tf.Tensor) => tf.Tensor, x: number) => {
        const graph = runTraced(y => g(tf.add(y, x - Math.fround(x))), [tf.scalar(x)])
        return graph[0].values[0]
      }
      for (const x of [0.7, -0.4]) {
        for (const order of [1, 2]) {
          const h = 1e-5
          const difference = (at(derivatives[order - 1], x + h) - at(derivatives[order - 1], x - h)) / (2 * h)
          const exact = at(derivatives[order], x)
          expect(Math.abs(exact - difference)).toBeLessThan(1e-6 * Math.max(1, Math.abs(exact)))
          const eager = derivatives[order](tf.scalar(x)).dataSync()[0]
          expect(Math.abs(exact - eager)).toBeLessThan(2e-4 * Math.max(1, Math.abs(exact)))
        }
      }
    },
  )
  it('leaves no tensors behind', () => {
    const [x] = randoms([[3]])
    const before = tf.memory().numTensors
    tf.tidy(() => void second(y => tf.sum(tf.exp(tf.tanh(y))))(x))
    expect(tf.memory().numTensors).toBe(before)
  })
})
