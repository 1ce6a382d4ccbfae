/**
 * Work and precision of whole solves, beside odex on its own, SciPy, diffrax (jit, float64) and CVODE in C: time against the
 * error at the end, as diagrams (docs/images/ode-….svg) and as a table of times at one error.
 *
 *     npx tsx bench/ode.ts [NAME …]        PEERS_PYTHON names a Python with bench/peers/requirements.txt
 *
 * Times are the least of several runs, without compilation, with no states saved on the way, on one thread. Times at an
 * error are interpolated between the tolerances that were run.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { compileSystem } from '../sim/index.ts'
import { createIntegrator, type MethodName } from '../solvers/index.ts'
import { type Curve, diagram } from './ode/diagram.ts'
import { type Curves, peers, type Run, type Tolerance } from './ode/peers.ts'
import { type Problem, problems } from './ode/problems.ts'

const names = process.argv.slice(2)
const explicitMethods: MethodName[] = ['tsit5', 'vern7', 'dop853', 'vern9', 'odex']
const implicitMethods: MethodName[] = ['rodas5p', 'kvaerno5', 'radau5', 'bdf']

const tolerancesOf = ({ scene, tolerances: [first, last] }: Problem): Tolerance[] => {
  const n = Object.keys('state' in scene.system ? scene.system.state : {}).length
  const { atol, rtol } = scene.solver
  return Array.from({ length: last - first + 1 }, (_, k) => {
    const tolerance = 10 ** -(first + k)
    const spread = typeof atol === 'number' ? new Array<number>(n).fill(atol) : atol
    return { rtol: tolerance, atol: spread.map(value => (value / rtol) * tolerance) }
  })
}

/** Root mean square of the relative errors of all components; where the truth is 0, relative to the largest of them. */
function errorOf(end: readonly number[], reference: readonly number[]): number {
  const largest = Math.max(...reference.map(Math.abs))
  const squares = end.map((value, i) => ((value - reference[i]) / (Math.abs(reference[i]) || largest)) ** 2)
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length)
}

async function ours(problem: Problem, tolerances: readonly Tolerance[]): Promise<Curves> {
  const curves: Curves = {}
  for (const method of problem.stiff ? implicitMethods : explicitMethods) {
    const { field, model } = await compileSystem(
      { ...problem.scene, solver: { ...problem.scene.solver, method } },
      false,
    )
    const runs: Run[] = []
    for (const { rtol, atol } of tolerances) {
      const integrator = createIntegrator(field, { method, rtol, atol, maxSteps: 1e7, keepSteps: false })
      const span = problem.scene.solver.span as [number, number]
      const solve = () => integrator.integrate(model.start, span)
      let [seconds, begun] = [Infinity, performance.now()]
      if (runs.length === 0) solve()
      let end: readonly number[] = []
      for (let round = 0; round < 3 || (performance.now() - begun < 500 && round < 200); round++) {
        const from = performance.now()
        const solution = solve()
        seconds = Math.min(seconds, (performance.now() - from) / 1e3)
        if (!solution.success) break
        end = Array.from(solution.y.subarray(solution.y.length - field.dimension))
      }
      if (end.length === 0 || seconds > 5) break
      runs.push({ seconds, end })
    }
    curves[method === 'odex' ? 'odex' : `neurode ${method}`] = runs
  }
  return curves
}

/** The true end: the scene's, or (if it has none) by the tightest tolerances. */
async function referenceOf({ scene }: Problem): Promise<number[]> {
  const states = Object.keys('state' in scene.system ? scene.system.state : {})
  if (scene.reference) return states.map(name => scene.reference!.state[name])
  const { field, model } = await compileSystem(scene, false)
  const options = { method: 'radau5', rtol: 1e-12, atol: 1e-12, maxSteps: 1e7 } as const
  const { y } = createIntegrator(field, options).integrate(model.start, scene.solver.span as [number, number])
  return Array.from(y.subarray(y.length - states.length))
}

/** Seconds at an error, by interpolation; undefined where the curve does not reach it. */
function secondsAt({ points }: Curve, error: number): number | undefined {
  const sorted = points.toSorted((a, b) => b.error - a.error)
  if (sorted.length > 0 && sorted[0].error <= error) return sorted[0].seconds
  for (let k = 1; k < sorted.length; k++) {
    const [loose, tight] = [sorted[k - 1], sorted[k]]
    if (!(tight.error <= error && error <= loose.error)) continue
    const share = Math.log(loose.error / error) / Math.log(loose.error / tight.error)
    return loose.seconds * (tight.seconds / loose.seconds) ** share
  }
  return undefined
}

const milliseconds = (seconds: number | undefined) =>
  seconds === undefined ? '–' : `${Number((1e3 * seconds).toPrecision(3))} ms`
const targets = [1e-4, 1e-6, 1e-8]
const tables = targets.map(target => [
  `| error ${target} | neurode | CVODE (C) | / ours | SciPy, best | / ours | diffrax, best | / ours | odex | / ours |`,
  `|---|---|--:|--:|---|--:|---|--:|--:|--:|`,
])
for (const problem of problems().filter(({ name }) => names.length === 0 || names.includes(name))) {
  const tolerances = tolerancesOf(problem)
  const reference = await referenceOf(problem)
  const curves = Object.entries({ ...(await ours(problem, tolerances)), ...peers(problem, tolerances) }).map(
    ([name, runs]): Curve => ({
      name,
      points: runs
        .map(({ end, seconds }) => ({ error: errorOf(end, reference), seconds }))
        .filter(({ error }) => error > 0 && error < 1),
    }),
  )
  writeFileSync(
    fileURLToPath(new URL(`../docs/images/ode-${problem.name}.svg`, import.meta.url)),
    diagram(problem.name, curves),
  )
  targets.forEach((target, k) => {
    tables[k].push(row(problem.name, curves, target))
  })
}
for (const table of tables) console.log(`${table.join('\n')}\n`)

function row(name: string, curves: readonly Curve[], target: number): string {
  const [own, cvode, scipy, diffrax, odex] = ['neurode', 'CVODE', 'SciPy', 'diffrax', 'odex'].map(prefix =>
    curves
      .filter(curve => curve.name.startsWith(prefix))
      .map(curve => ({ name: curve.name.slice(prefix.length + 1), seconds: secondsAt(curve, target) }))
      .filter(({ seconds }) => seconds !== undefined)
      .toSorted((a, b) => a.seconds! - b.seconds!)
      .at(0),
  )
  const ratio = (other: typeof own) => (own && other ? (other.seconds! / own.seconds!).toFixed(1) : '–')
  const named = (one: typeof own) => (one ? `${one.name} ${milliseconds(one.seconds)}` : '–')
  const cells = [
    name,
    named(own),
    milliseconds(cvode?.seconds),
    ratio(cvode),
    named(scipy),
    ratio(scipy),
    named(diffrax),
    ratio(diffrax),
    milliseconds(odex?.seconds),
    ratio(odex),
  ]
  return `| ${cells.join(' | ')} |`
}
