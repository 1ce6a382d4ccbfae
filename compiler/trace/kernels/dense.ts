/** Kernels of dense layers. */

import type { Node } from '../../graph.ts'
import * as p from '../../primitives.ts'
import { registerLowerings } from '../lowering.ts'
import { activateFused } from './activations.ts'

/** op(a)·op(b) on the last two axes; batch axes broadcast. */
function broadcastMatmul(a: Node, b: Node, transposeA: boolean, transposeB: boolean): Node {
  const batch = p.broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2))
  return p.matmul(
    p.broadcastTo(a, [...batch, ...a.shape.slice(-2)]),
    p.broadcastTo(b, [...batch, ...b.shape.slice(-2)]),
    { transposeA, transposeB },
  )
}

registerLowerings({
  BatchMatMul: ({ a, b }, { transposeA, transposeB }) => ({
    node: broadcastMatmul(a.node, b.node, transposeA, transposeB),
    dtype: a.dtype,
  }),
  _FusedMatMul: ({ a, b, bias, preluActivationWeights }, attributes) => {
    const product = broadcastMatmul(a.node, b.node, attributes.transposeA, attributes.transposeB)
    const operands = { bias: bias?.node, slope: preluActivationWeights?.node }
    return { node: activateFused(product, attributes, operands), dtype: 'float32' }
  },
})
