/**
 * Numbers in full double precision. tfjs rounds every literal to float32 the moment that it makes a tensor of it, by
 * `new Float32Array(…)`. While a trace runs, which is synchronous, so that nothing else can see it, the global
 * Float32Array is a Float64Array: `x.mul(9.81)`, `tf.scalar(Math.PI)` and `tf.tensor1d([…])` then keep all their bits.
 */

import { env } from '@tensorflow/tfjs-core'

const Float32 = globalThis.Float32Array

/** What `Float32Array` means during a trace. Genuine float32 arrays still count as instances: tfjs asks. */
class LiteralArray extends Float64Array {
  static override [Symbol.hasInstance](value: unknown): boolean {
    return ArrayBuffer.isView(value) && (value.constructor === Float32 || value.constructor === LiteralArray)
  }
}

function withFloat32Array<T>(replacement: unknown, run: () => T): T {
  const former = globalThis.Float32Array
  globalThis.Float32Array = replacement as Float32ArrayConstructor
  try {
    return run()
  } finally {
    globalThis.Float32Array = former
  }
}

/** Runs `run`, in which tfjs' platform, which asks Node and not the prototype, takes literals for typed arrays. */
function withTypedLiterals<T>(run: () => T): T {
  const { platform } = env()
  const { isTypedArray } = platform
  platform.isTypedArray = (a): a is Float32Array =>
    a instanceof LiteralArray || isTypedArray.call(platform, a)
  try {
    return run()
  } finally {
    platform.isTypedArray = isTypedArray
  }
}

/** Runs `run`, in which literals keep double precision; restored at the end, also after a throw. */
export const withDoubleLiterals = <T>(run: () => T): T =>
  withFloat32Array(LiteralArray, () => withTypedLiterals(run))

/** Runs `run` with the genuine Float32Array, for the backends that really compute in float32. */
export const withFloat32Literals = <T>(run: () => T): T => withFloat32Array(Float32, run)
