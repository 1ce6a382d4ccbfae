import { describe, expect, test } from 'vitest'
import wabt from 'wabt'
import {
  call,
  choose,
  createModule,
  f64,
  f64x2,
  i32,
  i64,
  type ModuleBuilder,
  type Segment,
  select,
  v128,
  withData,
} from './index.ts'

const { readWasm } = await wabt()

function exportsOf(module: ModuleBuilder, imports: WebAssembly.Imports = {}, data: readonly Segment[] = []) {
  const bytes = withData(module.build(), data)
  expect(WebAssembly.validate(bytes)).toBe(true)
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports as Record<
    string,
    (...operands: number[]) => number
  >
}

describe('a module', () => {
  test('computes, and reads back as text under the names it was given', () => {
    const module = createModule()
    const hypot = module.function('hypot', { x: 'f64', y: 'f64' }, ['f64'], (_, { x, y }) =>
      f64.sqrt(f64.add(f64.mul(x, x), f64.mul(y, y))),
    )
    module.export('hypot', hypot)
    expect(exportsOf(module).hypot(3, 4)).toBe(5)
    const parsed = readWasm(module.build(), { readDebugNames: true })
    parsed.validate()
    parsed.applyNames()
    expect(parsed.toText({})).toContain('(func $hypot (type 0) (param $x f64) (param $y f64) (result f64)')
  })

  test('keeps one copy of each type and of each kernel made under a key', () => {
    const module = createModule()
    const make = () => module.function('twice', { x: 'f64' }, ['f64'], (_, { x }) => f64.add(x, x))
    expect(module.once('twice', make)).toBe(module.once('twice', make))
    module.function('again', { y: 'f64' }, ['f64'], (_, { y }) => y)
    const parsed = readWasm(module.build(), {})
    expect(parsed.toText({}).match(/\(type \(;/g)).toHaveLength(1)
  })

  test('imports functions and memory, exports its own memory, and holds data and globals', () => {
    const module = createModule()
    const log = module.importFunction(['host', 'log'], ['f64'], [])
    const counter = module.global('i32', 40)
    module.memory({ pages: 1, maximum: 2, import: ['host', 'memory'] })
    const data = [{ address: 8, bytes: new Uint8Array(new Float64Array([Math.PI, Math.E]).buffer) }]
    const run = module.function('run', {}, ['i32'], f => {
      f.run(call(log, f64.load(0, 16)))
      f.run(counter.set(i32.add(counter, 2)))
      f.return(counter)
    })
    module.export('run', run)
    const heard: number[] = []
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 2 })
    const { run: start } = exportsOf(module, { host: { log: (x: number) => heard.push(x), memory } }, data)
    expect(start()).toBe(42)
    expect(heard).toEqual([Math.E])

    const own = createModule()
    own.memory({ pages: 3, export: 'memory' })
    const exported = exportsOf(own).memory as unknown as WebAssembly.Memory
    expect(exported.buffer.byteLength).toBe(3 * 65536)
  })

  test('refuses what would be invalid, naming the function', () => {
    const module = createModule()
    const one = module.function('one', {}, ['f64'], () => f64.const(1))
    expect(() => module.importFunction(['a', 'b'], [], [])).toThrow('import a.b before')
    expect(() => call(one, 2)).toThrow('one takes 0 operands')
    expect(() => f64.add(1, i32.const(1) as never)).toThrow('of type f64 was expected')
    module.export('one', one)
    expect(() => module.export('one', one)).toThrow('two functions')
  })
})

describe('constants', () => {
  test('of every kind arrive exactly', () => {
    const module = createModule()
    const integers = [0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, -8192, 2 ** 31 - 1, -(2 ** 31)]
    const longs = [0n, -1n, 63n, 64n, -65n, 2n ** 62n, 2n ** 63n - 1n, -(2n ** 63n)]
    const reals = [0, -0, 0.1, Number.MIN_VALUE, Number.MAX_VALUE, Number.POSITIVE_INFINITY, Math.PI]
    integers.forEach((x, i) => {
      module.export(
        `i${i}`,
        module.function('i', {}, ['i32'], () => i32.const(x)),
      )
    })
    longs.forEach((x, i) => {
      module.export(
        `l${i}`,
        module.function('l', {}, ['i64'], () => i64.const(x)),
      )
    })
    reals.forEach((x, i) => {
      module.export(
        `r${i}`,
        module.function('r', {}, ['f64'], () => f64.const(x)),
      )
    })
    const e = exportsOf(module)
    expect(integers.map((_, i) => e[`i${i}`]())).toEqual(integers)
    expect(longs.map((_, i) => e[`l${i}`]())).toEqual(longs)
    expect(reals.map((_, i) => e[`r${i}`]())).toEqual(reals)
  })
})

describe('control flow', () => {
  test('for, if, branch and recursion-free calls compute a sum of primes', () => {
    const module = createModule()
    const isPrime = module.function('isPrime', { n: 'i32' }, ['i32'], (f, { n }) => {
      f.if(i32.lt_s(n, 2), () => f.return(0))
      const d = f.local('i32', 'd')
      f.for(d, 2, n, 1, done => {
        f.branchIf(done, i32.gt_s(i32.mul(d, d), n))
        f.if(i32.eqz(i32.rem_s(n, d)), () => f.return(0))
      })
      f.return(1)
    })
    const sum = module.function('sum', { n: 'i32' }, ['i32'], (f, { n }) => {
      const total = f.local('i32', 'total')
      const k = f.local('i32', 'k')
      f.for(k, 0, n, 1, () => {
        f.if(
          call<'i32'>(isPrime, k),
          () => f.set(total, i32.add(total, k)),
          () => f.set(total, i32.add(total, 0)),
        )
      })
      return total
    })
    module.export('sum', sum)
    const { sum: run } = exportsOf(module)
    expect(run(100)).toBe(1060)
    expect(run(0)).toBe(0)
    expect(run(-5)).toBe(0)
  })

  test('nested loops leave and repeat the block that is meant', () => {
    const module = createModule()
    const search = module.function('search', { target: 'i32' }, ['i32'], (f, { target }) => {
      const i = f.local('i32', 'i')
      const j = f.local('i32', 'j')
      f.block(found => {
        f.for(i, 1, 10, 1, () => f.for(j, 1, 10, 1, () => f.branchIf(found, i32.eq(i32.mul(i, j), target))))
        f.return(-1)
      })
      return i32.add(i32.mul(i, 10), j)
    })
    module.export('search', search)
    const { search: run } = exportsOf(module)
    expect(run(35)).toBe(57)
    expect(run(11)).toBe(-1)
  })

  test('choose computes only the chosen side; select both', () => {
    const module = createModule()
    const reciprocal = module.function('choose', { n: 'i32' }, ['i32'], (_, { n }) =>
      choose(i32.ne(n, 0), i32.div_s(100, n), i32.const(-1)),
    )
    const larger = module.function('larger', { a: 'f64', b: 'f64' }, ['f64'], (_, { a, b }) =>
      select(a, b, f64.gt(a, b)),
    )
    module.export('reciprocal', reciprocal)
    module.export('larger', larger)
    const e = exportsOf(module)
    expect([e.reciprocal(0), e.reciprocal(7)]).toEqual([-1, 14])
    expect([e.larger(1, 2), e.larger(3, 2)]).toEqual([2, 3])
  })
})

describe('vectors', () => {
  test('load, shuffle, replace, store and reduce', () => {
    const module = createModule()
    module.memory({ pages: 1, export: 'memory' })
    const run = module.function('run', { p: 'i32' }, ['f64'], (f, { p }) => {
      const a = f.let('a', v128.load(p))
      const swapped = f.let('swapped', f64x2.shuffle(a, a, 1, 0))
      f.store(p, swapped, 16)
      f.store64Lane(p, f64x2.mul(a, f64x2.splat(10)), 1, 32)
      f.store(p, f64x2.replace_lane(v128.load64_splat(p, 8), 0, 7), 40)
      f.copy(i32.add(p, 56), p, 16)
      return f64.add(f64x2.extract_lane(a, 0), f64x2.extract_lane(f64x2.sqrt(a), 1))
    })
    module.export('run', run)
    const { run: start, memory } = exportsOf(module)
    const values = new Float64Array((memory as unknown as WebAssembly.Memory).buffer)
    values.set([3, 16], 1)
    expect(start(8)).toBe(7)
    expect([...values.slice(1, 10)]).toEqual([3, 16, 16, 3, 160, 7, 16, 3, 16])
    expect(() => f64x2.extract_lane(f64x2.const(0), 2)).toThrow('no lane 2')
  })
})

test('scratch memory lies behind what is declared, one region for all', () => {
  const module = createModule()
  const address = module.function('address', {}, ['i32'], f => f.module.scratch(100))
  module.scratch(70_000)
  module.memory({ pages: 3, export: 'memory' })
  module.export('address', address)
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.build()))
  expect((exports.address as () => number)()).toBe(3 * 65536)
  expect((exports.memory as WebAssembly.Memory).buffer.byteLength).toBe(5 * 65536)
  module.memory({ pages: 1, import: ['host', 'memory'] })
  expect(() => module.build()).toThrow('imports its memory')
})
