import * as tf from '@tensorflow/tfjs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type PackageLoader, useBestEagerBackend } from './eagerBackend.ts'

/** A loader that knows these packages: each registers a backend, or throws. */
const loader =
  (packages: Record<string, () => void>): PackageLoader =>
  async name => {
    if (!(name in packages))
      throw Object.assign(new Error(`Cannot find package '${name}'`), { code: 'ERR_MODULE_NOT_FOUND' })
    packages[name]()
  }

const register = (name: string) => () => {
  tf.registerBackend(name, () => tf.findBackend('cpu'))
}

describe('the best eager backend', () => {
  afterEach(async () => {
    await tf.setBackend('cpu')
    for (const name of ['tensorflow', 'wasm'])
      if (tf.engine().findBackendFactory(name)) tf.removeBackend(name)
  })

  it('is tfjs-node where it loads', async () => {
    expect(await useBestEagerBackend(loader({ '@tensorflow/tfjs-node': register('tensorflow') }))).toEqual({
      name: 'tensorflow',
    })
    expect(tf.getBackend()).toBe('tensorflow')
  })
  it('is cpu where no package is installed, and one line says so', async () => {
    const { name, notice } = await useBestEagerBackend(loader({}))
    expect(name).toBe('cpu')
    expect(notice).toMatch(/run on the cpu backend, since @tensorflow\/tfjs-node is not installed/)
    expect(notice).not.toContain('\n')
  })
  it('is wasm where the binary of tfjs-node is missing', async () => {
    const broken = () => {
      throw new Error('The Node.js native addon module (tfjs_binding.node) can not be found\nat path …')
    }
    const found = await useBestEagerBackend(
      loader({ '@tensorflow/tfjs-node': broken, '@tensorflow/tfjs-backend-wasm': register('wasm') }),
    )
    expect(found.name).toBe('wasm')
    expect(found.notice).toMatch(/tfjs-node does not load \(The Node\.js native addon .* can not be found\)/)
  })
  it('passes over a package that registers a backend which does not start', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const failing = () =>
      void tf.registerBackend('tensorflow', () => {
        throw new Error('wrong libc')
      })
    expect((await useBestEagerBackend(loader({ '@tensorflow/tfjs-node': failing }))).name).toBe('cpu')
    warn.mockRestore()
  })
  it('does not greet', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    await useBestEagerBackend(loader({}))
    tf.scalar(1).dispose()
    expect(warn).not.toHaveBeenCalled()
    warn.mockRestore()
  })
})
