import * as tf from '@tensorflow/tfjs'
import { describe, it } from 'vitest'
import { expectAgreement, expectGradientsAgree, samples } from '../testing/agreement.ts'

const image = (f: (x: tf.Tensor4D) => tf.Tensor) => f as (x: tf.Tensor) => tf.Tensor

describe('kernels of images agree with tfjs', () => {
  const x = samples([[2, 4, 6, 3]])
  const sizes: [number, number][] = [[8, 12], [4, 6], [2, 3], [5, 9], [1, 1]] // biome-ignore format: pairs
  const modes = [[false, false], [true, false], [false, true]] // biome-ignore format: pairs
  it.each(modes)('resizing, corners aligned %s, centres halved %s', (aligned, halved) => {
    for (const size of sizes) {
      for (const resize of [tf.image.resizeBilinear, tf.image.resizeNearestNeighbor]) {
        expectAgreement(
          image(y => resize(y, size, aligned, halved)),
          x,
        )
      }
    }
  })
  // tfjs' own exchange height and width, take another image's numbers in a batch, and forget halfPixelCenters.
  it('derivatives of resizing, of one square image', () => {
    for (const resize of [tf.image.resizeBilinear, tf.image.resizeNearestNeighbor]) {
      const f = image(y => resize(y, [8, 9]))
      expectGradientsAgree(f, samples([[1, 4, 4, 3]]))
    }
  })
  it.each<[string, (y: tf.Tensor4D) => tf.Tensor]>([
    ['space to batch', y => tf.spaceToBatchND(y, [2, 3], [[0, 0], [1, 2]])],
    ['batch to space', y => tf.batchToSpaceND(tf.concat([y, y]), [2, 2], [[1, 0], [0, 3]])],
    ['depth to space', y => tf.depthToSpace(tf.concat([y, y, y, y], 3), 2, 'NHWC')],
    ['flip', y => tf.image.flipLeftRight(y)],
  ])('%s', (_, f) => expectAgreement(image(f), x)) // biome-ignore format: a table
})
