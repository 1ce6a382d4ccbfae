import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cameraViews } from '../sim/files/viewerSeries.ts'
import { type LinkState, readLink, writeLink } from './link.ts'

const number = fc.integer({ min: -99999, max: 99999 }).map(value => value / 100)
const vector = fc.tuple(number, number, number)
const name = fc.string({ minLength: 1, unit: 'grapheme' })

it('reads what it has written, whatever names hold', () => {
  const state = fc.record<LinkState>(
    {
      file: name,
      time: number,
      marks: fc.tuple(number, number),
      speed: fc.constantFrom(0.1, 0.5, 2, 10),
      camera: fc.oneof(fc.constantFrom(...cameraViews), fc.record({ position: vector, target: vector })),
      selection: fc.record({
        kind: fc.constantFrom('body' as const, 'series' as const),
        name: name.filter(n => !/[\r\n\u2028\u2029]/.test(n)),
      }),
    },
    { requiredKeys: [] },
  )
  fc.assert(fc.property(state, one => void expect(readLink(writeLink(one))).toEqual(one)))
})

it('passes over what makes no sense', () => {
  expect(readLink('#t=soon&view=behind&camera=1,2&loop=1,2,3&select=p2&speed=')).toEqual({})
  expect(readLink('')).toEqual({})
  expect(writeLink({ time: 3.21, camera: 'front', selection: { kind: 'body', name: 'p2' } })).toBe(
    '#t=3.21&view=front&select=body:p2',
  )
})
