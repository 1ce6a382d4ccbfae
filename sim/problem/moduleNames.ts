import { FileError } from '../files/fileError.ts'
import { reservedMeaning } from '../scene/formula/functions.ts'
import { type Formula, namesIn } from '../scene/formula/index.ts'
import { type Mistake, type Scene, SceneError } from '../scene/index.ts'
import { name as nameSchema } from '../scene/schema/formula.ts'
import { suggestion } from '../scene/suggest.ts'

/**
 * What can be said of a scene only once its module has named the state: that formulas and options use names that exist.
 *
 * @throws FileError for a name in the module that formulas cannot use; SceneError with all mistakes of the scene
 */
export function checkModuleScene(scene: Scene, state: readonly string[], module: string): void {
  const { system, learn, data, solver, criteria, events = {} } = scene
  const parameters = Object.keys(system.parameters)
  const sensors = Object.keys(learn?.parameters ?? {})
  for (const name of state) {
    const meaning =
      reservedMeaning(name) ??
      ([...parameters, ...sensors].includes(name) ? 'a parameter' : name in system.points ? 'a point' : null)
    if (meaning) throw new FileError(module, `state: "${name}" is ${meaning} already: choose another name`)
    const { success, error } = nameSchema.safeParse(name)
    if (!success) throw new FileError(module, `state: "${name}": ${error.issues[0].message}`)
  }

  const mistakes: Mistake[] = []
  const report = (path: string, message: string) =>
    mistakes.push({ file: scene.place, line: 0, column: 0, path, message })
  const unknown = (path: string, kind: string, name: string, known: readonly string[]) =>
    report(path, `unknown ${kind} "${name}"${suggestion(name, known) || `. There are: ${known.join(', ')}`}`)
  const checkFormula = (path: string, formula: Formula, known: readonly string[]) => {
    for (const { name } of namesIn(formula)) if (!known.includes(name)) unknown(path, 'name', name, known)
  }

  const scope = [...state, ...parameters, 't']
  for (const [point, formulas] of Object.entries(system.points)) {
    for (const [axis, formula] of formulas.entries())
      checkFormula(`system.points.${point}.${axis}`, formula, scope)
    scope.push(...['x', 'y', 'z'].map(axis => `${point}.${axis}`))
  }
  for (const [name, { when, apply = {} }] of Object.entries(events)) {
    const known = [...state, ...parameters, ...sensors, 't']
    checkFormula(`events.${name}.when`, when, known)
    for (const [key, formula] of Object.entries(apply)) {
      if (!state.includes(key)) unknown(`events.${name}.apply.${key}`, 'state', key, state)
      checkFormula(`events.${name}.apply.${key}`, formula, known)
    }
  }
  for (const [name, formula] of Object.entries(data?.observe ?? {}))
    checkFormula(`data.observe.${name}`, formula, [...state, ...parameters, ...sensors, 't'])
  for (const name of Object.keys(data?.simulate?.vary ?? {}))
    if (!state.includes(name)) unknown(`data.simulate.vary.${name}`, 'state', name, state)
  const observed = data?.observe ? Object.keys(data.observe) : state
  for (const [index, { energy }] of criteria.entries())
    if (energy) checkFormula(`criteria.${index}.energy`, energy, observed)
  if (Array.isArray(solver.atol) && solver.atol.length !== state.length) {
    const wanted = `expected ${state.length} tolerances (${state.join(', ')})`
    report('solver.atol', `${wanted}, got ${solver.atol.length}`)
  }
  if (mistakes.length > 0) throw new SceneError(mistakes)
}
