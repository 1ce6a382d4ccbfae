import { describe, test } from 'vitest'
import type { Node } from '../graph.ts'
import * as p from '../primitives.ts'
import { expectLawful, graphOf, spread, variable } from '../testing/derivatives.ts'

describe('each structural rule agrees with complex step and with its transpose', () => {
  const cases: [string, (x: Node) => Node][] = [
    ['reshape', x => p.reshape(x, [6, 4])],
    ['broadcast of an inner axis', x => p.broadcastTo(p.reshape(x, [6, 1, 4]), [2, 6, 3, 4])],
    ['transpose', x => p.transpose(x, [2, 0, 1])],
    ['slice', x => p.slice(x, [0, 1, 1], [2, 1, 2])],
    ['slice by strides', x => p.slice(x, [1, 0, 0], [1, 2, 2], [1, 2, 3])],
    ['pad', x => p.pad(x, [3, 5, 4], [1, 1, 0])],
    ['pad by strides', x => p.pad(x, [4, 7, 11], [0, 1, 1], [3, 2, 3])],
    ['concatenate', x => p.concatenate([x, p.slice(x, [0, 1, 0], [2, 2, 4]), p.full(1, [2, 1, 4]), x], 1)],
    ['reverse', x => p.reverse(x, [0, 2])],
    ['gather', x => p.gather(x, p.constant([2, 0, 2, 2], [4]), 1)],
    ['scatterAdd', x => p.scatterAdd(x, p.constant([4, 0, 4], [3]), 5, 1)],
    ['sum', x => p.sum(x, [0, 2])],
  ]
  test.each(cases)('%s', (_, apply) => {
    const x = variable([2, 3, 4])
    const y = apply(x)
    expectLawful(graphOf([x], y, p.multiply(y, y)), spread(-1, 2, 24))
  })
})
