import { type FunctionBody, f64x2, type I32, type V128 } from '../wasm/index.ts'
import { emitPackedProduct } from './packed.ts'
import { emitRows } from './rows.ts'
import type { Extent } from './sweep.ts'
import { emitTiles } from './tiles.ts'

/** A matrix in memory: entry (i, j) is the float64 at address + 8·(i·rowStride + j·columnStride). */
export interface Matrix {
  readonly address: I32
  readonly rowStride: number
  readonly columnStride: number
}

/** What the product does to C: C ← A·B, C ← C + A·B, C ← C − A·B. */
export type Update = 'write' | 'add' | 'subtract'

export interface Product {
  /** m×k */
  readonly a: Matrix
  /** k×n */
  readonly b: Matrix
  /** m×n, apart from A and B */
  readonly c: Matrix
  readonly m: Extent
  readonly k: Extent
  readonly n: Extent
  readonly update: Update
  /** Fused multiply-add where the machine has it: faster, and other bits on other machines. */
  readonly relaxed?: boolean
}

export const transposed = ({ address, rowStride, columnStride }: Matrix): Matrix => ({
  address,
  rowStride: columnStride,
  columnStride: rowStride,
})

/** The same product, as Cᵀ ← Bᵀ·Aᵀ. */
const mirrored = ({ a, b, c, m, n, ...rest }: Product): Product => ({
  ...rest,
  a: transposed(b),
  b: transposed(a),
  c: transposed(c),
  m: n,
  n: m,
})

/**
 * Emits C ← (C ±) A·B. Every entry is the textbook's loop, in this order whatever the shape, the layout, the batch:
 *
 *     c = 0, or as it was;  for p = 0 … k−1:  c = c ± a[i, p]·b[p, j]
 *
 * so its bits depend on the row of A and the column of B alone. The ways below differ in what they keep in registers
 * and caches.
 */
export function emitProduct(f: FunctionBody, product: Product): void {
  const { m, k, n } = product
  // The strides along an extent of one and of an empty matrix are never used: but loops end where an address does, so none is 0.
  const flatProduct = {
    ...product,
    a: flat(product.a, m, k),
    b: flat(product.b, k, n),
    c: flat(product.c, m, n),
  }
  const p = isBetterMirrored(flatProduct) ? mirrored(flatProduct) : flatProduct
  if (isWorthPacking(p)) emitPackedProduct(f, p)
  else if (hasLongRows(p)) emitRows(f, p)
  else emitTiles(f, p)
}

const flat = ({ address, rowStride, columnStride }: Matrix, rows: Extent, columns: Extent): Matrix => {
  const isEmpty = rows === 0 || columns === 0
  return {
    address,
    rowStride: rows === 1 || isEmpty ? 1 : rowStride,
    columnStride: columns === 1 || isEmpty ? 1 : columnStride,
  }
}

/** Entries of C are taken in pairs along its rows: so let these be longer than 1, and contiguous. */
function isBetterMirrored({ c, m, n }: Product): boolean {
  if (m === 1 || n === 1) return m !== 1
  return c.columnStride !== 1 && c.rowStride === 1
}

const isAtLeast = (extent: Extent, least: number): boolean => typeof extent !== 'number' || extent >= least

/**
 * Whether copies cost little beside the product, and gain: where the columns of B are contiguous, or where B is larger
 * than the second cache (bench/kernels.ts).
 */
function isWorthPacking({ b, c, m, k, n, update }: Product): boolean {
  if (update === 'write' && typeof k !== 'number') return false
  if (c.columnStride !== 1 || ![m, k, n].every(extent => isAtLeast(extent, 32))) return false
  if (b.columnStride !== 1) return true
  return isAtLeast(m, 64) && typeof k === 'number' && typeof n === 'number' && k * n > 2 ** 18
}

/** Whether the rows of B and C are contiguous, and longer than a tile, and there is a first term to write. */
const hasLongRows = ({ b, c, k, n, update }: Product): boolean =>
  ((typeof k === 'number' && k > 0) || update !== 'write') &&
  isAtLeast(n, 17) &&
  b.columnStride === 1 &&
  c.columnStride === 1

/** sum + a·b */
export const multiplyAdd = (a: V128, b: V128, sum: V128, relaxed = false): V128 =>
  relaxed ? f64x2.relaxed_madd(a, b, sum) : f64x2.add(sum, f64x2.mul(a, b))

/** sum − a·b */
export const multiplySubtract = (a: V128, b: V128, sum: V128, relaxed = false): V128 =>
  relaxed ? f64x2.relaxed_nmadd(a, b, sum) : f64x2.sub(sum, f64x2.mul(a, b))
