/**
 * Every test problem of scenes/tests/ by every method that fits it, at three tolerances: the error at the end in units of
 * the tolerance that was asked for.
 *
 *     npx tsx bench/problems.ts 1e-7       with PEERS_PYTHON, SciPy's errors as well
 *
 * SciPy judges what a problem makes of a tolerance: an error beyond 10 tolerances is _in italics_ where one of SciPy's solvers
 * is off by as much or more at the same tolerances, and **bold** where none is (or SciPy, which takes no mass matrix, cannot say).
 *
 * rtol is the given tolerance; atol keeps its ratio to rtol in the scene. Explicit methods are left out of stiff
 * problems and of constraints, fixed steps out of all.
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { compileSystem, loadScene, SimulationError, shippedScenes, simulate } from '../sim/index.ts'

const tolerance = Number(process.argv[2] ?? 1e-7)
const explicitMethods = ['bosh3', 'dopri5', 'tsit5', 'vern7', 'dop853', 'vern9', 'odex']
const implicitMethods = ['kvaerno3', 'kvaerno4', 'kvaerno5', 'rodas5p', 'radau5', 'bdf', 'auto']

/** The error in units of the tolerance, or why there is none. */
async function errorOf(name: string, method: string): Promise<string> {
  const own = loadScene(name)
  const isStiff = own.solver.method === 'rodas5p' || own.solver.method === 'radau5'
  if (isStiff && explicitMethods.includes(method)) return '–'
  const scale = tolerance / own.solver.rtol
  const { atol } = own.solver
  const scaled = typeof atol === 'number' ? atol * scale : `[${atol.map(value => value * scale).join(', ')}]`
  const set = [
    `solver.method=${method}`,
    `solver.rtol=${tolerance}`,
    `solver.atol=${scaled}`,
    'solver.max_steps=200000',
  ]
  try {
    const scene = loadScene(name, { set })
    const system = await compileSystem(scene, false)
    const { y } = simulate(scene, system)
    const names = system.field.names
    const end = y.subarray(y.length - names.length)
    const errors = Object.entries(scene.reference!.state).map(([component, expected]) => {
      const k = names.indexOf(component)
      const absolute = typeof scene.solver.atol === 'number' ? scene.solver.atol : scene.solver.atol[k]
      return Math.abs(end[k] - expected) / (absolute + tolerance * Math.abs(expected))
    })
    const error = Math.max(...errors)
    return error < 0.095 ? '<0.1' : Number(error.toPrecision(2)).toString()
  } catch (failure) {
    if (failure instanceof SimulationError) return failure.failure.reason
    throw failure
  }
}

const methods = [...explicitMethods, ...implicitMethods].filter(method => {
  try {
    loadScene('tests/detest-a1', { set: [`solver.method=${method}`] })
    return true
  } catch {
    return false
  }
})
/** SciPy's table in Markdown. */
function scipyTable(): string {
  const python = process.env.PEERS_PYTHON
  if (!python) return ''
  const script = fileURLToPath(new URL('peers/problems_scipy.py', import.meta.url))
  return execFileSync(python, [script, String(tolerance)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

const met = (cell: string) => cell === '<0.1' || Number(cell) <= 10

const scipy = scipyTable()
/** The largest of SciPy's errors, by problem. */
const scatter = new Map(
  scipy.split('\n').map(line => {
    const [, name, ...cells] = line.split('|').map(cell => cell.trim())
    return [name, Math.max(0, ...cells.map(Number).filter(error => error > 0))]
  }),
)
console.log(`| tolerance ${tolerance} | ${methods.join(' | ')} |`)
console.log(`|---${'|--:'.repeat(methods.length)}|`)
const counts = methods.map(() => ({ within: 0, all: 0 }))
let worse = 0
const missed = new Map<string, number>()
for (const { name: path } of shippedScenes().filter(({ isTest }) => isTest)) {
  const name = path.replace('tests/', '')
  const cells: string[] = []
  for (const [k, method] of methods.entries()) {
    const cell = await errorOf(path, method)
    const fits = cell !== '–'
    if (fits) counts[k].all++
    if (!fits || met(cell)) {
      if (fits) counts[k].within++
      cells.push(cell)
    } else if (Number(cell) <= (scatter.get(name) ?? 0)) {
      worse++
      cells.push(`_${cell}_`)
    } else {
      missed.set(name, (missed.get(name) ?? 0) + 1)
      cells.push(`**${cell}**`)
    }
  }
  console.log(`| ${name} | ${cells.join(' | ')} |`)
}
console.log(`| **within 10** | ${counts.map(({ within, all }) => `${within} of ${all}`).join(' | ')} |`)

const total = (of: 'within' | 'all') => counts.reduce((sum, count) => sum + count[of], 0)
const beyond = [...missed].map(([name, count]) => `${name} (${count})`).join(', ')
console.log(
  `\nOf ${total('all')} solves at ${tolerance}, ${total('within')} are within 10 tolerances, ${worse} are beyond but within ` +
    `SciPy's own scatter, and ${total('all') - total('within') - worse} are beyond both: ${beyond || 'none'}.`,
)
if (scipy) console.log(`\nSciPy, at the same tolerances:\n\n${scipy}`)
