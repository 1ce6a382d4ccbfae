import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { variableMass } from '../ode/implicit/testing/massProblems.ts'
import { stiffVanDerPol } from '../ode/implicit/testing/stiffProblems.ts'
import type { IntegratorOptions, StateEvent, Times, VectorField } from '../ode/index.ts'
import { odeint } from '../ode/index.ts'
import type { StepRecord } from '../ode/steps.ts'
import { fieldOf, lotkaVolterra } from '../ode/testing/problems.ts'
import { adjoint } from './discreteAdjoint.ts'

const field = lotkaVolterra()

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Bytes of array buffers that are in use. They are given back some time after their owners. */
async function arrayBytes(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    collectGarbage()
    await new Promise(resolve => setTimeout(resolve, 10))
  }
  return process.memoryUsage().arrayBuffers
}

/** Gradient of Σ cos(i)·y_i, and the solution. */
function gradient(
  options: IntegratorOptions,
  times: Times,
  y0: readonly number[] = [1, 1.2],
  f: VectorField = field,
) {
  const solution = odeint(f, y0, times, options)
  const cotangents = solution.y.map((_, i) => Math.cos(i))
  const y0Gradient = new Float64Array(f.dimension)
  const theta = new Float64Array(f.parameterCount)
  adjoint(f, solution, cotangents, y0Gradient, theta)
  return {
    solution,
    numbers: [...y0Gradient, ...theta],
    checkpoints: (solution.steps as StepRecord).checkpoints,
  }
}

describe.each(['tsit5', 'dop853', 'vern9', 'yoshida6', 'gauss4', 'rk4'] as const)('%s', method => {
  const fixed = ['yoshida6', 'gauss4', 'rk4'].includes(method)
  /** q̇ = v, v̇ = −θ·sin q, which all methods can take. */
  const pendulum = fieldOf(
    2,
    [1.3],
    (_t, [q, v], [k], dydt) => {
      dydt[0] = v
      dydt[1] = -k * Math.sin(q)
    },
    (_t, [q], [k], fy, ftheta) => {
      fy.set([0, 1, -k * Math.cos(q), 0])
      ftheta.set([0, -Math.sin(q)])
    },
  )
  const options = { method, rtol: 1e-9, atol: 1e-9, ...(fixed ? { fixedStep: 0.02 } : {}) }

  it.each([
    ['one end', [0, 20]],
    ['a grid', { span: [0, 20], saveEvery: 0.7 }],
    ['backwards', [10, 3, -5]],
  ] as [string, Times][])(
    'the gradient has the same bits, however little memory it has: %s',
    (_name, times) => {
      const free = gradient(options, times, [1, 0.3], pendulum)
      const { count, h } = free.solution.steps
      for (const steps of [count + 20, count / 2, count / 9, 16, 8]) {
        const bytes = Math.max(8, Math.floor(steps)) * 8 * (4 + 30 * pendulum.dimension)
        const bounded = gradient({ ...options, memory: bytes }, times, [1, 0.3], pendulum)
        expect(bounded.numbers).toEqual(free.numbers)
        expect(bounded.checkpoints!.count).toBe(count)
        expect(bounded.checkpoints!.bytes).toBeLessThanOrEqual(bytes)
        expect(Array.from(bounded.solution.y)).toEqual(Array.from(free.solution.y))
        expect(bounded.solution.statistics).toEqual(free.solution.statistics)
      }
      expect(h.length).toBeGreaterThan(0)
    },
  )
})

describe.each(['kvaerno3', 'kvaerno5', 'radau5', 'bdf', 'auto'] as const)('%s', method => {
  it.each<[string, VectorField, number[], number]>([
    ['rejected steps, kept Jacobians and changes of method', stiffVanDerPol(40), [2, 0], 100],
    ['a mass matrix that depends on the state', variableMass(), [1, 0.8], 30],
  ])('takes its steps again with the same bits, for all that it remembers: %s', (_name, stiff, y0, end) => {
    const options = { method, rtol: 1e-5, atol: 1e-5 }
    const times = [0, end / 3, end]
    const free = gradient(options, times, y0, stiff)
    const { rejected, jacobians, accepted } = free.solution.statistics
    if (!stiff.mass) expect(rejected).toBeGreaterThan(2)
    expect(jacobians).toBeLessThan(accepted)
    for (const kilobytes of [200, 40, 12]) {
      const bounded = gradient({ ...options, memory: kilobytes * 1000 }, times, y0, stiff)
      expect(bounded.numbers).toEqual(free.numbers)
      expect(bounded.checkpoints!.bytes).toBeLessThanOrEqual(kilobytes * 1000)
      expect(bounded.solution.statistics).toEqual(free.solution.statistics)
    }
  })
})

it('the same through events', () => {
  const ball = {
    ...fieldOf(
      2,
      [9.81],
      (_t, [, v], [g], dydt) => {
        dydt[0] = v
        dydt[1] = -g - 0.1 * v
      },
      (_t, _y, _theta, fy, ftheta) => {
        fy.set([0, 1, 0, -0.1])
        ftheta.set([0, -1])
      },
    ),
    timeDerivative: (_t: number, _y: Float64Array, out: Float64Array) => void out.fill(0),
  }
  const bounce: StateEvent = {
    when: (_t, [height]) => height,
    direction: 'falling',
    apply(_t, y) {
      y[1] *= -0.9
    },
    whenVjp(_t, _y, cotangent, gradY) {
      gradY[0] += cotangent
      return 0
    },
    applyVjp(_t, _y, cotangent, gradY) {
      gradY[0] += cotangent[0]
      gradY[1] -= 0.9 * cotangent[1]
      return 0
    },
  }
  const options = { rtol: 1e-9, atol: 1e-9, events: [bounce], maxStep: 0.02 }
  const times = { span: [0, 4] as [number, number], saveEvery: 0.3 }
  const free = gradient(options, times, [1, 0], ball)
  const bounded = gradient({ ...options, memory: 4096 }, times, [1, 0], ball)
  expect(free.solution.events.length).toBeGreaterThan(4)
  expect(bounded.numbers).toEqual(free.numbers)
})

it('many steps are computed again few times: the binomial rule', () => {
  let calls = 0
  const counted = {
    ...field,
    evaluate(t: number, y: Float64Array, dydt: Float64Array) {
      calls++
      field.evaluate(t, y, dydt)
    },
  }
  const options = { method: 'rk4', fixedStep: 1e-3, maxSteps: 1e6 } as const
  const bytes = 24 * 8 * (12 + 2) // 24 steps
  const { checkpoints, solution } = gradient({ ...options, memory: bytes }, [0, 10], [1, 1.2], counted)
  expect(checkpoints!.count).toBe(10_000)
  expect(checkpoints!.bytes).toBeLessThanOrEqual(bytes)
  expect(calls / solution.statistics.evaluations).toBeLessThan(12)
})

it('the memory that is measured is within the bound, where it would be many times that', async () => {
  const n = 40
  const chain = fieldOf(n, [0.5], (_t, y, [k], dydt) => {
    for (let m = 0; m < n; m++) dydt[m] = k * ((y[m - 1] ?? 0) - y[m])
  })
  /** What the solution holds, with the garbage collected. */
  const run = async (memory?: number) => {
    const y0 = Array.from({ length: n }, () => 1)
    const before = await arrayBytes()
    const options = { method: 'rk4', fixedStep: 1e-3, memory } as const
    const { solution } = gradient(options, [0, 5], y0, chain)
    const after = await arrayBytes()
    expect(solution.success).toBe(true) // and so it is still there
    return after - before
  }
  const bound = 400_000
  const bounded = await run(bound)
  const steps = 5000
  expect(bounded).toBeLessThan(bound + 32 * steps + 50_000)
  expect(await run()).toBeGreaterThan(steps * n * 8 * 5)
})

it('what memory cannot bound is said', () => {
  expect(() => odeint(field, [1, 1], [0, 1], { memory: '64 apples' })).toThrow("as '64MB', not '64 apples'")
  expect(() => odeint(field, [1, 1], [0, 1], { memory: 100 })).toThrow('at least 8 are needed')
  expect(() => odeint(field, [1, 1], { span: [0, 1] }, { memory: '1MB' })).toThrow(
    'needs the times to save at',
  )
  expect(() => odeint(field, [1, 1], [0, 1], { memory: '1MB' }).at(0.5)).toThrow('no dense output afterwards')
})
