import { describe, expect, test } from 'vitest'
import type { Node, Shape } from './graph.ts'
import * as p from './primitives.ts'

const x = (shape: Shape): Node => p.input('x', shape)

describe('shapes are inferred', () => {
  const cases: [string, Node, Shape][] = [
    ['elementwise', p.add(x([2, 3]), x([2, 3])), [2, 3]],
    ['broadcastTo adds axes in front', p.broadcastTo(x([3]), [2, 3]), [2, 3]],
    ['full', p.full(9.81, [4, 1]), [4, 1]],
    ['transpose', p.transpose(x([2, 3, 4]), [2, 0, 1]), [4, 2, 3]],
    ['transposeMatrix', p.transposeMatrix(x([5, 2, 3])), [5, 3, 2]],
    ['slice by strides', p.slice(x([7, 5]), [1, 0], [3, 2], [2, 4]), [3, 2]],
    ['pad', p.pad(x([2]), [6], [1], [3]), [6]],
    ['concatenate at the last axis', p.concatenate([x([2, 3]), x([2, 4])], -1), [2, 7]],
    ['gather', p.gather(x([2, 3, 4]), p.constant([0, 0, 2, 1, 1], [5]), 1), [2, 5, 4]],
    ['scatterAdd', p.scatterAdd(x([2, 3]), p.constant([0, 9, 9], [3]), 10, 1), [2, 10]],
    ['sum of some axes', p.sum(x([2, 3, 4]), [0, -1]), [3]],
    ['sum of all', p.sum(x([2, 3, 4])), []],
    ['matmul', p.matmul(x([6, 3, 2]), x([6, 4, 3]), { transposeA: true, transposeB: true }), [6, 2, 4]],
    ['solve', p.solve(x([6, 3, 3]), x([6, 3, 2])), [6, 3, 2]],
    ['factor', p.factor(x([6, 3, 3]), 'spd'), [6, 12]],
    ['factorSolve', p.factorSolve(x([6, 12]), x([6, 3, 2])), [6, 3, 2]],
  ]
  test.each(cases)('%s', (_, node, shape) => {
    expect(node.shape).toEqual(shape)
  })

  test('NumPy’s common shape', () => {
    expect(p.broadcastShape([3, 1, 2], [4, 1])).toEqual([3, 4, 2])
    expect(p.broadcastShape([], [0, 2])).toEqual([0, 2])
    expect(() => p.broadcastShape([3], [2, 2])).toThrow('broadcast: [3] and [2,2] do not fit: 3 against 2')
  })
})

test('what would change nothing is not made', () => {
  const a = x([2, 3])
  for (const same of [
    p.reshape(a, [2, 3]),
    p.broadcastTo(a, [2, 3]),
    p.transpose(a, [0, -1]),
    p.slice(a, [0, 0], [2, 3]),
    p.pad(a, [2, 3], [0, 0]),
    p.concatenate([a], 0),
    p.reverse(a, []),
    p.sum(a, []),
  ]) {
    expect(same).toBe(a)
  }
})

describe('a mistake is named', () => {
  const mistakes: [string, () => Node][] = [
    [
      'add: operands must have equal shapes, not [2], [2,1]; broadcast them first',
      () => p.add(x([2]), x([2, 1])),
    ],
    ['input y: [2,-1] is no shape; extents are whole numbers, 0 or more', () => p.input('y', [2, -1])],
    ['constant: 3 numbers do not fill [2,2], which takes 4', () => p.constant([1, 2, 3], [2, 2])],
    ['reshape: [2,3] has 6 elements, [4] has 4', () => p.reshape(x([2, 3]), [4])],
    [
      'broadcast: [2,1] does not stretch to [3,4]; ranks are equal, and only extents 1 stretch',
      () => p.broadcastTo(x([2, 1]), [3, 4]),
    ],
    ['transpose: axis 1 is named twice', () => p.transpose(x([2, 2]), [1, 1])],
    ['transpose: permutation [0] has 1 axes, the operand [2,2] has 2', () => p.transpose(x([2, 2]), [0])],
    [
      'slice: axis 0 reaches index 5, but its extent is 5 (3 from 1 by 2)',
      () => p.slice(x([5]), [1], [3], [2]),
    ],
    ['slice: strides [0] must be whole numbers, 1 or more', () => p.slice(x([5]), [0], [3], [0])],
    ['slice: begin [0,0] must name 1 axes', () => p.slice(x([5]), [0, 0], [3])],
    ['pad: axis 0 reaches index 3, but its extent is 3 (2 from 2 by 1)', () => p.pad(x([2]), [3], [2])],
    ['concatenate: [2,3], [3,2] differ in more than axis 0', () => p.concatenate([x([2, 3]), x([3, 2])], 0)],
    ['gather: indices must have rank 1, not shape [2,2]; reshape them', () => p.gather(x([3]), x([2, 2]))],
    ['scatterAdd: 3 rows along axis 0 of [3], but 2 indices', () => p.scatterAdd(x([3]), x([2]), 4)],
    ['sum: there is no axis 2 in rank 2', () => p.sum(x([2, 2]), [2])],
    ['maximumOf: [2,0] has no element along axes [1]', () => p.maximumOf(x([2, 0]), [1])],
    ['matmul: inner extents 3 and 4 differ ([2,3]·[4,5])', () => p.matmul(x([2, 3]), x([4, 5]))],
    [
      'matmul: inner extents 2 and 4 differ ([2,3]ᵀ·[4,5])',
      () => p.matmul(x([2, 3]), x([4, 5]), { transposeA: true }),
    ],
    [
      'matmul: b must be a matrix or a batch of them, not [3]; reshape a vector to [n,1]',
      () => p.matmul(x([2, 3]), x([3])),
    ],
    [
      'matmul: batch axes [7] and [] differ ([7,2,3]·[3,5]); broadcast first',
      () => p.matmul(x([7, 2, 3]), x([3, 5])),
    ],
    ['solve: A must be square, not [2,3]', () => p.solve(x([2, 3]), x([2, 1]))],
    ['solve: A is 2×2, but B [3,1] has 3 rows', () => p.solve(x([2, 2]), x([3, 1]))],
  ]
  test.each(mistakes)('%s', (message, make) => {
    expect(make).toThrow(new RangeError(message))
  })
})

test('a constant keeps its own copy', () => {
  const values = Float64Array.of(1, 2)
  const node = p.constant(values, [2])
  values[0] = 7
  expect(node.primitive === 'constant' && [...node.attributes.value]).toEqual([1, 2])
})

test('origins nest, and are restored after a throw', () => {
  const originOf = (): string | undefined => p.scalar(1).origin
  p.withOrigin('outer', () => {
    expect(() =>
      p.withOrigin('inner', () => {
        expect(originOf()).toBe('inner')
        throw new Error('stop')
      }),
    ).toThrow('stop')
    expect(originOf()).toBe('outer')
  })
  expect(originOf()).toBeUndefined()
})
