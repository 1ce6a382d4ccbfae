/** Cases of complex tensors and Fourier transforms. Operands are real: a case makes complex ones of them, and takes them apart. */

import * as tf from '@tensorflow/tfjs'
import { type Case, type Cases, type Operation, random, randoms, reals } from '../case.ts'

/** f of re + i·im, as [real, imaginary]; tfjs has no derivatives of complex functions. */
const complex = (name: string, f: (z: never, w: never) => tf.Tensor, shape: number[], options?: Partial<Case>): Case => ({
  name,
  f: (a, b) => {
    const z = f(tf.complex(a, b) as never, tf.complex(b, tf.neg(a)) as never)
    return z.dtype === ('complex64' as string) ? [tf.real(z), tf.imag(z)] : z
  },
  inputs: randoms([shape, shape]),
  derivatives: 'rules',
  scale: 8,
  ...options,
}) // biome-ignore format: one line

const lengths = [1, 2, 3, 4, 5, 8, 12, 30, 31, 64, 100]
const real = (name: string, f: Operation, shape: number[]): Case => ({
  name,
  f,
  inputs: [random(shape)],
  derivatives: 'rules',
  scale: 8,
})
const apart = (z: tf.Tensor): tf.Tensor[] => [tf.real(z), tf.imag(z)]
const fft = (transform: typeof tf.fft): Case[] => [
  ...lengths.map(n => complex(`of length ${n}`, z => transform(z), [2, n], { tolerance: 1e-5 })),
  complex('of a vector', z => transform(tf.reshape(z, [6])), [6]),
  complex('of rank 3', z => transform(z), [2, 3, 4]),
]

export const spectral: Cases = {
  Complex: [complex('there and back', z => z, [2, 3]), complex('a number', z => z, [])],
  Real: [complex('of a vector', z => tf.real(z), [3])],
  Imag: [complex('of a vector', z => tf.imag(z), [3])],
  ComplexAbs: [
    complex('of a vector', z => tf.abs(z), [5]),
    { ...complex('edges', z => tf.abs(z), []), inputs: [reals(0, 3, 0, Infinity, NaN, 1e30), reals(0, 4, -2, 1, 0, 0)], derivatives: undefined, tolerance: 1e-5 },
  ],
  FFT: fft(tf.spectral.fft),
  IFFT: fft(tf.spectral.ifft),
} // biome-ignore format: a table

/** What other kernels do with complex tensors. */
export const ofComplex: Cases = {
  Add: [complex('of two', (z, w) => tf.add(z, w), [2, 3]), complex('and real numbers', z => tf.add(z, tf.tensor1d([2, 3, 4])), [3])],
  Sub: [complex('of two', (z, w) => tf.sub(z, w), [2, 3])],
  Multiply: [complex('of two', (z, w) => tf.mul(z, w), [2, 3]), complex('and real numbers', z => tf.mul(tf.tensor1d([2, 3, 4]), z), [3])],
  Reshape: [complex('[3, 2]', z => tf.reshape(z, [3, 2]), [2, 3])],
  ExpandDims: [complex('in front', z => tf.expandDims(z), [3])],
  Transpose: [complex('of a matrix', z => tf.transpose(z), [2, 3])],
  Concat: [complex('of two', (z, w) => tf.concat([z, w], 1), [2, 3])],
  Pack: [complex('of two', (z, w) => tf.stack([z, w], 1), [2, 3])],
  Identity: [complex('a copy', z => tf.clone(z), [3])],
  ZerosLike: [complex('zeros', z => tf.zerosLike(z), [3])],
  OnesLike: [complex('ones', z => tf.onesLike(z), [3])],
  Cast: [complex('to its own type', z => tf.cast(z, 'complex64' as 'float32'), [3])],
} // biome-ignore format: a table

export const spectralFunctions: Cases = {
  rfft: [
    ...[1, 2, 5, 8, 9].map(n => real(`of length ${n}`, x => apart(tf.spectral.rfft(x)), [2, n])),
    real('cut', x => apart(tf.spectral.rfft(x, 4)), [2, 6]), real('padded', x => apart(tf.spectral.rfft(x, 8)), [6]),
  ],
  irfft: [2, 3, 5].map(n => complex(`of length ${n}`, z => tf.spectral.irfft(z), [2, n])),
  stft: [
    real('with the window of Hann', x => apart(tf.signal.stft(x as tf.Tensor1D, 8, 4)), [24]),
    real('with that of Hamming', x => apart(tf.signal.stft(x as tf.Tensor1D, 6, 3, 8, tf.signal.hammingWindow)), [24]),
  ],
} // biome-ignore format: a table
