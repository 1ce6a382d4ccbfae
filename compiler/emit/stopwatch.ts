import { call, type F64, type FunctionBody, f64, type WasmFunction } from '../../kernels/wasm/index.ts'
import type { Node } from '../graph.ts'
import type { Plan } from './plan.ts'
import type { Step } from './step.ts'
import type { Buffer } from './view.ts'

/** Steps that are timed as one. */
export interface Span {
  /** The nodes that they compute, without what is fused into them. */
  readonly nodes: readonly Node[]
  readonly last: Step
}

/**
 * Adds up the time of each span of an entry, by a clock from outside that is read between spans: so the times add up
 * to the whole, and reading the clock, some 50 ns, is in each of them.
 */
export interface Stopwatch {
  readonly spans: readonly Span[]
  /** The clock when it was last read, the number of runs, then one total per span. */
  readonly buffer: Buffer
  start(f: FunctionBody): void
  /** To be called behind each step. */
  lap(f: FunctionBody, step: Step): void
}

/** @param clock gives the time as a float64, in any unit */
export function createStopwatch(plan: Plan, clock: WasmFunction): Stopwatch {
  const spans = spansOf(plan)
  const buffer = { size: 2 + spans.length, address: -1 }
  const indices = new Map(spans.map(({ last }, i) => [last, i]))
  const add = (f: FunctionBody, value: F64, address: number) =>
    f.store(0, f64.add(f64.load(0, address), value), address)
  return {
    spans,
    buffer,
    start(f) {
      add(f, f64.const(1), buffer.address + 8)
      f.store(0, call<'f64'>(clock), buffer.address)
    },
    lap(f, step) {
      const index = indices.get(step)
      if (index === undefined) return
      const now = f.let('now', call<'f64'>(clock))
      add(f, f64.sub(now, f64.load(0, buffer.address)), buffer.address + 8 * (2 + index))
      f.store(0, now, buffer.address)
    },
  }
}

/** Steps of one node belong together, and so do variables, whose steps take less time than the clock. */
function spansOf({ steps, nodes }: Plan): Span[] {
  const spans: { nodes: Node[]; last: Step }[] = []
  steps.forEach((step, i) => {
    const span = spans.at(-1)
    const node = nodes[i]
    const same = span?.nodes.at(-1) === node
    if (span && (same || (step.kind === 'scalar' && span.last.kind === 'scalar'))) {
      span.last = step
      if (!same) span.nodes.push(node)
    } else spans.push({ nodes: [node], last: step })
  })
  return spans
}
