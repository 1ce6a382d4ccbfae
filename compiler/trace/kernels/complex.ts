/** Complex tensors, as pairs of nodes: real and imaginary part. */

import type { Node } from '../../graph.ts'
import * as p from '../../primitives.ts'
import { type Lowering, realLowering, registerComplexLowerings, registerLowerings } from '../lowering.ts'
import type { Value } from '../values.ts'
import { broadcastAll, cast } from './elementwise.ts'

export interface Complex {
  readonly re: Node
  readonly im: Node
}

/** Of a real number, the imaginary part is zero. */
export const complexOf = ({ node, imaginary }: Value): Complex => ({
  re: node,
  im: imaginary ?? p.full(0, node.shape),
})

export const complexValue = ({ re, im }: Complex): Value => ({ node: re, imaginary: im, dtype: 'complex64' })

const real = (node: Node): Value => ({ node, dtype: 'float32' })

/** What moves numbers, or is linear over the real ones, is done with either part. */
const byParts =
  (kernel: string): Lowering =>
  (operands, attributes) => {
    const ofPart = (part: keyof Complex): Value | Value[] => {
      const parts = Object.entries(operands).map(([name, value]) => [name, real(complexOf(value)[part])])
      return realLowering(kernel)(Object.fromEntries(parts), attributes)
    }
    const join = (re: Value, im: Value): Value => complexValue({ re: re.node, im: im.node })
    const [re, im] = [ofPart('re'), ofPart('im')]
    return Array.isArray(re) ? re.map((value, i) => join(value, (im as Value[])[i])) : join(re, im as Value)
  }

/** (a + bi)(c + di) = ac − bd + (ad + bc)i. */
function multiply(x: Complex, y: Complex): Complex {
  const [a, b, c, d] = broadcastAll(x.re, x.im, y.re, y.im)
  return {
    re: p.subtract(p.multiply(a, c), p.multiply(b, d)),
    im: p.add(p.multiply(a, d), p.multiply(b, c)),
  }
}

/** √(re² + im²), whose derivative at 0 is taken as 0. */
function modulus({ re, im }: Complex): Node {
  const square = p.add(p.multiply(re, re), p.multiply(im, im))
  const zero = p.full(0, square.shape)
  const vanishes = p.equal(square, zero)
  const root = p.squareRoot(p.select(vanishes, p.full(1, square.shape), square))
  return p.select(vanishes, zero, root)
}

const parts: Record<string, Lowering> = {
  Real: ({ input }) => real(complexOf(input).re),
  Imag: ({ input }) => real(complexOf(input).im),
  ComplexAbs: ({ x }) => real(modulus(complexOf(x))),
}

registerLowerings({
  ...parts,
  Complex: operands => complexValue({ re: operands.real.node, im: operands.imag.node }),
})

const partwise = [
  'Add', 'AddN', 'Concat', 'ExpandDims', 'Identity', 'Mean', 'Neg', 'Pack', 'Reshape', 'Reverse', 'Slice', 'SplitV',
  'StridedSlice', 'Sub', 'Sum', 'Tile', 'Transpose', 'Unpack', 'ZerosLike',
] // biome-ignore format: a list

registerComplexLowerings({
  ...parts,
  ...Object.fromEntries(partwise.map(kernel => [kernel, byParts(kernel)])),
  Cast: ({ x }, { dtype }) => (dtype === 'complex64' ? x : cast(real(x.node), dtype)),
  Multiply: ({ a, b }) => complexValue(multiply(complexOf(a), complexOf(b))),
  OnesLike: ({ x }) => cast(real(p.full(1, x.node.shape)), 'complex64'),
})
