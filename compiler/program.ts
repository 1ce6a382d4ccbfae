import { createModule, hasRelaxedInstructions } from '../kernels/wasm/index.ts'
import { aligned, layOutArena } from './emit/arena.ts'
import { emitEntry, failureBytes } from './emit/entry.ts'
import { createLayout } from './emit/layout.ts'
import { planSteps } from './emit/plan.ts'
import { createStopwatch } from './emit/stopwatch.ts'
import { type Graph, type Node, sizeOf, topologicalOrder } from './graph.ts'
import { type Entry, instantiate, joined, type Place, type ProgramImage } from './image.ts'
import { isProfileRequested, type ProfileRow, printProfileAtExit, profileRows } from './profile.ts'
import { type RewriteOptions, rewrite } from './rewrite/index.ts'
import { type SolveSite, type StandaloneModule, standaloneModule } from './standalone.ts'
import { graphText } from './text.ts'

export type { Entry } from './image.ts'

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
  /** What another thread needs to run it in a memory of its own (`instantiate`). */
  readonly image: ProgramImage
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

/** Addresses have 32 bits. */
const mostBytes = 2 ** 32
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
  const nodesBefore = names.map(name => checkEntry(name, graphs[name]))
  checkOptions(graphs, options)
  const rewritten = names.map(name => rewrite(graphs[name], options))

  const layout = createLayout(failureBytes)
  for (const group of contiguous) layout.together(group.map(node => layout.leaf(node)))
  for (const { inputs } of rewritten) for (const node of inputs) layout.place(layout.leaf(node))
  const orders = rewritten.map(graph => topologicalOrder(graph.outputs))
  for (const order of orders) {
    for (const node of order) {
      if (node.primitive === 'constant' && node.attributes.value.length !== 1) layout.place(layout.leaf(node))
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
    if (arenaEnd > mostBytes) {
      const gigabytes = (arenaEnd / 1e9).toFixed(1)
      throw new RangeError(
        `compile: '${names[i]}' needs ${gigabytes} GB, and WebAssembly has room for 4.3 GB; take smaller batches, or fewer unrolled steps`,
      )
    }
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
  const place = ({ address, size }: Place): Place => ({ address, size })
  const places = (nodes: readonly Node[]) => nodes.map(node => place(layout.leaf(node)))
  const constants = [...layout.leaves].flatMap(([node, buffer]) =>
    node.primitive === 'constant' && buffer.address >= 0
      ? [{ place: place(buffer), value: node.attributes.value }]
      : [],
  )
  const image: ProgramImage = {
    module: new WebAssembly.Module(bytes),
    entries: Object.fromEntries(
      names.map((name, i) => [name, { inputs: places(graphs[name].inputs), outputs: outputs[i].map(place) }]),
    ),
    contiguous: contiguous.map(group => joined(places(group))),
    constants,
    solves: sites,
  }
  const instance = instantiate(image)
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)
  const statistics: ProgramStatistics = {
    nodes: { before: sum(nodesBefore), after: sum(orders.map(order => order.length)) },
    arenaBytes: end - arenaStart,
    memoryBytes: end,
    moduleBytes: bytes.length,
    milliseconds: performance.now() - start,
  }
  const profiled =
    stopwatches &&
    (() =>
      stopwatches.flatMap((stopwatch, i) => {
        const { address, size } = stopwatch.buffer
        return profileRows(names[i], stopwatch, new Float64Array(instance.memory, address, size))
      }))
  if (profiled && isProfileRequested()) printProfileAtExit(profiled)
  return {
    ...instance.entries,
    statistics,
    contiguous: instance.contiguous,
    image,
    profile: profiled,
    toText: () => rewritten.map((graph, i) => graphText(graph, names[i])).join('\n\n'),
    toModule(outputNames) {
      if (profile) throw new Error('toModule: the program is profiled; compile it without, to take it away')
      return standaloneModule(
        { bytes, memory: instance.memory, graphs, leaves: layout.leaves, outputs, solves: sites },
        outputNames,
      )
    },
  } as Program<Name>
}

const reservedNames = ['statistics', 'contiguous', 'image', 'profile', 'toText', 'toModule', 'memory']

/** @returns the number of nodes. */
function checkEntry(name: string, graph: Graph): number {
  if (reservedNames.includes(name) || name in Object.prototype) {
    throw new RangeError(
      `a program's entry cannot be called ${name}: the program or its module has a property of that name`,
    )
  }
  for (const [i, node] of graph.inputs.entries()) {
    if (node.primitive !== 'input')
      throw new RangeError(`entry ${name}: inputs[${i}] is no input but computed, by ${node.primitive}`)
  }
  const declared = new Set(graph.inputs)
  const order = topologicalOrder(graph.outputs)
  for (const node of order) {
    if (node.primitive === 'input' && !declared.has(node)) {
      throw new RangeError(
        `entry ${name} reads the input ${node.attributes.name}, which is not among its graph's inputs`,
      )
    }
  }
  return order.length
}

/** Options name entries, outputs and inputs that there are. */
function checkOptions(
  graphs: Readonly<Record<string, Graph>>,
  { accumulate = {}, contiguous = [] }: CompileOptions<string>,
): void {
  for (const [name, indices = []] of Object.entries(accumulate)) {
    if (!Object.hasOwn(graphs, name)) throw new RangeError(`accumulate: there is no entry ${name}`)
    const { length } = graphs[name].outputs
    const wrong = indices.find(j => !(Number.isInteger(j) && j >= 0 && j < length))
    if (wrong !== undefined)
      throw new RangeError(`accumulate: entry ${name} has ${length} outputs, and no output ${wrong}`)
  }
  const declared = new Set(Object.values(graphs).flatMap(({ inputs }) => inputs))
  if (contiguous.flat().some(node => !declared.has(node)))
    throw new RangeError('contiguous: a group holds what is no input of any entry')
}
