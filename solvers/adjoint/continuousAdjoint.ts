import {
  createIntegrator,
  type Failure,
  type IntegratorOptions,
  type Solution,
  type VectorField,
} from '../ode/index.ts'

/**
 * The adjoint of the flow, λ' = −(∂f/∂y)ᵀλ with ∂L/∂θ = ∫ λᵀ·∂f/∂θ dt (Pontryagin; Chen et al., *Neural ODEs*, 2018), solved
 * numerically backwards: an approximation of the gradient of the exact solution, to the tolerance, where the discrete
 * adjoint is the gradient of what was computed.
 *
 * - 'interpolating': (λ, ∫) backwards, with y(t) from dense output.
 * - 'quadrature': λ alone backwards, then the integral by Gauss' rule over its steps: for many parameters.
 * - 'backsolve': (y, λ, ∫) backwards, y solved again: memory for no steps. **Only for problems that are as stable
 *   backwards as forwards**: a dissipative system is unstable backwards, and its y, and with it the gradient, is then wrong
 *   by far more than the tolerance, without a warning from the error control.
 */
export type ContinuousAdjoint = 'interpolating' | 'quadrature' | 'backsolve'

/** Nodes on [−1, 1] and weights of Gauss' rule of order 10 (Abramowitz & Stegun, 25.4.30). */
const gauss = [
  [-0.906179845938664, 0.23692688505618908],
  [-0.5384693101056831, 0.47862867049936647],
  [0, 0.5688888888888889],
  [0.5384693101056831, 0.47862867049936647],
  [0.906179845938664, 0.23692688505618908],
] as const

/**
 * Adds ∂L/∂y0 and ∂L/∂θ as `adjoint` does; gives the failure of the solve backwards, if it fails.
 * @throws Error where the field has no `vjp` or has a mass matrix, or the solution has events.
 */
export function continuousAdjoint(
  kind: ContinuousAdjoint,
  field: VectorField,
  solution: Solution,
  cotangents: Float64Array,
  gradY0: Float64Array,
  gradTheta: Float64Array,
  options: IntegratorOptions = {},
): Failure | undefined {
  if (!field.vjp)
    throw new Error(`the ${kind} adjoint needs field.vjp, which this vector field does not have`)
  if (field.mass || solution.events.length > 0)
    throw new Error(`the ${kind} adjoint knows no mass matrices and no events: use adjoint: 'discrete'`)
  const n = field.dimension
  const p = field.parameterCount
  const withState = kind === 'backsolve'
  const withIntegral = kind !== 'quadrature'
  const first = withState ? n : 0 // of λ
  const dimension = first + n + (withIntegral ? p : 0)
  const y = new Float64Array(n)
  const lambda = new Float64Array(n)
  const [byY, byTheta, slope] = [new Float64Array(n), new Float64Array(p), new Float64Array(n)]

  /** byY ← λᵀ·∂f/∂y, byTheta ← λᵀ·∂f/∂θ at (t, y). */
  const product = (t: number) => field.vjp!(t, y, lambda, byY.fill(0), byTheta.fill(0))
  const backwards: VectorField = {
    dimension,
    parameterCount: 0,
    parameters: new Float64Array(0),
    evaluate(t, state, out) {
      if (withState) for (let m = 0; m < n; m++) y[m] = state[m]
      else solution.at(t, y)
      for (let m = 0; m < n; m++) lambda[m] = state[first + m]
      if (withState) {
        field.evaluate(t, y, slope)
        out.set(slope)
      }
      product(t)
      for (let m = 0; m < n; m++) out[first + m] = -byY[m]
      if (withIntegral) for (let j = 0; j < p; j++) out[first + n + j] = -byTheta[j]
    },
  }
  const { atol = 1e-8 } = options
  const integrator = createIntegrator(backwards, {
    ...options,
    atol: typeof atol === 'number' ? atol : Math.min(...Array.from(atol)),
    keepSteps: kind === 'quadrature',
    memory: undefined,
    onProgress: undefined,
  })

  const state = new Float64Array(dimension)
  const { t: times } = solution
  if (withState) state.set(solution.y.subarray((times.length - 1) * n))
  for (let saved = times.length - 1; ; saved--) {
    for (let m = 0; m < n; m++) state[first + m] += cotangents[saved * n + m]
    if (saved === 0) break
    const back = integrator.integrate(state, [times[saved], times[saved - 1]])
    if (back.failure) return back.failure
    state.set(back.y.subarray(dimension))
    if (kind === 'quadrature') integrate(back)
  }
  for (let m = 0; m < n; m++) gradY0[m] += state[first + m]
  if (withIntegral) for (let j = 0; j < p; j++) gradTheta[j] += state[first + n + j]
  return undefined

  /** gradTheta −= ∫ λᵀ·∂f/∂θ dt over the steps of λ, which run backwards. */
  function integrate(back: Solution): void {
    const { steps } = back
    for (let step = 0; step < steps.count; step++)
      for (const [node, weight] of gauss) {
        const t = steps.t[step] + ((1 + node) / 2) * steps.h[step]
        back.at(t, lambda)
        solution.at(t, y)
        product(t)
        for (let j = 0; j < p; j++) gradTheta[j] -= (weight / 2) * steps.h[step] * byTheta[j]
      }
  }
}
