import { describe, expect, it } from 'vitest'
import { loadScene } from '../scene/index.ts'
import { requireDerivatives } from './requireDerivatives.ts'

describe('requireDerivatives', () => {
  it('refuses odex, with which the same scene may be simulated', () => {
    requireDerivatives(loadScene('double-pendulum'))
    const scene = loadScene('double-pendulum', { set: ['solver.method=odex'] })
    expect(() => requireDerivatives(scene)).toThrow(
      /double-pendulum\.yaml: solver\.method: odex has no derivatives: use tsit5 or dopri5$/,
    )
  })
})
