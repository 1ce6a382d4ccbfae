import type { SparsityPattern } from '../../../kernels/sparsity/index.ts'
import type { VectorField } from '../vectorField.ts'

/**
 * dy/dt = f_S(t, y) + f_N(t, y) with its split, for implicit–explicit methods ('kencarp3', 'kencarp4'): diffusion, stiff springs
 * or fast relaxation in the first, the rest in the second. Any other method sees the sum. It has the products that both have.
 *
 *     const field = addFields(diffusion, reaction) // two fields with the same θ
 *     odeint(field, y0, [0, 10], { method: 'kencarp4' })
 *
 * @throws Error where the parts differ in dimension or parameters, or one has a mass matrix.
 */
export function addFields(stiff: VectorField, nonstiff: VectorField): VectorField {
  const n = stiff.dimension
  if (n !== nonstiff.dimension)
    throw new Error(`the stiff part has dimension ${n}, the other ${nonstiff.dimension}: they must agree`)
  if (stiff.parameters !== nonstiff.parameters)
    throw new Error('both parts must have the same array θ: give them one `parameters`')
  if (stiff.mass || nonstiff.mass)
    throw new Error("parts of a field take no mass matrix: give the whole of it to 'radau5' or 'kvaerno5'")
  const part = new Float64Array(n)
  const add = (out: Float64Array, from: Float64Array) => {
    for (let i = 0; i < out.length; i++) out[i] += from[i]
  }
  const has = (name: keyof VectorField) => stiff[name] !== undefined && nonstiff[name] !== undefined
  const field: VectorField = {
    dimension: n,
    parameterCount: stiff.parameterCount,
    parameters: stiff.parameters,
    names: stiff.names ?? nonstiff.names,
    jacobianPattern: unionOf(stiff.jacobianPattern, nonstiff.jacobianPattern),
    parts: { stiff, nonstiff },
    evaluate(t, y, dydt) {
      stiff.evaluate(t, y, dydt)
      nonstiff.evaluate(t, y, part)
      add(dydt, part)
    },
  }
  if (has('vjp'))
    field.vjp = (t, y, cotangent, gradY, gradTheta) => {
      stiff.vjp!(t, y, cotangent, gradY, gradTheta)
      nonstiff.vjp!(t, y, cotangent, gradY, gradTheta)
    }
  if (has('jvp'))
    field.jvp = (t, y, tangentY, tangentTheta, out) => {
      stiff.jvp!(t, y, tangentY, tangentTheta, out)
      nonstiff.jvp!(t, y, tangentY, tangentTheta, part)
      add(out, part)
    }
  if (has('jvpVjp'))
    field.jvpVjp = (t, y, tangentY, tangentTheta, cotangent, gradY, gradTheta) => {
      stiff.jvpVjp!(t, y, tangentY, tangentTheta, cotangent, gradY, gradTheta)
      nonstiff.jvpVjp!(t, y, tangentY, tangentTheta, cotangent, gradY, gradTheta)
    }
  if (has('timeDerivative'))
    field.timeDerivative = (t, y, out) => {
      stiff.timeDerivative!(t, y, out)
      nonstiff.timeDerivative!(t, y, part)
      add(out, part)
    }
  if (has('jacobian')) {
    const matrix = new Float64Array(n * n)
    field.jacobian = (t, y, out) => {
      stiff.jacobian!(t, y, out)
      nonstiff.jacobian!(t, y, matrix)
      add(out, matrix)
    }
  }
  if (has('secondVjp'))
    field.secondVjp = (t, y, tangentT, tangentY, cotangent, gradY, gradTheta) => {
      stiff.secondVjp!(t, y, tangentT, tangentY, cotangent, gradY, gradTheta)
      nonstiff.secondVjp!(t, y, tangentT, tangentY, cotangent, gradY, gradTheta)
    }
  if (has('secondJvp'))
    field.secondJvp = (t, y, tangentT, tangentY, dy, dtheta, out) => {
      stiff.secondJvp!(t, y, tangentT, tangentY, dy, dtheta, out)
      nonstiff.secondJvp!(t, y, tangentT, tangentY, dy, dtheta, part)
      add(out, part)
    }
  return field
}

/** Where either has an entry; undefined where one may have them anywhere. */
function unionOf(a?: SparsityPattern, b?: SparsityPattern): SparsityPattern | undefined {
  if (!a || !b) return undefined
  const { rows, columns } = a
  const rowPointers = new Int32Array(rows + 1)
  const columnIndices: number[] = []
  for (let i = 0; i < rows; i++) {
    const ofRow = [a, b].flatMap(p => [...p.columnIndices.subarray(p.rowPointers[i], p.rowPointers[i + 1])])
    columnIndices.push(...[...new Set(ofRow)].sort((left, right) => left - right))
    rowPointers[i + 1] = columnIndices.length
  }
  return { rows, columns, rowPointers, columnIndices: Int32Array.from(columnIndices) }
}
