/** The table of lowerings: how each tfjs kernel is said in the primitives of the graph. */

import * as tf from '@tensorflow/tfjs-core'
import { withOrigin } from '../primitives.ts'
import { atLocation, currentUserLocation } from './location.ts'
import { currentSession, tensorInfo, tracedValue, type Value } from './values.ts'

export const backendName = 'trace'

/** Operands by the names that the kernel gives them ('0', '1', … where it takes a list); absent ones are undefined. */
export type Operands = Readonly<Record<string, Value>>

/** A kernel in terms of primitives. `attributes` are the kernel's, as tfjs' kernel_names.ts types them. */
// biome-ignore lint/suspicious/noExplicitAny: each kernel has attributes of its own, and tfjs types them only in part
export type Lowering = (operands: Operands, attributes: any) => Value | Value[]

const lowerings = new Map<string, Lowering>()
/** What is done where an operand is complex, by kernel; the others refuse it. */
const complexLowerings = new Map<string, Lowering>()

/** The lowering of `kernel` for real operands. */
export const realLowering = (kernel: string): Lowering => lowerings.get(kernel)!

export function registerComplexLowerings(lowerings: Readonly<Record<string, Lowering>>): void {
  for (const [kernel, lowering] of Object.entries(lowerings)) complexLowerings.set(kernel, lowering)
}

function complexLowering(kernel: string): Lowering {
  const lowering = complexLowerings.get(kernel)
  if (!lowering) {
    throw new Error(
      `trace: kernel ${kernel}${atLocation(currentUserLocation())} takes no complex64 tensors; take tf.real and tf.imag apart`,
    )
  }
  return lowering
}

/** Makes `kernel` traceable. */
export function registerLowering(kernel: string, lowering: Lowering): void {
  lowerings.set(kernel, lowering)
  tf.registerKernel({
    kernelName: kernel,
    backendName,
    kernelFunc({ inputs, attrs }) {
      const refusal = currentSession()?.refusal
      if (refusal) throw refusal
      return withOrigin(currentUserLocation(), () => {
        const operands: Record<string, Value> = {}
        for (const [name, tensor] of Object.entries(inputs)) {
          if (tensor) operands[name] = tracedValue(tensor as tf.TensorInfo)
        }
        const isComplex = Object.values(operands).some(({ imaginary }) => imaginary)
        const lower = isComplex ? complexLowering(kernel) : lowering
        const result = lower(operands, attrs ?? {})
        return Array.isArray(result) ? result.map(tensorInfo) : tensorInfo(result)
      })
    },
  })
}

export function registerLowerings(lowerings: Readonly<Record<string, Lowering>>): void {
  for (const [kernel, lowering] of Object.entries(lowerings)) registerLowering(kernel, lowering)
}
