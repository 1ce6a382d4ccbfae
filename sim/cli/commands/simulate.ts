import pc from 'picocolors'
import { writeAtomically } from '../../files/atomic.ts'
import { writeTrajectory } from '../../files/trajectory.ts'
import { judgeSimulation } from '../../judgeSimulation.ts'
import { withLiveModel } from '../../liveModel.ts'
import { compileSystem } from '../../problem/problem.ts'
import { loadParameters } from '../../run/checkpoint.ts'
import { writeSimulationResult } from '../../run/result.ts'
import { loadScene } from '../../scene/index.ts'
import { simulate, trajectoryOf } from '../../simulate.ts'
import { streamSimulation } from '../../streamSimulation.ts'
import { commandName } from '../commandName.ts'
import { progress } from '../progress.ts'
import { sayNotes } from '../sayNotes.ts'
import { verdictTable } from '../verdictTable.ts'

export interface SimulateCommandOptions {
  readonly out?: string
  readonly method?: string
  readonly rtol?: string
  readonly atol?: string
  readonly model?: string
  readonly stream?: boolean
  readonly set?: readonly string[]
}

/** `neurode simulate`: integrates a scene's ground truth, or the model of a run, and writes the trajectory. */
export async function simulateCommand(path: string, options: SimulateCommandOptions): Promise<void> {
  const { method, rtol, atol, model } = options
  const shorthand = Object.entries({ method, rtol, atol }).flatMap(([key, value]) =>
    value === undefined ? [] : [`solver.${key}=${value}`],
  )
  const scene = loadScene(path, { set: [...(options.set ?? []), ...shorthand] })
  sayNotes(scene)
  const out = options.out ?? `trajectories/${scene.name}.npz`
  const system = await compileSystem(scene, model !== undefined)
  if (model !== undefined) loadParameters(model, system.field.blocks, system.field.parameters)

  const [begin, end] = scene.solver.span
  const line = progress('s')
  let shown = performance.now()
  const start = performance.now()
  const report = (t: number, { accepted }: { accepted: number }): undefined => {
    const now = performance.now()
    if (now - shown > 500) {
      shown = now
      line.update(Number((t - begin).toPrecision(4)), end - begin, `${accepted} steps`)
    }
    return undefined
  }
  const solution = options.stream
    ? streamSimulation(scene, system, out, report)
    : simulate(scene, system, undefined, undefined, report)
  line.end()
  const milliseconds = performance.now() - start
  const verdicts = options.stream ? [] : judgeSimulation(scene, system, solution)
  if (!options.stream) {
    const trajectory = trajectoryOf(scene, system, solution)
    writeAtomically(out, writeTrajectory(await withLiveModel(trajectory, scene, system, model !== undefined)))
  }
  writeSimulationResult(`${out.replace(/\.npz$/, '')}.result.json`, scene, solution, verdicts, milliseconds)
  const { evaluations, accepted, rejected } = solution.statistics
  console.log(
    `${pc.bold(scene.name)}  t = ${begin} … ${end} s with ${scene.solver.method}: ${accepted} steps, ${rejected} rejected, ` +
      `${evaluations} evaluations, ${milliseconds.toFixed(1)} ms`,
  )
  system.eventPlans.forEach(({ name }, which) => {
    const times = solution.events.filter(({ event }) => event === which).map(({ t }) => t)
    if (times.length === 0) console.log(`${name}: did not happen`)
    else {
      const shown = times.slice(0, 6).map(t => Number(t.toPrecision(6)))
      const more = times.length > shown.length ? ' …' : ''
      console.log(
        `${name}: ${times.length === 1 ? 'once' : `${times.length} times`}, at t = ${shown.join(', ')}${more} s`,
      )
    }
  })
  console.log(`${solution.t.length} states written to ${pc.bold(out)}`)
  if (verdicts.length > 0) console.log(`\n${verdictTable(verdicts)}\n`)
  if (verdicts.some(({ met }) => !met)) process.exitCode = 2
  console.log(pc.dim(`${commandName} view ${out} shows it`))
}
