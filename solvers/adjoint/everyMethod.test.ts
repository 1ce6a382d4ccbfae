import { describe, expect, it } from 'vitest'
import { implicitMethods } from '../ode/implicit/methods.ts'
import { stiffField } from '../ode/implicit/testing/stiffProblems.ts'
import { addFields, type IntegratorOptions, odeint, type Solution, type VectorField } from '../ode/index.ts'
import { methodNames, splitMethodNames } from '../ode/methods/index.ts'
import { hasErrorEstimate } from '../ode/options.ts'
import { replay } from '../ode/replay.ts'
import type { StepRecord } from '../ode/steps.ts'
import { adjoint } from './discreteAdjoint.ts'
import { type Direction, hessianVector } from './secondOrder.ts'
import { tangent } from './tangent.ts'
import { type ComplexProblem, complexified, complexifiedParts } from './testing/complexified.ts'
import { type Complex, complex, minus, plus, times } from './testing/complexReplay.ts'

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0)
const norm = (a: ArrayLike<number>) => Math.sqrt(dot(a, a))
const relativeError = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  norm(Array.from(a, (value, i) => value - b[i])) / norm(b)
const zero = complex(0)

/** A hardening spring, q̇ = a·v, v̇ = −b·q − c·q³, which every method can take; θ = (a, b, c). */
const linear = stiffField(
  2,
  [1.1, 1.5, 0.8],
  (_t, [q, v], [a, b], out) => {
    out[0] = a * v
    out[1] = -b * q
  },
  (_t, [q, v], [a, b], fy, ftheta) => {
    fy.set([0, a, -b, 0])
    ftheta.set([v, 0, 0, 0, -q, 0])
  },
)
const cubic: VectorField = {
  ...stiffField(
    2,
    linear.parameters,
    (_t, [q], [, , c], out) => {
      out[0] = 0
      out[1] = -c * q * q * q
    },
    (_t, [q], [, , c], fy, ftheta) => {
      fy.set([0, 0, -3 * c * q * q, 0])
      ftheta.set([0, 0, 0, 0, 0, -q * q * q])
    },
  ),
}
/** Second derivatives: ∂²f of the spring in two directions at once. */
type Curvature = (y: Vector, dy: Vector, dtheta: Vector, ey: Vector, etheta: Vector) => number[]
type Vector = Float64Array | readonly number[]
const curvatureOfLinear: Curvature = (_y, [dq, dv], [da, db], [eq, ev], [ea, eb]) => [
  da * ev + ea * dv,
  -db * eq - eb * dq,
]
const curvatureOfCubic: Curvature = ([q], [dq], [, , dc], [eq], [, , ec]) => [
  0,
  -6 * linear.parameters[2] * q * dq * eq - 3 * q * q * (dc * eq + ec * dq),
]
const unit = (length: number, i: number) => Array.from({ length }, (_, j) => (i === j ? 1 : 0))
const noTheta = [0, 0, 0]
/** A field with what gradients of Rosenbrock methods and Hessians ask for. */
function withCurvature(field: VectorField, curvature: Curvature): VectorField {
  const addTo = (
    y: Vector,
    dy: Vector,
    dtheta: Vector,
    cotangent: Vector,
    gradY: Float64Array,
    gradTheta: Float64Array,
  ) => {
    for (let i = 0; i < 2; i++) gradY[i] += dot(cotangent, curvature(y, dy, dtheta, unit(2, i), noTheta))
    for (let j = 0; j < 3; j++) gradTheta[j] += dot(cotangent, curvature(y, dy, dtheta, [0, 0], unit(3, j)))
  }
  return {
    ...field,
    jvpVjp: (_t, y, dy, dtheta, cotangent, gradY, gradTheta) =>
      addTo(y, dy, dtheta, cotangent, gradY, gradTheta),
    secondVjp: (_t, y, _dt, dy, cotangent, gradY, gradTheta) =>
      addTo(y, dy, noTheta, cotangent, gradY, gradTheta),
    secondJvp: (_t, y, _dt, dy, ey, etheta, out) => out.set(curvature(y, dy, noTheta, ey, etheta)),
  }
}
const spring = addFields(withCurvature(linear, curvatureOfLinear), withCurvature(cubic, curvatureOfCubic))

const quotient = (a: Complex, b: Complex) => complex(a.re / b.re, (a.im * b.re - a.re * b.im) / (b.re * b.re))
const squareRoot = (z: Complex) => complex(Math.sqrt(z.re), z.im / (2 * Math.sqrt(z.re)))
const negative = (z: Complex) => minus(zero, z)
const complexLinear: ComplexProblem = {
  f: (_t, [q, v], [a, b]) => [times(a, v), negative(times(b, q))],
  jacobian: (_t, _y, [a, b]) => [
    [zero, a],
    [negative(b), zero],
  ],
}
const complexCubic: ComplexProblem = {
  f: (_t, [q], [, , c]) => [zero, negative(times(c, q, q, q))],
  jacobian: (_t, [q], [, , c]) => [
    [zero, zero],
    [times(complex(-3), c, q, q), zero],
  ],
}
const complexSpring: ComplexProblem = {
  f: (t, y, theta) => {
    const [first, second] = [complexLinear.f(t, y, theta), complexCubic.f(t, y, theta)]
    return first.map((value, i) => plus(value, second[i]))
  },
  jacobian: (t, y, theta) => {
    const [first, second] = [complexLinear.jacobian(t, y, theta), complexCubic.jacobian(t, y, theta)]
    return first.map((row, i) => row.map((value, j) => plus(value, second[i][j])))
  },
}

/** ẋ = −a·x + z, 0 = z − b·x² + c·z³, and a mass matrix that mixes its rows. */
const dae: VectorField = {
  ...stiffField(
    2,
    [0.9, 0.7, 0.4],
    (_t, [x, z], [a, b, c], out) => {
      out[1] = z - b * x * x + c * z * z * z
      out[0] = -a * x + z + out[1]
    },
    (_t, [x, z], [a, b, c], fy, ftheta) => {
      const [byX, byZ] = [-2 * b * x, 1 + 3 * c * z * z]
      fy.set([-a + byX, 1 + byZ, byX, byZ])
      ftheta.set([-x, -x * x, z * z * z, 0, -x * x, z * z * z])
    },
  ),
  mass: (_t, _y, out) => out.set([2, 0, 0, 0]),
  massIsConstant: true,
  secondVjp(_t, [x, z], _dt, [dx, dz], [first, second], gradY, gradTheta) {
    const [, b, c] = this.parameters
    const both = first + second
    gradY[0] += both * -2 * b * dx
    gradY[1] += both * 6 * c * z * dz
    gradTheta[0] -= first * dx
    gradTheta[1] += both * -2 * x * dx
    gradTheta[2] += both * 3 * z * z * dz
  },
  secondJvp(_t, [x, z], _dt, [dx, dz], [ex, ez], [ea, eb, ec], out) {
    const [, b, c] = this.parameters
    out[1] = -2 * b * dx * ex - 2 * eb * x * dx + 6 * c * z * dz * ez + 3 * ec * z * z * dz
    out[0] = -ea * dx + out[1]
  },
}
const complexDae: ComplexProblem = {
  f: (_t, [x, z], [a, b, c]) => {
    const algebraic = plus(z, negative(times(b, x, x)), times(c, z, z, z))
    return [plus(negative(times(a, x)), z, algebraic), algebraic]
  },
  jacobian: (_t, [x, z], [a, b, c]) => {
    const byX = times(complex(-2), b, x)
    const byZ = plus(complex(1), times(complex(3), c, z, z))
    return [
      [minus(byX, a), plus(complex(1), byZ)],
      [byX, byZ],
    ]
  },
}

/** x(T) + v(T)/2 of a ball from (x₀, v₀) that hits the floor once and leaves it with e of its speed. */
function lossAfterImpact([x0, v0, g, e]: Complex[], end: number): Complex {
  const speed = squareRoot(plus(times(v0, v0), times(complex(2), g, x0)))
  const t1 = quotient(times(complex(2), x0), minus(speed, v0))
  const rest = minus(complex(end), t1)
  const x = minus(times(e, speed, rest), times(complex(0.5), g, rest, rest))
  return plus(x, times(complex(0.5), minus(times(e, speed), times(g, rest))))
}

const every = [...methodNames, ...splitMethodNames]
type Method = (typeof every)[number]
const isSplit = (method: Method) => (splitMethodNames as readonly Method[]).includes(method)

const optionsOf = (method: Method): IntegratorOptions => ({
  method,
  rtol: 1e-5,
  atol: 1e-5,
  newtonTolerance: 0,
  ...(hasErrorEstimate(method) ? {} : { fixedStep: 0.08 }),
})

const grid = [0, 0.03, 0.031, 0.4, 1.1, 2]
const y0Tangent = Float64Array.of(0.3, -0.7)
const thetaTangent = Float64Array.of(0.2, -0.4, 0.9)

/** The adjoint's products with the direction above, of a fixed cotangent; and the cotangent. */
function backward(field: VectorField, solution: Solution) {
  const cotangents = solution.y.map((_, i) => Math.cos(3 * i))
  const [gradY0, gradTheta] = [new Float64Array(2), new Float64Array(3)]
  adjoint(field, solution, cotangents, gradY0, gradTheta)
  return { cotangents, gradient: [...gradY0, ...gradTheta] }
}

function isComplexStep(field: VectorField, twice: VectorField, y0: number[], options: IntegratorOptions) {
  const solution = odeint(field, y0, grid, options)
  expect(solution.failure).toBeUndefined()
  expect(solution.statistics.accepted).toBeGreaterThan(2)
  const forward = tangent(field, solution, y0Tangent, thetaTangent)
  const start = [y0[0], y0Tangent[0], y0[1], y0Tangent[1]]
  const oracle = replay(twice, start, solution, options).y
  const expected = forward.map((_, i) => oracle[2 * i + 1])
  expect(
    relativeError(
      solution.y,
      solution.y.map((_, i) => oracle[2 * i]),
    ),
  ).toBeLessThan(1e-12)
  expect(relativeError(forward, expected)).toBeLessThan(1e-12)
  const { cotangents, gradient } = backward(field, solution)
  const product = dot(gradient, [...y0Tangent, ...thetaTangent])
  expect(Math.abs(product - dot(expected, cotangents))).toBeLessThan(
    1e-12 * norm(expected) * norm(cotangents),
  )
}

describe.each(every)('%s: the derivatives of what was computed', method => {
  const options = optionsOf(method)

  it('are those by the complex step, forward and backward', () => {
    const twice = isSplit(method)
      ? complexifiedParts(spring, complexLinear, complexCubic, thetaTangent)
      : complexified(spring, complexSpring, thetaTangent)
    isComplexStep(spring, twice, [1, 0.4], options)
  })

  it.runIf(method in implicitMethods)('so with a singular mass matrix', () => {
    isComplexStep(dae, complexified(dae, complexDae, thetaTangent), [1, 0.5], options)
  })

  it.runIf(method !== 'odex')('have the same bits from checkpoints', () => {
    const fields = method in implicitMethods ? [spring, dae] : [spring]
    const fine = { ...options, rtol: 1e-8, atol: 1e-8 }
    for (const field of fields)
      for (const memory of [1, 0.2]) {
        const times = [0, 1, 20]
        const free = odeint(field, [1, 0.4], times, fine)
        const { count, width, n } = free.steps as StepRecord
        const remembered = 20 * n + 20
        const bytes = 8 * (n + width + remembered) * Math.max(8, Math.floor(memory * count))
        const bounded = odeint(field, [1, 0.4], times, { ...fine, memory: bytes })
        expect(count).toBeGreaterThan(20)
        expect(backward(field, bounded).gradient).toEqual(backward(field, free).gradient)
      }
  })

  it('are exact through an impact', () => {
    // a ball under θ₁ that flies up to a ceiling or falls to the floor, and comes back with θ₂ of its speed
    // Euler's method and BDF (which starts with order 1) have straight lines exactly, the others parabolas
    const gravity = method === 'euler' || method === 'bdf' ? 0 : 9.81
    const flight = stiffField(
      2,
      [gravity, 0.8],
      (_t, [, v], [g], out) => {
        out[0] = v
        out[1] = -g
      },
      (_t, _y, _theta, fy, ftheta) => {
        fy.set([0, 1, 0, 0])
        ftheta.set([0, 0, -1, 0])
      },
    )
    const none = stiffField(
      2,
      flight.parameters,
      (_t, _y, _theta, out) => out.fill(0),
      () => {},
    )
    const zeros = (...args: unknown[]) => (args.at(-1) as Float64Array).fill(0)
    const field: VectorField = {
      ...addFields(flight, none),
      secondVjp() {},
      secondJvp: zeros,
    }
    const floor = {
      when: (_t: number, [x]: Float64Array) => x,
      direction: 'falling' as const,
      whenVjp(_t: number, _y: Float64Array, cotangent: number, gradY: Float64Array) {
        gradY[0] += cotangent
        return 0
      },
      apply(_t: number, y: Float64Array) {
        y[0] = 0
        y[1] *= -field.parameters[1]
      },
      applyVjp(
        _t: number,
        [, v]: Float64Array,
        cotangent: Float64Array,
        gradY: Float64Array,
        gradTheta: Float64Array,
      ) {
        gradY[1] -= field.parameters[1] * cotangent[1]
        gradTheta[1] -= v * cotangent[1]
        return 0
      },
    }
    const [x0, v0, end] = [1.3, -2.6, 0.8]
    const solution = odeint(field, [x0, v0], [0, end], { ...options, events: [floor] })
    const [gradY0, gradTheta] = [new Float64Array(2), new Float64Array(2)]
    const gradient = () => {
      adjoint(field, solution, Float64Array.of(0, 0, 1, 0.5), gradY0, gradTheta)
      return [...gradY0, ...gradTheta]
    }
    expect(solution.events.length).toBe(1)
    const values = [x0, v0, ...field.parameters]
    const exact = values.map((_, i) =>
      lossAfterImpact(
        values.map((v, j) => complex(v, i === j ? 1e-30 : 0)),
        end,
      ),
    )
    gradient().forEach((value, i) => {
      if (gravity === 0 && i === 2) return
      expect(Math.abs(value - exact[i].im * 1e30)).toBeLessThan(1e-12 * Math.max(1, Math.abs(value)))
    })
  })

  // the gradient of Rosenbrock methods takes second derivatives already, and a Hessian would take third ones
  it.runIf(method !== 'rodas5p')('of second order are symmetric', () => {
    const loss = {
      gradient: (y: Float64Array, out: Float64Array) => out.set(y.map((v, i) => Math.cos(i) * v * v)),
      hessianVector: (y: Float64Array, dy: Float64Array, out: Float64Array) =>
        out.set(y.map((v, i) => 2 * Math.cos(i) * v * dy[i])),
    }
    const directions = [
      { y0: y0Tangent, theta: thetaTangent },
      { y0: Float64Array.of(-0.5, 0.2), theta: Float64Array.of(0.7, 0.3, -0.6) },
    ]
    const [first, second] = directions.map(d => hessianVector(spring, [1, 0.4], grid, loss, d, options))
    const product = (a: Direction, b: Direction) => dot(a.y0, b.y0) + dot(a.theta, b.theta)
    const [there, back] = [product(directions[1], first), product(directions[0], second)]
    expect(Math.abs(there - back)).toBeLessThan(1e-11 * (norm(first.y0) + norm(first.theta)))
  })
})
