/** The peers' runs over all tolerances: CVODE in C (SUNDIALS, if it is installed), SciPy and diffrax (PEERS_PYTHON). */

import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Problem } from './problems.ts'
import { type EquationsSystem, sourceInC, sourceInPython } from './source.ts'

export interface Tolerance {
  readonly rtol: number
  readonly atol: readonly number[]
}

/** Seconds of a solve, and where it ended. */
export interface Run {
  readonly seconds: number
  readonly end: readonly number[]
}

/** Runs by solver, one for each tolerance, as far as they got. */
export type Curves = Record<string, Run[]>

const limit = fileURLToPath(new URL('../limit/', import.meta.url))
const python = process.env.PEERS_PYTHON

export function peers(problem: Problem, tolerances: readonly Tolerance[]): Curves {
  return { ...cvode(problem, tolerances), ...pythonPeers(problem, tolerances) }
}

function cvode({ scene, stiff, band = 0 }: Problem, tolerances: readonly Tolerance[]): Curves {
  const system = scene.system as EquationsSystem
  const start = Object.values(system.state)
  const [t0, t1] = scene.solver.span
  const folder = mkdtempSync(join(tmpdir(), 'neurode-cvode-'))
  try {
    writeFileSync(
      join(folder, 'problem.h'),
      `#define N ${start.length}
#define T0 ${t0.toExponential()}
#define T1 ${t1.toExponential()}
#define START {${start.map(value => value.toExponential()).join(', ')}}
#define STIFF ${stiff ? 1 : 0}
#define BAND ${band}
${sourceInC(system)}
`,
    )
    copyFileSync(join(limit, 'cvode.c'), join(folder, 'cvode.c'))
    const libraries = [
      'cvode',
      'nvecserial',
      'sunmatrixdense',
      'sunmatrixband',
      'sunlinsoldense',
      'sunlinsolband',
      'sunnonlinsolfixedpoint',
    ]
    const compiled = spawnSync(
      'gcc',
      [
        '-O3',
        '-march=native',
        'cvode.c',
        '-o',
        'cvode',
        ...libraries.map(name => `-lsundials_${name}`),
        '-lm',
      ],
      { cwd: folder, encoding: 'utf8' },
    )
    if (compiled.status !== 0) {
      console.error(`CVODE is left out: ${compiled.stderr?.split('\n')[0] ?? 'gcc is not installed'}`)
      return {}
    }
    const runs: Run[] = []
    for (const { rtol, atol } of tolerances) {
      const text = execFileSync(join(folder, 'cvode'), [String(rtol), ...atol.map(String)], {
        encoding: 'utf8',
      })
      const [seconds, ...end] = text.trim().split(' ').map(Number)
      if (!Number.isFinite(seconds)) continue // CVODE gives up
      runs.push({ seconds, end })
    }
    return { 'CVODE (C)': runs }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function pythonPeers({ scene, stiff, python: code }: Problem, tolerances: readonly Tolerance[]): Curves {
  if (!python) {
    console.error('SciPy and diffrax are left out: PEERS_PYTHON names no Python')
    return {}
  }
  const system = scene.system as EquationsSystem
  const job = {
    code: code ?? sourceInPython(system),
    start: Object.values(system.state),
    span: scene.solver.span,
    stiff,
    points: tolerances,
  }
  const { status, stdout, stderr } = spawnSync(
    python,
    [fileURLToPath(new URL('../peers/odes.py', import.meta.url))],
    {
      input: JSON.stringify(job),
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    },
  )
  if (status !== 0) {
    console.error(stderr)
    return {}
  }
  const results = JSON.parse(stdout.replaceAll('NaN', 'null').replaceAll('Infinity', 'null')) as Record<
    string,
    [number, (number | null)[]][]
  >
  return Object.fromEntries(
    Object.entries(results).map(([name, runs]) => [
      name,
      runs.map(([seconds, end]) => ({ seconds, end: end.map(value => value ?? Number.NaN) })),
    ]),
  )
}
