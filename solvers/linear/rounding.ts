/** u = 2⁻⁵³: a result of + − × ÷ √ is right to within a factor 1 + δ, |δ| ≤ u. */
export const unitRoundoff = 2 ** -53

/**
 * γ_k = k·u/(1 − k·u): a sum of k products is right to within γ_k times the sum of their sizes (Higham, Accuracy and
 * Stability of Numerical Algorithms, 2002, section 3.1).
 */
export const gamma = (terms: number): number => (terms * unitRoundoff) / (1 - terms * unitRoundoff)
