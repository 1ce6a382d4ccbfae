import { type Graph, type Node, sizeOf, topologicalOrder } from '../graph.ts'
import { isElementwise } from '../rewrite/match.ts'
import { type Expression, type Scalar, throughExpression } from './expression.ts'
import { fusedNodes } from './fusion.ts'
import { claimOutputs } from './outputs.ts'
import type { Step, Update } from './step.ts'
import {
  type Buffer,
  isContiguous,
  isViewPrimitive,
  subview,
  throughView,
  type View,
  wholeBuffer,
} from './view.ts'

/** What the program of one entry does, in order, and the buffers that it needs beside inputs, constants and outputs. */
export interface Plan {
  readonly steps: readonly Step[]
  /** For each step the node that it serves. */
  readonly nodes: readonly Node[]
  readonly temporaries: ReadonlySet<Buffer>
}

export interface Storage {
  /** Where a leaf lies: an input or a constant array. */
  leaf(node: Node): Buffer
  /** One per output of the graph. */
  readonly outputs: readonly Buffer[]
  /** Outputs (by index) that are added into. */
  readonly accumulated: ReadonlySet<number>
}

/** A node's value: an array in memory, one number (of any shape: repeated), or nothing yet, if its user computes it. */
type Value =
  | { readonly kind: 'view'; readonly view: View }
  | { readonly kind: 'scalar'; readonly scalar: Scalar }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'fused'; readonly expression: Expression }

/** Decides for each node of a rewritten graph whether it is a view, a variable, part of a loop or an array. */
export function planSteps(graph: Graph, storage: Storage): Plan {
  const order = topologicalOrder(graph.outputs)
  const users = new Map<Node, Set<Node>>(order.map(node => [node, new Set()]))
  for (const node of order) for (const operand of node.operands) users.get(operand)!.add(node)
  const { claims, dissolved, cleared, late } = claimOutputs(graph, users, storage)
  const stored = new Set([...claims.keys(), ...dissolved, ...late.map(({ node }) => node)])
  const fused = fusedNodes(order, users, stored)

  const steps: Step[] = []
  const nodes: Node[] = []
  const temporaries = new Set<Buffer>()
  const values = new Map<Node, Value>()

  const temporary = (size: number): Buffer => {
    const buffer = { size, address: 0 }
    temporaries.add(buffer)
    return buffer
  }
  const expressionOf = (node: Node): Expression => {
    const value = values.get(node)!
    switch (value.kind) {
      case 'view':
        return { kind: 'read', view: value.view }
      case 'fused':
        return value.expression
      default:
        return value
    }
  }
  const assign = (target: View, expression: Expression, update: Update = 'write') => {
    steps.push({ kind: 'assign', target, expression, update })
  }
  /** The node as an array in memory. */
  const viewOf = (node: Node): View => {
    const value = values.get(node)!
    if (value.kind === 'view') return value.view
    const whole = wholeBuffer(temporary(sizeOf(node.shape)), node.shape)
    assign(whole, expressionOf(node))
    values.set(node, { kind: 'view', view: whole })
    return whole
  }
  const contiguousView = (node: Node): View => {
    const view = viewOf(node)
    if (isContiguous(view)) return view
    const copy = wholeBuffer(temporary(sizeOf(node.shape)), node.shape)
    assign(copy, { kind: 'read', view })
    return copy
  }
  /** A matrix of which one stride is 1 and none 0, as the kernels want it. */
  const matrixOf = (node: Node, transposed: boolean): View => {
    const view = viewOf(node)
    const isOne = (axis: number) => view.strides.at(axis) === 1 || view.shape.at(axis) === 1
    const isRepeated = (axis: number) => view.strides.at(axis) === 0 && view.shape.at(axis)! > 1
    const usable = (isOne(-2) || isOne(-1)) && !isRepeated(-2) && !isRepeated(-1)
    const matrix = usable ? view : contiguousView(node)
    return transposed ? swapLast(matrix) : matrix
  }
  const scalarTarget = (node: Node): Scalar => {
    const scalar = { name: `${node.primitive}${steps.length}` }
    values.set(node, { kind: 'scalar', scalar })
    return scalar
  }
  /** Where a node's array goes, and how. */
  const targetOf = (node: Node): { view: View; update: Update } => {
    const claim = claims.get(node)
    const view = wholeBuffer(claim?.buffer ?? temporary(sizeOf(node.shape)), node.shape)
    values.set(node, { kind: 'view', view })
    return { view, update: claim?.update ?? 'write' }
  }

  const planView = (node: Node) => {
    const [operand] = node.operands
    const value = values.get(operand)!
    if (value.kind === 'view') {
      const view = throughView(node, value.view)
      values.set(node, { kind: 'view', view: view ?? throughView(node, contiguousView(operand))! })
    } else if (value.kind === 'fused') {
      values.set(node, { kind: 'fused', expression: throughExpression(node, value.expression) })
    } else values.set(node, value)
  }

  const planElementwise = (node: Node) => {
    const expression: Expression = {
      kind: 'apply',
      primitive: node.primitive as (Expression & { kind: 'apply' })['primitive'],
      operands: node.operands.map(expressionOf),
    }
    if (fused.has(node)) values.set(node, { kind: 'fused', expression })
    else if (sizeOf(node.shape) === 1) {
      steps.push({ kind: 'scalar', target: scalarTarget(node), expression })
    } else {
      const { view, update } = targetOf(node)
      assign(view, expression, update)
    }
  }

  const planMatmul = (node: Extract<Node, { primitive: 'matmul' }>) => {
    const { transposeA, transposeB } = node.attributes
    const a = matrixOf(node.operands[0], transposeA)
    const b = matrixOf(node.operands[1], transposeB)
    const { view, update } = targetOf(node)
    steps.push({ kind: 'product', a, b, target: view, update })
  }

  const planReduction = (
    node: Extract<Node, { primitive: 'sum' | 'productOf' | 'maximumOf' | 'minimumOf' }>,
  ) => {
    const { shape } = node.operands[0]
    const { axes } = node.attributes
    const common = {
      kind: 'reduce' as const,
      reduction: node.primitive,
      shape,
      axes,
      expression: expressionOf(node.operands[0]),
    }
    if (sizeOf(node.shape) === 1) {
      steps.push({ ...common, target: scalarTarget(node), update: 'write' })
      return
    }
    const { view, update } = targetOf(node)
    const strides = [...view.strides]
    const spread = shape.map((_, axis) => (axes.includes(axis) ? 0 : strides.shift()!))
    steps.push({ ...common, target: { ...view, shape, strides: spread }, update })
  }

  const planJoin = (node: Extract<Node, { primitive: 'concatenate' }>) => {
    const pieces = node.operands.map(piece => ({ shape: piece.shape, expression: expressionOf(piece) }))
    const { view, update } = targetOf(node)
    const ones = node.shape.map(() => 1)
    const begin = node.shape.map(() => 0)
    for (const { shape, expression } of pieces) {
      assign(subview(view, begin, ones, shape), expression, update)
      begin[node.attributes.axis] += shape[node.attributes.axis]
    }
  }

  const planPad = (node: Extract<Node, { primitive: 'pad' }>) => {
    const [x] = node.operands
    const { view, update } = targetOf(node)
    const { begin, strides } = node.attributes
    if (update === 'write') assign(view, zero)
    assign(subview(view, begin, strides, x.shape), expressionOf(x), update)
  }

  const planFactor = (node: Extract<Node, { primitive: 'factor' }>) => {
    const [A] = node.operands
    const n = A.shape.at(-1)!
    const { view: packed } = targetOf(node)
    const matrix = { ...packed, shape: A.shape, strides: [...packed.strides.slice(0, -1), n, 1] }
    assign(matrix, expressionOf(A))
    steps.push({
      kind: 'factor',
      target: packed,
      n,
      structure: node.attributes.structure,
      origin: node.origin,
    })
  }

  const planFactorSolve = (node: Extract<Node, { primitive: 'factorSolve' }>) => {
    const factors = contiguousView(node.operands[0])
    const rightSides = expressionOf(node.operands[1])
    const { view } = targetOf(node)
    assign(view, rightSides)
    steps.push({ kind: 'factorSolve', factors, target: view, ...node.attributes })
  }

  const planIndexed = (node: Extract<Node, { primitive: 'gather' | 'scatterAdd' }>) => {
    const source = contiguousView(node.operands[0])
    const indices = contiguousView(node.operands[1])
    const { view, update } = targetOf(node)
    if (node.primitive === 'scatterAdd' && update === 'write') assign(view, zero)
    const { axis } = node.attributes
    steps.push({ kind: node.primitive, source, indices, target: view, axis, update })
  }

  /** The steps since the last call are this node's. */
  const serve = (node: Node) => {
    while (nodes.length < steps.length) nodes.push(node)
  }
  for (const buffer of cleared) {
    assign(wholeBuffer(buffer, [buffer.size]), zero)
    serve(graph.outputs[storage.outputs.indexOf(buffer)])
  }
  for (const node of order) {
    if (dissolved.has(node)) continue
    if (node.primitive === 'input') {
      values.set(node, { kind: 'view', view: wholeBuffer(storage.leaf(node), node.shape) })
    } else if (node.primitive === 'constant') {
      const { value } = node.attributes
      values.set(
        node,
        value.length === 1
          ? { kind: 'constant', value: value[0] }
          : { kind: 'view', view: wholeBuffer(storage.leaf(node), node.shape) },
      )
    } else if (isViewPrimitive(node)) planView(node)
    else if (isElementwise(node)) planElementwise(node)
    else {
      switch (node.primitive) {
        case 'matmul':
          planMatmul(node)
          break
        case 'sum':
        case 'productOf':
        case 'maximumOf':
        case 'minimumOf':
          planReduction(node)
          break
        case 'concatenate':
          planJoin(node)
          break
        case 'pad':
          planPad(node)
          break
        case 'factor':
          planFactor(node)
          break
        case 'factorSolve':
          planFactorSolve(node)
          break
        case 'gather':
        case 'scatterAdd':
          planIndexed(node)
          break
        default:
          throw new Error(`${node.primitive} is not lowered`)
      }
    }
    serve(node)
  }
  for (const { node, buffer, update } of late) {
    assign(wholeBuffer(buffer, node.shape), expressionOf(node), update)
    serve(node)
  }
  return { steps, nodes, temporaries }
}

const zero: Expression = { kind: 'constant', value: 0 }

const swapLast = (view: View): View => {
  const swap = <T>(list: readonly T[]): T[] => [...list.slice(0, -2), list.at(-1)!, list.at(-2)!]
  return { ...view, shape: swap(view.shape), strides: swap(view.strides) }
}
