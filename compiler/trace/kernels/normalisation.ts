/** Normalisation: by given moments, and by the neighbours among the channels. */

import type { Node } from '../../graph.ts'
import * as p from '../../primitives.ts'
import { registerLowerings } from '../lowering.ts'
import { pullback } from './pullback.ts'
import { sequence } from './shape.ts'

interface LocalResponse {
  readonly depthRadius: number
  readonly bias: number
  readonly alpha: number
  readonly beta: number
}

/**
 * x·(bias + alpha·Σ x²)^−beta, the sum over the channels at most depthRadius away (Krizhevsky, Sutskever & Hinton,
 * NeurIPS 2012, 3.3). The sums are one product with a band matrix.
 */
function localResponse(x: Node, { depthRadius, bias, alpha, beta }: LocalResponse): Node {
  const channels = x.shape.at(-1)!
  const near = sequence(channels * channels).map(k =>
    Math.abs((k % channels) - Math.floor(k / channels)) <= depthRadius ? 1 : 0,
  )
  const squares = p.reshape(p.multiply(x, x), [x.shape.slice(0, -1).reduce((a, b) => a * b, 1), channels])
  const sums = p.reshape(p.matmul(squares, p.constant(near, [channels, channels])), x.shape)
  const base = p.add(p.full(bias, x.shape), p.multiply(p.full(alpha, x.shape), sums))
  return p.multiply(x, p.power(base, p.full(-beta, x.shape)))
}

registerLowerings({
  /** (x − mean)·scale/√(variance + ε) + offset; the others broadcast to x. */
  FusedBatchNorm: ({ x, scale, offset, mean, variance }, { varianceEpsilon: epsilon = 0.001 }) => {
    const { shape } = x.node
    const spread = p.squareRoot(p.add(variance.node, p.full(epsilon, variance.node.shape)))
    const centred = p.subtract(x.node, p.broadcastTo(mean.node, shape))
    const scaled = scale ? p.multiply(centred, p.broadcastTo(scale.node, shape)) : centred
    const normalised = p.divide(scaled, p.broadcastTo(spread, shape))
    const node = offset ? p.add(normalised, p.broadcastTo(offset.node, shape)) : normalised
    return { node, dtype: 'float32' }
  },
  LRN: ({ x }, attributes) => ({ node: localResponse(x.node, attributes), dtype: 'float32' }),
  LRNGrad: ({ x, dy }, attributes) => ({
    node: pullback(input => localResponse(input, attributes), x.node, dy.node),
    dtype: 'float32',
  }),
})
