/** Normalisation by given moments. */

import * as p from '../../primitives.ts'
import { registerLowering } from '../lowering.ts'

/** (x − mean)·scale/√(variance + ε) + offset; the others broadcast to x. */
registerLowering(
  'FusedBatchNorm',
  ({ x, scale, offset, mean, variance }, { varianceEpsilon: epsilon = 0.001 }) => {
    const { shape } = x.node
    const spread = p.squareRoot(p.add(variance.node, p.full(epsilon, variance.node.shape)))
    const centred = p.subtract(x.node, p.broadcastTo(mean.node, shape))
    const scaled = scale ? p.multiply(centred, p.broadcastTo(scale.node, shape)) : centred
    const normalised = p.divide(scaled, p.broadcastTo(spread, shape))
    const node = offset ? p.add(normalised, p.broadcastTo(offset.node, shape)) : normalised
    return { node, dtype: 'float32' }
  },
)
