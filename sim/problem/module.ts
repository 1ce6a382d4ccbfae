import * as tf from '@tensorflow/tfjs-core'
import { sameShape } from '../../compiler/graph.ts'
import { FileError } from '../files/fileError.ts'
import type { ModuleSystem, Scene } from '../scene/index.ts'
import type { ModelFunction } from '../vectorField.ts'
import type { LearnedTerms } from './learnedTerms.ts'
import { kindOf, loadModule, moduleError, modulePath } from './loadModule.ts'
import type { Model } from './model.ts'
import { checkModuleScene } from './moduleNames.ts'
import { formulaVector, named } from './scope.ts'
import { type SystemFunction, toolkit } from './systemModule.ts'

/**
 * The system that a scene's module exports (`SystemModule` says how).
 *
 * @param learned the scene's parameters, those to be learned among them
 * @param learn whether the module's model, if it has one, takes the system's place
 * @throws FileError for the module, SceneError where the scene uses names that its state does not have
 */
export async function moduleModel(
  scene: Scene,
  system: ModuleSystem,
  learned: LearnedTerms,
  learn: boolean,
  random: () => number,
): Promise<Model> {
  const path = modulePath(system.file, scene.place)
  const { definition, model } = await loadModule(path, await toolkit(random), learn)
  const names = Object.keys(definition.state)
  checkModuleScene(scene, names, path)
  const { derivative, energy, potential, massMatrix } = { ...definition, ...model }
  const parameters = [...learned.parameters, ...(model.learned ?? [])]
  const repeated = parameters.find(({ name }, k) => parameters.findIndex(other => other.name === name) < k)
  if (repeated) throw new FileError(path, `model: two learned arrays are named '${repeated.name}'`)
  const own = learned.parameters.length

  /** The module's function as one of all θ, its failures with their place. */
  function checked(
    name: string,
    f: SystemFunction,
    fits: (shape: readonly number[]) => string | null,
  ): ModelFunction {
    return (t, y, theta) => {
      let value: unknown
      try {
        value = f(t as tf.Scalar, y, Object.fromEntries(learned.scalarsOf(theta, t)), theta.slice(own))
      } catch (error) {
        throw moduleError(path, name, error)
      }
      if (!(value instanceof tf.Tensor))
        throw new FileError(path, `${name} returns ${kindOf(value)}: it must return a tensor`)
      const wanted = fits(value.shape)
      if (wanted)
        throw new FileError(path, `${name} returns a tensor of shape [${value.shape}]: it must be ${wanted}`)
      return value
    }
  }
  const scalar = (shape: readonly number[]) => (sameShape(shape, []) ? null : 'a scalar')
  const vector = (shape: readonly number[]) =>
    sameShape(shape, [names.length]) ? null : `[${names.length}], one rate for each of ${names.join(', ')}`
  const square = (shape: readonly number[]) =>
    shape.length === 2 && shape[0] === shape[1] ? null : 'a square matrix'

  return {
    names,
    start: Float64Array.from(Object.values(definition.state)),
    parameters,
    scalars: learned.scalars,
    derivative: checked('derivative', derivative, vector),
    energy: energy && checked('energy', energy, scalar),
    potential: potential && checked('potential', potential, scalar),
    massMatrix: massMatrix && checked('massMatrix', massMatrix, square),
    formulas: formulas => (t, y, theta) =>
      formulaVector(formulas, new Map([['t', t], ...named(names, y), ...learned.scalarsOf(theta, t)])),
  }
}
