import type { StepContext } from '../context.ts'
import { colourColumns, fullPattern } from './colouring.ts'
import type { MatrixLayout } from './linear/index.ts'

/**
 * The Jacobian ∂f/∂y, written into a matrix of the given layout: by field.jacobian; else, column by column or, with
 * field.jacobianPattern, colour by colour, by field.jvp; else row by row by field.vjp; else by finite differences with
 * Hairer's increment √(ε·max(10⁻⁵, |y_j|)), which cost the methods some of their Newton convergence (and Rosenbrock
 * methods of their accuracy). False, with the obstacle noted, where f has no finite value.
 */
export function createJacobian(
  context: StepContext,
  layout: MatrixLayout,
): (t: number, y: Float64Array, out: Float64Array) => boolean {
  const { field } = context
  const n = field.dimension
  const { index } = layout
  const pattern = field.jacobianPattern ?? fullPattern(n)
  const { rowStart, columns } = pattern
  const line = new Float64Array(n)

  if (field.jacobian) {
    if (layout.kind === 'dense') {
      return (t, y, out) => {
        context.statistics.jacobians++
        return context.guard(t, () => field.jacobian!(t, y, out))
      }
    }
    const dense = new Float64Array(n * n)
    return (t, y, out) => {
      context.statistics.jacobians++
      if (!context.guard(t, () => field.jacobian!(t, y, dense))) return false
      out.fill(0)
      for (let i = 0; i < n; i++)
        for (let at = rowStart[i]; at < rowStart[i + 1]; at++)
          out[index(i, columns[at])] = dense[i * n + columns[at]]
      return true
    }
  }

  if (!field.jvp && field.vjp) {
    const unit = new Float64Array(n)
    const gradTheta = field.parameterGradient ? undefined : new Float64Array(field.parameterCount)
    const scratchTheta = gradTheta ?? new Float64Array(field.parameterCount)
    return (t, y, out) => {
      context.statistics.jacobians++
      return context.guard(t, () => {
        out.fill(0)
        for (let i = 0; i < n; i++) {
          unit[i] = 1
          line.fill(0)
          field.vjp!(t, y, unit, line, scratchTheta)
          unit[i] = 0
          for (let at = rowStart[i]; at < rowStart[i + 1]; at++)
            out[index(i, columns[at])] = line[columns[at]]
        }
      })
    }
  }

  const { colours, colour } = colourColumns(n, pattern)
  /** Writes the columns of one colour from `line`, entry (i, j) divided by increments[j]. */
  const scatter = (group: number, out: Float64Array, increments?: Float64Array) => {
    for (let i = 0; i < n; i++)
      for (let at = rowStart[i]; at < rowStart[i + 1]; at++) {
        const j = columns[at]
        if (colour[j] === group) out[index(i, j)] = increments ? line[i] / increments[j] : line[i]
      }
  }

  if (field.jvp) {
    const seed = new Float64Array(n)
    const zeroTheta = new Float64Array(field.parameterCount)
    return (t, y, out) => {
      context.statistics.jacobians++
      return context.guard(t, () => {
        out.fill(0)
        for (let group = 0; group < colours; group++) {
          for (let j = 0; j < n; j++) seed[j] = colour[j] === group ? 1 : 0
          field.jvp!(t, y, seed, zeroTheta, line)
          scatter(group, out)
        }
      })
    }
  }

  const base = new Float64Array(n)
  const moved = new Float64Array(n)
  const increments = new Float64Array(n)
  return (t, y, out) => {
    context.statistics.jacobians++
    if (!context.evaluate(t, y, base)) return false
    out.fill(0)
    for (let group = 0; group < colours; group++) {
      moved.set(y)
      for (let j = 0; j < n; j++) {
        if (colour[j] !== group) continue
        moved[j] = y[j] + Math.sqrt(Number.EPSILON * Math.max(1e-5, Math.abs(y[j])))
        increments[j] = moved[j] - y[j]
      }
      if (!context.evaluate(t, moved, line)) return false
      for (let i = 0; i < n; i++) line[i] -= base[i]
      scatter(group, out, increments)
    }
    return true
  }
}
