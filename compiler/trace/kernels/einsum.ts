/** Sums of products by index, `ij,jk->ik`, as products of two operands at a time; and their gradient on tfjs' tape. */

import * as tf from '@tensorflow/tfjs-core'
import { type Node, sizeOf } from '../../graph.ts'
import * as p from '../../primitives.ts'
import { registerLowering } from '../lowering.ts'

/** A node whose axes have names, one letter each, all different. */
interface Indexed {
  readonly node: Node
  readonly axes: string
}

interface Equation {
  /** The letters of each operand. */
  readonly terms: readonly string[]
  readonly result: string
}

function parse(equation: string): Equation {
  const text = equation.replaceAll(/\s/g, '')
  const [, terms, result] = /^([A-Za-z,]*)->([A-Za-z]*)$/.exec(text) ?? []
  if (terms === undefined) {
    throw new Error(
      `einsum: '${equation}' cannot be read; write one letter per axis and the result behind an arrow, as in 'ij,jk->ik'`,
    )
  }
  const unknown = [...result].find((letter, i) => !terms.includes(letter) || result.indexOf(letter) !== i)
  if (unknown) {
    throw new Error(`einsum: the result of '${equation}' names ${unknown} twice, or no operand has it`)
  }
  return { terms: terms.split(','), result }
}

/** Operands with the letters of their axes; each letter has one extent. */
function indexed({ terms }: Equation, nodes: readonly Node[], equation: string): Indexed[] {
  const extents = new Map<string, number>()
  if (terms.length !== nodes.length) {
    throw new Error(`einsum: '${equation}' is about ${terms.length} operands, but there are ${nodes.length}`)
  }
  return terms.map((axes, i) => {
    const { shape } = nodes[i]
    if (axes.length !== shape.length) {
      throw new Error(`einsum: operand ${i} of '${equation}' has shape ${p.shapeText(shape)}, not ${axes}`)
    }
    ;[...axes].forEach((letter, axis) => {
      const extent = extents.get(letter) ?? shape[axis]
      if (extent !== shape[axis]) {
        throw new Error(`einsum: '${equation}': ${letter} is both ${extent} and ${shape[axis]}`)
      }
      extents.set(letter, extent)
    })
    return diagonal({ node: nodes[i], axes })
  })
}

/** The diagonal, where a letter stands twice: the two axes become one, at the first one's place. */
function diagonal({ node, axes }: Indexed): Indexed {
  const second = [...axes].findIndex((letter, i) => axes.indexOf(letter) < i)
  if (second < 0) return { node, axes }
  const first = axes.indexOf(axes[second])
  const n = node.shape[first]
  const order = [
    first,
    second,
    ...node.shape.flatMap((_, axis) => (axis === first || axis === second ? [] : axis)),
  ]
  const rest = order.slice(2).map(axis => node.shape[axis])
  const rows = p.reshape(p.transpose(node, order), [n * n, ...rest])
  const origin = rows.shape.map(() => 0)
  const onDiagonal = p.slice(rows, origin, [n, ...rest], [n + 1, ...rest.map(() => 1)])
  return diagonal({
    node: onDiagonal,
    axes: order
      .toSpliced(1, 1)
      .map(axis => axes[axis])
      .join(''),
  })
}

const extentsOf = ({ node, axes }: Indexed, wanted: readonly string[]): number[] =>
  wanted.map(axis => node.shape[axes.indexOf(axis)])

/** The axes in another order; those not wanted are summed over. */
function arrange({ node, axes }: Indexed, wanted: readonly string[]): Indexed {
  const rest = [...axes].filter(axis => wanted.includes(axis))
  const summed = [...axes].flatMap((axis, i) => (wanted.includes(axis) ? [] : [i]))
  const order = wanted.filter(axis => rest.includes(axis))
  return {
    node: p.transpose(
      p.sum(node, summed),
      order.map(axis => rest.indexOf(axis)),
    ),
    axes: order.join(''),
  }
}

/** The product of two, summed over what they share and `kept` does not have. */
function contract(a: Indexed, b: Indexed, kept: string): Indexed {
  const shared = [...a.axes].filter(axis => b.axes.includes(axis))
  const batch = shared.filter(axis => kept.includes(axis))
  const inner = shared.filter(axis => !kept.includes(axis))
  const rows = [...a.axes].filter(axis => !shared.includes(axis) && kept.includes(axis))
  const columns = [...b.axes].filter(axis => !shared.includes(axis) && kept.includes(axis))
  const left = arrange(a, [...batch, ...rows, ...inner])
  const right = arrange(b, [...batch, ...inner, ...columns])
  const batches = extentsOf(a, batch)
  const [m, k, n] = [extentsOf(a, rows), extentsOf(a, inner), extentsOf(b, columns)]
  const factors = [
    p.reshape(left.node, [...batches, sizeOf(m), sizeOf(k)]),
    p.reshape(right.node, [...batches, sizeOf(k), sizeOf(n)]),
  ]
  const shape = [...batches, sizeOf(m), sizeOf(n)]
  const product =
    inner.length > 0
      ? p.matmul(factors[0], factors[1])
      : p.multiply(p.broadcast(factors[0], shape), p.broadcast(factors[1], shape))
  return {
    node: p.reshape(product, [...batches, ...m, ...n]),
    axes: [...batch, ...rows, ...columns].join(''),
  }
}

/** All operands into one, two by two: each time the pair whose product is the smallest. */
function contractAll(operands: readonly Indexed[], result: string): Indexed {
  if (operands.length === 1) return operands[0]
  const pairs = operands.flatMap((a, i) =>
    operands.slice(i + 1).map(b => {
      const others = operands.filter(other => other !== a && other !== b)
      return { product: contract(a, b, result + others.map(({ axes }) => axes).join('')), others }
    }),
  )
  const sizes = pairs.map(({ product }) => sizeOf(product.node.shape))
  const { product, others } = pairs[sizes.indexOf(Math.min(...sizes))]
  return contractAll([product, ...others], result)
}

registerLowering('Einsum', (operands, { equation }: { equation: string }) => {
  const parsed = parse(equation)
  const nodes = Object.values(operands).map(({ node }) => node)
  const product = contractAll(indexed(parsed, nodes, equation), parsed.result)
  return { node: arrange(product, [...parsed.result]).node, dtype: 'float32' }
})

/** By operand i: the cotangent and the other operands, summed to its letters; letters that only it has are repeated. */
function gradientBy(
  i: number,
  cotangent: tf.Tensor,
  operands: readonly tf.Tensor[],
  equation: Equation,
): tf.Tensor {
  const { terms, result } = equation
  const letters = [...terms[i]]
  if (new Set(letters).size < letters.length) {
    throw new Error(
      `einsum: tf.grad cannot differentiate the diagonal ${terms[i]}; neurode's grad can, or multiply by tf.eye`,
    )
  }
  const others = terms.toSpliced(i, 1)
  const found = letters.filter(letter => [result, ...others].some(term => term.includes(letter)))
  const sum = tf.einsum(
    `${[result, ...others].join(',')}->${found.join('')}`,
    cotangent,
    ...operands.toSpliced(i, 1),
  )
  const { shape } = operands[i]
  const spread = shape.map((extent, axis) => (found.includes(letters[axis]) ? extent : 1))
  return tf.broadcastTo(tf.reshape(sum, spread), shape)
}

/** tfjs has none. */
tf.registerGradient({
  kernelName: 'Einsum',
  saveAllInputs: true,
  gradFunc(cotangent, operands, attributes) {
    const equation = parse((attributes as unknown as { equation: string }).equation)
    return Object.fromEntries(
      operands.map((_, i) => [i, () => gradientBy(i, cotangent as tf.Tensor, operands, equation)]),
    )
  },
})
