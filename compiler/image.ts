import { SingularMatrixError } from '../kernels/singularMatrix.ts'
import type { SolveSite } from './standalone.ts'

/** Some float64 in a program's memory. */
export interface Place {
  /** In bytes. */
  readonly address: number
  /** Number of float64. */
  readonly size: number
}

/**
 * A compiled program without its memory: plain data and a WebAssembly module, which another thread can be sent
 * (`postMessage`, `workerData`) and run without compiling anything.
 */
export interface ProgramImage {
  readonly module: WebAssembly.Module
  readonly entries: Readonly<
    Record<string, { readonly inputs: readonly Place[]; readonly outputs: readonly Place[] }>
  >
  readonly contiguous: readonly Place[]
  readonly constants: readonly { readonly place: Place; readonly value: Float64Array }[]
  readonly solves: readonly SolveSite[]
}

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

/** A program in a memory of its own. */
export interface Instance {
  readonly memory: ArrayBuffer
  readonly entries: Readonly<Record<string, Entry>>
  /** One flat view per group that `contiguous` asked for. */
  readonly contiguous: readonly Float64Array[]
}

/** Places that lie one behind the other, as one. */
export const joined = (places: readonly Place[]): Place => ({
  address: places[0]?.address ?? 0,
  size: places.reduce((sum, { size }) => sum + size, 0),
})

/**
 * Gives a program a memory of its own, in which the inputs are zero. What two entries share is the same view.
 *
 * @param clock where the program was compiled to be profiled: what it reads the time from, in milliseconds
 */
export function instantiate(image: ProgramImage, clock = (): number => performance.now()): Instance {
  const { exports } = new WebAssembly.Instance(image.module, { profile: { clock } })
  const memory = (exports.memory as WebAssembly.Memory).buffer
  const views = new Map<string, Float64Array>()
  const view = ({ address, size }: Place): Float64Array => {
    const key = `${address}+${size}`
    const known = views.get(key)
    if (known) return known
    const made = new Float64Array(memory, address, size)
    views.set(key, made)
    return made
  }
  for (const { place, value } of image.constants) view(place).set(value)
  const failure = new Int32Array(memory, 0, 3)
  const fail = () => {
    const { structure, origin } = image.solves[failure[0]]
    throw new SingularMatrixError(failure[1] - 1, structure, failure[2], origin)
  }
  const entries = Object.entries(image.entries).map(([name, { inputs, outputs }]): [string, Entry] => {
    const execute = exports[name] as () => number
    return [
      name,
      {
        inputs: inputs.map(view),
        outputs: outputs.map(view),
        flatOutputs: view(joined(outputs)),
        run() {
          if (execute() !== 0) fail()
        },
      },
    ]
  })
  return { memory, entries: Object.fromEntries(entries), contiguous: image.contiguous.map(view) }
}
