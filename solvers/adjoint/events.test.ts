import { describe, expect, it } from 'vitest'
import type { StateEvent } from '../ode/index.ts'
import { odeint } from '../ode/index.ts'
import { fieldOf } from '../ode/testing/problems.ts'
import { adjoint, type EventCotangent } from './discreteAdjoint.ts'
import { type EventTangent, tangent } from './tangent.ts'
import { randomNumbers } from './testing/differentiable.ts'

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0)
const unit = (n: number, i: number) => Float64Array.from({ length: n }, (_, j) => (i === j ? 1 : 0))

/** A ball that falls, θ = (g, restitution). */
const ball = {
  ...fieldOf(
    2,
    [9.81, 0.8],
    (_t, [, v], [g], dydt) => {
      dydt[0] = v
      dydt[1] = -g
    },
    (_t, _y, _theta, fy, ftheta) => {
      fy.set([0, 1, 0, 0])
      ftheta.set([0, 0, -1, 0])
    },
  ),
  timeDerivative: (_t: number, _y: Float64Array, out: Float64Array) => void out.fill(0),
}
const floor = {
  when: (_t, [height]) => height,
  direction: 'falling',
  whenVjp(_t, _y, cotangent, gradY) {
    gradY[0] += cotangent
    return 0
  },
} as const satisfies StateEvent
const bounce: StateEvent = {
  ...floor,
  apply(_t, y) {
    y[0] = 0
    y[1] *= -ball.parameters[1]
  },
  applyVjp(_t, [, v], cotangent, gradY, gradTheta) {
    gradY[1] -= cotangent[1] * ball.parameters[1]
    gradTheta[1] -= cotangent[1] * v
    return 0
  },
}

describe.each(['tsit5', 'dopri5', 'dop853', 'vern9', 'gauss4'] as const)('a bouncing ball, %s', method => {
  const fixedStep = method === 'gauss4' ? { fixedStep: 0.05 } : {}
  const options = { method, rtol: 1e-8, atol: 1e-8, events: [bounce], ...fixedStep }
  const [g, e] = ball.parameters
  const height = 1.3
  const solution = odeint(ball, [height, 0], [0, 2.5], options)
  /** The n-th impact is at √(2·height/g)·(1 + 2·Σ_{1≤k<n} e^k); these are its derivatives by height, g and e. */
  const impact = (n: number) => {
    const fall = Math.sqrt((2 * height) / g)
    let sum = 1
    let slope = 0
    for (let k = 1; k < n; k++) {
      sum += 2 * e ** k
      slope += 2 * k * e ** (k - 1)
    }
    return { t: fall * sum, by: [(fall * sum) / (2 * height), (-fall * sum) / (2 * g), fall * slope] }
  }
  const close = (value: number, expected: number) =>
    expect(Math.abs(value - expected)).toBeLessThan(1e-12 * Math.max(1, Math.abs(expected)))

  it('the adjoint gives the derivatives of each impact time', () => {
    expect(solution.events.length).toBeGreaterThan(2)
    solution.events.forEach(({ t }, i) => {
      const exact = impact(i + 1)
      close(t, exact.t)
      const gradY0 = new Float64Array(2)
      const gradTheta = new Float64Array(2)
      const events: EventCotangent[] = []
      events[i] = { t: 1 }
      adjoint(ball, solution, new Float64Array(solution.y.length), gradY0, gradTheta, { events })
      const gradient = [gradY0[0], ...gradTheta]
      gradient.forEach((value, j) => {
        close(value, exact.by[j])
      })
    })
  })
  it('and of the state after the impacts', () => {
    // the height is −g·(t − t_n)²/2 + v·(t − t_n), v = e^n·√(2·g·height)
    const n = solution.events.length
    const { t: impactTime, by } = impact(n)
    const v = e ** n * Math.sqrt(2 * g * height)
    const s = 2.5 - impactTime
    close(solution.y[2], v * s - (g * s * s) / 2)
    const vBy = [v / (2 * height), v / (2 * g), (n * v) / e]
    const exact = by.map((t, j) => vBy[j] * s - (v - g * s) * t - (j === 1 ? (s * s) / 2 : 0))
    const gradY0 = new Float64Array(2)
    const gradTheta = new Float64Array(2)
    const gradTimes = new Float64Array(2)
    adjoint(ball, solution, Float64Array.of(0, 0, 1, 0), gradY0, gradTheta, { gradTimes })
    const gradient = [gradY0[0], ...gradTheta]
    gradient.forEach((value, j) => {
      close(value, exact[j])
    })
    close(gradTimes[1], v - g * s)
    close(gradTimes[0], -(v - g * s)) // nothing depends on t but by t1 − t0
    const directions = [
      [unit(2, 0), null],
      [null, unit(2, 0)],
      [null, unit(2, 1)],
    ] as const
    directions.forEach(([y0, theta], j) => {
      close(tangent(ball, solution, y0, theta)[2], exact[j])
    })
  })
})

/** A driven pendulum between moving walls, whose impacts and switches depend on t, y and θ = (damping, drive, wall). */
const pendulum = {
  ...fieldOf(
    2,
    [0.1, 0.6, 0.7],
    (t, [q, v], [damping, drive], dydt) => {
      dydt[0] = v
      dydt[1] = -Math.sin(q) - damping * v + drive * Math.cos(1.3 * t)
    },
    (t, [q, v], [damping], fy, ftheta) => {
      fy.set([0, 1, -Math.cos(q), -damping])
      ftheta.set([0, 0, 0, -v, Math.cos(1.3 * t), 0])
    },
  ),
  timeDerivative(t: number, _y: Float64Array, out: Float64Array) {
    out[0] = 0
    out[1] = -1.3 * pendulum.parameters[1] * Math.sin(1.3 * t)
  },
}
const wall: StateEvent = {
  when: (t, [q]) => q - pendulum.parameters[2] - 0.1 * Math.sin(t),
  direction: 'rising',
  apply(t, y) {
    y[1] *= -0.9 - 0.05 * Math.cos(t) - pendulum.parameters[0] * y[0]
  },
  whenVjp(t, _y, cotangent, gradY, gradTheta) {
    gradY[0] += cotangent
    gradTheta[2] -= cotangent
    return -0.1 * cotangent * Math.cos(t)
  },
  applyVjp(t, [q, v], cotangent, gradY, gradTheta) {
    const factor = -0.9 - 0.05 * Math.cos(t) - pendulum.parameters[0] * q
    gradY[0] += cotangent[0] - cotangent[1] * v * pendulum.parameters[0]
    gradY[1] += cotangent[1] * factor
    gradTheta[0] -= cotangent[1] * v * q
    return cotangent[1] * v * 0.05 * Math.sin(t)
  },
}
const turning: StateEvent = {
  when: (_t, [, v]) => v,
  whenVjp(_t, _y, cotangent, gradY) {
    gradY[1] += cotangent
    return 0
  },
}
const far: StateEvent = {
  when: (t, [q]) => q + 2.2 + 0.001 * t,
  direction: 'falling',
  terminal: true,
  whenVjp(_t, _y, cotangent, gradY) {
    gradY[0] += cotangent
    return 0.001 * cotangent
  },
}

describe.each(['tsit5', 'dop853', 'vern7', 'gauss6'] as const)('impacts, switches and an end, %s', method => {
  const fixedStep = method === 'gauss6' ? { fixedStep: 0.1 } : {}
  const options = { method, rtol: 1e-12, atol: 1e-12, events: [wall, turning, far], ...fixedStep }
  const times = { span: [0.2, 20] as [number, number], saveEvery: 0.11 }
  const solve = (y0: ArrayLike<number>) => odeint(pendulum, y0, times, options)
  const y0 = [-0.2, 0.1]
  const solution = solve(y0)
  const random = randomNumbers(11)
  const vector = (length: number) => Float64Array.from({ length }, random)

  it('has all kinds of them', () => {
    expect(solution.terminated).toBe(true)
    for (let i = 0; i < 3; i++) expect(solution.events.some(({ event }) => event === i)).toBe(true)
    expect(solution.t.length).toBeGreaterThan(10)
  })
  it('the adjoint is the transpose of the tangent: states, events, times', () => {
    const cotangents = vector(solution.y.length)
    const events = solution.events.map(() => ({ t: random(), y: vector(2), after: vector(2) }))
    // an event that is only counted has one state
    const cotangentOf = events.map((cotangent, i) =>
      solution.events[i].event === 0 ? cotangent : { ...cotangent, after: undefined },
    )
    const [gradY0, gradTheta] = [new Float64Array(2), new Float64Array(3)]
    const gradTimes = new Float64Array(solution.t.length)
    adjoint(pendulum, solution, cotangents, gradY0, gradTheta, { events: cotangentOf, gradTimes })
    const [dy0, dtheta, dt0] = [vector(2), vector(3), random()]
    const eventTangents: EventTangent[] = []
    const dy = tangent(pendulum, solution, dy0, dtheta, undefined, { t0: dt0, events: eventTangents })
    const forward =
      dot(dy, cotangents) +
      eventTangents.reduce(
        (sum, { t, y, after }, i) =>
          sum +
          t * events[i].t +
          dot(y, events[i].y) +
          (solution.events[i].event === 0 ? dot(after, events[i].after) : 0),
        0,
      )
    const backward = dot(gradY0, dy0) + dot(gradTheta, dtheta) + gradTimes[0] * dt0
    expect(Math.abs(forward - backward) / Math.abs(forward)).toBeLessThan(1e-12)
  })
  it('is the derivative of the flow: central differences of tight solutions', () => {
    const dy0 = vector(2)
    const epsilon = 1e-5
    const eventTangents: EventTangent[] = []
    const dy = tangent(pendulum, solution, dy0, null, undefined, { events: eventTangents })
    const [plus, minus] = [1, -1].map(sign => solve(y0.map((value, m) => value + sign * epsilon * dy0[m])))
    const size = Math.max(...dy.map(Math.abs))
    dy.forEach((value, i) => {
      const difference = (plus.y[i] - minus.y[i]) / (2 * epsilon)
      expect(Math.abs(value - difference) / size).toBeLessThan(method === 'gauss6' ? 1e-4 : 1e-6)
    })
    eventTangents.forEach(({ t }, i) => {
      const difference = (plus.events[i].t - minus.events[i].t) / (2 * epsilon)
      expect(Math.abs(t - difference) / size).toBeLessThan(method === 'gauss6' ? 1e-4 : 1e-6)
    })
  })
})

it('what an event lacks for derivatives is said', () => {
  const bare: StateEvent = { when: floor.when, terminal: true, direction: 'falling' }
  const solution = odeint(ball, [1, 0], [0, 2], { events: [bare] })
  const gradient = () => new Float64Array(2)
  expect(() => adjoint(ball, solution, gradient(), gradient(), gradient())).toThrow('its whenVjp')
  const jump: StateEvent = { ...bounce, applyVjp: undefined }
  const jumped = odeint(ball, [1, 0], [0, 1], { events: [jump] })
  expect(() => adjoint(ball, jumped, new Float64Array(4), gradient(), gradient())).toThrow('its applyVjp')
  const timeless = { ...ball, timeDerivative: undefined }
  const withoutTime = odeint(timeless, [1, 0], [0, 1], { events: [bounce] })
  expect(() => tangent(timeless, withoutTime, gradient(), null)).toThrow('need field.timeDerivative')
})
