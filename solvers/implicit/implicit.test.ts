import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { randomVector } from '../linear/testing/random.ts'
import { compileMap, type DifferentiableMap, findRoot, fixedPoint } from './index.ts'

const dot = (u: Float64Array, v: Float64Array): number => u.reduce((sum, value, i) => sum + value * v[i], 0)

const n = 6
/** A deep equilibrium layer z = tanh(W·z + x), not a contraction for large W. */
const layer = () =>
  compileMap(
    (z, W, x) => tf.tanh(tf.add(tf.reshape(tf.matMul(W, tf.reshape(z, [n, 1])), [n]), x)),
    [
      { name: 'z', shape: [n] },
      { name: 'W', shape: [n, n] },
      { name: 'x', shape: [n] },
    ],
  )
const W = (size: number) => randomVector(n * n, 1).map(value => size * value)
const x = randomVector(n, 2)

/** f(z) = B·z + c, by hand. */
function affine(B: Float64Array): DifferentiableMap {
  const size = Math.sqrt(B.length)
  let c = new Float64Array(size)
  const product = (z: Float64Array, out: Float64Array, transposed: boolean) => {
    for (let i = 0; i < size; i++) {
      out[i] = 0
      for (let j = 0; j < size; j++) out[i] += (transposed ? B[j * size + i] : B[i * size + j]) * z[j]
    }
  }
  return {
    size,
    parameterSizes: [size],
    setParameters([values]) {
      c = values.slice()
    },
    evaluate(z, out) {
      product(z, out, false)
      for (let i = 0; i < size; i++) out[i] += c[i]
    },
    jvp: (_z, dz, out) => product(dz, out, false),
    vjp: (_z, lambda, out) => product(lambda, out, true),
    jvpParameters: (_z, [dc], out) => out.set(dc),
    vjpParameters: (_z, lambda, [out]) => out.set(lambda),
  }
}

describe('fixed points', () => {
  it('Anderson’s acceleration of an affine map ends within n + 1 evaluations, as GMRES would; Picard’s iteration diverges', () => {
    const B = randomVector(n * n, 3).map(value => 2 * value)
    const c = randomVector(n, 4)
    const { z, status, iterations, residual } = fixedPoint(affine(B), new Float64Array(n), [c], { depth: n })
    expect(status).toBe('converged')
    expect(iterations).toBeLessThanOrEqual(n + 4)
    expect(residual).toBeLessThan(1e-11)
    const out = new Float64Array(n)
    const map = affine(B)
    map.setParameters([c])
    map.evaluate(z, out)
    out.forEach((value, i) => {
      expect(value).toBeCloseTo(z[i], 11)
    })
    expect(fixedPoint(affine(B), new Float64Array(n), [c], { depth: 0 }).status).not.toBe('converged')
  })

  it('needs fewer evaluations than Picard’s iteration on a contraction', () => {
    const f = layer()
    const count = (depth: number) => fixedPoint(f, new Float64Array(n), [W(0.45), x], { depth })
    expect(count(5).status).toBe('converged')
    expect(count(0).status).toBe('converged')
    expect(count(5).iterations).toBeLessThan(0.7 * count(0).iterations)
  })

  it('is a root of f(z) − z', () => {
    const minus = compileMap(
      (z, M, input) =>
        tf.sub(tf.tanh(tf.add(tf.reshape(tf.matMul(M, tf.reshape(z, [n, 1])), [n]), input)), z),
      [
        { name: 'z', shape: [n] },
        { name: 'W', shape: [n, n] },
        { name: 'x', shape: [n] },
      ],
    )
    const a = fixedPoint(layer(), new Float64Array(n), [W(0.9), x])
    const b = findRoot(
      minus,
      a.z.map(value => value + 0.01),
      [W(0.9), x],
    )
    expect([a.status, b.status]).toEqual(['converged', 'converged'])
    a.z.forEach((value, i) => {
      expect(value).toBeCloseTo(b.z[i], 11)
    })
    const g = randomVector(n, 5)
    const [one, two] = [a, b].map(({ derivatives }) => derivatives.vjp(g).parameters[0])
    one.forEach((value, i) => {
      expect(value).toBeCloseTo(two[i], 10)
    })
  })

  it('a failure has a reason', () => {
    const grows = compileMap(z => tf.add(tf.exp(z), 1), [{ name: 'z', shape: [1] }])
    const { status, message } = fixedPoint(grows, new Float64Array(1), [], { maxIterations: 60 })
    expect(status).not.toBe('converged')
    expect(message.length).toBeGreaterThan(20)
    expect(() => fixedPoint(grows, new Float64Array(2))).toThrow(/z has 2 numbers, but must have 1/)
  })
})

describe('derivatives of a fixed point', () => {
  for (const method of ['dense', 'gmres', 'bicgstab'] as const)
    it(`are adjoint to one another (${method}), and are those of the converged solution`, () => {
      const f = layer()
      const theta = [W(0.6), x]
      const { derivatives } = fixedPoint(f, new Float64Array(n), theta, { linear: { method, rtol: 1e-14 } })
      const g = randomVector(n, 6)
      const dtheta = [randomVector(n * n, 7), randomVector(n, 8)]
      const forward = dot(g, derivatives.jvp(dtheta).z)
      const { parameters } = derivatives.vjp(g)
      const backward = dot(parameters[0], dtheta[0]) + dot(parameters[1], dtheta[1])
      expect(Math.abs(forward - backward) / Math.abs(forward)).toBeLessThan(1e-13)

      const moved = (e: number) =>
        dot(
          g,
          fixedPoint(
            f,
            new Float64Array(n),
            theta.map((values, k) => values.map((value, i) => value + e * dtheta[k][i])),
            { rtol: 1e-15 },
          ).z,
        )
      const difference = (e: number) => (moved(e) - moved(-e)) / (2 * e)
      expect(forward).toBeCloseTo((4 * difference(1e-4) - difference(2e-4)) / 3, 9)
    })

  it('second order is symmetric, and the derivative of the gradient', () => {
    const f = layer()
    const theta = [W(0.6), x]
    const solution = fixedPoint(f, new Float64Array(n), theta)
    const { z, derivatives } = solution
    // ℓ = ½|z|²
    const product = (d: Float64Array[]) => derivatives.hvp(z, v => v, d).hessianProduct
    const u = [randomVector(n * n, 9), randomVector(n, 10)]
    const v = [randomVector(n * n, 11), randomVector(n, 12)]
    const inner = (a: readonly Float64Array[], b: readonly Float64Array[]) =>
      dot(a[0], b[0]) + dot(a[1], b[1])
    const [uHv, vHu] = [inner(u, product(v)), inner(v, product(u))]
    expect(Math.abs(uHv - vHu) / Math.abs(uHv)).toBeLessThan(1e-12)
    const gradientAt = (e: number) => {
      const there = fixedPoint(
        f,
        z,
        theta.map((values, k) => values.map((value, i) => value + e * v[k][i])),
        { rtol: 1e-15 },
      )
      return there.derivatives.vjp(there.z).parameters
    }
    const difference = (e: number) => (inner(u, gradientAt(e)) - inner(u, gradientAt(-e))) / (2 * e)
    expect(uHv).toBeCloseTo((4 * difference(1e-4) - difference(2e-4)) / 3, 8)
  })
})

describe('roots', () => {
  it('√a, with its derivatives in closed form', () => {
    const square = compileMap(
      (z, a) => tf.sub(tf.mul(z, z), a),
      [
        { name: 'z', shape: [1] },
        { name: 'a', shape: [1] },
      ],
    )
    const a = 2
    const { z, status, derivatives } = findRoot(square, new Float64Array([5]), [new Float64Array([a])])
    expect(status).toBe('converged')
    expect(z[0]).toBeCloseTo(Math.SQRT2, 15)
    const one = new Float64Array([1])
    expect(derivatives.vjp(one).parameters[0][0]).toBeCloseTo(0.5 / Math.SQRT2, 15)
    // d²√a/da² = −a^(−3/2)/4
    expect(derivatives.hvp(one, () => new Float64Array(1), [one]).hessianProduct[0][0]).toBeCloseTo(
      -0.25 * a ** -1.5,
      14,
    )
  })

  it('converges from afar by shorter steps, where Newton’s full step overshoots', () => {
    const arctangent = compileMap(z => tf.atan(z), [{ name: 'z', shape: [1] }])
    const { z, status } = findRoot(arctangent, new Float64Array([30]))
    expect(status).toBe('converged')
    expect(Math.abs(z[0])).toBeLessThan(1e-12)
  })

  it('a singular Jacobian and a missing root are statuses', () => {
    const above = compileMap(z => tf.add(tf.mul(z, z), 1), [{ name: 'z', shape: [1] }])
    expect(findRoot(above, new Float64Array(1)).status).toBe('singular')
    expect(findRoot(above, new Float64Array([0.7])).status).not.toBe('converged')
    const nowhere = compileMap(z => tf.log(z), [{ name: 'z', shape: [1] }])
    expect(findRoot(nowhere, new Float64Array([-1])).status).toBe('not finite')
  })
})
