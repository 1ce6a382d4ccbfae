import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { randoms } from '../testing/case.ts'
import { runTraced } from '../testing/runTraced.ts'

const einsum = (equation: string) => (...x: tf.Tensor[]) => tf.einsum(equation, ...x) // biome-ignore format: one line

describe('einsum beyond tfjs', () => {
  const same = (a: (...x: tf.Tensor[]) => tf.Tensor, b: typeof a, shapes: number[][]) => {
    const x = randoms(shapes)
    const [actual, expected] = [runTraced(a, x)[0], runTraced(b, x)[0]]
    expect(actual.shape).toEqual(expected.shape)
    actual.values.forEach((value, i) => {
      expect(value).toBeCloseTo(expected.values[i], 12)
    })
  }
  it('three and four operands', () => {
    same(einsum('i,ij,j->'), (x, A, y) => tf.dot(x as tf.Tensor1D, tf.dot(A as tf.Tensor2D, y as tf.Tensor1D)), [[2], [2, 3], [3]]) // biome-ignore format: one law a line
    same(einsum('ij,jk,kl,lm->im'), (a, b, c, d) => tf.matMul(tf.matMul(a, b), tf.matMul(c, d)), [[2, 3], [3, 4], [4, 2], [2, 5]]) // biome-ignore format: one law a line
    same(einsum('bi,bij,bj->b'), (x, A, y) => tf.sum(tf.mul(x, tf.sum(tf.mul(A, tf.expandDims(y, 1)), 2)), 1), [[4, 2], [4, 2, 3], [4, 3]]) // biome-ignore format: one law a line
  })
  it("an axis of one operand summed beside another's, for which tfjs' cpu backend makes the shape [1]", () => {
    same(einsum('ij,k->k'), (a, b) => tf.mul(tf.sum(a), b), [[2, 3], [4]]) // biome-ignore format: one law a line
  })
  it('diagonals', () => {
    const diagonal = (x: tf.Tensor) => tf.sum(tf.mul(x, tf.eye(3)), 1)
    same(einsum('ii->i'), diagonal, [[3, 3]])
    same(einsum('ii->'), x => tf.sum(diagonal(x)), [[3, 3]])
    same(einsum('iji->j'), x => tf.sum(tf.mul(tf.transpose(x, [1, 0, 2]), tf.eye(3)), [1, 2]), [[3, 2, 3]])
  })
  it("gradient of three operands, by tfjs' tape: of xᵀAy it is (Ay, x·yᵀ, Aᵀx)", () => {
    const inputs = randoms([[2], [2, 3], [3]])
    const gradients = runTraced((...x) => tf.grads(einsum('i,ij,j->') as never)(x), inputs)
    const expected = runTraced(
      (x, A, y) => [
        einsum('ij,j->i')(A, y),
        tf.outerProduct(x as tf.Tensor1D, y as tf.Tensor1D),
        einsum('ij,i->j')(A, x),
      ],
      inputs,
    )
    expect(gradients).toEqual(expected)
  })
  it('refuses what it cannot read, with the equation', () => {
    const [a, b] = randoms([[2, 3], [3, 4]]) // biome-ignore format: shapes
    expect(() => runTraced(einsum('...ij,jk->ik'), [a, b])).toThrow(/'\.\.\.ij,jk->ik' cannot be read/)
    expect(() => runTraced(einsum('ij,jk'), [a, b])).toThrow(/behind an arrow/)
    expect(() => runTraced(einsum('ij,jk->iq'), [a, b])).toThrow(/names q/)
    expect(() => runTraced(einsum('ij,ik->jk'), [a, b])).toThrow(/i is both 2 and 3/)
    expect(() => runTraced(einsum('ij->i'), [a, b])).toThrow(/1 operands, but there are 2/)
    expect(() => runTraced(einsum('ijk,jk->i'), [a, b])).toThrow(/operand 0/)
  })
})
