import { type FunctionBody, f64x2, type I32, i32, type Local, type V128, v128 } from '../wasm/index.ts'

/** Four rows of some columns: each column as rows 0, 1 and rows 2, 3. */
export type Block = readonly (readonly [Local<'v128'>, Local<'v128'>])[]

/** Bytes of a column within a panel of 4 rows. */
export const columnBytes = 32

/**
 * Emits the first `width` columns of A·Bᵀ as sums over k, where A and B are panels of 4 rows (column k at 32·k bytes) and
 * `bytes` = 32 times the number of columns, known at run time.
 */
export function emitPanelProduct(f: FunctionBody, a: I32, b: I32, bytes: I32, width: number): Block {
  const sums: Block = Array.from({ length: width }, () => [
    f.let('low', f64x2.const(0)),
    f.let('high', f64x2.const(0)),
  ])
  const [x, y] = [f.let('a', a), f.let('b', b)]
  const end = f.let('end', i32.add(x, bytes))
  const term = (offset: number) => {
    const low = f.let('rows01', v128.load(x, offset))
    const high = f.let('rows23', v128.load(x, offset + 16))
    sums.forEach((sum, column) => {
      const factor = f.let('factor', v128.load64_splat(y, offset + 8 * column))
      f.set(sum[0], f64x2.add(sum[0], f64x2.mul(low, factor)))
      f.set(sum[1], f64x2.add(sum[1], f64x2.mul(high, factor)))
    })
  }
  const turn = (terms: number) => {
    for (let k = 0; k < terms; k++) term(columnBytes * k)
    f.set(x, i32.add(x, columnBytes * terms))
    f.set(y, i32.add(y, columnBytes * terms))
  }
  f.if(i32.and(bytes, columnBytes), () => turn(1))
  f.block(done => {
    f.branchIf(done, i32.eq(x, end))
    f.loop(next => {
      turn(2)
      f.branchIf(next, i32.ne(x, end))
    })
  })
  return sums
}

/** The four numbers of a column, rows 0 … 3. */
export const lane = ([low, high]: readonly [V128, V128], row: number) =>
  f64x2.extract_lane(row < 2 ? low : high, row & 1)
