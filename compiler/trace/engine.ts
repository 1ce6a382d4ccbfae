/** The parts of tfjs' engine (4.x) that a trace needs and that its types hide. */

import * as tf from '@tensorflow/tfjs-core'

export interface TapeNode {
  readonly inputs: Readonly<Record<string, tf.Tensor>>
  readonly outputs: readonly tf.Tensor[]
}

export interface Engine {
  backendName: string | undefined
  backendInstance: tf.KernelBackend | null | undefined
  /** Set while an asynchronous backend starts; until then the engine refuses every operation. */
  pendingBackendInit: Promise<boolean> | null | undefined
  readonly registeredVariables: Readonly<Record<string, tf.Variable>>
  readonly state: {
    gradientDepth: number
    kernelDepth: number
    activeTape: TapeNode[] | null | undefined
    readonly tensorInfo: WeakMap<object, { readonly backend: tf.KernelBackend }>
  }
  keep<T extends tf.Tensor>(tensor: T): T
  addTapeNode(...description: unknown[]): void
  readSync(dataId: object): ArrayLike<number>
  makeTensorFromTensorInfo(info: tf.TensorInfo): tf.Tensor
}

export const engine = (): Engine => tf.engine() as unknown as Engine

/**
 * Runs `run` on `backend`, with no gradient tape: what surrounds it is neither recorded nor disturbed. The former
 * backend, which may be none yet, comes back at the end, also after a throw.
 */
export function onBackend<T>(name: string, backend: tf.KernelBackend, run: () => T): T {
  const current = engine()
  const { backendName, backendInstance, pendingBackendInit, state } = current
  const { gradientDepth, kernelDepth, activeTape } = state
  Object.assign(current, { backendName: name, backendInstance: backend, pendingBackendInit: null })
  Object.assign(state, { gradientDepth: 0, kernelDepth: 0, activeTape: null })
  try {
    return run()
  } finally {
    Object.assign(current, { backendName, backendInstance, pendingBackendInit })
    Object.assign(state, { gradientDepth, kernelDepth, activeTape })
  }
}

/** Runs `run`, and at its end disposes what it kept for itself: what `tf.tidy` leaves, such as the tape of a failure. */
export function withoutKeeping<T>(run: () => T): T {
  const current = engine()
  const { keep } = current
  const kept: tf.Tensor[] = []
  current.keep = tensor => {
    kept.push(tensor)
    return keep.call(current, tensor) as typeof tensor
  }
  try {
    return run()
  } finally {
    current.keep = keep
    for (const tensor of kept) tensor.dispose()
  }
}

/** Runs `run`, in which variables refuse to be assigned. */
export function withFrozenVariables<T>(refuse: (variable: tf.Variable) => never, run: () => T): T {
  const { assign } = tf.Variable.prototype
  tf.Variable.prototype.assign = function (this: tf.Variable) {
    refuse(this)
  }
  try {
    return run()
  } finally {
    tf.Variable.prototype.assign = assign
  }
}
