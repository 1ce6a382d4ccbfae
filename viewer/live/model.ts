import type { ArrayPlace, LiveRun, ModuleEntry } from '../../sim/files/liveRun.ts'
import type { VectorField } from '../../solvers/ode/index.ts'

/** A trajectory's own model, in memory and ready to run. */
export interface PageModel {
  /** For an integrator; it has no derivatives. */
  readonly field: VectorField
  /** Sets the parameters, in the order of `run.parameters`. */
  setParameters(values: ArrayLike<number>): void
  /** What is shown of a state: the arrays of `series` are written. */
  show(t: number, y: Float64Array): void
  /** By the name of the trajectory's series. */
  readonly series: ReadonlyMap<string, Float64Array>
}

/** A solve within the model met a singular matrix. */
export class SingularModelError extends Error {
  override readonly name = 'SingularModelError'
}

const sizeOf = ({ shape }: ArrayPlace): number => shape.reduce((product, extent) => product * extent, 1)

/**
 * Makes a model of its module. The module imports nothing: it can compute, and do nothing else.
 *
 * @throws Error where bytes and description do not belong together
 */
export async function loadModel(
  bytes: Uint8Array<ArrayBuffer>,
  run: LiveRun,
  names: readonly string[],
): Promise<PageModel> {
  const { instance } = await WebAssembly.instantiate(bytes, {})
  const { memory, ...functions } = instance.exports as unknown as { memory: WebAssembly.Memory } & Record<
    string,
    () => number
  >
  const views = (places: readonly ArrayPlace[]) =>
    places.map(place => new Float64Array(memory.buffer, place.address, sizeOf(place)))
  const runner = (name: string) => () => {
    if (functions[name]() !== 0) throw new SingularModelError('a matrix of the model is singular there')
  }
  const entry = ({ inputs, outputs }: ModuleEntry, name: string) => ({
    inputs: views(inputs),
    outputs: views(outputs),
    run: runner(name),
  })
  const derivative = entry(run.derivative, 'derivative')
  const shown = run.shown && entry(run.shown, 'shown')
  const n = names.length
  return {
    field: {
      dimension: n,
      parameterCount: 0,
      parameters: new Float64Array(0),
      names,
      evaluate(t, y, out) {
        derivative.inputs[0][0] = t
        derivative.inputs[1].set(y)
        derivative.run()
        out.set(derivative.outputs[0])
      },
    },
    setParameters(values) {
      run.parameters.forEach(({ input }, k) => {
        derivative.inputs[input][0] = values[k]
        if (shown) shown.inputs[input][0] = values[k]
      })
    },
    show(t, y) {
      if (!shown) return
      shown.inputs[0][0] = t
      shown.inputs[1].set(y)
      shown.run()
    },
    series: new Map(run.shown?.outputs.map(({ name }, k) => [name, shown!.outputs[k]])),
  }
}
