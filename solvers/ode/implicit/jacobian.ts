import { SingularMatrixError } from '../../../kernels/singularMatrix.ts'
import { colourColumns, fullPattern, type SparsityPattern } from '../../../kernels/sparsity/index.ts'
import type { StepContext } from '../context.ts'
import * as failures from '../failure.ts'
import type { MatrixLayout } from './linear/index.ts'

/** Writes a Jacobian into a matrix of a layout; false where the function has no finite value. */
type WriteJacobian = (t: number, y: Float64Array, out: Float64Array) => boolean

/**
 * The Jacobian ∂f/∂y, written into a matrix of the given layout: by field.jacobian; else, column by column or, with
 * field.jacobianPattern, colour by colour, by field.jvp; else row by row by field.vjp; else by finite differences with
 * Hairer's increment √(ε·max(10⁻⁵, |y_j|)), which cost the methods some of their Newton convergence and Rosenbrock
 * methods some of their accuracy. False, with the obstacle noted, where that is not possible.
 */
export function createJacobian(context: StepContext, layout: MatrixLayout): WriteJacobian {
  const { field } = context
  const write = field.jacobian
    ? whole(context, layout)
    : field.jvp
      ? byColumns(context, layout)
      : field.vjp
        ? byRows(context, layout)
        : byDifferences(context, layout)
  return (t, y, out) => {
    context.statistics.jacobians++
    try {
      return write(t, y, out)
    } catch (error) {
      if (!(error instanceof SingularMatrixError)) throw error
      context.obstacle = failures.singularMatrix(t, error)
      return false
    }
  }
}

const patternFor = ({ field }: StepContext): SparsityPattern =>
  field.jacobianPattern ?? fullPattern(field.dimension)

function whole({ field }: StepContext, layout: MatrixLayout): WriteJacobian {
  if (layout.kind === 'dense') {
    return (t, y, out) => {
      field.jacobian!(t, y, out)
      return true
    }
  }
  const n = field.dimension
  const dense = new Float64Array(n * n)
  const { rowPointers, columnIndices } = field.jacobianPattern!
  return (t, y, out) => {
    field.jacobian!(t, y, dense)
    out.fill(0)
    for (let i = 0; i < n; i++)
      for (let at = rowPointers[i]; at < rowPointers[i + 1]; at++)
        out[layout.index(i, columnIndices[at])] = dense[i * n + columnIndices[at]]
    return true
  }
}

function byColumns(context: StepContext, layout: MatrixLayout): WriteJacobian {
  const { field } = context
  const n = field.dimension
  const { count, colours, scatter } = colouredColumns(context, layout)
  const seed = new Float64Array(n)
  const line = new Float64Array(n)
  const zeroTheta = new Float64Array(field.parameterCount)
  return (t, y, out) => {
    out.fill(0)
    for (let group = 0; group < count; group++) {
      for (let j = 0; j < n; j++) seed[j] = colours[j] === group ? 1 : 0
      field.jvp!(t, y, seed, zeroTheta, line)
      scatter(group, line, out)
    }
    return true
  }
}

function byRows(context: StepContext, layout: MatrixLayout): WriteJacobian {
  const { field } = context
  const n = field.dimension
  const { rowPointers, columnIndices } = patternFor(context)
  const unit = new Float64Array(n)
  const line = new Float64Array(n)
  const ignoredTheta = new Float64Array(field.parameterCount)
  return (t, y, out) => {
    out.fill(0)
    for (let i = 0; i < n; i++) {
      unit[i] = 1
      field.vjp!(t, y, unit, line.fill(0), ignoredTheta)
      unit[i] = 0
      for (let at = rowPointers[i]; at < rowPointers[i + 1]; at++)
        out[layout.index(i, columnIndices[at])] = line[columnIndices[at]]
    }
    return true
  }
}

function byDifferences(context: StepContext, layout: MatrixLayout): WriteJacobian {
  const n = context.field.dimension
  const { count, colours, scatter } = colouredColumns(context, layout)
  const base = new Float64Array(n)
  const moved = new Float64Array(n)
  const line = new Float64Array(n)
  const increments = new Float64Array(n)
  return (t, y, out) => {
    if (!context.evaluate(t, y, base)) return false
    out.fill(0)
    for (let group = 0; group < count; group++) {
      for (let j = 0; j < n; j++) {
        moved[j] = y[j]
        if (colours[j] !== group) continue
        moved[j] += differenceIncrement(y[j])
        increments[j] = moved[j] - y[j]
      }
      if (!context.evaluate(t, moved, line)) return false
      for (let i = 0; i < n; i++) line[i] -= base[i]
      scatter(group, line, out, increments)
    }
    return true
  }
}

/** Hairer & Wanner's increment for a difference quotient in a component of this value (the code RADAU5). */
export const differenceIncrement = (value: number) =>
  Math.sqrt(Number.EPSILON * Math.max(1e-5, Math.abs(value)))

/** The columns by colour, and how a product with those of one colour (over its increments) is spread over the matrix. */
function colouredColumns(context: StepContext, { index }: MatrixLayout) {
  const n = context.field.dimension
  const pattern = patternFor(context)
  const { rowPointers, columnIndices } = pattern
  const { count, colours } = colourColumns(pattern)
  /** The entries colour by colour: row, column and place in the matrix. */
  const entries = Array.from({ length: count }, () => [] as number[])
  for (let i = 0; i < n; i++)
    for (let at = rowPointers[i]; at < rowPointers[i + 1]; at++)
      entries[colours[columnIndices[at]]].push(i, columnIndices[at], index(i, columnIndices[at]))
  const places = entries.map(list => Int32Array.from(list))
  const scatter = (group: number, line: Float64Array, out: Float64Array, increments?: Float64Array) => {
    const list = places[group]
    for (let at = 0; at < list.length; at += 3) {
      const value = line[list[at]]
      out[list[at + 2]] = increments ? value / increments[list[at + 1]] : value
    }
  }
  return { count, colours, scatter }
}
