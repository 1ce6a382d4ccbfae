import pc from 'picocolors'
import { compareSolveGradients, type GradientRow } from '../../check/solveGradients.ts'
import { systemMatrices } from '../../check/systemMatrices.ts'
import { compareTrajectoryGradients } from '../../check/trajectoryGradients.ts'
import { compileSystem } from '../../problem/problem.ts'
import { loadScene } from '../../scene/index.ts'
import { byteText, shortNumber, tableText } from '../printTable.ts'
import { sayNotes } from '../sayNotes.ts'

/** `neurode check`: the seed's comparison of gradients, for the scene's own linear solves and for its trajectory. */
export async function checkCommand(
  path: string,
  options: { readonly set?: readonly string[] },
): Promise<void> {
  const scene = loadScene(path, { set: options.set })
  sayNotes(scene)
  const system = await compileSystem(scene, true, scene.training?.seed)
  const { field, model } = system
  console.log(`${pc.bold(scene.name)}  state of ${field.dimension}, ${field.parameterCount} parameters`)

  const solves = systemMatrices(field, scene.solver.span[0], model.start)
  if (solves.length === 0) console.log('\nThe right-hand side solves no linear system.')
  for (const { A, b, structure } of solves) {
    const kind = structure === 'spd' ? 'symmetric positive definite' : 'general'
    console.log(
      `\nGradient of Σx, A·x = b with the scene's own A (${b.length}×${b.length}, ${kind}), at the start:`,
    )
    console.log(gradientTable(compareSolveGradients(A, b, structure)))
    if (b.length === 1)
      console.log(pc.dim('One unknown: one iteration is exact, so nothing is truncated here.'))
  }

  const { rows, steps, end } = compareTrajectoryGradients(scene, system)
  console.log(
    `\nGradient of ½‖y(T)‖², T = ${shortNumber(end)} s (${steps} steps of ${scene.solver.method}), by the initial state and ` +
      `all parameters, along 8 random directions:`,
  )
  console.log(gradientTable(rows))
}

const gradientTable = (rows: readonly GradientRow[]): string =>
  tableText(
    ['method', 'relative error', 'ms', 'memory', ''],
    rows.map(({ method, error, milliseconds, bytes, note }) => [
      method,
      errorText(error),
      milliseconds.toPrecision(3),
      byteText(bytes),
      pc.dim(note ?? ''),
    ]),
  )

function errorText(error: number): string {
  const text = error === 0 ? '0' : error.toExponential(1)
  return error < 1e-10 ? pc.green(text) : error < 1e-5 ? pc.yellow(text) : pc.red(text)
}
