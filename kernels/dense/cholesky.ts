import {
  advance,
  type FunctionBody,
  f64,
  type I32,
  i32,
  type Local,
  type ModuleBuilder,
  type WasmFunction,
} from '../wasm/index.ts'
import type { FactorShape, FactorSolveShape } from './lu.ts'
import { emitProduct } from './product.ts'
import {
  blockSize,
  emitTriangularSolve,
  isUsable,
  type TriangularSystem,
  transposedSystem,
} from './triangular.ts'

/**
 * The function (a) → status that factors A, n×n row-major at byte address a, symmetric positive definite, into L·Lᵀ, in
 * place. Only the lower triangle is read; what is above the diagonal means nothing afterwards. The n float64 after A,
 * where `emitLU` has its pivots, are left alone.
 *
 * Status is 0, or k + 1 where the k-th pivot, the square of L's diagonal entry, is not positive or not finite: A is
 * not positive definite.
 *
 * Left-looking, in block columns of 16: each is first reduced by what is to its left.
 */
export function emitCholesky(module: ModuleBuilder, { n, relaxed }: FactorShape): WasmFunction {
  const name = `cholesky${relaxed ? '~' : ''}_${n}`
  return module.once(name, () =>
    module.function(name, { a: 'i32' }, ['i32'], (f, { a }) => {
      const rest = n % blockSize
      const rowBytes = 8 * n
      const end = f.let('end', advance(a, n * rowBytes))
      const k0 = f.local('i32', 'k0')
      const column = (width: number) => {
        const firstRow = f.let('firstRow', i32.add(a, i32.mul(k0, rowBytes)))
        const diagonal = f.let('diagonal', i32.add(firstRow, i32.shl(k0, 3)))
        if (n > width) {
          const left = { address: firstRow, rowStride: n, columnStride: 1 }
          emitProduct(f, {
            a: left,
            b: { ...left, rowStride: 1, columnStride: n },
            c: { ...left, address: diagonal },
            m: { count: f.let('rows', i32.sub(n, k0)), modulo16: rest },
            k: { count: k0, modulo16: 0 },
            n: width,
            update: 'subtract',
            relaxed,
          })
        }
        emitDiagonalBlock(f, { diagonal, k0, n, width })
        const row = f.let('row', advance(diagonal, width * rowBytes))
        f.block(done => {
          f.loop(next => {
            f.branchIf(done, i32.ge_u(row, end))
            emitRow(f, row, diagonal, n, width)
            f.set(row, advance(row, rowBytes))
            f.branch(next)
          })
        })
      }
      if (n > rest) f.for(k0, 0, n - rest, blockSize, () => column(blockSize))
      if (rest > 0) {
        f.set(k0, n - rest)
        column(rest)
      }
      return i32.const(0)
    }),
  )
}

/** Entries 0 … width − 1 of one row below the diagonal block: l·L₁₁ᵀ = a, so lⱼ = (aⱼ − Σ_{p<j} lₚ·Lⱼₚ)/Lⱼⱼ. */
function emitRow(f: FunctionBody, row: I32, block: I32, n: number, width: number): Local<'f64'>[] {
  const l: Local<'f64'>[] = []
  for (let j = 0; j < width; j++) {
    let sum = f64.load(row, 8 * j)
    for (let p = 0; p < j; p++) sum = f64.sub(sum, f64.mul(l[p], f64.load(block, 8 * (j * n + p))))
    l.push(f.let(`l${j}`, f64.div(sum, f64.load(block, 8 * (j * n + j)))))
    f.store(row, l[j], 8 * j)
  }
  return l
}

interface Block {
  readonly diagonal: I32
  readonly k0: I32
  readonly n: number
  readonly width: number
}

/** Factors the block on the diagonal, row by row (Cholesky–Banachiewicz), by straight-line code. */
function emitDiagonalBlock(f: FunctionBody, { diagonal, k0, n, width }: Block): void {
  for (let i = 0; i < width; i++) {
    const row = f.let('row', advance(diagonal, 8 * i * n))
    const l = emitRow(f, row, diagonal, n, i)
    let sum = f64.load(row, 8 * i)
    for (const entry of l) sum = f64.sub(sum, f64.mul(entry, entry))
    const pivot = f.let('pivot', sum)
    f.if(i32.eqz(isUsable(pivot)), () => f.return(i32.add(k0, i + 1)))
    f.store(row, f64.sqrt(pivot), 8 * i)
  }
}

/**
 * The function (factors, b) that overwrites B, n×columns row-major at b, by X with A·X = B, where `factors` is what
 * `emitCholesky` left with status 0. As A is symmetric, `transposed` changes nothing.
 */
export function emitCholeskySolve(module: ModuleBuilder, shape: FactorSolveShape): WasmFunction {
  const { n, columns, relaxed } = shape
  const name = `choleskySolve${relaxed ? '~' : ''}_${n}x${columns}`
  return module.once(name, () =>
    module.function(name, { factors: 'i32', b: 'i32' }, [], (f, { factors, b }) => {
      const lower: TriangularSystem = {
        matrix: { address: factors, rowStride: n, columnStride: 1 },
        n,
        part: 'lower',
        unit: false,
        rightSides: { address: b, rowStride: columns, columnStride: 1 },
        columns,
        relaxed,
      }
      emitTriangularSolve(f, lower)
      emitTriangularSolve(f, transposedSystem(lower))
    }),
  )
}
