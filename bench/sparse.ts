/**
 * Sparse factorisations of Laplacians in the plane and in space, and batches of dense systems, beside others on one core:
 * SciPy's SuperLU and NumPy's LAPACK, where PEERS_PYTHON names a Python with bench/peers/requirements.txt, and CHOLMOD and KLU,
 * where gcc finds SuiteSparse. Theirs and ours run one after another; times are the best of a few runs.
 *
 * Ours are numeric refactorisations on a known pattern; so are CHOLMOD's and KLU's. SuperLU in SciPy has no such call: its times
 * hold the ordering. With speed > 0 the matrix has upwind convection and is not symmetric: LU.
 *
 *     npx tsx bench/sparse.ts [MOST]        up to so many unknowns; default 1e5
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { emitLU, emitLUSolve, instantiate } from '../kernels/dense/index.ts'
import { createSparseCholesky, createSparseLU } from '../kernels/sparse/index.ts'
import { type CsrMatrix, csrFromTriplets } from '../solvers/linear/krylov/index.ts'

interface Grid {
  readonly side: number
  readonly dimensions: number
  readonly speed: number
}

interface Times {
  readonly analyse?: number
  readonly factor: number
  readonly solve: number
  readonly nonzeros: number
}

const most = Number(process.argv[2] ?? 1e5)
const unknowns = ({ side, dimensions }: Grid) => side ** dimensions
const grids: Grid[] = [
  { side: 32, dimensions: 2, speed: 0 },
  { side: 100, dimensions: 2, speed: 0 },
  { side: 316, dimensions: 2, speed: 0 },
  { side: 1000, dimensions: 2, speed: 0 },
  { side: 10, dimensions: 3, speed: 0 },
  { side: 21, dimensions: 3, speed: 0 },
  { side: 46, dimensions: 3, speed: 0 },
  { side: 100, dimensions: 2, speed: 5 },
  { side: 316, dimensions: 2, speed: 5 },
].filter(grid => unknowns(grid) <= 1.01 * most)
const batches = [
  { n: 4, batch: 1000 },
  { n: 8, batch: 1000 },
  { n: 16, batch: 1000 },
  { n: 32, batch: 200 },
  { n: 64, batch: 100 },
  { n: 128, batch: 20 },
  { n: 256, batch: 4 },
  { n: 500, batch: 2 },
]

function matrixOf(grid: Grid): CsrMatrix {
  const { side, dimensions, speed } = grid
  const n = unknowns(grid)
  const triplets: [number, number, number][] = []
  for (let k = 0; k < n; k++) {
    triplets.push([k, k, dimensions * (2 + speed)])
    for (let d = 0, stride = 1; d < dimensions; d++, stride *= side) {
      if (Math.floor(k / stride) % side === side - 1) continue
      triplets.push([k + stride, k, -1 - speed], [k, k + stride, -1])
    }
  }
  return csrFromTriplets(n, n, triplets)
}

/** Seconds per call: the best of as many as take a second, two at least. */
function best(call: () => void): number {
  let least = Number.POSITIVE_INFINITY
  const start = performance.now()
  for (let run = 0; run < 2 || performance.now() - start < 1000; run++) {
    const before = performance.now()
    call()
    least = Math.min(least, performance.now() - before)
  }
  return least / 1000
}

function ours(grid: Grid): Times {
  const A = matrixOf(grid)
  const b = Float64Array.from({ length: A.rows }, (_, i) => i % 7)
  const start = performance.now()
  const factors = grid.speed > 0 ? createSparseLU(A) : createSparseCholesky(A)
  factors.values.set(A.values)
  if (grid.speed > 0) factors.factor()
  const analyse = (performance.now() - start) / 1000
  const factor = best(() => factors.factor())
  const x = b.slice()
  const solve = best(() => {
    x.set(b)
    factors.solve(x)
  })
  return { analyse, factor, solve, nonzeros: factors.statistics.nonzeros }
}

/** Seconds for a batch of dense solves: each matrix is copied, factored and solved with. */
function oursDense({ n, batch }: { n: number; batch: number }): number {
  const lu = instantiate(module => emitLU(module, { n }), [n * n + n])
  const solve = instantiate(module => emitLUSolve(module, { n, columns: 1 }), [n * n + n, n])
  const a = Float64Array.from(
    { length: n * n },
    (_, k) => Math.sin(12.9898 * (k + 1)) + (k % (n + 1) === 0 ? n : 0),
  )
  const b = Float64Array.from({ length: n }, (_, i) => Math.sin(i + 1))
  return best(() => {
    for (let k = 0; k < batch; k++) {
      lu.arrays[0].set(a)
      lu.run()
      solve.arrays[0].set(lu.arrays[0])
      solve.arrays[1].set(b)
      solve.run()
    }
  })
}

function inPython<Result>(cases: readonly object[]): Result[] | undefined {
  const python = process.env.PEERS_PYTHON
  if (!python) return undefined
  const script = join(import.meta.dirname, 'peers', 'sparse.py')
  return JSON.parse(execFileSync(python, [script, JSON.stringify(cases)]).toString())
}

/** SuiteSparse's times, or nothing where it is not there. */
function inC(): ((grid: Grid) => Times) | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'neurode-sparse-'))
  const program = join(folder, 'sparse')
  process.on('exit', () => rmSync(folder, { recursive: true }))
  try {
    const source = join(import.meta.dirname, 'limit', 'sparse.c')
    const options = ['-O3', '-o', program, source, '-I/usr/include/suitesparse', '-lcholmod', '-lklu', '-lm']
    execFileSync('gcc', options, { stdio: 'ignore' })
  } catch {
    return undefined
  }
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' }
  return ({ side, dimensions, speed }) =>
    JSON.parse(execFileSync(program, [side, dimensions, speed].map(String), { env }).toString())
}

const milliseconds = (seconds: number | undefined) =>
  seconds === undefined ? '–' : (1000 * seconds).toPrecision(3)
const ratio = (theirs: number | undefined, mine: number) =>
  theirs === undefined ? '–' : (theirs / mine).toPrecision(2)
const row = (...cells: (string | number)[]) => console.log(`| ${cells.join(' | ')} |`)

const suiteSparse = inC()
row(
  'problem',
  'unknowns',
  'entries',
  'analyse, ms',
  'factor, ms',
  'solve, ms',
  'SuperLU factor, ms',
  'solve, ms',
  'CHOLMOD or KLU analyse, ms',
  'factor, ms',
  'solve, ms',
  'SuperLU / ours',
  'SuiteSparse / ours',
)
row('---', ...new Array(12).fill('--:'))
for (const grid of grids) {
  const mine = ours(grid)
  const c = suiteSparse?.(grid)
  const [python] = inPython<Times>([{ kind: 'grid', ...grid }]) ?? []
  const both = ({ factor, solve }: Times) => factor + solve
  row(
    `${grid.speed > 0 ? 'convection' : 'Laplacian'}, ${grid.dimensions}-D`,
    unknowns(grid),
    mine.nonzeros,
    ...[
      mine.analyse,
      mine.factor,
      mine.solve,
      python?.factor,
      python?.solve,
      c?.analyse,
      c?.factor,
      c?.solve,
    ].map(milliseconds),
    ratio(python && both(python), both(mine)),
    ratio(c && both(c), both(mine)),
  )
}
console.log()
row('dense systems', 'batch', 'ours, µs each', 'numpy.linalg.solve, µs each', 'NumPy / ours')
row('---', ...new Array(4).fill('--:'))
for (const size of batches) {
  const mine = oursDense(size)
  const theirs = inPython<{ solve: number }>([{ kind: 'dense', ...size }])?.[0].solve
  const each = (seconds: number | undefined) =>
    seconds === undefined ? '–' : ((1e6 * seconds) / size.batch).toPrecision(3)
  row(`n = ${size.n}`, size.batch, each(mine), each(theirs), ratio(theirs, mine))
}
