import { SingularMatrixError } from '../kernels/singularMatrix.ts'
import { createModule, hasRelaxedInstructions } from '../kernels/wasm/index.ts'
import { aligned, layOutArena } from './emit/arena.ts'
import { emitEntry, failureBytes } from './emit/entry.ts'
import { createLayout } from './emit/layout.ts'
import { planSteps } from './emit/plan.ts'
import { createStopwatch } from './emit/stopwatch.ts'
import type { Buffer } from './emit/view.ts'
import { type Graph, type Node, sizeOf, topologicalOrder } from './graph.ts'
import { isProfileRequested, type ProfileRow, printProfileAtExit, profileRows } from './profile.ts'
import { type RewriteOptions, rewrite } from './rewrite/index.ts'
import { type SolveSite, type StandaloneModule, standaloneModule } from './standalone.ts'
import { graphText } from './text.ts'

/** One compiled graph. */
export interface Entry {
  /** Views into the program's memory, in the order of graph.inputs: written by the caller, and left alone by `run`. */
  readonly inputs: readonly Float64Array[]
  /** Views, valid after `run`; they lie one behind the other in memory. */
  readonly outputs: readonly Float64Array[]
  /** All outputs as one array. */
  readonly flatOutputs: Float64Array
  /**
   * Computes the outputs from the inputs, and allocates nothing.
   * @throws SingularMatrixError where a solve meets a singular matrix.
   */
  run(): void
}

export interface ProgramStatistics {
  /** Nodes of all graphs, before and after rewriting. */
  readonly nodes: { readonly before: number; readonly after: number }
  /** Bytes for temporaries. */
  readonly arenaBytes: number
  /** Bytes of memory in all: inputs, constants, outputs and temporaries. */
  readonly memoryBytes: number
  /** Bytes of the WebAssembly module. */
  readonly moduleBytes: number
  /** Time to rewrite, emit and instantiate. */
  readonly milliseconds: number
}

export type Program<Name extends string = string> = { readonly [K in Name]: Entry } & {
  readonly statistics: ProgramStatistics
  /** One flat view per group that `contiguous` asked for. */
  readonly contiguous: readonly Float64Array[]
  /** Where the time of all runs went, if it was compiled to be profiled: the rows add up to the whole. */
  readonly profile?: () => ProfileRow[]
  /** The graphs that were compiled, after rewriting, to read: see `graphText`. */
  toText(): string
  /**
   * The program as a module of its own, with its inputs as they are now, and a typed loader.
   *
   *     const { bytes, javascript, declarations } = program.toModule({ evaluate: ['derivative'] })
   *     writeFileSync('model.wasm', bytes), writeFileSync('model.js', javascript), writeFileSync('model.d.ts', declarations)
   *     // and elsewhere
   *     import { load } from './model.js'
   *     const { evaluate } = await load(await readFile('model.wasm'))
   *
   * @param outputNames by entry; by default `output`, or `output0`, `output1`, …
   * @throws RangeError where the names are not one for each output; Error where the program is profiled.
   */
  toModule(outputNames?: Readonly<Partial<Record<Name, readonly string[]>>>): StandaloneModule
}

export interface CompileOptions<Name extends string = string> extends RewriteOptions {
  /** By entry, the outputs (by index) that a run adds to, instead of writing them. */
  readonly accumulate?: Readonly<Partial<Record<Name, readonly number[]>>>
  /** Groups of inputs that lie one behind the other in memory, such as the parameters: one flat θ. */
  readonly contiguous?: readonly (readonly Node[])[]
  /** Fused multiply-add where the engine has it: faster, and other bits on other machines. Default false. */
  readonly relaxed?: boolean
  /** Times the nodes, which slows small programs down. Default false, or true under NEURODE_PROFILE=1. */
  readonly profile?: boolean
}

const pageBytes = 65536

/**
 * Compiles graphs, which may share input nodes, into one WebAssembly module with one memory. The same input node is
 * the same view in each entry.
 *
 * @throws RangeError where a graph reads an input that it does not declare, or an option names what is not there.
 * @example
 * const x = input('x', [3])
 * const program = compile({ double: { inputs: [x], outputs: [add(x, x)] } })
 * program.double.inputs[0].set([1, 2, 3])
 * program.double.run()
 * program.double.outputs[0] // 2, 4, 6
 */
export function compile<Name extends string>(
  graphs: Readonly<Record<Name, Graph>>,
  options: CompileOptions<Name> = {},
): Program<Name> {
  const start = performance.now()
  const { accumulate = {}, contiguous = [], profile = isProfileRequested() } = options
  const relaxed = options.relaxed === true && hasRelaxedInstructions()
  const names = Object.keys(graphs) as Name[]
  for (const name of names) checkEntry(name, graphs[name])
  const rewritten = names.map(name => rewrite(graphs[name], options))

  const layout = createLayout(failureBytes)
  for (const group of contiguous) layout.together(group.map(node => layout.leaf(node)))
  for (const { inputs } of rewritten) for (const node of inputs) layout.place(layout.leaf(node))
  for (const { outputs } of rewritten) {
    for (const node of topologicalOrder(outputs)) {
      if (node.primitive === 'constant' && node.attributes.value.length > 1) layout.place(layout.leaf(node))
    }
  }
  const outputs = rewritten.map(graph =>
    graph.outputs.map(node => ({ size: sizeOf(node.shape), address: -1 })),
  )
  for (const group of outputs) layout.together(group)

  const plans = rewritten.map((graph, i) =>
    planSteps(graph, {
      leaf: layout.leaf,
      outputs: outputs[i],
      accumulated: new Set((accumulate as Partial<Record<Name, readonly number[]>>)[names[i]]),
    }),
  )
  const module = createModule()
  const clock = profile ? module.importFunction(['profile', 'clock'], [], ['f64']) : undefined
  const stopwatches = clock && plans.map(plan => createStopwatch(plan, clock))
  for (const { buffer } of stopwatches ?? []) layout.place(buffer)
  const arenaStart = aligned(layout.end())
  const sites: SolveSite[] = []
  let end = arenaStart
  plans.forEach(({ steps, temporaries }, i) => {
    let arenaEnd = layOutArena(steps, temporaries, arenaStart)
    const entry = emitEntry(module, names[i], steps, {
      relaxed,
      failureSite: site => sites.push(site) - 1,
      spill() {
        arenaEnd += 8
        return arenaEnd - 8
      },
      stopwatch: stopwatches?.[i],
    })
    module.export(names[i], entry)
    end = Math.max(end, arenaEnd)
  })
  module.memory({ pages: Math.ceil(end / pageBytes), export: 'memory' })
  const bytes = module.build()
  const imports = { profile: { clock: () => performance.now() } }
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports)
  const memory = (exports.memory as WebAssembly.Memory).buffer

  const view = ({ address, size }: Buffer) => new Float64Array(memory, address, size)
  const flat = (buffers: readonly Buffer[]) =>
    new Float64Array(
      memory,
      buffers[0]?.address ?? 0,
      buffers.reduce((sum, { size }) => sum + size, 0),
    )
  for (const [node, buffer] of layout.leaves) {
    if (node.primitive === 'constant' && buffer.address >= 0) view(buffer).set(node.attributes.value)
  }
  const failure = new Int32Array(memory, 0, 3)
  const fail = () => {
    const { structure, origin } = sites[failure[0]]
    throw new SingularMatrixError(failure[1] - 1, structure, failure[2], origin)
  }
  const views = new Map(
    [...layout.leaves].map(([node, buffer]) => [node, buffer.address < 0 ? undefined : view(buffer)]),
  )
  const entries = names.map((name, i): [Name, Entry] => {
    const execute = exports[name] as () => number
    return [
      name,
      {
        inputs: graphs[name].inputs.map(node => views.get(node)!),
        outputs: outputs[i].map(view),
        flatOutputs: flat(outputs[i]),
        run() {
          if (execute() !== 0) fail()
        },
      },
    ]
  })
  const count = (list: readonly Graph[]) =>
    list.reduce((sum, graph) => sum + topologicalOrder(graph.outputs).length, 0)
  const statistics: ProgramStatistics = {
    nodes: { before: count(names.map(name => graphs[name])), after: count(rewritten) },
    arenaBytes: end - arenaStart,
    memoryBytes: end,
    moduleBytes: bytes.length,
    milliseconds: performance.now() - start,
  }
  const profiled =
    stopwatches &&
    (() => stopwatches.flatMap((stopwatch, i) => profileRows(names[i], stopwatch, view(stopwatch.buffer))))
  if (profiled && isProfileRequested()) printProfileAtExit(profiled)
  return {
    ...(Object.fromEntries(entries) as Record<Name, Entry>),
    statistics,
    contiguous: contiguous.map(group => flat(group.map(layout.leaf))),
    profile: profiled,
    toText: () => rewritten.map((graph, i) => graphText(graph, names[i])).join('\n\n'),
    toModule(outputNames) {
      if (profile) throw new Error('toModule: the program is profiled; compile it without, to take it away')
      return standaloneModule(
        { bytes, memory, graphs, leaves: layout.leaves, outputs, solves: sites },
        outputNames,
      )
    },
  } as Program<Name>
}

function checkEntry(name: string, graph: Graph): void {
  if (['statistics', 'contiguous', 'profile', 'toText', 'toModule'].includes(name)) {
    throw new RangeError(
      `a program's entry cannot be called ${name}: the program has a property of that name`,
    )
  }
  const declared = new Set(graph.inputs)
  for (const node of topologicalOrder(graph.outputs)) {
    if (node.primitive === 'input' && !declared.has(node)) {
      throw new RangeError(
        `entry ${name} reads the input ${node.attributes.name}, which is not among its graph's inputs`,
      )
    }
  }
}
