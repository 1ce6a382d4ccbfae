import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import loadWabt from 'wabt'
import { createModule, scalarLane } from '../wasm/index.ts'
import { type ElementaryName, elementaryFunctions, emitElementary, unaryFunctions } from './elementary.ts'
import { createEvaluator } from './evaluate.ts'
import { errorInUlps, readReference } from './reference/readReference.ts'

const names = Object.keys(elementaryFunctions) as ElementaryName[]
const arity = (name: ElementaryName) => (name in unaryFunctions ? 1 : 2)

/** The function at each column of the operands, by one form. */
function evaluate(name: ElementaryName, width: 1 | 2, operands: readonly ArrayLike<number>[]): Float64Array {
  const count = operands[0].length
  const evaluator = createEvaluator(name, width, count + (count % 2))
  for (const [k, operand] of operands.entries()) evaluator.operands[k].set(operand)
  evaluator.run()
  return evaluator.result.slice(0, count)
}

/** Reproducible float64 of uniformly random bits: every exponent, NaN and infinities too. */
function randomBits(count: number, seed: number): Float64Array {
  const words = new Uint32Array(2 * count)
  let state = seed
  for (let i = 0; i < words.length; i++) {
    // Marsaglia's xorshift.
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[i] = state
  }
  return new Float64Array(words.buffer)
}

const specials = [
  0, -0, Infinity, -Infinity, Number.NaN, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 2.5, -2.5, Number.MIN_VALUE, -Number.MIN_VALUE,
  2 ** -1022, Number.MAX_VALUE, -Number.MAX_VALUE, 2 ** 53, 2 ** 53 - 1, 1 - 2 ** -53, 710, -746, 1e300, -1e300,
] // biome-ignore format: a table
const pairs = specials.flatMap(a => specials.map(b => [a, b] as const))
const specialOperands = (name: ElementaryName): number[][] =>
  arity(name) === 1 ? [specials] : [pairs.map(([a]) => a), pairs.map(([, b]) => b)]

describe('against the exact value', () => {
  const bounds = {
    exp: 1, log: 1, expm1: 2, log1p: 2, logistic: 2, softplus: 2, erf: 2, sin: 2, cos: 2, tan: 2, asin: 2, acos: 2,
    atan: 2, sinh: 2, cosh: 2, tanh: 2, asinh: 2, acosh: 2, atanh: 2, power: 2, atan2: 2, remainder: 0.51,
  } // biome-ignore format: a table

  test.each(Object.entries(bounds))('%s errs by at most %s units in the last place', (key, bound) => {
    const name = key as ElementaryName
    const bytes = readFileSync(new URL(`./reference/${name}.bin`, import.meta.url))
    const { operands, values, rests } = readReference(bytes, arity(name))
    const results = evaluate(name, 2, operands)
    expect(results.length).toBeGreaterThan(600)
    const subnormal = (x: number) => x !== 0 && Math.abs(x) < 2 ** -1022
    const huge = (x: number) => Math.abs(x) > 2 ** 53
    const edges = operands[0].filter((x, i) => subnormal(x) || huge(x) || subnormal(values[i]))
    expect(edges.length).toBeGreaterThan(50)
    results.forEach((result, i) => {
      const at = `${name}(${operands.map(operand => operand[i]).join(', ')}) = ${result}, not ${values[i]}`
      expect(errorInUlps(result, values[i], rests[i]), at).toBeLessThanOrEqual(bound)
    })
  })
})

describe('the scalar and the two-lane form', () => {
  test.each(names)('of %s give the same bits', name => {
    const random = Array.from({ length: arity(name) }, (_, k) => randomBits(4000, 0x2545f491 + k))
    const moderate = random.map(bits =>
      bits.map(x => (x / 2 ** Math.floor(Math.log2(Math.abs(x))) - 1.5) * 20),
    )
    for (const operands of [random, moderate, specialOperands(name)]) {
      const [scalar, vector] = ([1, 2] as const).map(width => evaluate(name, width, operands))
      scalar.forEach((value, i) => {
        const at = `${name}(${operands.map(operand => operand[i]).join(', ')})`
        if (!Object.is(value, vector[i])) expect(value, at).toBe(vector[i])
      })
    }
  })

  test.each(names)('of %s are valid modules', async name => {
    const wabt = await loadWabt()
    for (const width of [1, 2] as const) {
      const { bytes } = createEvaluator(name, width, 2)
      expect(WebAssembly.validate(bytes)).toBe(true)
      const module = wabt.readWasm(bytes, { readDebugNames: true })
      module.validate()
      module.destroy()
    }
  })
})

/** Math.pow, but for (±1)^±∞ and 1^NaN, which are 1 in IEEE 754, C and NumPy. */
const ieeePower = (a: number, b: number): number =>
  a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b

describe('at special operands', () => {
  const mathOf: Partial<Record<ElementaryName, (a: number, b: number) => number>> = {
    exp: Math.exp, expm1: Math.expm1, log: Math.log, log1p: Math.log1p, sin: Math.sin, cos: Math.cos, tan: Math.tan,
    asin: Math.asin, acos: Math.acos, atan: Math.atan, sinh: Math.sinh, cosh: Math.cosh, tanh: Math.tanh,
    asinh: Math.asinh, acosh: Math.acosh, atanh: Math.atanh, power: ieeePower, atan2: Math.atan2,
  } // biome-ignore format: a table

  test.each(Object.keys(mathOf) as ElementaryName[])(
    '%s has the zeros, signs, infinities and NaN of ECMAScript (of IEEE 754, where that differs)',
    name => {
      const operands = specialOperands(name)
      evaluate(name, 1, operands).forEach((result, i) => {
        const point = operands.map(operand => operand[i])
        const expected = mathOf[name]!(point[0], point[1])
        const at = `${name}(${point.map(x => (Object.is(x, -0) ? '-0' : x)).join(', ')})`
        if (expected === 0 || !Number.isFinite(expected)) expect(result, at).toBe(expected)
        else expect(errorInUlps(result, expected, 0), at).toBeLessThan(4)
      })
    },
  )

  test.each<[ElementaryName, number, number]>([
    ['logistic', 0, 1],
    ['softplus', 0, Infinity],
    ['erf', -1, 1],
  ])('%s goes from %d at −∞ to %d at ∞ without overflow or NaN', (name, low, high) => {
    const results = evaluate(name, 2, [[-Infinity, -Number.MAX_VALUE, -800, Infinity, Number.NaN]])
    expect([...results]).toEqual([low, low, low, high, Number.NaN])
  })

  test.each<[ElementaryName, number, number]>([
    ['logistic', 0.5, 0.5],
    ['softplus', Math.LN2, Math.LN2],
    ['erf', 0, -0],
  ])('%s is %d at 0 and %d at −0', (name, at, atNegative) => {
    expect([...evaluate(name, 2, [[0, -0]])]).toEqual([at, atNegative])
  })

  test.each([
    [7, 3, 1],
    [0, 3, 0],
    [-0, 3, 0],
    [-7, 3, 2],
    [7, -3, -2],
    [-7, -3, -1],
    [6, 3, 0],
    [1, Infinity, 1],
    [-1, Infinity, Infinity],
    [1, 0, Number.NaN],
    [Infinity, 2, Number.NaN],
    [5, Number.NaN, Number.NaN],
  ])('remainder(%d, %d) = %d: floored, with the sign of the divisor', (a, b, expected) => {
    expect(evaluate('remainder', 2, [[a], [b]])[0]).toBe(expected)
  })
})

describe('primitives of one instruction or few', () => {
  const truth = (value: boolean) => (value ? 1 : 0)
  const nearest = (x: number) => {
    const up = Math.round(x)
    return up - x === 0.5 && up % 2 !== 0 ? up - 1 : up
  }
  const plain: Partial<Record<ElementaryName, (a: number, b: number) => number>> = {
    negate: a => -a,
    absolute: Math.abs,
    sign: Math.sign,
    floor: Math.floor,
    ceil: Math.ceil,
    round: nearest,
    reciprocal: a => 1 / a,
    squareRoot: Math.sqrt,
    isNaN: a => truth(Number.isNaN(a)),
    isFinite: a => truth(Number.isFinite(a)),
    add: (a, b) => a + b,
    subtract: (a, b) => a - b,
    multiply: (a, b) => a * b,
    divide: (a, b) => a / b,
    maximum: Math.max,
    minimum: Math.min,
    equal: (a, b) => truth(a === b),
    notEqual: (a, b) => truth(a !== b),
    less: (a, b) => truth(a < b),
    lessEqual: (a, b) => truth(a <= b),
    greater: (a, b) => truth(a > b),
    greaterEqual: (a, b) => truth(a >= b),
  }

  test.each(Object.keys(plain) as ElementaryName[])('%s is that of JavaScript', name => {
    const random = Array.from({ length: arity(name) }, (_, k) => randomBits(2000, 0x9e3779b9 + k))
    for (const operands of [specialOperands(name), random]) {
      evaluate(name, 2, operands).forEach((result, i) => {
        const [a, b] = operands.map(operand => operand[i])
        const expected = plain[name]!(a, b)
        if (!Object.is(result, expected)) expect(result, `${name}(${a}, ${b})`).toBe(expected)
      })
    }
  })

  test('every primitive has its reference or its law here', () => {
    const tested = [...Object.keys(plain), 'logistic', 'softplus', 'erf', 'remainder']
    const called = names.filter(name => !tested.includes(name))
    expect(called.every(name => name in Math || name === 'power')).toBe(true)
  })
})

test('long reductions are right', () => {
  // The worst angle of all float64 (Muller, Elementary Functions): within 2⁻⁶² of a multiple of π/2.
  const worst = 6381956970095103 * 2 ** 797
  expect(evaluate('cos', 1, [[worst]])[0]).toBeCloseTo(-4.687165924254628e-19, 33)
  expect(evaluate('remainder', 1, [[1e308], [3]])[0]).toBe(Number(BigInt(1e308) % 3n))
})

test('a wrong number of operands is refused', () => {
  const module = createModule()
  module.function('f', { x: 'f64' }, ['f64'], (f, { x }) => {
    expect(() => emitElementary(module, scalarLane(f), 'power' as ElementaryName, x)).toThrow(
      'power takes 2 operand(s), and was given 1',
    )
    return x
  })
})

test('a function is added to the module once', () => {
  const once = createModule()
  const twice = createModule()
  for (const [module, times] of [
    [once, 1],
    [twice, 2],
  ] as const) {
    module.function('f', { x: 'f64' }, ['f64'], (f, { x }) => {
      const lane = scalarLane(f)
      for (let i = 0; i < times; i++) lane.let('y', emitElementary(module, lane, 'erf', x))
      return x
    })
  }
  expect(twice.build().length - once.build().length).toBeLessThan(30)
})
