import type { Graph } from '../compiler/graph.ts'
import { compile } from '../compiler/program.ts'
import type { CompiledSystem } from './problem/problem.ts'

/** A model to take away: files that need neither neurode nor TensorFlow.js. */
export interface ExportedModule {
  /** `.wasm`: the program, with θ in its memory. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** `.js`: an ES module that loads it, for Node and browsers. */
  readonly javascript: string
  /** `.d.ts` beside it. */
  readonly declarations: string
  /** The program to read, a line per node, with the model's names. */
  readonly text: string
}

/**
 * Compiles a system's functions of (t, y, θ) as a module of their own: `derivative`, and as far as the system has them
 * `energy`, `potential`, `massMatrix` and `observation`. The learned arrays are inputs under their names, which hold θ.
 *
 * @example
 * const { bytes, javascript } = exportModule(await compileSystem(scene, true))
 * // elsewhere: const { derivative } = await load(bytes); derivative.inputs.y.set([1, 0]); derivative.run()
 */
export function exportModule(system: CompiledSystem): ExportedModule {
  const { field, energy, potential, massMatrix, observation } = system
  const functions = { derivative: field, energy, potential, massMatrix, observation }
  const graphs: Record<string, Graph> = Object.fromEntries(
    Object.entries(functions).flatMap(([name, f]) => (f ? [[name, f.graph]] : [])),
  )
  const program = compile(graphs)
  const learned = program.derivative.inputs.slice(2)
  field.blocks.forEach(({ offset, size }, k) => {
    learned[k].set(field.parameters.subarray(offset, offset + size))
  })
  const { bytes, javascript, declarations } = program.toModule()
  const state = JSON.stringify(field.names)
  const observed = JSON.stringify(system.observationNames)
  return {
    bytes,
    javascript: `${javascript}
/** The components of the state y, in their order, and of what is observed. */
export const state = ${state}
export const observed = ${observed}
`,
    declarations: `${declarations}/** The components of the state y, in their order, and of what is observed. */
export const state: readonly string[]
export const observed: readonly string[]
`,
    text: program.toText(),
  }
}
