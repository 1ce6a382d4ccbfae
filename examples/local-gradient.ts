// Gradients of one entry of x = A⁻¹b that touch a part of A whose size does not depend on n; and where that ends.
//     npx tsx examples/local-gradient.ts [--small]
import { localGradient, type RowOracle, windowFunctional } from '../solvers/linear/local/index.ts'
import { printTable } from './diffusion.ts'

const small = process.argv.includes('--small')
const ones = { at: () => 1, maximum: 1 }

/** Convection and diffusion on an m×m grid, row-dominant by δ; rows are made when they are asked for. */
const grid = (m: number, delta: number): RowOracle => ({
  size: m * m,
  dominance: delta,
  maximumRowLength: 5,
  row(k) {
    const [i, j] = [Math.floor(k / m), k % m]
    const neighbours = [
      [i > 0, k - m, -1.5],
      [i < m - 1, k + m, -1],
      [j > 0, k - 1, -1.5],
      [j < m - 1, k + 1, -1],
    ].filter(([inside]) => inside) as [boolean, number, number][]
    return {
      columns: [k, ...neighbours.map(([, column]) => column)],
      values: [5 + delta, ...neighbours.map(([, , value]) => value)],
    }
  },
})

/** A graph in which everything is near to everything: each unknown has neighbours at ±2ᵏ. */
const expander = (bits: number, delta: number): RowOracle => {
  const size = 2 ** bits
  return {
    size,
    dominance: delta,
    maximumRowLength: 2 * bits + 1,
    row(i) {
      const columns = new Set<number>()
      for (let k = 0; k < bits; k++) {
        columns.add((i + 2 ** k) % size)
        columns.add((i - 2 ** k + size) % size)
      }
      columns.delete(i)
      return {
        columns: [i, ...columns],
        values: [1 + delta, ...Array.from(columns, () => -1 / columns.size)],
      }
    },
  }
}

for (const delta of [8, 0.5]) {
  console.log(`The gradient of the middle entry, δ = ${delta}, certified to 1e-4 over all nonzeros:\n`)
  printTable(
    ['n', 'unknowns touched', 'rows read', 'ℓ¹ error at most', 'ms'],
    (small ? [1e2, 1e6] : [32, 100, 1e3, 1e4, 1e5, 1e6]).map(m => {
      const c = new Map([[Math.floor(m / 2) * (m + 1), 1]])
      const run = () => localGradient(grid(m, delta), ones, c, { tolerance: 1e-4 })
      const times = Array.from({ length: small ? 1 : 9 }, () => {
        const start = performance.now()
        run()
        return performance.now() - start
      })
      const { touched, rowAccesses, AErrorBound } = run()
      return [(m * m).toExponential(0), touched, rowAccesses, AErrorBound, Math.min(...times)]
    }),
  )
  console.log()
}

console.log('One entry to a relative 1e-3, n = 1e12: what it takes as δ → 0\n')
printTable(
  ['δ', 'status', 'unknowns touched', 'error at most, by ‖b‖∞/δ'],
  (small ? [1, 0.5] : [1, 0.25, 0.0625, 0.015625, 0.00390625]).map(delta => {
    const c = new Map([[5e5 * 1e6 + 5e5, 1]])
    const { status, touched, errorBound } = windowFunctional(grid(1e6, delta), ones, c, {
      tolerance: 1e-3 / delta,
      maximumUnknowns: 3e4,
    })
    return [delta, status, touched, errorBound * delta]
  }),
)

console.log('\nThe same on an expander, δ = 0.5: a window is soon everything\n')
printTable(
  ['n', 'status', 'unknowns touched', 'of all'],
  (small ? [6, 8] : [8, 10, 12]).map(bits => {
    const { status, touched } = windowFunctional(expander(bits, 0.5), ones, new Map([[3, 1]]), {
      tolerance: 2e-3,
      maximumUnknowns: 3e4,
    })
    return [2 ** bits, status, touched, `${Math.round((100 * touched) / 2 ** bits)} %`]
  }),
)
