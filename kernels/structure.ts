/**
 * What the matrix of a solve is promised to be, and so how it is factored and which entries are read: 'general' by LU with partial
 * pivoting; of a symmetric matrix the lower triangle, 'spd' (positive definite) by Cholesky, 'symmetric' by Bunch and Kaufman's
 * L·D·Lᵀ; of a triangular matrix its triangle, by substitution alone.
 */
export type Structure = (typeof structures)[number]

export const structures = ['general', 'spd', 'symmetric', 'lower triangular', 'upper triangular'] as const

/** A = Aᵀ, so that the adjoint solve is the solve itself. */
export const isSymmetricStructure = (structure: Structure): boolean =>
  structure === 'spd' || structure === 'symmetric'

/** The triangle that alone is read, of a triangular matrix. */
export const triangleOf = (structure: Structure): 'lower' | 'upper' | null =>
  structure === 'lower triangular' ? 'lower' : structure === 'upper triangular' ? 'upper' : null
