import { PerformanceObserver } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { addFields, createIntegrator, type IntegratorOptions } from './index.ts'
import type { VectorField } from './vectorField.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** A pendulum: x' = v, v' = −sin-like cubic, with what implicit methods want. */
const field: VectorField = {
  dimension: 2,
  parameterCount: 0,
  parameters: new Float64Array(0),
  evaluate(_t, y, dydt) {
    dydt[0] = y[1]
    dydt[1] = -y[0] + (y[0] * y[0] * y[0]) / 6
  },
  jacobian(_t, y, out) {
    out[0] = 0
    out[1] = 1
    out[2] = -1 + (y[0] * y[0]) / 2
    out[3] = 0
  },
}

/** The same in two parts, for implicit–explicit methods. */
const split = addFields(
  {
    ...field,
    evaluate(_t, y, dydt) {
      dydt[0] = y[1]
      dydt[1] = -y[0]
    },
    jacobian(_t, _y, out) {
      out[0] = 0
      out[1] = 1
      out[2] = -1
      out[3] = 0
    },
  },
  {
    ...field,
    evaluate(_t, y, dydt) {
      dydt[0] = 0
      dydt[1] = (y[0] * y[0] * y[0]) / 6
    },
  },
)

const turn = () => new Promise(resolve => setTimeout(resolve, 30))

it.each<[string, IntegratorOptions]>([
  ['explicit', { method: 'tsit5' }],
  ['symplectic', { method: 'leapfrog' }],
  ['Gauss', { method: 'gauss4' }],
  ['ESDIRK', { method: 'kvaerno3' }],
  ['implicit–explicit', { method: 'kencarp3' }],
  ['Rosenbrock', { method: 'rodas5p' }],
  ['collocation', { method: 'radau5' }],
  ['multistep', { method: 'bdf' }],
])(
  '%s: 400,000 steps (1e6 by tsit5) without growth of memory, and less than 400 bytes of garbage a step',
  async (name, options) => {
    const steps = name === 'explicit' ? 1_000_000 : 400_000
    const step = 1e-3
    const integrator = createIntegrator(options.method === 'kencarp3' ? split : field, {
      ...options,
      fixedStep: step,
      maxSteps: 2 * steps,
      keepSteps: false,
    })
    const run = (count: number) => integrator.integrate([1, 0], [0, count * step])
    run(2000) // compiled by the engine by now
    let collections = 0
    const observer = new PerformanceObserver(list => {
      collections += list.getEntries().length
    })
    collectGarbage()
    await turn()
    const before = process.memoryUsage()
    observer.observe({ entryTypes: ['gc'] })
    const { success, statistics } = run(steps)
    await turn()
    observer.disconnect()
    const during = collections
    collectGarbage()
    await turn()
    const after = process.memoryUsage()
    expect(success).toBe(true)
    expect(statistics.accepted).toBeGreaterThan(0.99 * steps)
    expect(after.heapUsed - before.heapUsed).toBeLessThan(1_000_000)
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(100_000)
    // The young generation (16 MB) is collected when it is full: a few boxed numbers a step, but no array of stages.
    expect((during * 16e6) / steps).toBeLessThan(400)
  },
)
