/** The laws that derivatives obey, as defects that tests compare with rounding. */

import { expect } from 'vitest'
import { jvp, vjp } from '../differentiate/index.ts'
import type { Graph, Node, Shape } from '../graph.ts'
import { interpret } from '../interpret/index.ts'
import { full, input } from '../primitives.ts'
import { complexStep } from './complexStep.ts'
import { distance, innerProduct, uniform, uniformFor } from './numbers.ts'

const orZeros = (derivatives: readonly (Node | null)[], nodes: readonly Node[]): Node[] =>
  derivatives.map((derivative, i) => derivative ?? full(0, nodes[i].shape))

const seeds = (name: string, nodes: readonly Node[]): Node[] =>
  nodes.map((node, i) => input(`${name}${i}`, node.shape))

/** (x, ẋ) ↦ J·ẋ. */
export function jvpGraph({ inputs, outputs }: Graph): Graph {
  const tangents = seeds('tangent', inputs)
  return { inputs: [...inputs, ...tangents], outputs: orZeros(jvp(outputs, inputs, tangents), outputs) }
}

/** (x, ȳ) ↦ Jᵀ·ȳ. */
export function vjpGraph({ inputs, outputs }: Graph): Graph {
  const cotangents = seeds('cotangent', outputs)
  return { inputs: [...inputs, ...cotangents], outputs: orZeros(vjp(outputs, cotangents, inputs), inputs) }
}

/**
 * The larger of two defects of the first derivatives of `graph` at `inputs`, in random directions: JVP against complex
 * step, relative to its size; and |⟨u, J·v⟩ − ⟨Jᵀ·u, v⟩| relative to ‖u‖·‖J·v‖.
 * @param tangents replaces the random direction, where not every direction is allowed.
 */
export function firstOrderDefect(
  graph: Graph,
  inputs: readonly Float64Array[],
  tangents?: Float64Array[],
): number {
  const random = uniform(7)
  const v = tangents ?? uniformFor(graph.inputs, random)
  const u = uniformFor(graph.outputs, random)
  const Jv = interpret(jvpGraph(graph), [...inputs, ...v])
  const JTu = interpret(vjpGraph(graph), [...inputs, ...u])
  const norm =
    Math.sqrt(innerProduct(u, u) * innerProduct(Jv, Jv)) +
    Math.sqrt(innerProduct(JTu, JTu) * innerProduct(v, v))
  const dot = Math.abs(innerProduct(u, Jv) - innerProduct(JTu, v)) / Math.max(1, norm)
  return Math.max(distance(Jv, complexStep(graph, inputs, v)), dot)
}

/**
 * The largest first-order defect of the first derivative graphs of `graph`: that is JVP and VJP of its JVP and of its
 * VJP, in all variables, seeds included.
 */
export function secondOrderDefect(graph: Graph, inputs: readonly Float64Array[]): number {
  const random = uniform(11)
  return Math.max(
    firstOrderDefect(jvpGraph(graph), [...inputs, ...uniformFor(graph.inputs, random)]),
    firstOrderDefect(vjpGraph(graph), [...inputs, ...uniformFor(graph.outputs, random)]),
  )
}

export const variable = (shape: Shape, name = 'x'): Node => input(name, shape)

export const graphOf = (inputs: readonly Node[], ...outputs: Node[]): Graph => ({ inputs, outputs })

/** Numbers in (from, to), evenly spaced and off the round ones. */
export const spread = (from: number, to: number, count = 9): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => from + ((i + 0.37) / count) * (to - from))

/** First derivatives keep their laws to 1e-13 here, and second derivatives to 1e-12. */
export function expectLawful(graph: Graph, ...inputs: Float64Array[]): void {
  expect(firstOrderDefect(graph, inputs)).toBeLessThan(1e-13)
  expect(secondOrderDefect(graph, inputs)).toBeLessThan(1e-12)
}
