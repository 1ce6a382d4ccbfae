import { createModule } from './module.ts'
import { f64x2 } from './simd.ts'

let supported: boolean | undefined

/** Whether this engine has the relaxed instructions, such as fused multiply-add (Node 20 has not, Node 24 has). */
export function hasRelaxedInstructions(): boolean {
  if (supported === undefined) {
    const module = createModule()
    module.function('madd', { a: 'v128' }, ['v128'], (_, { a }) => f64x2.relaxed_madd(a, a, a))
    supported = WebAssembly.validate(module.build())
  }
  return supported
}
