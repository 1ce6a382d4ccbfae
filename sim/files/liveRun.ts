/** A model inside a trajectory's file, which a page can integrate again from another start, with other parameters. */

/** A row-major float64 array in the memory of the model's WebAssembly module. */
export interface ArrayPlace {
  readonly name: string
  readonly shape: readonly number[]
  /** In bytes. */
  readonly address: number
}

/** The module's function of no operands: its arrays are written and read in its memory; it returns 0, or 1 where a solve failed. */
export interface ModuleEntry {
  readonly inputs: readonly ArrayPlace[]
  readonly outputs: readonly ArrayPlace[]
}

export interface LiveParameter {
  readonly name: string
  /** Which of the module's inputs holds it. */
  readonly input: number
  /** What the trajectory was made with. */
  readonly value: number
}

/** `meta.run` of a trajectory: what its array `model`, a WebAssembly module, is. */
export interface LiveRun {
  /** Inputs t, y and the parameters, and one output: dy/dt. */
  readonly derivative: ModuleEntry
  /** The same inputs; outputs under the names of the trajectory's series. Absent where it has none. */
  readonly shown?: ModuleEntry
  readonly parameters: readonly LiveParameter[]
  /** An explicit or symplectic method. */
  readonly method: string
  readonly rtol: number
  readonly atol: number | readonly number[]
  /** s. */
  readonly fixedStep?: number
}
