import type { VectorField } from '../vectorField.ts'

/**
 * Nonstiff test problems with exact derivatives by hand, and the reference state at t1. Digits: extrapolation of order
 * 24 in quadruple precision, where two tolerances agree to 1e-27 or better, rounded to float64; sensitivities by central
 * differences in quadruple precision on frozen steps: `byParameter[j]` is ∂y(t1)/∂θ_j, `byInitial[j]` ∂y(t1)/∂y_j(0).
 */
export interface Problem {
  readonly name: string
  readonly field: Required<Pick<VectorField, 'vjp' | 'jvp'>> & VectorField
  readonly y0: readonly number[]
  readonly t1: number
  readonly reference: readonly number[]
  readonly byParameter: readonly (readonly number[])[]
  readonly byInitial: readonly (readonly number[])[]
}

type RightHandSide = (t: number, y: Float64Array, theta: Float64Array, dydt: Float64Array) => void
/** Writes ∂f/∂y (row-major n×n) and ∂f/∂θ (n×p) into zeros. */
type Jacobians = (
  t: number,
  y: Float64Array,
  theta: Float64Array,
  fy: Float64Array,
  ftheta: Float64Array,
) => void

/** A vector field from a right-hand side and its Jacobians. */
export function fieldOf(
  n: number,
  theta: ArrayLike<number>,
  f: RightHandSide,
  jacobians: Jacobians = () => {},
  names?: readonly string[],
): Problem['field'] {
  const parameters = theta instanceof Float64Array ? theta : Float64Array.from(theta)
  const p = parameters.length
  const fy = new Float64Array(n * n)
  const ftheta = new Float64Array(n * p)
  const fill = (t: number, y: Float64Array) => jacobians(t, y, parameters, fy.fill(0), ftheta.fill(0))
  return {
    dimension: n,
    parameterCount: p,
    parameters,
    names,
    evaluate: (t, y, dydt) => f(t, y, parameters, dydt),
    vjp(t, y, cotangent, gradY, gradTheta) {
      fill(t, y)
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) gradY[j] += cotangent[i] * fy[i * n + j]
        for (let j = 0; j < p; j++) gradTheta[j] += cotangent[i] * ftheta[i * p + j]
      }
    },
    jvp(t, y, tangentY, tangentTheta, out) {
      fill(t, y)
      for (let i = 0; i < n; i++) {
        let sum = 0
        for (let j = 0; j < n; j++) sum += fy[i * n + j] * tangentY[j]
        for (let j = 0; j < p; j++) sum += ftheta[i * p + j] * tangentTheta[j]
        out[i] = sum
      }
    },
  }
}

/** x' = a·x − b·x·y, y' = −c·y + d·x·y. */
export const lotkaVolterra = (): Problem['field'] =>
  fieldOf(
    2,
    [1.5, 1, 3, 1],
    (_t, [x, y], [a, b, c, d], dydt) => {
      dydt[0] = a * x - b * x * y
      dydt[1] = -c * y + d * x * y
    },
    (_t, [x, y], [a, b, c, d], fy, ftheta) => {
      fy.set([a - b * y, -b * x, d * y, -c + d * x])
      ftheta.set([x, -x * y, 0, 0, 0, 0, -y, x * y])
    },
    ['prey', 'predator'],
  )

/** x' = v, v' = μ·(1 − x²)·v − x. */
export const vanDerPol = (mu = 1): Problem['field'] =>
  fieldOf(
    2,
    [mu],
    (_t, [x, v], [m], dydt) => {
      dydt[0] = v
      dydt[1] = m * (1 - x * x) * v - x
    },
    (_t, [x, v], [m], fy, ftheta) => {
      fy.set([0, 1, -2 * m * x * v - 1, m * (1 - x * x)])
      ftheta.set([0, (1 - x * x) * v])
    },
  )

/** x'' = −x as a system; the solution from (0, 1) is (sin t, cos t). */
export const oscillator = (): Problem['field'] =>
  fieldOf(
    2,
    [],
    (_t, [x, v], _theta, dydt) => {
      dydt[0] = v
      dydt[1] = -x
    },
    (_t, _y, _theta, fy) => fy.set([0, 1, -1, 0]),
  )

/** SciMLBenchmarks.jl, NonStiffODE/LotkaVolterra_wpd (the problem). */
const lotkaVolterraProblem: Problem = {
  name: 'Lotka-Volterra',
  field: lotkaVolterra(),
  y0: [1, 1],
  t1: 10,
  reference: [1.0263447675750894, 0.9096910781360417],
  byParameter: [
    [2.160557523562618, -6.256770517220816],
    [0.1885687770780593, -0.6979775889893585],
    [0.5631827941681977, -1.709017680597935],
    [0.9396512871530798, -2.743979155920181],
  ],
  byInitial: [
    [1.9659960547281692, -2.743979155920181],
    [0.1885687770780593, 0.21171348914668314],
  ],
}

/** SciMLBenchmarks.jl, NonStiffODE/RigidBody_wpd (the problem); it depends on t. */
const forcedRigidBody: Problem = {
  name: 'forced rigid body',
  field: fieldOf(
    3,
    [-2, 1.25, -0.5, 0.25],
    (t, [y1, y2, y3], [i1, i2, i3, k0], dydt) => {
      dydt[0] = i1 * y2 * y3
      dydt[1] = i2 * y1 * y3
      dydt[2] = i3 * y1 * y2 + k0 * Math.sin(t) ** 2
    },
    (t, [y1, y2, y3], [i1, i2, i3], fy, ftheta) => {
      fy.set([0, i1 * y3, i1 * y2, i2 * y3, 0, i2 * y1, i3 * y2, i3 * y1, 0])
      ftheta.set([y2 * y3, 0, 0, 0, 0, y1 * y3, 0, 0, 0, 0, y1 * y2, Math.sin(t) ** 2])
    },
  ),
  y0: [1, 0, 0.9],
  t1: 10,
  reference: [-0.6688624229801343, -0.5876984022040684, 2.010777393073611],
  byParameter: [
    [-4.7652188636949555, 3.242649693900317, 0.35156725529886274],
    [6.801987834878267, -5.073439103795206, -0.5653718086838223],
    [2.0559058675841535, -1.4623978205213892, 0.0071605005141048275],
    [29.03720218982821, -20.654613553071897, 2.331484874799873],
  ],
  byInitial: [
    [-2.724768290564288, 0.8746994183173209, -0.0071605005141048275],
    [0.8526388505629812, -0.6064952760801086, -0.07014631761095587],
    [13.11286100813641, -9.327381988374846, 0.02404128130910183],
  ],
}

/** DETEST D1 (Hull, Enright, Fellen & Sedgwick 1972): two bodies, eccentricity 0.1; θ = GM. */
const kepler: Problem = {
  name: 'Kepler, DETEST D1',
  field: fieldOf(
    4,
    [1],
    (_t, [x, y, u, v], [gm], dydt) => {
      const r3 = Math.hypot(x, y) ** 3
      dydt[0] = u
      dydt[1] = v
      dydt[2] = (-gm * x) / r3
      dydt[3] = (-gm * y) / r3
    },
    (_t, [x, y], [gm], fy, ftheta) => {
      const r = Math.hypot(x, y)
      fy.set([0, 0, 1, 0, 0, 0, 0, 1])
      fy.set([gm * ((3 * x * x) / r ** 5 - 1 / r ** 3), (3 * gm * x * y) / r ** 5], 8)
      fy.set([(3 * gm * x * y) / r ** 5, gm * ((3 * y * y) / r ** 5 - 1 / r ** 3)], 12)
      ftheta.set([0, 0, -x / r ** 3, -y / r ** 3])
    },
  ),
  y0: [0.9, 0, 0, 1.1055415967851334],
  t1: 20,
  reference: [0.21988353520083967, 0.9427076846341813, -0.9787659841058176, 0.3287977990962036],
  byParameter: [[-43.82442005469149, 13.953770400626846, -11.791574012749136, -47.134545038994894]],
  byInitial: [
    [70.68847030223186, -21.763354108796374, 18.488643147210237, 75.46697300391702],
    [0.7359312487428189, 0.8283464033698489, 1.2413574347661358, 0.5344071600309508],
    [1.451818559491675, 0.47544862116498215, 1.3079738424955583, 1.3203776613910427],
    [61.574816022501054, -19.295144462552052, 16.0610666059844, 66.76560830202871],
  ],
}

/** SciMLBenchmarks.jl, NonStiffODE/FitzhughNagumo_wpd (the problem). */
const fitzHughNagumo: Problem = {
  name: 'FitzHugh-Nagumo',
  field: fieldOf(
    2,
    [0.7, 0.8, 0.08, 0.5],
    (_t, [v, w], [a, b, rate, current], dydt) => {
      dydt[0] = v - v ** 3 / 3 - w + current
      dydt[1] = rate * (v + a - b * w)
    },
    (_t, [v, w], [a, b, rate], fy, ftheta) => {
      fy.set([1 - v * v, -1, rate, -rate * b])
      ftheta.set([0, 0, 0, 1, rate, -rate * w, v + a - b * w, 0])
    },
  ),
  y0: [1, 1],
  t1: 10,
  reference: [-1.9540459529354743, 0.9943443737838957],
  byParameter: [
    [0.06588643833616288, -0.4562801184264129],
    [-0.06401130962425405, 0.5077257969280418],
    [2.9717646626641017, -11.834609346056848],
    [-0.5593114600346274, 3.4083998799238104],
  ],
  byInitial: [
    [0.013055916624329355, -0.10103195774312589],
    [0.5066023093656972, -2.04337578518268],
  ],
}

export const problems: readonly Problem[] = [lotkaVolterraProblem, forcedRigidBody, kepler, fitzHughNagumo]
