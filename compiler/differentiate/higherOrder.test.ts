/** Derivatives of every kind and of orders one to three, compiled; the oracle is the complex step in the interpreter. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Graph, type Node, sizeOf } from '../graph.ts'
import * as p from '../primitives.ts'
import { compile } from '../program.ts'
import { complexStep } from '../testing/complexStep.ts'
import { graphOf, variable } from '../testing/derivatives.ts'
import { distance, uniform, uniformFor } from '../testing/numbers.ts'
import { randomGraph } from '../testing/randomGraph.ts'
import { hvp, jacobian, jvp, sparseJacobian, vjp } from './index.ts'

function execute(graph: Graph, values: readonly Float64Array[]): Float64Array[] {
  const { run } = compile({ run: graph })
  values.forEach((numbers, i) => {
    run.inputs[i].set(numbers)
  })
  run.run()
  return [...run.outputs]
}

/** The compiled derivatives against the complex step of what they are the derivatives of, along the same direction. */
function expectDerivative(
  of: readonly Node[],
  derivatives: readonly (Node | null)[],
  inputs: readonly Node[],
  directions: readonly Node[],
  values: readonly Float64Array[],
  tolerance = 1e-12,
): void {
  const along = uniformFor(directions, uniform(4))
  const present = derivatives.map((derivative, i) => derivative ?? p.full(0, of[i].shape))
  const ours = execute({ inputs: [...inputs, ...directions], outputs: present }, [...values, ...along])
  expect(distance(ours, complexStep({ inputs, outputs: of }, values, along))).toBeLessThan(tolerance)
}

const orZero = (derivatives: readonly (Node | null)[], like: readonly Node[]): Node[] =>
  derivatives.map((derivative, i) => derivative ?? p.full(0, like[i].shape))

/** Gradient, Hessian-vector product and third derivative of a scalar. */
function expectThreeOrders(energy: Node, inputs: readonly Node[], values: readonly Float64Array[]): void {
  const direction = (name: string) => inputs.map(({ shape }) => p.input(name, shape))
  const [u, v, w] = [direction('u'), direction('v'), direction('w')]
  const gradient = orZero(vjp([energy], [p.full(1, energy.shape)], inputs), inputs)
  expectDerivative([energy], jvp([energy], inputs, u), inputs, u, values)
  expectDerivative(gradient, hvp(energy, inputs, v), inputs, v, values)
  const fixed = uniformFor(inputs, uniform(8)).map((numbers, i) => p.constant(numbers, inputs[i].shape))
  const product = orZero(hvp(energy, inputs, fixed), inputs)
  expectDerivative(product, jvp(product, inputs, w), inputs, w, values, 1e-11)
}

/** E(x) = Σ tanh(W·x)² + b(x)ᵀA(x)⁻¹b(x) with A = I + h·hᵀ + diag(e^x)/4, b = sin x. */
function energyOf(x: Node): Node {
  const n = sizeOf(x.shape)
  const random = uniform(3)
  const W = p.constant(Float64Array.from({ length: n * n }, random), [n, n])
  const h = p.tanh(p.matmul(W, p.reshape(x, [n, 1])))
  const identity = p.constant(
    Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0)),
    [n, n],
  )
  const growth = p.multiply(identity, p.broadcastTo(p.exp(x), [n, n]))
  const A = p.add(
    p.add(identity, p.matmul(h, h, { transposeB: true })),
    p.multiply(p.full(0.25, [n, n]), growth),
  )
  const b = p.reshape(p.sin(x), [n, 1])
  const u = p.solve(A, b, { structure: 'spd' })
  return p.add(p.sum(p.multiply(h, h)), p.sum(p.multiply(b, u)))
}

describe('gradients, Hessian-vector products and third derivatives, compiled', () => {
  test.each([3, 7])('of a net and a solve with %i variables', n => {
    const x = variable([n])
    expectThreeOrders(energyOf(x), [x], uniformFor([x], uniform(2)))
  })

  test('of random graphs over all primitives', () => {
    fc.assert(
      fc.property(randomGraph({ steps: 4 }), ({ graph: { inputs, outputs }, inputs: values }) => {
        expectThreeOrders(outputs[2], inputs, values)
      }),
      { numRuns: 40 },
    )
  })
})

/** Columns of the derivative matrix by complex step, one input direction after another. */
function exactMatrix(
  output: Node,
  inputs: readonly Node[],
  k: number,
  values: readonly Float64Array[],
): Float64Array {
  const [m, n] = [sizeOf(output.shape), sizeOf(inputs[k].shape)]
  const matrix = new Float64Array(m * n)
  for (let j = 0; j < n; j++) {
    const unit = inputs.map(node => new Float64Array(sizeOf(node.shape)))
    unit[k][j] = 1
    complexStep({ inputs, outputs: [output] }, values, unit)[0].forEach((entry, i) => {
      matrix[i * n + j] = entry
    })
  }
  return matrix
}

describe('Jacobians, compiled', () => {
  /** L(q, q̇) of a chain of n unit pendulums. */
  function lagrangian(n: number): { q: Node; rate: Node; L: Node } {
    const [q, rate] = [variable([n], 'q'), variable([n], 'rate')]
    // The joints' velocities are partial sums: those of a matrix of ones below the diagonal.
    const sums = p.constant(
      Array.from({ length: n * n }, (_, i) => Number(i % n <= Math.floor(i / n))),
      [n, n],
    )
    const partial = (x: Node) => p.matmul(sums, p.reshape(x, [n, 1]))
    const [vx, vy] = [partial(p.multiply(p.cos(q), rate)), partial(p.multiply(p.sin(q), rate))]
    const kinetic = p.add(p.sum(p.multiply(vx, vx)), p.sum(p.multiply(vy, vy)))
    const height = p.negate(p.sum(partial(p.cos(q))))
    const half = p.multiply(p.scalar(0.5), kinetic)
    return { q, rate, L: p.subtract(half, p.multiply(p.scalar(9.81), height)) }
  }

  test.each([2, 6, 12])('of gradients: M(q) = ∂²L/∂q̇², and ∂²L/∂q̇∂q, with %i bodies', n => {
    const { q, rate, L } = lagrangian(n)
    const [momentum] = vjp([L], [p.scalar(1)], [rate])
    const values = uniformFor([q, rate], uniform(6))
    const mass = jacobian(momentum!, rate)!
    const [ours, mixed] = execute(graphOf([q, rate], mass, jacobian(momentum!, q)!), values)
    expect(distance([ours], [exactMatrix(momentum!, [q, rate], 1, values)])).toBeLessThan(1e-13)
    expect(distance([mixed], [exactMatrix(momentum!, [q, rate], 0, values)])).toBeLessThan(1e-13)
    for (let i = 0; i < n; i++)
      for (let j = 0; j < i; j++) expect(ours[i * n + j]).toBeCloseTo(ours[j * n + i], 12)
    // One order more: ∂M/∂q.
    const flat = p.reshape(mass, [n * n])
    const [third] = execute(graphOf([q, rate], jacobian(flat, q)!), values)
    expect(distance([third], [exactMatrix(flat, [q, rate], 0, values)])).toBeLessThan(1e-12)
  })

  test.each([3, 10, 20])('the Hessian of a net and a solve with %i variables is that of its gradient', n => {
    const x = variable([n])
    const [gradient] = vjp([energyOf(x)], [p.scalar(1)], [x])
    const values = uniformFor([x], uniform(7))
    const [H, values0] = execute(
      graphOf([x], jacobian(gradient!, x)!, sparseJacobian(gradient!, x).values),
      values,
    )
    expect(distance([H], [exactMatrix(gradient!, [x], 0, values)])).toBeLessThan(1e-12)
    expect(distance([values0], [H])).toBeLessThan(1e-12)
  })
})
