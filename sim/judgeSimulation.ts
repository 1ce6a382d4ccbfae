import type { Solution } from '../solvers/ode/index.ts'
import type { Verdict } from './evaluate.ts'
import type { CompiledSystem } from './problem/problem.ts'
import type { Scene } from './scene/index.ts'
import { along } from './simulate.ts'

/** The criteria of a scene that a simulation alone can meet, with their values. */
export function judgeSimulation(scene: Scene, system: CompiledSystem, solution: Solution): Verdict[] {
  return scene.criteria.flatMap(({ metric, below, above }) => {
    const value =
      metric === 'end_error'
        ? endError(scene, system.field.names, solution)
        : metric === 'energy_drift' && system.energy
          ? energyDrift(system, solution)
          : undefined
    if (value === undefined) return []
    const met = (below === undefined || value < below) && (above === undefined || value > above)
    return [{ metric, value, below, above, met }]
  })
}

/**
 * The largest error at the end of the span in units of what was asked for, atol + rtol·|y|; NaN where the solution does
 * not get there.
 */
export function endError(scene: Scene, names: readonly string[], solution: Solution): number {
  if (!solution.success) return Number.NaN
  const { atol, rtol } = scene.solver
  const end = solution.y.subarray(solution.y.length - names.length)
  const errors = Object.entries(scene.reference!.state).map(([name, expected]) => {
    const k = names.indexOf(name)
    const tolerance = (typeof atol === 'number' ? atol : atol[k]) + rtol * Math.abs(expected)
    return Math.abs(end[k] - expected) / tolerance
  })
  return Math.max(...errors)
}

/** |E(t_end) − E(t_0)| relative to the range of the potential energy along the way (of the energy, if there is no other). */
function energyDrift({ energy, potential }: CompiledSystem, { t, y }: Solution): number {
  const energies = along(energy!, t, y)
  const range = potential ? along(potential, t, y) : energies
  const lowest = range.reduce((least, value) => Math.min(least, value), Infinity)
  const highest = range.reduce((most, value) => Math.max(most, value), -Infinity)
  return Math.abs(energies[energies.length - 1] - energies[0]) / (highest - lowest)
}
