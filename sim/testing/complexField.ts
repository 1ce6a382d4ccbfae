import { interpretComplex } from '../../compiler/interpret/index.ts'
import { type Complex, type ComplexField, complex } from '../../solvers/adjoint/testing/complexReplay.ts'
import type { CompiledField, CompiledFunction, ParameterBlock } from '../vectorField.ts'

const arrayOf = (values: readonly Complex[]) => ({
  re: Float64Array.from(values, z => z.re),
  im: Float64Array.from(values, z => z.im),
})

/** A compiled function as the interpreter computes it in complex arithmetic: the oracle of every derivative. */
export const complexFunction =
  ({ graph }: Pick<CompiledFunction, 'graph'>, blocks: readonly ParameterBlock[]): ComplexField =>
  (t, y, theta) => {
    const parameters = blocks.map(({ offset, size }) => arrayOf(theta.slice(offset, offset + size)))
    const [{ re, im }] = interpretComplex(graph, [arrayOf([complex(t)]), arrayOf(y), ...parameters])
    return Array.from(re, (value, i) => complex(value, im[i]))
  }

export const complexField = (field: CompiledField): ComplexField => complexFunction(field, field.blocks)
