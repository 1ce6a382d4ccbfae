/** What a case of the judge is, and the tensors that cases are made of. */

import * as tf from '@tensorflow/tfjs'
import { sizeOf } from '../../graph.ts'
import { uniform } from '../../testing/numbers.ts'

/** A function of tensors. Its arguments are `never` so that any function of tfjs takes them, whatever ranks it asks for. */
export type Operation = (...x: never[]) => tf.Tensor | tf.Tensor[]

/** One call of a kernel. Its result by tfjs' eager cpu backend is what the traced one has to be. */
export interface Case {
  readonly name: string
  readonly f: Operation
  readonly inputs: readonly tf.Tensor[]
  /**
   * 'tape': derivatives by the graph's rules are those of tfjs' tape, eager and traced, and those of the complex step.
   * 'rules': those of the complex step alone, where tfjs' tape has none, or wrong ones. Absent: there are none, or the
   * inputs are special values.
   */
  readonly derivatives?: 'tape' | 'rules'
  /** Where ours differs on purpose: why, and the function whose eager result it is instead. */
  readonly differs?: { readonly because: string; readonly like: Operation }
  /** How far float32 may be off, relative to the value and, beside it, to `scale`. */
  readonly tolerance?: number
  readonly scale?: number
  /** Whether +0 and −0 differ. (An int32 of ours may be −0.) */
  readonly zeros?: 'signed'
}

/** Cases by the kernel, or tfjs' function, that they judge: each of them calls it. */
export type Cases = Readonly<Record<string, readonly Case[]>>

/** Reproducible random numbers in (low, high), as float32. */
export function random(shape: readonly number[], low = -2, high = 2, seed = 7): tf.Tensor {
  const next = uniform(seed)
  const values = Float32Array.from({ length: sizeOf(shape) }, () => low + ((next() + 1) / 2) * (high - low))
  return tf.tensor(values, [...shape])
}

/** One tensor of random numbers for each shape, all different. */
export const randoms = (shapes: readonly (readonly number[])[], low = -2, high = 2): tf.Tensor[] =>
  shapes.map((shape, i) => random(shape, low, high, 7 + i))

export const reals = (...values: number[]): tf.Tensor => tf.tensor1d(values, 'float32')
export const integers = (...values: number[]): tf.Tensor => tf.tensor1d(values, 'int32')
export const truths = (...values: number[]): tf.Tensor => tf.tensor1d(values, 'bool')

/** Whole numbers in [0, below), of int32. */
export function indices(shape: readonly number[], below: number, seed = 3): tf.Tensor {
  const next = uniform(seed)
  return tf.tensor(
    Int32Array.from({ length: sizeOf(shape) }, () => Math.floor(((next() + 1) / 2) * below)),
    [...shape],
    'int32',
  )
}

/** The operation of tfjs with this name. */
export const operation = (name: string): Operation => {
  const f = (tf as unknown as Record<string, Operation>)[name]
  if (!f) throw new Error(`tfjs has no operation ${name}`)
  return f
}

export const words = (text: string): string[] => text.trim().split(/\s+/)
