import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { compile } from '../../program.ts'
import { grad } from '../derivatives.ts'
import { ofComplex, spectral, spectralFunctions } from '../testing/cases/spectral.ts'
import { judge } from '../testing/judge.ts'
import { trace } from '../trace.ts'

judge(spectral)
judge(ofComplex)
judge(spectralFunctions)

/** Compiled and run at x. */
function run(f: (x: tf.Tensor) => tf.Tensor, x: Float64Array): Float64Array {
  const program = compile({ f: trace(f, [{ name: 'x', shape: [x.length] }]) })
  program.f.inputs[0].set(x)
  program.f.run()
  return program.f.outputs[0]
}

/** i·k times the coefficient of e^(ikx), for k = 0 … n/2 − 1, −n/2 … −1. */
function spectralDerivative(x: tf.Tensor): tf.Tensor {
  const n = x.size
  const k = tf.concat([tf.range(0, n / 2), tf.range(-n / 2, 0)])
  const z = tf.spectral.fft(tf.complex(x, tf.zerosLike(x)))
  return tf.real(tf.spectral.ifft(tf.complex(tf.neg(tf.mul(k, tf.imag(z))), tf.mul(k, tf.real(z)))))
}

test.each([8, 48, 250])('the spectral derivative of e^sin x at %d points', n => {
  const points = Float64Array.from({ length: n }, (_, i) => (2 * Math.PI * i) / n)
  const derivative = run(spectralDerivative, points.map(x => Math.exp(Math.sin(x)))) // biome-ignore format: one line
  const error = points.map((x, i) => Math.abs(derivative[i] - Math.cos(x) * Math.exp(Math.sin(x))))
  // It converges faster than any power of n: 8 points give two digits, 48 give all.
  expect(Math.max(...error)).toBeLessThan(n === 8 ? 0.05 : 1e-12)
})

test('the derivative of the energy of a spectrum is 2n·x (Parseval)', () => {
  const n = 36
  const energy = (x: tf.Tensor) => tf.sum(tf.square(tf.abs(tf.spectral.fft(tf.complex(x, tf.zerosLike(x))))))
  const x = Float64Array.from({ length: n }, (_, i) => Math.cos(i * i))
  run(y => grad(energy)(y), x).forEach((value, i) => {
    expect(value).toBeCloseTo(2 * n * x[i], 11)
  })
})
