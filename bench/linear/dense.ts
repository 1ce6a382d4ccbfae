import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { CholeskyDecomposition, LuDecomposition, Matrix } from 'ml-matrix'
import { build } from 'vite'
import { best, duration, orders, peer, system, table } from './timing.ts'

interface Times {
  readonly lu: number
  readonly cholesky: number
}

type OwnTimes = Times & { readonly luInModel: number; readonly choleskyInModel: number }
type LapackTimes = Times & { readonly scipy: number; readonly numpy: number }

/** As JavaScript, which is what the package ships: tsx' names for functions would double the time of the smallest systems. */
async function ours(): Promise<OwnTimes[]> {
  // Beside the packages that it imports.
  const outDir = mkdtempSync(join(import.meta.dirname, '../../node_modules/.neurode-bench-'))
  try {
    await build({
      configFile: false,
      logLevel: 'silent',
      build: { ssr: join(import.meta.dirname, 'ours.ts'), outDir, minify: false },
    })
    const printed = execFileSync(process.execPath, [join(outDir, 'ours.js')], {
      encoding: 'utf8',
      cwd: import.meta.dirname,
    })
    return JSON.parse(printed) as OwnTimes[]
  } finally {
    rmSync(outDir, { recursive: true })
  }
}

function mlMatrix(n: number): Times {
  const { general, spd, b } = system(n)
  const rows = (values: Float64Array) =>
    new Matrix(Array.from({ length: n }, (_, i) => Array.from(values.subarray(i * n, (i + 1) * n))))
  const [A, S, right] = [rows(general), rows(spd), Matrix.columnVector(Array.from(b))]
  return {
    lu: best(() => new LuDecomposition(A).solve(right)),
    cholesky: best(() => new CholeskyDecomposition(S).solve(right)),
  }
}

/** Factorisation and solution of one system: seconds, and how many times as long the others take. */
export async function dense(): Promise<string> {
  const lapack = peer<LapackTimes>('dense.py', orders)
  const own = await ours()
  const times = (other: number | undefined, mine: number) =>
    other === undefined ? '' : `${Number((other / mine).toPrecision(2))} ×`
  const measured = orders.map((n, k) => ({ n, mine: own[k], ml: mlMatrix(n), theirs: lapack?.[k] }))
  return [
    table(
      [
        'n',
        'LU in a model',
        '`factor`, `solve`',
        'scipy.linalg.solve',
        'lu_factor, lu_solve',
        'numpy.linalg.solve',
        'ml-matrix',
      ],
      measured.map(({ n, mine, ml, theirs }) => [
        String(n),
        duration(mine.luInModel),
        duration(mine.lu),
        times(theirs?.scipy, mine.lu),
        times(theirs?.lu, mine.lu),
        times(theirs?.numpy, mine.lu),
        times(ml.lu, mine.lu),
      ]),
    ),
    table(
      ['n', 'Cholesky in a model', '`factor`, `solve`', 'cho_factor, cho_solve', 'ml-matrix'],
      measured.map(({ n, mine, ml, theirs }) => [
        String(n),
        duration(mine.choleskyInModel),
        duration(mine.cholesky),
        times(theirs?.cholesky, mine.cholesky),
        times(ml.cholesky, mine.cholesky),
      ]),
    ),
  ].join('\n\n')
}
