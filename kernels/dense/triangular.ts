import {
  advance,
  type FunctionBody,
  f64,
  type I32,
  i32,
  type Lane,
  type Local,
  type Real,
  scalarLane,
  vectorLane,
} from '../wasm/index.ts'
import { emitProduct, type Matrix, transposed } from './product.ts'
import { type Extent, sweep } from './sweep.ts'

/** Rows of a diagonal block that are solved by straight-line code. */
export const blockSize = 16

export interface Triangle {
  /** n×n; only its triangle `part` is read. */
  readonly matrix: Matrix
  readonly n: number
  readonly part: 'lower' | 'upper'
  /** The diagonal is 1 and is not read. */
  readonly unit: boolean
}

export interface TriangularSystem extends Triangle {
  /** n×columns with contiguous rows: B, overwritten by X with T·X = B. */
  readonly rightSides: Matrix
  readonly columns: Extent
  readonly relaxed?: boolean
}

/** The triangular system with the transpose of the matrix. */
export const transposedSystem = <T extends Triangle>(system: T): T => ({
  ...system,
  matrix: transposed(system.matrix),
  part: system.part === 'lower' ? 'upper' : 'lower',
})

/**
 * Emits X ← T⁻¹·B in place: block rows of 16, each less the product with those solved before, then substitution within
 * the block. The blocks of a lower matrix run downwards, those of an upper one upwards.
 */
export function emitTriangularSolve(f: FunctionBody, system: TriangularSystem): void {
  const { matrix, n, part, rightSides, columns, relaxed } = system
  const rest = n % blockSize
  const step = part === 'lower' ? blockSize : -blockSize
  const rowAddress = (m: Matrix, row: I32) => i32.add(m.address, i32.mul(row, 8 * m.rowStride))
  const diagonalAddress = (row: I32) =>
    i32.add(matrix.address, i32.mul(row, 8 * (matrix.rowStride + matrix.columnStride)))

  /** The block whose first row is `row`, when `solved` rows above (lower) or below (upper) are known. */
  const block = (row: I32, size: number, solved: Extent | 0) => {
    const diagonal = { ...matrix, address: f.let('diagonal', diagonalAddress(row)) }
    const x = { ...rightSides, address: f.let('x', rowAddress(rightSides, row)) }
    if (solved !== 0) {
      const [a, b] =
        part === 'lower'
          ? [rowAddress(matrix, row), rightSides.address]
          : [
              advance(diagonal.address, 8 * size * matrix.columnStride),
              advance(x.address, 8 * size * rightSides.rowStride),
            ]
      emitProduct(f, {
        a: { ...matrix, address: a },
        b: { ...rightSides, address: b },
        c: x,
        m: size,
        k: solved,
        n: columns,
        update: 'subtract',
        relaxed,
      })
    }
    emitSubstitution(f, { ...system, matrix: diagonal, n: size, rightSides: x })
  }

  const row = f.local('i32', 'row')
  if (part === 'lower') {
    const solvedRows = { count: row, modulo16: 0 }
    if (n >= blockSize) f.for(row, 0, n - rest, step, () => block(row, blockSize, solvedRows))
    if (rest > 0) {
      f.set(row, n - rest)
      block(row, rest, n > rest ? solvedRows : 0)
    }
    return
  }
  f.set(row, n - rest)
  if (rest > 0) block(row, rest, 0)
  if (n < blockSize) return
  const solved = f.local('i32', 'solved')
  f.for(solved, rest, n, blockSize, () => {
    f.set(row, i32.sub(row, blockSize))
    block(row, blockSize, { count: solved, modulo16: rest })
  })
}

/** Straight-line substitution, two columns of the right-hand sides at a time. */
function emitSubstitution(f: FunctionBody, system: TriangularSystem): void {
  const { n, rightSides, columns } = system
  const at = f.let('column', rightSides.address)
  sweep(f, columns, columns === 1 ? 1 : 2, [{ at, stride: 8 }], width => {
    const lane = width === 2 ? vectorLane(f, system) : scalarLane(f, system)
    const offset = (i: number) => 8 * i * rightSides.rowStride
    const x = Array.from({ length: n }, (_, i) => f.let(`x${i}`, lane.load(at, offset(i))))
    substitute(lane, system, x)
    x.forEach((entry, i) => {
      lane.store(at, entry, offset(i))
    })
  })
}

/**
 * Variables x ← T⁻¹·x: xᵢ = (xᵢ − Σ tᵢⱼ·xⱼ)/tᵢᵢ, the sum over the solved j in their order: each new x is subtracted
 * last.
 */
export function substitute(
  lane: Lane,
  { matrix, n, part, unit }: Triangle,
  x: readonly Local<'f64' | 'v128'>[],
): void {
  const entry = (i: number, j: number) =>
    lane.loadSplat(matrix.address, 8 * (i * matrix.rowStride + j * matrix.columnStride))
  const order = Array.from({ length: n }, (_, i) => (part === 'lower' ? i : n - 1 - i))
  order.forEach((i, position) => {
    let sum: Real = x[i]
    for (const j of order.slice(0, position)) sum = lane.sub(sum, lane.mul(entry(i, j), x[j]))
    if (unit && position === 0) return
    lane.body.set(x[i], unit ? sum : lane.div(sum, entry(i, i)))
  })
}

/** A pivot that is zero, negative zero or not finite cannot be divided by. */
export const isUsable = (magnitude: ReturnType<typeof f64.abs>): I32 =>
  i32.and(f64.gt(magnitude, 0), f64.lt(magnitude, Number.POSITIVE_INFINITY))
