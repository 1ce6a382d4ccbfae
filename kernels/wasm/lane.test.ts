/** The law of a lane: one float64 or two, the bits are the same. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  createModule,
  f64,
  i32,
  type Lane,
  type Real,
  scalarLane,
  unlikely,
  vectorLane,
  withData,
} from './index.ts'

type Operation = (lane: Lane, a: Real, b: Real) => Real

const operations: Record<string, Operation> = {
  add: (l, a, b) => l.add(a, b),
  sub: (l, a, b) => l.sub(a, b),
  mul: (l, a, b) => l.mul(a, b),
  div: (l, a, b) => l.div(a, b),
  mulAdd: (l, a, b) => l.mulAdd(a, b, 0.1),
  min: (l, a, b) => l.min(a, b),
  max: (l, a, b) => l.max(a, b),
  sqrt: (l, a) => l.sqrt(a),
  abs: (l, a) => l.abs(a),
  neg: (l, a) => l.neg(a),
  floor: (l, a) => l.floor(a),
  ceil: (l, a) => l.ceil(a),
  trunc: (l, a) => l.trunc(a),
  nearest: (l, a) => l.nearest(a),
  copysign: (l, a, b) => l.copysign(a, b),
  comparisons: (l, a, b) =>
    [l.eq(a, b), l.ne(a, b), l.lt(a, b), l.le(a, b), l.gt(a, b), l.ge(a, b), l.not(l.lt(a, b))]
      .map((mask, i) => l.mul(l.truth(mask), 2 ** i))
      .reduce((sum, term) => l.add(sum, term)),
  masks: (l, a, b) => l.select(l.or(l.and(l.lt(a, b), l.gt(a, 0)), l.eq(b, 0)), a, 7),
  bits: (l, a, b) => l.fromBits(l.addBits(l.subBits(l.bits(a), l.bits(b)), 0x123456789n)),
  bitwise: (l, a, b) => l.fromBits(l.xorBits(l.andBits(l.bits(a), l.bits(b)), l.orBits(l.bits(a), 5n))),
  shifts: (l, a) =>
    l.fromBits(
      l.orBits(
        l.shiftLeft(l.bits(a), 52),
        l.orBits(l.shiftRight(l.bits(a), 40), l.shiftRightUnsigned(l.bits(a), 3)),
      ),
    ),
  mulBits: (l, a, b) => l.fromBits(l.mulBits(l.bits(a), l.bits(b))),
  selectBits: (l, a, b) =>
    l.fromBits(l.selectBits(l.or(l.ltBits(l.bits(a), l.bits(b)), l.eqBits(l.bits(a), 0n)), l.bits(b), 1n)),
  lookup: (l, a) => l.lookup(1024, l.toInteger(l.nearest(l.min(l.max(a, 0), 7)))),
  each: (l, a, b) => l.each(l.add(a, b), x => f64.mul(x, x)),
  each2: (l, a, b) => l.each2(a, b, (x, y) => f64.sub(f64.mul(x, x), y)),
  pseudoMin: (l, a, b) => l.pseudoMin(a, b),
  pseudoMax: (l, a, b) => l.pseudoMax(a, b),
  unlikely: (l, a, b) => unlikely(l, l.lt(a, b), () => l.div(a, b), l.mul(a, b)),
}

const module = createModule()
module.memory({ pages: 1, export: 'memory' })
for (const [name, operation] of Object.entries(operations)) {
  for (const makeLane of [scalarLane, vectorLane]) {
    const fn = module.function(name, { a: 'i32', b: 'i32', out: 'i32' }, [], (f, { a, b, out }) => {
      const lane = makeLane(f)
      for (let at = 0; at < 2; at += lane.width) {
        const x = lane.let('x', lane.load(a, 8 * at))
        lane.store(out, operation(lane, x, lane.let('y', lane.load(b, 8 * at))), 8 * at)
      }
    })
    module.export(`${name}${makeLane === scalarLane ? 1 : 2}`, fn)
  }
}
module.export(
  'roundTrip',
  module.function('roundTrip', { p: 'i32' }, ['i32'], (f, { p }) => {
    const lane = vectorLane(f)
    lane.store(p, lane.fromInteger(lane.toInteger(lane.load(p))))
    return i32.const(0)
  }),
)
const sines = {
  address: 1024,
  bytes: new Uint8Array(Float64Array.from({ length: 8 }, (_, i) => Math.sin(i)).buffer),
}
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(withData(module.build(), [sines])))
const run = exports as Record<string, (...addresses: number[]) => void>
const buffer = (exports.memory as WebAssembly.Memory).buffer
const values = new Float64Array(buffer)

/** The bits, with every NaN the same: WebAssembly leaves its payload open. */
const bitsOf = (x: number) => (Number.isNaN(x) ? 'NaN' : new BigInt64Array(new Float64Array([x]).buffer)[0])

test.each(Object.keys(operations))('%s has the same bits one by one and two at a time', name => {
  const special = [0, -0, 1, -1, 0.5, 1.5, 2.5, Number.NaN, Number.POSITIVE_INFINITY, 5e-324]
  const double = fc.oneof(fc.double(), fc.constantFrom(...special))
  fc.assert(
    fc.property(fc.tuple(double, double), fc.tuple(double, double), (a, b) => {
      values.set([...a, ...b])
      run[`${name}1`](0, 16, 32)
      run[`${name}2`](0, 16, 48)
      expect([...values.slice(6, 8)].map(bitsOf)).toEqual([...values.slice(4, 6)].map(bitsOf))
    }),
  )
})

test('integers up to 2^51 pass through toInteger and fromInteger', () => {
  for (const x of [0, 1, -1, 2 ** 51, -(2 ** 51), 123456789012345]) {
    values.set([x, -x])
    run.roundTrip(0)
    expect([...values.slice(0, 2)]).toEqual([x, 0 - x])
  }
})
