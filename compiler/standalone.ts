/** A program to take away: a WebAssembly module that runs without neurode and TensorFlow.js, and how to call it. */

import { withData } from '../kernels/wasm/index.ts'
import { distinct } from './distinct.ts'
import type { Buffer } from './emit/view.ts'
import type { Graph, Node, Shape, Structure } from './graph.ts'
import { inputName } from './text.ts'

/** A row-major float64 array in the module's memory. */
export interface ArrayPlace {
  readonly name: string
  readonly shape: Shape
  /** In bytes. */
  readonly address: number
}

/** Where a solve can meet a singular matrix. */
export interface SolveSite {
  readonly structure: Structure
  readonly origin?: string
}

/**
 * What a host of the module has to know, in JSON. The module imports nothing. It exports its `memory`, and each entry as a
 * function of no operands, which returns 0, or 1 where a solve failed: then the memory begins with three int32, the index
 * of the solve, 1 + the pivot that vanished, and the index of the matrix in its batch.
 */
export interface ModuleLayout {
  readonly entries: Readonly<
    Record<string, { readonly inputs: readonly ArrayPlace[]; readonly outputs: readonly ArrayPlace[] }>
  >
  readonly solves: readonly SolveSite[]
}

export interface StandaloneModule {
  /** The `.wasm` file. Inputs hold what they held when it was made: learned parameters travel with it. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly layout: ModuleLayout
  /** An ES module, for browsers and Node, that exports `load`. */
  readonly javascript: string
  /** Its types, a `.d.ts` file. */
  readonly declarations: string
}

/** By entry, what its outputs are called. */
export type OutputNames = Readonly<Record<string, readonly string[] | undefined>>

/**
 * The module of a program, with what its inputs and constants hold now, and its loader.
 *
 * @param program the parts of a compiled one; outputs by entry, in the order of `graphs`
 * @throws RangeError where names are not one for each output.
 */
export function standaloneModule(
  program: {
    readonly bytes: Uint8Array
    readonly memory: ArrayBuffer
    readonly graphs: Readonly<Record<string, Graph>>
    readonly leaves: ReadonlyMap<Node, Buffer>
    readonly outputs: readonly (readonly Buffer[])[]
    readonly solves: readonly SolveSite[]
  },
  outputNames: OutputNames = {},
): StandaloneModule {
  const { bytes, memory, graphs, leaves, outputs, solves } = program
  const places = (nodes: readonly Node[], buffers: readonly Buffer[], names: readonly string[]) =>
    nodes.map(({ shape }, i): ArrayPlace => ({ name: names[i], shape, address: buffers[i].address }))
  const entries = Object.entries(graphs).map(([entry, graph], k) => [
    entry,
    {
      inputs: places(
        graph.inputs,
        graph.inputs.map(node => leaves.get(node)!),
        distinct(graph.inputs.map(inputName)),
      ),
      outputs: places(graph.outputs, outputs[k], namesOfOutputs(entry, graph, outputNames[entry])),
    },
  ])
  const layout: ModuleLayout = { entries: Object.fromEntries(entries), solves }
  const segments = [...leaves.values()]
    .filter(({ address }) => address >= 0)
    .map(({ address, size }) => ({ address, bytes: new Uint8Array(memory, address, 8 * size) }))
    .filter(segment => segment.bytes.some(byte => byte !== 0))
  return {
    bytes: withData(bytes, segments),
    layout,
    javascript: loaderText(layout),
    declarations: loaderTypes(layout),
  }
}

function namesOfOutputs(entry: string, { outputs }: Graph, names?: readonly string[]): readonly string[] {
  if (!names) return outputs.length === 1 ? ['output'] : outputs.map((_, i) => `output${i}`)
  if (names.length !== outputs.length || new Set(names).size !== names.length) {
    throw new RangeError(
      `toModule: ${entry} has ${outputs.length} outputs, which need as many different names, not ${JSON.stringify(names)}`,
    )
  }
  return names
}

/** `load` in JavaScript: instantiates the module and gives each entry its views. */
const loaderText = (layout: ModuleLayout): string => `// Made by neurode.
const entries = ${JSON.stringify(layout.entries, null, 2)}
const solves = ${JSON.stringify(layout.solves)}

export async function load(source) {
  const module = source instanceof WebAssembly.Module ? source : await WebAssembly.compile(source)
  const { exports } = await WebAssembly.instantiate(module)
  const { buffer } = exports.memory
  const size = shape => shape.reduce((product, extent) => product * extent, 1)
  const views = arrays =>
    Object.fromEntries(
      arrays.map(({ name, shape, address }) => [name, new Float64Array(buffer, address, size(shape))]),
    )
  const failure = new Int32Array(buffer, 0, 3)
  const fail = () => {
    const { structure, origin } = solves[failure[0]]
    const property = structure === 'spd' ? 'not positive definite' : 'singular'
    const place = origin ? \` (solve at \${origin})\` : ''
    throw new Error(\`matrix \${failure[2] + 1} is \${property}: pivot \${failure[1]}\${place}\`)
  }
  return Object.fromEntries(
    Object.entries(entries).map(([name, { inputs, outputs }]) => [
      name,
      {
        inputs: views(inputs),
        outputs: views(outputs),
        run() {
          if (exports[name]() !== 0) fail()
        },
      },
    ]),
  )
}
`

/** The types of what `load` gives, with shapes. */
function loaderTypes({ entries }: ModuleLayout): string {
  const views = (kind: string, arrays: readonly ArrayPlace[]) => [
    `    readonly ${kind}: {`,
    ...arrays.flatMap(({ name, shape }) => [
      `      /** [${shape.join(', ')}] */`,
      `      readonly ${JSON.stringify(name)}: Float64Array`,
    ]),
    '    }',
  ]
  return [
    '// Made by neurode.',
    '/** Each function with views of its row-major inputs, to be written, and of its outputs. */',
    'export interface Program {',
    ...Object.entries(entries).flatMap(([name, { inputs, outputs }]) => [
      `  readonly ${JSON.stringify(name)}: {`,
      ...views('inputs', inputs),
      ...views('outputs', outputs),
      '    /** Computes the outputs; throws an Error where a matrix that is solved with is singular. */',
      '    run(): void',
      '  }',
    ]),
    '}',
    '/** The program of a `.wasm` file: of its bytes, or compiled. Each has a memory of its own. */',
    'export function load(source: Uint8Array<ArrayBuffer> | ArrayBuffer | WebAssembly.Module): Promise<Program>',
    '',
  ].join('\n')
}
