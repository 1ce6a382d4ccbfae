import { createModule, scalarLane } from '../wasm/index.ts'
import {
  type BinaryName,
  binaryFunctions,
  type ElementaryName,
  emitElementary,
  type UnaryName,
  unaryFunctions,
} from './elementary.ts'

/**
 * The elementary functions on JavaScript's numbers, with the bits that compiled programs give, on every machine and in
 * every engine. (`Math.exp`, `Math.pow` and the like are not: their last bits differ from one engine, and one release of
 * it, to the next. `+ − × ÷`, `Math.sqrt`, `Math.abs` and rounding are exact everywhere; so `x * x`, not `x ** 2`.)
 */
type Numbers = { readonly [Name in UnaryName]: (a: number) => number } & {
  readonly [Name in BinaryName]: (a: number, b: number) => number
}

let instance: Numbers | undefined

/** One small module with all of them, made when the first is called. */
function numbers(): Numbers {
  if (instance) return instance
  const module = createModule()
  for (const name of Object.keys(unaryFunctions) as UnaryName[]) {
    const apply = module.function(`${name} of a number`, { a: 'f64' }, ['f64'], (f, { a }) =>
      emitElementary(module, scalarLane(f), name, a),
    )
    module.export(name, apply)
  }
  for (const name of Object.keys(binaryFunctions) as BinaryName[]) {
    const apply = module.function(`${name} of numbers`, { a: 'f64', b: 'f64' }, ['f64'], (f, { a, b }) =>
      emitElementary(module, scalarLane(f), name, a, b),
    )
    module.export(name, apply)
  }
  instance = new WebAssembly.Instance(new WebAssembly.Module(module.build())).exports as unknown as Numbers
  return instance
}

const unary = (name: UnaryName & ElementaryName) => (a: number) => numbers()[name](a)
const binary = (name: BinaryName & ElementaryName) => (a: number, b: number) => numbers()[name](a, b)

export const exp = unary('exp')
export const log = unary('log')
export const sin = unary('sin')
export const cos = unary('cos')
export const tan = unary('tan')
export const asin = unary('asin')
export const acos = unary('acos')
export const atan = unary('atan')
export const sinh = unary('sinh')
export const cosh = unary('cosh')
export const tanh = unary('tanh')
export const asinh = unary('asinh')
export const acosh = unary('acosh')
export const atanh = unary('atanh')
/** The angle of the point (x, y), as Math.atan2(y, x). */
export const atan2 = binary('atan2')
/** aᵇ. */
export const power = binary('power')
