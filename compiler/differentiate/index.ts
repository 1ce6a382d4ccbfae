/** Derivatives of graphs, as functions from nodes to nodes: every order and every mixture of modes composes. */

export { hvp, jacobian } from './jacobian.ts'
export { jvp } from './jvp.ts'
export { type SparseJacobian, sparseJacobian } from './sparseJacobian.ts'
export { vjp } from './vjp.ts'
