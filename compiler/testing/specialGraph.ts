/**
 * One primitive at a time on NaN, infinities, zeros of both signs and (where every order of evaluation gives the same)
 * tiny and huge numbers.
 */

import fc from 'fast-check'
import { binaryPrimitives, type Node, type Shape, sizeOf, unaryPrimitives } from '../graph.ts'
import * as p from '../primitives.ts'
import type { RandomGraph } from './randomGraph.ts'

const simple = [NaN, Infinity, -Infinity, 0, -0, 1, -1, 0.5, -2]
/** Powers whose result is a rounded number, and roots of numbers below the normal ones. */
const extreme = [5e-324, -2e-310, 1e-300, 1e300, 1.7e308, 709.9, -745.2, 1e15 + 0.3, 3, 2.5, -0.7]

/** Elementwise primitives take any number; sums and products in whatever order take the simple ones. */
const elementwise: Record<string, (a: Node, b: Node) => Node> = {
  ...Object.fromEntries(unaryPrimitives.map(name => [name, (a: Node) => p.unary(name)(a)])),
  ...Object.fromEntries(binaryPrimitives.map(name => [name, p.binary(name)])),
  select: (a, b) => p.select(a, b, p.negate(a)),
  reverse: a => p.reverse(a, [0]),
  transpose: a => p.transpose(a, a.shape.map((_, axis) => axis).toReversed()),
  concatenate: (a, b) => p.concatenate([a, b], 0),
  pad: a =>
    p.pad(
      a,
      a.shape.map(extent => extent + 2),
      a.shape.map(() => 1),
    ),
  slice: a =>
    p.slice(
      a,
      a.shape.map(() => 0),
      a.shape.map(extent => Math.ceil(extent / 2)),
      a.shape.map(() => 2),
    ),
  broadcast: a => p.broadcastTo(a, [2, ...a.shape]),
  reshape: a => p.reshape(a, [sizeOf(a.shape)]),
}
const combining: Record<string, (a: Node, b: Node) => Node> = {
  sum: a => p.sum(a, [0]),
  productOf: a => p.productOf(a, [0]),
  maximumOf: a => p.maximumOf(a, [0]),
  minimumOf: a => p.minimumOf(a, [0]),
  matmul: (a, b) => p.matmul(p.reshape(a, [1, sizeOf(a.shape)]), p.reshape(b, [sizeOf(b.shape), 1])),
  gather: (a, b) => p.gather(a, p.reshape(b, [sizeOf(b.shape)])),
  scatterAdd: (a, b) => p.scatterAdd(p.reshape(a, [sizeOf(a.shape)]), p.reshape(b, [sizeOf(b.shape)]), 3),
}

const specialPrimitives = [...Object.keys(elementwise), ...Object.keys(combining)]

/** y = f(a, b) with a and b inputs, made of special values. */
export function specialGraph(): fc.Arbitrary<RandomGraph> {
  const shapes = fc.constantFrom<Shape>([1], [3], [4, 1], [5, 3], [2, 9])
  return fc.tuple(fc.constantFrom(...specialPrimitives), shapes).chain(([name, shape]) => {
    const numbers = fc.constantFrom(...simple, ...(name in elementwise ? extreme : []))
    const array = fc.array(numbers, { minLength: sizeOf(shape), maxLength: sizeOf(shape) })
    return fc.tuple(array, array).map(([first, second]) => {
      const [a, b] = [p.input('a', shape), p.input('b', shape)]
      return {
        graph: { inputs: [a, b], outputs: [(elementwise[name] ?? combining[name])(a, b)] },
        inputs: [Float64Array.from(first), Float64Array.from(second)],
      }
    })
  })
}
