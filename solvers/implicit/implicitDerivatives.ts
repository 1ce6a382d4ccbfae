import { directSolver, factor, isFactored } from '../linear/direct/index.ts'
import { krylovSolver, type LinearSolver, type Solution } from '../linear/gradients/index.ts'
import type { TransposableOperator } from '../linear/operator.ts'
import { checkLength, checkParameters, type DifferentiableMap } from './differentiableMap.ts'

/** How systems with ∂F/∂z are solved. */
export interface LinearSystemOptions {
  /**
   * 'dense': the Jacobian is made and factored once. 'gmres' and 'bicgstab' ask only for products with it. Default: dense up to
   * 200 unknowns, else gmres.
   */
  readonly method?: 'dense' | 'gmres' | 'bicgstab'
  /** Of the Krylov methods: ‖residual‖ ≤ rtol·‖right-hand side‖. Default 1e-12. */
  readonly rtol?: number
  /** Of the Krylov methods. Default 10·n, at least 100. */
  readonly maxIterations?: number
  /** GMRES(m)'s m. Default 50. */
  readonly restart?: number
}

/** What the linear solve behind a derivative says of itself; a derivative is to be used where `status` is 'converged'. */
export type LinearOutcome = Omit<Solution, 'x'>

export interface ImplicitGradient extends LinearOutcome {
  /** The gradient by θ, array by array. */
  readonly parameters: readonly Float64Array[]
  /** λ with (∂F/∂z)ᵀ·λ = g: the gradient by a right-hand side of F(z, θ) = 0. */
  readonly adjoint: Float64Array
}

export interface ImplicitTangent extends LinearOutcome {
  /** dz/dθ·dθ. */
  readonly z: Float64Array
}

export interface ImplicitHessianProduct extends LinearOutcome {
  readonly parameters: readonly Float64Array[]
  /** The derivative of `parameters` along dθ, array by array. */
  readonly hessianProduct: readonly Float64Array[]
}

/** Derivatives of z(θ), given by F(z, θ) = 0. */
export interface ImplicitDerivatives {
  /**
   * Reverse mode: −(∂F/∂θ)ᵀ·λ with (∂F/∂z)ᵀ·λ = g.
   * @param g [n] the gradient of a loss by z
   */
  vjp(g: Float64Array): ImplicitGradient
  /** Forward mode: ż with ∂F/∂z·ż = −∂F/∂θ·dθ. */
  jvp(dtheta: readonly Float64Array[]): ImplicitTangent
  /**
   * The gradient of a loss ℓ(z(θ)), and its Hessian times dθ.
   * @param g [n] ∇ℓ(z)
   * @param lossHessian v ↦ ∇²ℓ(z)·v
   * @throws Error where the map has no `vjpTangent`
   */
  hvp(
    g: Float64Array,
    lossHessian: (v: Float64Array) => Float64Array,
    dtheta: readonly Float64Array[],
  ): ImplicitHessianProduct
}

/** The most unknowns for which a dense Jacobian is the default. */
const denseUpTo = 200

/**
 * The implicit function theorem for F(z, θ) = f(z, θ) − shift·z = 0: a root of f (shift 0) or a fixed point of it (shift 1). One
 * factorisation serves all derivatives. (Krantz & Parks, The Implicit Function Theorem, 2002; second order as in
 * Griewank & Walther, Evaluating Derivatives, 2008, section 15.)
 */
export function implicitDerivatives(
  map: DifferentiableMap,
  shift: 0 | 1,
  at: Float64Array,
  theta: readonly Float64Array[],
  options: LinearSystemOptions = {},
): ImplicitDerivatives {
  const n = map.size
  const z = at.slice()
  const parameters = theta.map(values => values.slice())
  let solver: LinearSolver | undefined
  /** Other solutions may have used the map since. */
  const linearised = (): LinearSolver => {
    map.setParameters(parameters)
    solver ??= stateSolver(map, shift, z, options)
    return solver
  }
  const zeros = () => map.parameterSizes.map(size => new Float64Array(size))
  /** −(∂F/∂θ)ᵀ·λ, less `more`. */
  const pullback = (lambda: Float64Array, more?: readonly Float64Array[]) => {
    const out = zeros()
    map.vjpParameters(z, lambda, out)
    out.forEach((values, k) => {
      for (let i = 0; i < values.length; i++) values[i] = -values[i] - (more ? more[k][i] : 0)
    })
    return out
  }
  const tangentOf = (system: LinearSolver, dtheta: readonly Float64Array[]) => {
    const right = new Float64Array(n)
    map.jvpParameters(z, dtheta, right)
    return system.solve(right.map(value => -value))
  }
  return {
    vjp(g) {
      checkLength('vjp', 'the cotangent', g, n)
      const { x: adjoint, ...outcome } = linearised().solveTransposed(g)
      return { ...outcome, adjoint, parameters: pullback(adjoint) }
    },
    jvp(dtheta) {
      checkParameters('jvp', map, dtheta)
      const { x, ...outcome } = tangentOf(linearised(), dtheta)
      return { ...outcome, z: x }
    },
    hvp(g, lossHessian, dtheta) {
      checkLength('hvp', 'the cotangent', g, n)
      checkParameters('hvp', map, dtheta)
      if (!map.vjpTangent) throw new Error('hvp: the map has no vjpTangent; compileMap makes maps that have')
      const system = linearised()
      const first = system.solveTransposed(g)
      const tangent = tangentOf(system, dtheta)
      const curvature = new Float64Array(n)
      const ofParameters = zeros()
      map.vjpTangent(z, first.x, tangent.x, dtheta, curvature, ofParameters)
      const second = system.solveTransposed(lossHessian(tangent.x).map((value, i) => value - curvature[i]))
      const { x: _, ...outcome } =
        [first, tangent, second].find(({ status }) => status !== 'converged') ?? second
      return {
        ...outcome,
        parameters: pullback(first.x),
        hessianProduct: pullback(second.x, ofParameters),
      }
    },
  }
}

/** Solves with ∂F/∂z and its transpose at z, for the θ that the map has now. */
export function stateSolver(
  map: DifferentiableMap,
  shift: 0 | 1,
  z: Float64Array,
  options: LinearSystemOptions,
): LinearSolver {
  const n = map.size
  const { method = n <= denseUpTo ? 'dense' : 'gmres', rtol = 1e-12, ...effort } = options
  if (method !== 'dense') {
    const operator = stateOperator(map, shift, z)
    const restart = Math.min(effort.restart ?? 50, Math.max(n, 1))
    const solve = { ...effort, rtol, restart }
    return krylovSolver(operator, { ...solve, method, adjoint: solve })
  }
  const factors = factor(stateJacobian(map, shift, z), { structure: 'general' })
  if (isFactored(factors)) return directSolver(factors)
  const { status, message } = factors
  const failed = (b: Float64Array): Solution => ({
    x: new Float64Array(n),
    status,
    message: `the Jacobian by the state: ${message}; z is no isolated solution there, and has no derivative`,
    relativeResidual: b.some(value => value !== 0) ? 1 : 0,
  })
  return { size: n, solve: failed, solveTransposed: failed }
}

/** ∂F/∂z at z by its products. */
function stateOperator(map: DifferentiableMap, shift: 0 | 1, z: Float64Array): TransposableOperator {
  const lessIdentity = (x: Float64Array, out: Float64Array) => {
    if (shift) for (let i = 0; i < x.length; i++) out[i] -= x[i]
  }
  return {
    rows: map.size,
    columns: map.size,
    apply(x, out) {
      map.jvp(z, x, out)
      lessIdentity(x, out)
    },
    applyTransposed(x, out) {
      map.vjp(z, x, out)
      lessIdentity(x, out)
    },
  }
}

/** ∂F/∂z at z, [n × n]. */
export function stateJacobian(map: DifferentiableMap, shift: 0 | 1, z: Float64Array): Float64Array {
  const n = map.size
  const matrix = new Float64Array(n * n)
  if (map.jacobian) map.jacobian(z, matrix)
  else {
    const unit = new Float64Array(n)
    const column = new Float64Array(n)
    for (let j = 0; j < n; j++) {
      unit[j] = 1
      map.jvp(z, unit, column)
      unit[j] = 0
      for (let i = 0; i < n; i++) matrix[i * n + j] = column[i]
    }
  }
  if (shift) for (let i = 0; i < n; i++) matrix[i * (n + 1)] -= 1
  return matrix
}
