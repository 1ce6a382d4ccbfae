import type { ModuleBuilder, WasmFunction } from '../wasm/index.ts'
import { emitProduct } from './product.ts'

export interface MatmulShape {
  /** Rows of op(A) and C. */
  readonly m: number
  /** Columns of op(A), rows of op(B). */
  readonly k: number
  /** Columns of op(B) and C. */
  readonly n: number
  /** A is stored k×m, and op(A) = Aᵀ. */
  readonly transposeA?: boolean
  /** B is stored n×k, and op(B) = Bᵀ. */
  readonly transposeB?: boolean
  /** C += op(A)·op(B) instead of C = op(A)·op(B). */
  readonly accumulate?: boolean
  /** Fused multiply-add where the machine has it: faster, and other bits on other machines. */
  readonly relaxed?: boolean
}

/**
 * The function (a, b, c) of byte addresses that computes C = op(A)·op(B), all row-major float64, C apart from A and B.
 * One per shape and module. An empty sum (k = 0) is zero.
 */
export function emitMatmul(module: ModuleBuilder, shape: MatmulShape): WasmFunction {
  const { m, k, n, transposeA = false, transposeB = false, accumulate = false, relaxed = false } = shape
  const flags = `${transposeA ? 'T' : 'N'}${transposeB ? 'T' : 'N'}${accumulate ? '+' : ''}${relaxed ? '~' : ''}`
  const name = `matmul${flags}_${m}x${k}x${n}`
  return module.once(name, () =>
    module.function(name, { a: 'i32', b: 'i32', c: 'i32' }, [], (f, { a, b, c }) => {
      if (m * n === 0) return
      emitProduct(f, {
        a: transposeA
          ? { address: a, rowStride: 1, columnStride: m }
          : { address: a, rowStride: k, columnStride: 1 },
        b: transposeB
          ? { address: b, rowStride: 1, columnStride: k }
          : { address: b, rowStride: n, columnStride: 1 },
        c: { address: c, rowStride: n, columnStride: 1 },
        m,
        k,
        n,
        update: accumulate ? 'add' : 'write',
        relaxed,
      })
    }),
  )
}
