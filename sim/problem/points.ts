import { evaluateFormula, type Formula, numberAlgebra } from '../scene/formula/index.ts'

/** Positions of named points: three formulas each, which may use the coordinates `p.x` of points before them. */
export type Points = Readonly<Record<string, readonly [Formula, Formula, Formula]>>

/** Evaluates all points along a trajectory: for each a (T, 3) array, metres. */
export function pointPositions(
  points: Points,
  parameters: Readonly<Record<string, number>>,
  names: readonly string[],
  t: Float64Array,
  y: Float64Array,
): Record<string, Float64Array> {
  const n = names.length
  const entries = Object.entries(points)
  const positions = Object.fromEntries(entries.map(([name]) => [name, new Float64Array(3 * t.length)]))
  const scope = new Map<string, number>(Object.entries(parameters))
  for (let k = 0; k < t.length; k++) {
    scope.set('t', t[k])
    names.forEach((name, i) => {
      scope.set(name, y[k * n + i])
    })
    for (const [name, formulas] of entries) {
      formulas.forEach((formula, axis) => {
        const value = evaluateFormula(formula, numberAlgebra, scope)
        positions[name][3 * k + axis] = value
        scope.set(`${name}.${'xyz'[axis]}`, value)
      })
    }
  }
  return positions
}
