import type { ParameterSpec } from '../../models/parameters.ts'
import type { TriangleMesh } from '../../models/triangleMesh.ts'
import type { Formula } from '../scene/formula/index.ts'
import type { ModelFunction } from '../vectorField.ts'
import type { LearnedScalar } from './learnedScalar.ts'

/** A scene's system as functions of (t, y, θ) in TensorFlow.js: what is compiled. */
export interface Model {
  /** Names of the components of y: for mechanics the coordinates, then their rates. */
  readonly names: readonly string[]
  /** y at the start. */
  readonly start: Float64Array
  readonly parameters: readonly ParameterSpec[]
  /** The learned physical parameters, which come first in `parameters`; the rest are weights of networks. */
  readonly scalars: readonly LearnedScalar[]
  /** f of A·dy/dt = f. */
  readonly derivative: ModelFunction
  /** A(t, y), for implicit methods; without it the identity. */
  readonly mass?: ModelFunction
  /** A scalar [J], where the system has one. */
  readonly energy?: ModelFunction
  /** V, a scalar [J], for mechanics. */
  readonly potential?: ModelFunction
  /** M(q): [n, n], for mechanics. */
  readonly massMatrix?: ModelFunction
  /** g(q), which is to stay 0: [m], for mechanics with constraints. */
  readonly constraints?: ModelFunction
  /** k in each triangle of a mesh, W/(m·K). */
  readonly conductivity?: ModelFunction
  /** What is measured at points within, where the state is a field: named values [k], observed where the scene does not say what. */
  readonly probes?: { readonly names: readonly string[]; readonly values: ModelFunction }
  /** A value at each node of a mesh, for the viewer. */
  readonly meshField?: { readonly name: string; readonly mesh: TriangleMesh; readonly values: ModelFunction }
  /** Positions and orientations of named frames, for the viewer: x, y, z, then a quaternion w, x, y, z, of each, [7k]. */
  readonly frames?: { readonly names: readonly string[]; readonly values: ModelFunction }
  /** Formulas over the scene's names, as a vector. */
  formulas(formulas: readonly Formula[]): ModelFunction
}
