import { advance, type FunctionBody, type I32, i32, type Local } from '../wasm/index.ts'

/** A number of rows or columns: known when the code is made, or at run time, and then its remainder modulo 16 is known. */
export type Extent = number | { readonly count: I32; readonly modulo16: number }

export const countOf = (extent: Extent): I32 =>
  typeof extent === 'number' ? i32.const(extent) : extent.count

/** A variable address that moves by `stride` bytes from one row or column to the next. */
export interface Pointer {
  readonly at: Local<'i32'>
  readonly stride: number
}

/**
 * Emits `body(size)` once for each whole block of `size` (a divisor of 16 where the extent is not static), and then once
 * for the rest, if any; the pointers move along, the last time only if a rest follows a loop.
 */
export function sweep(
  f: FunctionBody,
  extent: Extent,
  size: number,
  pointers: readonly Pointer[],
  body: (size: number) => void,
): void {
  const isStatic = typeof extent === 'number'
  const rest = (isStatic ? extent : extent.modulo16) % size
  const move = () => {
    for (const { at, stride } of pointers) f.set(at, advance(at, size * stride))
  }
  const loop = (end: I32) =>
    f.loop(next => {
      body(size)
      move()
      f.branchIf(next, i32.ne(pointers[0].at, end))
    })
  const { at, stride } = pointers[0]
  if (!isStatic) {
    const end = f.let('end', i32.add(at, i32.mul(i32.sub(extent.count, rest), stride)))
    f.if(i32.ne(at, end), () => loop(end))
  } else if (extent >= 2 * size) {
    loop(f.let('end', advance(at, (extent - rest) * stride)))
  } else if (extent >= size) {
    body(size)
    if (rest > 0) move()
  }
  if (rest > 0) body(rest)
}
