/** Which tfjs backend does the work that is not traced: data, weights, a model that runs eagerly. */

import * as tf from '@tensorflow/tfjs-core'

export interface EagerBackend {
  /** As tfjs calls it: 'tensorflow' is tfjs-node. */
  readonly name: string
  /** One line for the user, where it is not the fastest one: what is used instead, and why. */
  readonly notice?: string
}

const candidates = [
  { name: 'tensorflow', package: '@tensorflow/tfjs-node' },
  { name: 'wasm', package: '@tensorflow/tfjs-backend-wasm' },
  { name: 'cpu', package: '@tensorflow/tfjs-backend-cpu' },
]

/** Loads a package by its name, for what it registers with tfjs. */
export type PackageLoader = (name: string) => Promise<unknown>

const importPackage: PackageLoader = name => import(/* @vite-ignore */ name)

/**
 * Makes the best backend present the current one: tfjs-node where its package and its binary load, else wasm, else cpu.
 * A package that is missing or broken is passed over, whatever it throws.
 *
 * @throws Error where not even tfjs' plain JavaScript backend can be had.
 */
export async function useBestEagerBackend(load: PackageLoader = importPackage): Promise<EagerBackend> {
  const failures: string[] = []
  for (const candidate of candidates) {
    try {
      if (!tf.engine().findBackendFactory(candidate.name)) await load(candidate.package)
      quietCpuBackend()
      if (!(await tf.setBackend(candidate.name))) throw new Error('its backend does not start')
      if (failures.length === 0) return { name: candidate.name }
      const notice = `Eager TensorFlow.js operations run on the ${candidate.name} backend, since ${failures[0]}. Compiled models are not affected.`
      return { name: candidate.name, notice }
    } catch (error) {
      failures.push(`${candidate.package} ${reasonOf(error)}`)
    }
  }
  throw new Error(`no TensorFlow.js backend can be used: ${failures.join('; ')}. Reinstall @tensorflow/tfjs`)
}

function reasonOf(error: unknown): string {
  const { code, message = String(error) } = (error ?? {}) as { code?: string; message?: string }
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return 'is not installed'
  return `does not load (${message.split('\n')[0]})`
}

interface Registry {
  readonly registryFactory: { readonly cpu?: { factory: () => object } }
  readonly registry: { readonly cpu?: object }
}

/** tfjs' JavaScript backend greets Node's users at its first tensor, in five lines; here it does not. */
export function quietCpuBackend(): void {
  const { registryFactory, registry } = tf.engine() as unknown as Registry
  const quiet = (backend: object) => Object.assign(backend, { firstUse: false })
  if (registry.cpu) quiet(registry.cpu)
  const { cpu } = registryFactory
  if (!cpu) return
  const { factory } = cpu
  cpu.factory = () => quiet(factory())
}
