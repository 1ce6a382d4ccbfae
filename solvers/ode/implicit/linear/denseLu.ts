import { emitLU, emitLUSolve } from '../../../../kernels/dense/index.ts'
import { createModule } from '../../../../kernels/wasm/index.ts'
import type { LuFactors } from './luFactors.ts'

/** From this order on the WebAssembly kernel is quicker than the loops below, whose calls cost nothing. */
const leastCompiled = 12

/** Dense LU with partial pivoting (Golub & Van Loan, *Matrix Computations*, 3.4). */
export const createDenseLu = (n: number): LuFactors =>
  n < leastCompiled ? createPlainLu(n) : createCompiledLu(n)

function createPlainLu(n: number): LuFactors {
  const a = new Float64Array(n * n)
  const pivots = new Int32Array(n)

  function exchange(b: Float64Array, i: number, j: number): void {
    const value = b[i]
    b[i] = b[j]
    b[j] = value
  }

  return {
    values: a,
    factor() {
      for (let k = 0; k < n; k++) {
        let pivot = k
        let largest = Math.abs(a[k * n + k])
        for (let i = k + 1; i < n; i++) {
          const size = Math.abs(a[i * n + k])
          if (size > largest) {
            largest = size
            pivot = i
          }
        }
        if (!(largest > 0 && largest < Infinity)) return k
        pivots[k] = pivot
        if (pivot !== k) for (let j = 0; j < n; j++) exchange(a, k * n + j, pivot * n + j)
        const inverse = 1 / a[k * n + k]
        for (let i = k + 1; i < n; i++) {
          const multiplier = a[i * n + k] * inverse
          a[i * n + k] = multiplier
          if (multiplier !== 0) for (let j = k + 1; j < n; j++) a[i * n + j] -= multiplier * a[k * n + j]
        }
      }
      return -1
    },
    solve(b) {
      for (let k = 0; k < n; k++) if (pivots[k] !== k) exchange(b, k, pivots[k])
      for (let i = 1; i < n; i++) {
        let sum = b[i]
        for (let j = 0; j < i; j++) sum -= a[i * n + j] * b[j]
        b[i] = sum
      }
      for (let i = n - 1; i >= 0; i--) {
        let sum = b[i]
        for (let j = i + 1; j < n; j++) sum -= a[i * n + j] * b[j]
        b[i] = sum / a[i * n + i]
      }
    },
    solveTransposed(b) {
      for (let i = 0; i < n; i++) {
        b[i] /= a[i * n + i]
        for (let j = i + 1; j < n; j++) b[j] -= a[i * n + j] * b[i]
      }
      for (let i = n - 1; i > 0; i--) for (let j = 0; j < i; j++) b[j] -= a[i * n + j] * b[i]
      for (let k = n - 1; k >= 0; k--) if (pivots[k] !== k) exchange(b, k, pivots[k])
    },
  }
}

interface Kernels {
  readonly memory: WebAssembly.Memory
  factor(a: number): number
  solve(factors: number, b: number): void
  solveTransposed(factors: number, b: number): void
}

/** One module per order: compiled once, and instantiated for each matrix. */
const modules = new Map<number, WebAssembly.Module>()

function compiled(n: number): WebAssembly.Module {
  const known = modules.get(n)
  if (known) return known
  const builder = createModule()
  builder.memory({ pages: Math.ceil((8 * (n * n + 2 * n) + 192) / 65536), export: 'memory' })
  builder.export('factor', emitLU(builder, { n }))
  builder.export('solve', emitLUSolve(builder, { n, columns: 1 }))
  builder.export('solveTransposed', emitLUSolve(builder, { n, columns: 1, transposed: true }))
  const module = new WebAssembly.Module(builder.build())
  modules.set(n, module)
  return module
}

function createCompiledLu(n: number): LuFactors {
  const kernels = new WebAssembly.Instance(compiled(n)).exports as unknown as Kernels
  const matrixAt = 64
  const rightSideAt = matrixAt + 64 * Math.ceil((n * n + n) / 8)
  const rightSide = new Float64Array(kernels.memory.buffer, rightSideAt, n)
  return {
    values: new Float64Array(kernels.memory.buffer, matrixAt, n * n),
    factor: () => kernels.factor(matrixAt) - 1,
    solve(b) {
      rightSide.set(b)
      kernels.solve(matrixAt, rightSideAt)
      b.set(rightSide)
    },
    solveTransposed(b) {
      rightSide.set(b)
      kernels.solveTransposed(matrixAt, rightSideAt)
      b.set(rightSide)
    },
  }
}
