import { minimumDegree } from './minimumDegree.ts'
import { nestedDissection } from './nestedDissection.ts'
import type { Graph } from './pattern.ts'

export interface OrderingOptions {
  /**
   * 'minimum degree'; 'nested dissection'; 'natural': as the rows come; or a permutation, [k] = the row that comes k-th.
   * 'auto', the default: the one of the first two that needs fewer operations.
   */
  readonly ordering?: 'auto' | 'minimum degree' | 'nested dissection' | 'natural' | Int32Array
  /** [n × dimensions]: where the unknowns lie, for nested dissection. */
  readonly coordinates?: Float64Array
}

/** Below this size the two orderings hardly differ. */
const small = 1000

/** The ordering that the options ask for, with its name and its analysis. */
export function orderingOf<Symbolic extends { readonly operations: number }>(
  graph: Graph,
  { ordering = 'auto', coordinates }: OrderingOptions,
  analyse: (ordering: Int32Array) => Symbolic,
): { readonly name: string; readonly symbolic: Symbolic } {
  const named = (name: string, permutation: Int32Array) => ({ name, symbolic: analyse(permutation) })
  const degree = () => named('minimum degree', minimumDegree(graph))
  const dissection = () => named('nested dissection', nestedDissection(graph, coordinates))
  switch (ordering) {
    case 'minimum degree':
      return degree()
    case 'nested dissection':
      return dissection()
    case 'natural':
      return named(
        'natural',
        Int32Array.from({ length: graph.size }, (_, i) => i),
      )
    case 'auto': {
      const first = degree()
      if (graph.size < small) return first
      const second = dissection()
      return second.symbolic.operations < first.symbolic.operations ? second : first
    }
    default:
      checkPermutation(ordering, graph.size)
      return named('given', ordering)
  }
}

function checkPermutation(permutation: Int32Array, n: number): void {
  const seen = new Uint8Array(n)
  if (permutation.length !== n)
    throw new RangeError(`ordering: ${n} rows want a permutation of ${n}, not ${permutation.length}`)
  for (const row of permutation) {
    if (!(row >= 0 && row < n) || seen[row])
      throw new RangeError(`ordering: row ${row} is ${seen[row] ? 'there twice' : 'none of the matrix'}`)
    seen[row] = 1
  }
}
