/**
 * A gallery of test matrices with known properties.
 *
 *     const A = gallery.wathen(8, 8, () => 1)
 *     const { x } = conjugateGradient(A, b, { preconditioner: jacobi(A) }) // bounded iterations: eigenvalues of D⁻¹A in [1/4, 9/2]
 */
export { type ClassicalMatrix, classicalMatrices } from './classical.ts'
export * from './matrices.ts'
