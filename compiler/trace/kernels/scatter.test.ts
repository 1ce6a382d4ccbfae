import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { grad } from '../derivatives.ts'
import { expectAgreement, runTraced, samples } from '../testing/agreement.ts'

const indices = (rows: number[][]) => tf.tensor2d(rows, undefined, 'int32')

describe('kernels that scatter agree with tfjs', () => {
  it('scatterND adds where indices are equal', () => {
    const f = (x: tf.Tensor) => tf.scatterND(indices([[1], [3], [1]]), x, [5, 4])
    expectAgreement(f, samples([[3, 4]]))
    expectAgreement(x => tf.scatterND(indices([[1, 2], [0, 3], [1, 2]]), x, [2, 4]), samples([[3]])) // biome-ignore format: pairs
    expectAgreement(x => tf.scatterND(indices([[1, 0], [0, 1]]), x, [2, 2, 3]), samples([[2, 3]])) // biome-ignore format: pairs
  })
  it("scatterND's derivative, which tfjs lacks, gathers", () => {
    const where = indices([[1], [3], [1]])
    const [x, w] = samples([[3], [5]]) // biome-ignore format: shapes
    const pairing = (y: tf.Tensor, v: tf.Tensor) => tf.sum(tf.mul(tf.scatterND(where, y, [5]), v))
    const gradient = (y: tf.Tensor, v: tf.Tensor) => grad(z => pairing(z, v))(y)
    expect(runTraced(gradient, [x, w])).toEqual(runTraced((_, v) => tf.gatherND(v, where), [x, w]))
  })
  it('tensorScatterUpdate replaces; of equal indices the last one counts', () => {
    const f = (x: tf.Tensor, y: tf.Tensor) => tf.tensorScatterUpdate(x, indices([[1], [0], [1]]), y)
    expectAgreement(f, samples([[3, 4], [3, 4]])) // biome-ignore format: shapes
    const [x, y] = samples([[3, 2], [3, 2]]) // biome-ignore format: shapes
    const gradientOf = (i: number) => (a: tf.Tensor, b: tf.Tensor) =>
      grad(z => tf.sum(i === 0 ? f(z, b) : f(a, z)))(i === 0 ? a : b)
    expect(runTraced(gradientOf(0), [x, y])[0].values).toEqual([0, 0, 0, 0, 1, 1])
    expect(runTraced(gradientOf(1), [x, y])[0].values).toEqual([0, 0, 1, 1, 1, 1])
  })
  it('tensorScatterUpdate replaces infinities, and writes them', () => {
    const infinite = tf.tensor1d([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3])
    expectAgreement(
      x => tf.tensorScatterUpdate(x, indices([[0], [2]]), tf.tensor1d([1, -Infinity])),
      [infinite],
    )
  })
  it('sparseToDense', () => {
    const dense = (where: tf.Tensor, shape: number[], background: number) => (x: tf.Tensor) =>
      tf.sparseToDense(where, x, shape, tf.scalar(background))
    expectAgreement(dense(indices([[0, 1], [2, 0]]), [3, 2], 7), samples([[2]])) // biome-ignore format: pairs
    expectAgreement(dense(tf.tensor1d([4, 1], 'int32'), [6], 0), samples([[2]]))
    expectAgreement(dense(tf.tensor1d([4, 1], 'int32'), [6], 0), samples([[]]))
  })
})
