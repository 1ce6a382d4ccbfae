import {
  type F64,
  type FunctionBody,
  f64,
  f64x2,
  type I32,
  i32,
  type Lane,
  type Local,
  scalarLane,
  vectorLane,
} from '../wasm/index.ts'

/**
 * Emits `body` for the consecutive float64 at the pointers, two at a time and the last alone where their number, known at
 * run time, is odd. The pointers move along.
 */
export function emitRun(
  f: FunctionBody,
  count: I32,
  pointers: readonly Local<'i32'>[],
  body: (lane: Lane, offset: number) => void,
): void {
  const [first] = pointers
  const bytes = f.let('bytes', i32.shl(count, 3))
  const end = f.let('end', i32.add(first, bytes))
  const vector = vectorLane(f)
  const chunk = (size: number) => {
    const last = f.let('last', i32.add(first, i32.and(i32.sub(end, first), -8 * size)))
    f.block(done => {
      f.branchIf(done, i32.eq(first, last))
      f.loop(next => {
        for (let offset = 0; offset < 8 * size; offset += 16) body(vector, offset)
        for (const pointer of pointers) f.set(pointer, i32.add(pointer, 8 * size))
        f.branchIf(next, i32.ne(first, last))
      })
    })
  }
  chunk(4)
  chunk(2)
  f.if(i32.ne(first, end), () => {
    body(scalarLane(f), 0)
    for (const pointer of pointers) f.set(pointer, i32.add(pointer, 8))
  })
}

/** y ← y − factor·x, `count` float64 at each address. */
export function emitSubtractMultiple(f: FunctionBody, y: I32, factor: F64, x: I32, count: I32): void {
  const [to, from] = [f.let('y', y), f.let('x', x)]
  const scalar = f.let('factor', factor)
  const pair = f.let('factors', f64x2.splat(scalar))
  emitRun(f, count, [to, from], (lane, offset) => {
    const product = lane.mul(lane.width === 2 ? pair : scalar, lane.load(from, offset))
    lane.store(to, lane.sub(lane.load(to, offset), product), offset)
  })
}

/** xᵀy over `count` float64: terms of even and of odd position are summed apart, then added. */
export function emitDot(f: FunctionBody, x: I32, y: I32, count: I32): Local<'f64'> {
  const [p, q] = [f.let('x', x), f.let('y', y)]
  const pair = f.let('pair', f64x2.const(0))
  const odd = f.let('odd', f64.const(0))
  emitRun(f, count, [p, q], (lane, offset) => {
    const product = lane.mul(lane.load(p, offset), lane.load(q, offset))
    if (lane.width === 2) f.set(pair, lane.add(pair, product) as typeof pair)
    else f.set(odd, product as F64)
  })
  return f.let('dot', f64.add(f64.add(f64x2.extract_lane(pair, 0), f64x2.extract_lane(pair, 1)), odd))
}

/** Exchanges `count` float64 at two addresses, which may be the same. */
export function emitExchange(f: FunctionBody, first: I32, second: I32, count: I32): void {
  const [p, q] = [f.let('p', first), f.let('q', second)]
  emitRun(f, count, [p, q], (lane, offset) => {
    const x = lane.let('x', lane.load(p, offset))
    lane.store(p, lane.load(q, offset), offset)
    lane.store(q, x, offset)
  })
}
