import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { chromium, type Engine, firefox, nodeWith, otherNode } from './testing/engines.ts'
import type { Relaxation } from './testing/relaxedPrograms.ts'

const programs = fileURLToPath(new URL('testing/relaxedPrograms.ts', import.meta.url))
const engines: Engine[] = [nodeWith('as it is'), otherNode(24), chromium, firefox]
/** Engines of today have the instructions; V8 of Node 20 has not. */
const known: Record<string, boolean> = { 'Node 24': true, Chromium: true }

for (const engine of engines) {
  it(`relaxed programs in ${engine.name}: fused where it can be, the plain ones elsewhere, as accurate`, async context => {
    const missing = engine.missing()
    if (missing && !engine.required) return context.skip(`${engine.name} is not here: ${missing}`)
    expect(missing).toBeUndefined()
    const { supported, valid, differs, distance } = (await engine.run(programs)) as Relaxation
    expect(supported).toBe(known[engine.name] ?? supported)
    expect(valid).toBe(true)
    expect(differs).toBe(supported)
    if (supported) expect(distance).toBeLessThan(1e-11)
    else expect(distance).toBe(0)
  })
}
