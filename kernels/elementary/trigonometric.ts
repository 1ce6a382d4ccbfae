import {
  call,
  type F64,
  type Lane,
  type ModuleBuilder,
  type Real,
  scalarLane,
  unlikely,
} from '../wasm/index.ts'
import { type ReducedAngle, reduceAngle, reduceAnyAngle } from './angleReduction.ts'
import { fastTwoSum, polynomial } from './arithmetic.ts'

/** sin and cos on |x| ≤ π/4, in x²: the coefficients of fdlibm (Sun Microsystems 1993), k_sin.c and k_cos.c. */
const sinTail = [
  0.00833333333332249, -0.0001984126982985795, 2.7557313707070068e-6, -2.5050760253406863e-8,
  1.58969099521155e-10,
] // biome-ignore format: a table
const sinCubic = -0.16666666666666632
const cosTail = [
  0.0416666666666666, -0.001388888888887411, 2.480158728947673e-5, -2.7557314351390663e-7,
  2.087572321298175e-9, -1.1359647557788195e-11,
] // biome-ignore format: a table

/** sin(high + low) = sum − rest, and the same for cos: the last subtraction is left to the caller. */
function sinCos(lane: Lane, { high, low }: ReducedAngle) {
  const z = lane.let('z', lane.mul(high, high))
  const cube = lane.let('cube', lane.mul(z, high))
  const sinRest = lane.sub(
    lane.sub(lane.mul(z, lane.sub(lane.mul(low, 0.5), lane.mul(cube, polynomial(lane, z, sinTail)))), low),
    lane.mul(cube, sinCubic),
  )
  const halfSquare = lane.let('halfSquare', lane.mul(z, 0.5))
  const lead = lane.let('lead', lane.sub(1, halfSquare))
  const quartic = lane.mul(lane.mul(z, z), polynomial(lane, z, cosTail))
  const cosRest = lane.add(lane.sub(lane.sub(1, lead), halfSquare), lane.sub(quartic, lane.mul(high, low)))
  return { sinLead: high, sinRest: lane.neg(sinRest), cosLead: lead, cosRest }
}

/** sin of the angle plus `quarters` right angles. */
function sinOfReduced(lane: Lane, angle: ReducedAngle, quarters: 0 | 1): Real {
  const { sinLead, sinRest, cosLead, cosRest } = sinCos(lane, angle)
  const turned = quarters === 0 ? angle.quadrant : lane.addBits(angle.quadrant, BigInt(quarters))
  const quadrant = lane.let('quadrant', turned)
  const odd = lane.eqBits(lane.andBits(quadrant, 1n), 1n)
  const value = lane.select(odd, lane.add(cosLead, cosRest), lane.add(sinLead, sinRest))
  const sign = lane.shiftLeft(lane.andBits(quadrant, 2n), 62)
  return lane.fromBits(lane.xorBits(lane.bits(value), sign))
}

/** sin/cos, or −cos/sin in odd quadrants, each in two parts. */
function tanOfReduced(lane: Lane, angle: ReducedAngle): Real {
  const { sinLead, sinRest, cosLead, cosRest } = sinCos(lane, angle)
  const sin = fastTwoSum(lane, sinLead, lane.let('sinRest', sinRest))
  const cos = fastTwoSum(lane, cosLead, lane.let('cosRest', cosRest))
  const odd = lane.let('odd', lane.eqBits(lane.andBits(angle.quadrant, 1n), 1n))
  const pick = (a: Real, b: Real) => lane.select(odd, a, b)
  const denominator = lane.let('denominator', pick(sin.high, cos.high))
  const quotient = lane.let('quotient', lane.div(pick(lane.neg(cos.high), sin.high), denominator))
  const numeratorLow = pick(lane.neg(cos.low), sin.low)
  const residual = lane.sub(numeratorLow, lane.mul(quotient, pick(sin.low, cos.low)))
  const value = lane.add(quotient, lane.div(residual, denominator))
  // The addition would turn −0 into 0.
  return lane.select(lane.eq(quotient, 0), quotient, value)
}

type OfReduced = (lane: Lane, angle: ReducedAngle) => Real

const ofReduced = {
  sin: (lane, angle) => sinOfReduced(lane, angle, 0),
  cos: (lane, angle) => sinOfReduced(lane, angle, 1),
  tan: tanOfReduced,
} satisfies Record<string, OfReduced>

/** sin, cos or tan of x; angles that the quick reduction cannot do go to a function of one float64. */
const trigonometric =
  (name: keyof typeof ofReduced) =>
  (lane: Lane, x: Real, module: ModuleBuilder): Real => {
    const anyAngle = module.once(`elementary.${name}OfAnyAngle`, () =>
      module.function(`${name}OfAnyAngle`, { x: 'f64' }, ['f64'], (f, { x }) => {
        const scalar = scalarLane(f)
        return ofReduced[name](scalar, reduceAnyAngle(scalar, x))
      }),
    )
    const angle = reduceAngle(lane, x)
    const slow = () => lane.each(x, component => call<'f64'>(anyAngle, component) as F64)
    return unlikely(lane, angle.hard, slow, ofReduced[name](lane, angle))
  }

export const sin = trigonometric('sin')
export const cos = trigonometric('cos')
export const tan = trigonometric('tan')
