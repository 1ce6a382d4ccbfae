/** Programs with fused multiply-add, where the engine has it, beside the same without. Run in each engine. */

import { vjp } from '../../compiler/differentiate/index.ts'
import * as p from '../../compiler/primitives.ts'
import { compile } from '../../compiler/program.ts'
import { distance, uniform, uniformFor } from '../../compiler/testing/numbers.ts'
import { hasRelaxedInstructions } from '../../kernels/wasm/index.ts'

export interface Relaxation {
  /** Whether the engine has the relaxed instructions. */
  readonly supported: boolean
  readonly valid: boolean
  /** Whether the module is another one than without `relaxed`. */
  readonly differs: boolean
  /** Of all outputs of the two programs, relative to the largest. */
  readonly distance: number
}

/** Products, solves, elementary functions, and their gradients. */
function graph() {
  const [a, b] = [p.input('a', [40, 40]), p.input('b', [40, 30])]
  const outputs = [
    p.tanh(p.matmul(a, b)),
    p.solve(a, b),
    p.sum(p.exp(p.multiply(b, b)), [0]),
    p.matmul(a, a, { transposeA: true }),
  ]
  const ones = outputs.map(({ shape }) => p.full(1, shape))
  return { inputs: [a, b], outputs: [...outputs, ...vjp(outputs, ones, [a, b]).map(gradient => gradient!)] }
}

function relaxation(): Relaxation {
  const f = graph()
  const programs = [false, true].map(relaxed => compile({ f }, { relaxed }))
  const [plain, relaxed] = programs.map(program => program.toModule().bytes)
  const values = uniformFor(f.inputs, uniform(3))
  const [expected, actual] = programs.map(({ f: { inputs, outputs, run } }) => {
    values.forEach((array, i) => {
      inputs[i].set(array)
    })
    run()
    return outputs
  })
  return {
    supported: hasRelaxedInstructions(),
    valid: WebAssembly.validate(relaxed as BufferSource),
    differs: plain.length !== relaxed.length || plain.some((byte, i) => byte !== relaxed[i]),
    distance: distance(actual, expected),
  }
}

export default relaxation()
