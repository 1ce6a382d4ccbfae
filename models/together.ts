import type { Tensor } from '@tensorflow/tfjs-core'
import type { Learned, ParameterSpec } from './parameters.ts'

type Part = Learned<never[], unknown> | undefined

type BoundPart<P> = P extends Learned<infer X, infer Y> ? (...x: X) => Y : undefined

/** Learned functions with their arrays in place. */
export type Bound<P> = { readonly [Name in keyof P]: BoundPart<P[Name]> }

/**
 * Several learned functions as one: their arrays in a row, in the order of the parts. A part may be missing.
 *
 *     const { parameters, bind } = together({ H: network, R: another })
 *     const { H, R } = bind(weights) // functions of x alone
 */
export function together<P extends Readonly<Record<string, Part>>>(
  parts: P,
): { parameters: readonly ParameterSpec[]; bind(weights: readonly Tensor[]): Bound<P> } {
  const present = Object.entries(parts).flatMap(([name, part]) => (part ? [{ name, part }] : []))
  return {
    parameters: present.flatMap(({ part }) => part.parameters),
    bind(weights) {
      let begin = 0
      const bound: Record<string, unknown> = {}
      for (const { name, part } of present) {
        const own = weights.slice(begin, begin + part.parameters.length)
        begin += part.parameters.length
        bound[name] = (...x: never[]) => part.apply(own, ...x)
      }
      return bound as Bound<P>
    },
  }
}
