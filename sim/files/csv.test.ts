import fc from 'fast-check'
import { expect, it } from 'vitest'
import { csvText } from './csv.ts'

it('gives every number back to the bit', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true }), { minLength: 1 }), values => {
      const [head, ...rows] = csvText([{ name: 'x', values }])
        .trimEnd()
        .split('\r\n')
      expect(head).toBe('x')
      expect(rows.map(Number)).toEqual(values.map(value => value + 0))
    }),
  )
})

it('quotes names, leaves gaps empty, and refuses ragged tables', () => {
  const text = csvText([
    { name: 'a,"b"', values: [1, Number.NaN] },
    { name: 'c', values: Float64Array.of(2, 3) },
  ])
  expect(text).toBe('"a,""b""",c\r\n1,2\r\n,3\r\n')
  expect(() =>
    csvText([
      { name: 'a', values: [1] },
      { name: 'b', values: [] },
    ]),
  ).toThrow(/column b has 0 rows, column a has 1/)
})
