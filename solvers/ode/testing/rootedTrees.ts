/**
 * Rooted trees and their order conditions (Hairer, Nørsett & Wanner, *Solving ODEs I*, II.2): a Runge–Kutta method
 * with weights b has order p where Σ b_i·Φ_i(τ) = 1/γ(τ) for every tree τ with at most p nodes; dense output, where
 * Σ b_i(θ)·Φ_i(τ) = θ^|τ|/γ(τ).
 */
export interface RootedTree {
  readonly size: number
  readonly children: readonly RootedTree[]
}

const known: RootedTree[][] = [[]]

/** All trees with this many nodes: 1, 1, 2, 4, 9, 20, 48 … */
export function treesOfSize(size: number): RootedTree[] {
  if (known[size]) return known[size]
  /** Multisets of trees with `nodes` nodes in all, each tree no later in the list of all trees than `before`. */
  const forests = (nodes: number, candidates: readonly RootedTree[]): RootedTree[][] =>
    nodes === 0
      ? [[]]
      : candidates.flatMap((tree, i) =>
          tree.size <= nodes
            ? forests(nodes - tree.size, candidates.slice(i)).map(rest => [tree, ...rest])
            : [],
        )
  const smaller = Array.from({ length: size - 1 }, (_, i) => treesOfSize(i + 1)).flat()
  known[size] = forests(size - 1, smaller).map(children => ({ size, children }))
  return known[size]
}

/** γ(τ). */
export const density = (tree: RootedTree): number =>
  tree.children.reduce((product, child) => product * density(child), tree.size)

/** Φ_i(τ) for each stage i of the matrix a, as a function of τ that remembers those of subtrees. */
export function elementaryWeightsOf(a: readonly (readonly number[])[]): (tree: RootedTree) => number[] {
  const sums = new Map<RootedTree, number[]>()
  /** Σ_j a_ij·Φ_j(τ). */
  const aPhi = (tree: RootedTree): number[] => {
    const there = sums.get(tree)
    if (there) return there
    const phi = weights(tree)
    const result = a.map(row => row.reduce((sum, aij, j) => sum + aij * phi[j], 0))
    sums.set(tree, result)
    return result
  }
  const weights = (tree: RootedTree): number[] => {
    const children = tree.children.map(aPhi)
    return a.map((_, i) => children.reduce((product, child) => product * child[i], 1))
  }
  return weights
}
