import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as p from './primitives.ts'
import { compile } from './program.ts'
import { uniform, uniformFor } from './testing/numbers.ts'
import { randomGraph } from './testing/randomGraph.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const A = p.input('A', [120, 120])
const product = p.withOrigin('model.ts:3:8', () => p.matmul(A, A))
const [point] = uniformFor([A], uniform(1))
const graph = {
  inputs: [A],
  outputs: [p.solve(p.add(product, p.tanh(A)), A), p.sin(p.sum(product)), p.cos(p.sum(A))],
}

describe('a profile', () => {
  it('adds up to the whole', () => {
    const { f, profile } = compile({ f: graph }, { profile: true })
    const timed = () => profile!().reduce((total, { milliseconds }) => total + milliseconds, 0)
    f.inputs[0].set(point)
    // Rounds, of which one is quiet: the engine may compile, and the machine be busy, between two runs.
    const shares = Array.from({ length: 20 }, () => {
      const before = timed()
      const start = performance.now()
      for (let i = 0; i < 10; i++) f.run()
      const whole = performance.now() - start
      return (timed() - before) / whole
    })
    expect(Math.max(...shares)).toBeLessThanOrEqual(1)
    expect(Math.max(...shares)).toBeGreaterThan(0.9)
  })
  it('names entries, nodes, shapes and origins, and counts runs', () => {
    const { f, g, profile } = compile({ f: graph, g: { inputs: [A], outputs: [product] } }, { profile: true })
    f.inputs[0].set(point)
    f.run()
    g.run()
    g.run()
    const rows = profile!()
    expect(rows).toContainEqual({
      entry: 'f',
      what: 'matmul [120,120]',
      origin: 'model.ts:3:8',
      runs: 1,
      milliseconds: expect.any(Number),
    })
    expect(rows.filter(({ entry }) => entry === 'g').map(({ runs, what }) => [runs, what])).toEqual([
      [2, 'matmul [120,120]'],
    ])
    expect(rows.some(({ what }) => what.startsWith('factor ['))).toBe(true)
  })
  it('leaves the bits as they are', () => {
    fc.assert(
      fc.property(randomGraph(), fc.constantFrom(0, 16), ({ graph: drawn, inputs }, smallSize) => {
        const [plain, profiled] = [false, true].map(profile => {
          const { f } = compile({ f: drawn }, { profile, smallSize })
          inputs.forEach((values, i) => {
            f.inputs[i].set(values)
          })
          f.run()
          return f.flatOutputs
        })
        expect(profiled).toEqual(plain)
      }),
      { numRuns: 50 },
    )
  })
  it('is not there unless it is asked for, and stays at home', () => {
    expect(compile({ f: graph }).profile).toBeUndefined()
    expect(() => compile({ f: graph }, { profile: true }).toModule()).toThrow(/is profiled/)
  })
  it('is printed at the end under NEURODE_PROFILE=1', () => {
    const script = `
      import { add, compile, input, matmul } from './compiler/index.ts'
      const A = input('A', [30, 30])
      const { square, unused } = compile({
        square: { inputs: [A], outputs: [matmul(A, A)] },
        unused: { inputs: [A], outputs: [matmul(A, A)] },
      })
      for (let i = 0; i < 10; i++) square.run()
      const { sum } = compile({ sum: { inputs: [A], outputs: [add(A, A)] } })
      sum.run()`
    const { stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', script],
      { cwd: root, encoding: 'utf8', env: { ...process.env, NEURODE_PROFILE: '1' } },
    )
    expect(stderr).toMatch(/^ +ms +% +µs a run\n +[\d.]+ +[\d.]+ +[\d.]+ {2}square {2}matmul \[30,30\]\n/)
    expect(stderr).toMatch(/^.* sum {2}add \[30,30\]$/m)
    expect(stderr).toMatch(/ 100\.0 +all\n$/)
    expect(stderr).not.toContain('unused')
  })
})
