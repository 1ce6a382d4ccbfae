import { describe, expect, it } from 'vitest'
import { estimateStates } from './estimates.ts'
import { scaledDistance } from './metrics.ts'
import type { Observation } from './observation.ts'
import { observedSeries, pendulum, trueParameters } from './testing/pendulum.ts'

/** The first components of the state, as they are. */
const componentsOf = (size: number): Observation => ({
  size,
  evaluate: (_t, y, out) => out.set(y.subarray(0, size)),
  vjp(_t, _y, cotangent, gradY) {
    cotangent.forEach((value, i) => {
      gradY[i] += value
    })
  },
  jvp: (_t, _y, tangentY, _tangentTheta, out) => out.set(tangentY.subarray(0, size)),
})

const start = Float64Array.of(0, 0)
const { field, observation } = pendulum()

describe('states from observations', () => {
  it('are those observed, where the whole state is', () => {
    const [series] = observedSeries(1, 40, 0.1)
    const states = estimateStates(series, componentsOf(2), field, start)
    states.forEach((value, k) => {
      expect(value).toBeCloseTo(series.values[k], 9)
    })
  })

  it('undo an observation that can be undone, under the θ that it has now', () => {
    const [series] = observedSeries(1, 40, 0.1)
    for (const scale of [trueParameters[2], 2]) {
      field.parameters[2] = scale
      const states = estimateStates(series, observation, field, start)
      states.forEach((value, k) => {
        expect(value * (k % 2 === 0 ? 1 : scale)).toBeCloseTo(series.values[k], 9)
      })
    }
  })

  it('undo a nonlinear one: the angle of a bob from its position', () => {
    const bob = {
      size: 2,
      evaluate: (_t: number, [a]: Float64Array, out: Float64Array) => out.set([Math.sin(a), -Math.cos(a)]),
      vjp: () => {},
      jvp: (_t: number, [a]: Float64Array, [da]: Float64Array, _: Float64Array, out: Float64Array) =>
        out.set([Math.cos(a) * da, Math.sin(a) * da]),
    }
    const t = Float64Array.from({ length: 50 }, (_, k) => 0.02 * k)
    const angle = (time: number) => 6 * Math.sin(time) // beyond ±π: the angle is followed, not folded
    const values = Float64Array.from([...t].flatMap(time => [Math.sin(angle(time)), -Math.cos(angle(time))]))
    const states = estimateStates({ t, values }, bob, field, start)
    t.forEach((time, k) => {
      expect(states[2 * k]).toBeCloseTo(angle(time), 8)
    })
    // The rate is not observed at all: central differences, whose error is O(h²).
    for (let k = 1; k < t.length - 1; k++) {
      expect(Math.abs(states[2 * k + 1] - 6 * Math.cos(t[k]))).toBeLessThan(6 * 0.02 ** 2)
    }
  })

  it('bridge missing values with the sample before', () => {
    const t = Float64Array.of(0, 1, 2)
    const values = Float64Array.of(1, 2, Number.NaN, 3, Number.NaN, Number.NaN)
    const states = estimateStates({ t, values }, componentsOf(2), field, start)
    ;[1, 2, 1, 3, 1, 3].forEach((value, k) => {
      expect(states[k]).toBeCloseTo(value, 9)
    })
  })

  it('are finite for a single sample whose rate is not observed', () => {
    const sample = { t: Float64Array.of(0), values: Float64Array.of(0.5) }
    const states = estimateStates(sample, componentsOf(1), field, start)
    expect(states[0]).toBeCloseTo(0.5, 9)
    expect(states[1]).toBe(0)
  })
})

describe('the scaled distance of matrices', () => {
  const truth = [Float64Array.of(2, 1, 1, 3), Float64Array.of(1, 0, 0, 1)]
  const other = [Float64Array.of(2, 1.1, 1.1, 3), Float64Array.of(0.9, 0, 0, 1)]
  const scaled = (factor: number) => other.map(matrix => matrix.map(value => factor * value))

  it('does not see one scale of all', () => {
    for (const factor of [1e-3, 7, -2, 1e8]) {
      expect(scaledDistance(scaled(factor), truth)).toBeCloseTo(scaledDistance(other, truth), 12)
      expect(
        scaledDistance(
          truth.map(matrix => matrix.map(v => factor * v)),
          truth,
        ),
      ).toBeLessThan(1e-7)
    }
  })

  it('sees different scales of two', () => {
    expect(scaledDistance([truth[0].map(v => 2 * v), truth[1]], truth)).toBeGreaterThan(0.1)
  })

  it('is the least over all scales, and 1 where there is nothing alike', () => {
    const least = scaledDistance(other, truth)
    const norm = Math.hypot(...truth.flatMap(matrix => [...matrix]))
    for (let c = 0.8; c < 1.2; c += 0.01) {
      const distance = Math.hypot(
        ...scaled(c).flatMap((matrix, k) => [...matrix.map((v, i) => v - truth[k][i])]),
      )
      expect(distance / norm).toBeGreaterThanOrEqual(least)
    }
    expect(scaledDistance([Float64Array.of(0, 1, 0, 0)], [Float64Array.of(1, 0, 0, 1)])).toBe(1)
    expect(scaledDistance([new Float64Array(4)], [Float64Array.of(1, 0, 0, 1)])).toBe(1)
  })
})
