import { type IntegratorOptions, odeint, type Solution } from '../solvers/ode/index.ts'
import { newStatistics } from '../solvers/ode/solutionOf.ts'
import { FileError } from './files/fileError.ts'
import { createNpzStream } from './files/npzStream.ts'
import { massMatrixSeries } from './files/viewerSeries.ts'
import type { CompiledSystem } from './problem/problem.ts'
import type { Scene } from './scene/index.ts'
import { SimulationError, solverOptions, trajectoryOf } from './simulate.ts'

/** Numbers of the state that are in memory at a time. */
const chunkNumbers = 1 << 16

/**
 * Simulates a scene's system and writes the trajectory as it comes, in memory that does not grow with it: every `save_every` seconds,
 * with points and energy, but without mass matrices. The file appears when it is whole.
 *
 * @returns the solution, without its states
 * @throws FileError, SimulationError
 */
export function streamSimulation(
  scene: Scene,
  system: CompiledSystem,
  path: string,
  onProgress?: IntegratorOptions['onProgress'],
): Solution {
  const { span, save_every } = scene.solver
  if (save_every === undefined)
    throw new FileError(
      scene.place,
      'solver.save_every is missing: a trajectory that is written as it comes needs it',
    )
  const n = system.field.dimension
  const capacity = Math.max(1, Math.floor(chunkNumbers / n))
  const t = new Float64Array(capacity)
  const y = new Float64Array(capacity * n)
  const stream = createNpzStream(path)
  let count = 0
  const flush = () => {
    if (count === 0) return
    const chunk = { t: t.subarray(0, count), y: y.subarray(0, count * n) }
    const { series } = trajectoryOf(scene, system, { ...chunk, statistics: newStatistics(), events: [] })
    stream.append('t', [], chunk.t)
    stream.append('y', [n], chunk.y)
    for (const [name, { shape, data }] of Object.entries(series))
      if (name !== massMatrixSeries) stream.append(name, shape.slice(1), data)
    count = 0
  }
  try {
    const solution = odeint(
      system.field,
      system.model.start,
      { span: [span[0], span[1]], saveEvery: save_every },
      {
        ...solverOptions(scene),
        maxSteps: scene.solver.max_steps ?? Number.MAX_SAFE_INTEGER,
        events: system.events,
        keepSteps: false,
        onProgress,
        onSaved(time, state) {
          t[count] = time
          y.set(state, count * n)
          if (++count === capacity) flush()
        },
      },
    )
    if (!solution.success) throw new SimulationError(scene.name, solution.failure!)
    flush()
    const { statistics, events } = solution
    const none = new Float64Array(0)
    const { meta } = trajectoryOf(scene, system, { t: none, y: none, statistics, events })
    stream.add('meta', new TextEncoder().encode(JSON.stringify({ ...meta, state: system.field.names })))
    stream.close()
    return solution
  } catch (error) {
    stream.abandon()
    throw error
  }
}
