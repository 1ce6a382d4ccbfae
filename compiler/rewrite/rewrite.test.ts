import { describe, expect, it } from 'vitest'
import { type Node, topologicalOrder } from '../graph.ts'
import * as p from '../primitives.ts'
import { rewrite } from './index.ts'

const [x, y] = [p.input('x', [6, 4]), p.input('y', [6, 4])]
const v = p.input('v', [4])
const s = p.input('s', [])
const A = p.input('A', [20, 20])

/** The graph as text: constants and inputs by value and name, primitives with their attributes that matter. */
function text(node: Node): string {
  switch (node.primitive) {
    case 'input':
      return node.attributes.name
    case 'constant':
      return node.attributes.value.length === 1 ? `${node.attributes.value[0]}` : `[${node.attributes.value}]`
    case 'broadcast':
      return text(node.operands[0])
    case 'slice':
      return `${text(node.operands[0])}[${node.attributes.begin}:${node.shape}]`
    case 'matmul': {
      const { transposeA, transposeB } = node.attributes
      const [a, b] = node.operands.map(text)
      return `${a}${transposeA ? 'ᵀ' : ''}·${b}${transposeB ? 'ᵀ' : ''}`
    }
    default:
      return `${node.primitive}(${node.operands.map(text).join(', ')})`
  }
}

const rewritten = (node: Node, smallSize = 0): string =>
  text(rewrite({ inputs: [], outputs: [node] }, { smallSize }).outputs[0])
const full = (value: number) => p.full(value, x.shape)

describe('arithmetic', () => {
  const laws: [string, Node, string][] = [
    ['x + 0', p.add(x, full(0)), 'x'],
    ['0 − x', p.subtract(full(0), x), 'negate(x)'],
    ['x · 1', p.multiply(full(1), x), 'x'],
    ['x · 0', p.multiply(x, full(0)), '0'],
    ['x · −1', p.multiply(x, full(-1)), 'negate(x)'],
    ['2 · (3 · x)', p.multiply(full(2), p.multiply(x, full(3))), 'multiply(6, x)'],
    ['−−x', p.negate(p.negate(x)), 'x'],
    ['x + −y', p.add(x, p.negate(y)), 'subtract(x, y)'],
    ['−x + y', p.add(p.negate(x), y), 'subtract(y, x)'],
    ['x − −y', p.subtract(x, p.negate(y)), 'add(x, y)'],
    ['−(x − y)', p.negate(p.subtract(x, y)), 'subtract(y, x)'],
    ['−x · −y', p.multiply(p.negate(x), p.negate(y)), 'multiply(x, y)'],
    ['x / 4', p.divide(x, full(4)), 'multiply(0.25, x)'],
    ['x / (4 + 2⁻⁵⁰), no power of two', p.divide(x, full(4 + 2 ** -50)), `divide(x, ${4 + 2 ** -50})`],
    ['x / 2⁻¹⁰⁷⁴, whose reciprocal is ∞', p.divide(x, full(5e-324)), 'divide(x, 5e-324)'],
    [
      '10²⁰⁰ · (10²⁰⁰ · x), whose factor is ∞',
      p.multiply(full(1e200), p.multiply(full(1e200), x)),
      'multiply(1e+200, multiply(x, 1e+200))',
    ],
    ['x / 3', p.divide(x, full(3)), 'divide(x, 3)'],
    ['x²', p.power(x, full(2)), 'multiply(x, x)'],
    ['half-integer powers', p.power(x, full(1.5)), 'multiply(x, squareRoot(x))'],
    ['√ as a power', p.power(x, full(0.5)), 'squareRoot(x)'],
    ['a known choice', p.select(full(1), x, y), 'x'],
    ['constants', p.add(p.multiply(p.scalar(2), p.scalar(3)), p.scalar(0.5)), '6.5'],
    ['elementary functions of constants stay', p.exp(p.scalar(1)), 'exp(1)'],
  ]
  it.each(laws)('%s', (_, before, after) => {
    const commuted = after.replace(/(add|multiply)\((.+), (.+)\)/, '$1($3, $2)')
    expect([after, commuted]).toContain(rewritten(before))
  })
})

describe('rearrangements', () => {
  const t = p.transposeMatrix(x)
  const rows = (begin: number, count: number) => p.slice(x, [begin, 0], [count, 4])
  const laws: [string, Node, string][] = [
    ['transpose of a transpose', p.transposeMatrix(t), 'x'],
    ['reshape of a reshape', p.reshape(p.reshape(x, [24]), [6, 4]), 'x'],
    ['transpose of a column', p.transpose(p.reshape(v, [4, 1]), [1, 0]), 'reshape(v)'],
    ['slice of a slice', p.slice(rows(1, 4), [2, 0], [2, 4]), 'x[3,0:2,4]'],
    ['slice of a repeated row', p.slice(p.broadcastTo(v, [6, 4]), [3, 1], [1, 2]), 'reshape(v)[0,1:1,2]'],
    ['slice of a concatenation', p.slice(p.concatenate([x, y], 0), [7, 0], [2, 4]), 'y[1,0:2,4]'],
    ['slice inside a pad', p.slice(p.pad(x, [9, 4], [2, 0]), [2, 0], [6, 4]), 'x'],
    ['slice beside a pad', p.slice(p.pad(x, [9, 4], [2, 0]), [0, 0], [2, 4]), '0'],
    ['slice of a transpose', p.slice(t, [1, 0], [2, 6]), 'transpose(x[0,1:6,2])'],
    ['slices joined again', p.concatenate([rows(0, 2), rows(2, 3), rows(5, 1)], 0), 'x'],
    ['reversed twice', p.reverse(p.reverse(x, [0, 1]), [1]), 'reverse(x)'],
    [
      'the sum of pads beside one another',
      p.add(p.pad(x, [14, 4], [0, 0]), p.pad(y, [14, 4], [6, 0])),
      'concatenate(x, y, 0)',
    ],
    [
      'the sum of pads to one place',
      p.add(p.pad(x, [14, 4], [1, 0]), p.pad(y, [14, 4], [1, 0])),
      'pad(add(x, y))',
    ],
    ['functions of repeated numbers', p.sin(p.broadcastTo(s, [6, 4])), 'reshape(sin(s))'],
    ['functions of transposes', p.add(t, p.transposeMatrix(y)), 'transpose(add(x, y))'],
  ]
  it.each(laws)('%s', (_, before, after) => {
    expect(rewritten(before)).toBe(after)
  })
})

describe('sums and products', () => {
  const column = p.reshape(v, [4, 1])
  const laws: [string, Node, string][] = [
    ['the sum of equal rows', p.sum(p.broadcastTo(v, [6, 4]), [0]), 'multiply(v, 6)'],
    ['the sum of a negation', p.sum(p.negate(x)), 'negate(sum(x))'],
    ['the sum of a multiple', p.sum(p.multiply(full(3), x)), 'multiply(sum(x), 3)'],
    ['sums along axes, one by one', p.sum(p.sum(x, [0])), 'sum(x)'],
    ['transposed factors', p.matmul(p.transposeMatrix(x), y), 'xᵀ·y'],
    ['a transposed product', p.transposeMatrix(p.matmul(x, y, { transposeB: true })), 'y·xᵀ'],
    ['a sign in front of a product', p.matmul(p.negate(x), column), 'x·reshape(negate(v))'],
    [
      'a sign before an outer product',
      p.negate(p.matmul(column, column, { transposeB: true })),
      'reshape(negate(v))·reshape(v)ᵀ',
    ],
  ]
  it.each(laws)('%s', (_, before, after) => {
    const commuted = after.replace(/(add|multiply)\((.+), (.+)\)/, '$1($3, $2)')
    expect([after, commuted]).toContain(rewritten(before))
  })
})

describe('whole graphs', () => {
  const count = (primitive: Node['primitive'], outputs: Node[], smallSize = 0) =>
    topologicalOrder(rewrite({ inputs: [], outputs }, { smallSize }).outputs).filter(
      node => node.primitive === primitive,
    ).length

  it('equal parts are computed once', () => {
    const make = () => p.tanh(p.add(x, p.sin(y)))
    expect(count('tanh', [p.multiply(make(), make()), p.exp(make())])).toBe(1)
    expect(count('add', [p.exp(p.add(x, y)), p.exp(p.add(y, x))])).toBe(1)
  })
  it('forward, transposed and tangent solves share one factorisation', () => {
    const b = p.input('b', [20, 1])
    const forward = p.solve(A, b)
    const outputs = [
      forward,
      p.solve(A, p.sin(b), { transposed: true }),
      p.solve(p.transposeMatrix(A), b),
      p.solve(A, p.matmul(A, forward)),
    ]
    expect(count('factor', outputs)).toBe(1)
    expect(count('solve', outputs)).toBe(0)
    expect(count('factorSolve', outputs)).toBe(4)
  })
  it('small arrays become scalars, and zeros vanish', () => {
    const state = p.input('state', [4])
    const [q, rate] = [p.slice(state, [0], [2]), p.slice(state, [2], [2])]
    const identity = p.constant([1, 0, 0, 1], [2, 2])
    const diagonal = p.multiply(p.broadcast(p.reshape(p.exp(q), [2, 1]), [2, 2]), identity)
    const product = p.reshape(p.matmul(diagonal, p.reshape(rate, [2, 1])), [2])
    const { outputs } = rewrite({ inputs: [state], outputs: [p.concatenate([rate, product], 0)] })
    const primitives = new Map<string, number>()
    for (const { primitive } of topologicalOrder(outputs)) {
      primitives.set(primitive, (primitives.get(primitive) ?? 0) + 1)
    }
    // diag(eᑫ)·q̇ is two products of two numbers.
    expect(primitives.get('multiply')).toBe(2)
    expect(primitives.get('exp')).toBe(2)
    for (const gone of ['matmul', 'add', 'broadcast', 'constant']) expect(primitives.has(gone)).toBe(false)
  })
  it('a vector on its way from one big array to another stays a vector', () => {
    const input = p.input('z', [8])
    const wide = p.matmul(p.input('W', [64, 8]), p.reshape(p.tanh(input), [8, 1]))
    expect(count('tanh', [wide], 16)).toBe(1)
  })
})
