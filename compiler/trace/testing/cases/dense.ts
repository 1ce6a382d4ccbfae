/** Cases of matrix products and sums of products. */

import * as tf from '@tensorflow/tfjs'
import { type Case, type Cases, indices, randoms, reals } from '../case.ts'

type Product = [a: number[], b: number[], transposeA: boolean, transposeB: boolean]

const products: Product[] = [
  [[2, 3], [3, 4], false, false],
  [[3, 2], [3, 4], true, false],
  [[2, 3], [4, 3], false, true],
  [[3, 2], [4, 3], true, true],
  [[1, 1], [1, 1], false, false],
  [[1, 5], [5, 1], false, false],
  [[5, 1], [1, 5], false, false],
  [[0, 3], [3, 2], false, false],
  [[2, 0], [0, 3], false, false],
  [[17, 33], [33, 9], false, false],
  [[5, 2, 3], [5, 3, 4], false, false],
  [[5, 2, 3], [5, 4, 3], false, true],
  [[2, 3, 2, 4], [2, 3, 4, 5], false, false],
] // biome-ignore format: a table
/** tfjs' tape does not sum the derivative over what was broadcast. */
const broadcast: Product[] = [
  [[5, 2, 3], [1, 4, 3], false, true],
  [[1, 3, 2], [5, 3, 4], true, false],
  [[5, 2, 3], [3, 4], false, false],
] // biome-ignore format: a table

const product =
  (derivatives: Case['derivatives']) =>
  ([a, b, transposeA, transposeB]: Product): Case => ({
    name: `[${a}]${transposeA ? 'ᵀ' : ''}·[${b}]${transposeB ? 'ᵀ' : ''}`,
    f: (x, y) => tf.matMul(x, y, transposeA, transposeB),
    inputs: randoms([a, b]),
    derivatives,
    scale: 8,
  })

const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const

const fused = (activation: (typeof activations)[number]): Case => ({
  name: activation,
  f: (a, b, bias, slope) =>
    tf.fused.matMul({ a, b, bias, activation, preluActivationWeights: slope, leakyreluAlpha: 0.3 }),
  inputs: randoms([[2, 3], [3, 4], [4], [4]]),
  derivatives: 'rules',
  scale: 8,
}) // biome-ignore format: a table

const equations: [equation: string, ...shapes: number[][]][] = [
  ['ij,jk->ik', [2, 3], [3, 4]],
  ['bij,bj->bi', [5, 2, 3], [5, 3]],
  ['i,j->ji', [2], [3]],
  ['i,i->', [3], [3]],
  ['ij,ij->ij', [2, 3], [2, 3]],
  ['ij->i', [2, 3]],
  ['ij->ji', [2, 3]],
  ['abc->', [2, 3, 4]],
  ['bhqd,bhkd->bhqk', [2, 3, 4, 2], [2, 3, 5, 2]],
]

export const dense: Cases = {
  BatchMatMul: [
    ...products.map(product('tape')),
    ...broadcast.map(product('rules')),
    { name: 'int32', f: (a, b) => tf.matMul(a, b), inputs: [indices([2, 3], 9), indices([3, 2], 9)] },
    {
      name: 'NaN and ∞',
      f: (a, b) => tf.matMul(tf.reshape(a, [2, 2]), tf.reshape(b, [2, 2])),
      inputs: [reals(NaN, 1, Infinity, 0), reals(1, 0, -1, 2)],
    },
    {
      name: 'several batch axes broadcast',
      f: (a, b) => tf.matMul(a, b),
      inputs: randoms([[2, 1, 2, 3], [5, 3, 4]]),
      derivatives: 'rules',
      scale: 8,
      differs: {
        because: 'the rule is NumPy’s; tfjs pairs the wrong matrices',
        like: (a, b) => tf.matMul(tf.broadcastTo(a, [2, 5, 2, 3]), tf.broadcastTo(b, [2, 5, 3, 4])),
      },
    },
  ], // biome-ignore format: a table
  _FusedMatMul: activations.map(fused),
  Einsum: equations.map(([equation, ...shapes]) => ({
    name: equation,
    f: (...x) => tf.einsum(equation, ...x),
    inputs: randoms(shapes),
    derivatives: 'tape',
    scale: 8,
  })),
}
