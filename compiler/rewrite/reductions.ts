import { sizeOf } from '../graph.ts'
import { broadcastTo, full, multiply, negate, reshape, scalar, sum } from '../primitives.ts'
import { isUniform, uniformValue } from './match.ts'
import type { Rule, Rules } from './normalise.ts'

/** Axes of extent 1 are dropped from any reduction: there is nothing to reduce. */
const overUnits: Rule = node => {
  if (node.primitive !== 'sum' && node.primitive !== 'productOf') {
    if (node.primitive !== 'maximumOf' && node.primitive !== 'minimumOf') return undefined
  }
  const [x] = node.operands
  return node.attributes.axes.every(axis => x.shape[axis] === 1) ? reshape(x, node.shape) : undefined
}

const sumRule: Rule = node => {
  if (node.primitive !== 'sum') return undefined
  const [x] = node.operands
  const { axes } = node.attributes
  const all = axes.length === x.shape.length
  if (isUniform(x, 0)) return full(0, node.shape)
  switch (x.primitive) {
    case 'broadcast': {
      // Equal terms: their number times one of them.
      const [source] = x.operands
      const repeated = axes.filter(axis => source.shape[axis] !== x.shape[axis])
      if (repeated.length === 0) return undefined
      const count = repeated.reduce((product, axis) => product * x.shape[axis], 1)
      const kept = broadcastTo(
        source,
        x.shape.map((extent, axis) => (repeated.includes(axis) ? 1 : extent)),
      )
      return multiply(full(count, node.shape), reshape(sum(kept, axes), node.shape))
    }
    case 'negate':
      return negate(sum(x.operands[0], axes))
    case 'multiply': {
      const [a, b] = x.operands
      const onA = uniformValue(a)
      const factor = onA ?? uniformValue(b)
      if (factor === undefined) return undefined
      return multiply(broadcastTo(scalar(factor), node.shape), sum(onA === undefined ? a : b, axes))
    }
    case 'sum': {
      const kept = x.operands[0].shape.flatMap((_, axis) => (x.attributes.axes.includes(axis) ? [] : [axis]))
      return sum(x.operands[0], [...x.attributes.axes, ...axes.map(axis => kept[axis])])
    }
    case 'reshape':
    case 'transpose':
    case 'reverse':
    case 'pad':
      return all && sizeOf(x.shape) > 0 ? sum(x.operands[0]) : undefined
    default:
      return undefined
  }
}

export const reductionRules: Rules = {
  sum: [overUnits, sumRule],
  productOf: [overUnits],
  maximumOf: [overUnits],
  minimumOf: [overUnits],
}
