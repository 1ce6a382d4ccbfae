import { type Node, type Primitive, sizeOf } from '../graph.ts'
import { evaluate } from '../interpret/evaluate.ts'
import { real } from '../interpret/real.ts'
import type { Constants } from './constants.ts'

/** Where the value of a node may differ from zero, whatever the inputs are: 1 there, 0 elsewhere; null is everywhere. */
export type Support = Uint8Array | null

/** f(0) = 0. */
const keepsZero: ReadonlySet<Primitive> = new Set<Primitive>([
  'negate', 'absolute', 'sign', 'floor', 'ceil', 'round', 'squareRoot', 'expm1', 'log1p', 'erf',
  'sin', 'tan', 'asin', 'atan', 'sinh', 'tanh', 'asinh', 'atanh', 'isNaN', 'reshape',
]) // biome-ignore format: a list

/** Applied to masks, the primitive gives its own mask (but for the size of its numbers). */
const actsOnMasks: ReadonlySet<Primitive> = new Set<Primitive>([
  'add', 'multiply', 'maximum', 'broadcast', 'transpose', 'slice', 'pad', 'concatenate', 'reverse',
  'gather', 'scatterAdd', 'sum', 'productOf', 'maximumOf', 'matmul',
]) // biome-ignore format: a list

/** f(0, 0) = 0, and nothing more is known. */
const zeroByBoth: ReadonlySet<Primitive> = new Set<Primitive>([
  'subtract', 'minimum', 'notEqual', 'less', 'greater',
]) // biome-ignore format: a list

/** Zeros come in by these although no operand has any. */
const addsZeros: ReadonlySet<Primitive> = new Set<Primitive>(['pad', 'scatterAdd'])

/** Products of matrices with more multiplications count as full: their masks would take long. */
const largestProduct = 2 ** 22

/** The support of a node, from those of its operands. Zero times anything counts as zero, as the rewriter has it. */
export function supportOf(node: Node, operands: readonly Support[], constants: Constants): Support {
  const { primitive } = node
  if (primitive === 'constant') return maskOf(node.attributes.value)
  if (keepsZero.has(primitive)) return operands[0]
  if (primitive === 'divide' || primitive === 'remainder') return operands[0]
  if (zeroByBoth.has(primitive)) return eitherMask(operands[0], operands[1])
  if (primitive === 'select') return eitherMask(operands[1], operands[2])
  if (actsOnMasks.has(primitive)) {
    if (!addsZeros.has(primitive) && operands.every(mask => mask === null)) return null
    if (primitive === 'matmul' && sizeOf(node.shape) * innerExtent(node) > largestProduct) return null
    const masks = operands.map((mask, i) =>
      mask ? Array.from(mask) : Array<number>(sizeOf(node.operands[i].shape)).fill(1),
    )
    if (primitive === 'gather' || primitive === 'scatterAdd') {
      const rows = constants.valueOf(node.operands[1])
      if (!rows) return null
      masks[1] = Array.from(rows)
    }
    return maskOf(evaluate(real, node, masks))
  }
  const value = constants.valueOf(node)
  return value ? maskOf(value) : null
}

export const innerExtent = (node: Extract<Node, { primitive: 'matmul' }>): number =>
  node.operands[0].shape.at(node.attributes.transposeA ? -2 : -1)!

function maskOf(values: ArrayLike<number>): Support {
  const mask = Uint8Array.from(values, x => Number(x !== 0))
  return mask.includes(0) ? mask : null
}

const eitherMask = (a: Support, b: Support): Support => (a && b ? maskOf(a.map((x, k) => x | b[k])) : null)
