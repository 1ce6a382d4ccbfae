import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import wabt from 'wabt'
import { vjp } from './differentiate/index.ts'
import * as p from './primitives.ts'
import { compile } from './program.ts'
import { uniform } from './testing/numbers.ts'

const root = resolve(fileURLToPath(new URL('..', import.meta.url)))
const folder = mkdtempSync(join(tmpdir(), 'neurode-module-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** x ↦ (A + table)⁻¹·tanh(W x) and its products with a cotangent, W learned. */
const [W, A, x, cotangent] = [
  p.input('net.kernel', [6, 5]),
  p.input('A', [6, 6]),
  p.input('x', [5]),
  p.input('x', [6]),
]
const random = uniform(7)
const numbers = (size: number) => Float64Array.from({ length: size }, random)
const table = p.constant(numbers(36), [6, 6])
const y = p.withOrigin('model.ts:3:8', () =>
  p.reshape(p.solve(p.add(A, table), p.tanh(p.matmul(W, p.reshape(x, [5, 1])))), [6]),
)
const gradients = vjp([y], [cotangent], [W, x]).map(gradient => gradient!)
const program = compile(
  {
    evaluate: { inputs: [W, A, x], outputs: [y] },
    vjp: { inputs: [W, A, x, cotangent], outputs: gradients },
  },
  { accumulate: { vjp: [0] }, contiguous: [[W]] },
)
program.contiguous[0].set(numbers(30))
program.vjp.inputs[1].set(numbers(36))
const standalone = program.toModule({ vjp: ['gradient of W', 'gradX'] })
mkdirSync(join(folder, 'use'))
writeFileSync(join(folder, 'model.wasm'), standalone.bytes)
writeFileSync(join(folder, 'model.mjs'), standalone.javascript)
writeFileSync(join(folder, 'model.d.mts'), standalone.declarations)

/** What a script prints as JSON in a Node of its own, in a folder from which neurode cannot be imported. */
function printed(body: string): unknown {
  const script = `import { readFile } from 'node:fs/promises'
import { load } from '../model.mjs'
const { evaluate, vjp } = await load(await readFile('../model.wasm'))
${body}`
  writeFileSync(join(folder, 'use', 'script.mjs'), script)
  const { stdout, stderr } = spawnSync(process.execPath, ['script.mjs'], {
    cwd: join(folder, 'use'),
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

describe('a module of its own', () => {
  it('computes the same bits, with the parameters that it was made with', () => {
    const point = numbers(5)
    const direction = numbers(6)
    program.vjp.inputs[2].set(point)
    program.vjp.inputs[3].set(direction)
    program.evaluate.run()
    program.vjp.flatOutputs.fill(0)
    program.vjp.run()
    program.vjp.run()
    const result = printed(`
      evaluate.inputs.x.set(${JSON.stringify([...point])})
      evaluate.run()
      vjp.inputs.x_2.set(${JSON.stringify([...direction])})
      vjp.run()
      vjp.run()
      console.log(JSON.stringify([evaluate.outputs.output, ...Object.values(vjp.outputs)].map(array => [...array])))`)
    const outputs = [...program.evaluate.outputs, ...program.vjp.outputs]
    expect(result).toEqual(outputs.map(output => [...output]))
  })
  it('says where a matrix is singular', () => {
    const message = printed(`
      const zero = compiledTable => evaluate.inputs.A.set(compiledTable)
      zero(${JSON.stringify([...numbers(36)].map((_, i) => -(table.attributes as { value: Float64Array }).value[i]))})
      try { evaluate.run() } catch (error) { console.log(JSON.stringify(error.message)) }`)
    expect(message).toBe('matrix 1 is singular: pivot 1 (solve at model.ts:3:8)')
  })
  it('is described for any host: names, shapes and addresses, in JSON, and imports nothing', () => {
    const { layout, bytes } = standalone
    expect(JSON.parse(JSON.stringify(layout))).toEqual(layout)
    expect(layout.entries.vjp.inputs.map(({ name, shape }) => [name, shape])).toEqual([
      ['net.kernel', [6, 5]],
      ['A', [6, 6]],
      ['x', [5]],
      ['x_2', [6]],
    ])
    expect(layout.entries.vjp.outputs.map(({ name }) => name)).toEqual(['gradient of W', 'gradX'])
    const module = new WebAssembly.Module(bytes)
    expect(WebAssembly.Module.imports(module)).toEqual([])
    expect(WebAssembly.Module.exports(module).map(({ name }) => name)).toEqual(['evaluate', 'vjp', 'memory'])
    const { exports } = new WebAssembly.Instance(module)
    const [{ address }] = layout.entries.vjp.inputs
    const kernel = new Float64Array((exports.memory as WebAssembly.Memory).buffer, address, 30)
    expect(kernel).toEqual(program.contiguous[0])
  })
  it('is valid with the names of its functions, whatever is in memory', async () => {
    const { readWasm } = await wabt()
    const text = readWasm(standalone.bytes, { readDebugNames: true }).toText({})
    expect(text).toContain('(func $evaluate ')
    expect(text).toMatch(/\(data /)
  })
  it('has a typed loader', () => {
    const check = (line: string) => {
      const path = join(folder, 'use', 'check.mts')
      writeFileSync(path, `import { load, type Program } from '../model.mjs'\nexport ${line}\n`)
      const options = ['--ignoreConfig', '--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023']
      const tsc = join(root, 'node_modules/typescript/bin/tsc')
      return spawnSync(process.execPath, [tsc, ...options, path], { cwd: folder, encoding: 'utf8' }).stdout
    }
    expect(check("const f = (p: Program): Float64Array => p.vjp.inputs['net.kernel']")).toBe('')
    expect(check('const g = async (b: ArrayBuffer) => (await load(b)).evaluate.run()')).toBe('')
    expect(check('const h = (p: Program) => p.evaluate.inputs.cotangent')).toMatch(
      /'cotangent' does not exist/,
    )
  })
  it('wants a name for each output', () => {
    expect(() => program.toModule({ vjp: ['gradient'] })).toThrow(/vjp has 2 outputs/)
  })
})
