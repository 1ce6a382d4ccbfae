/** Cases of kernels that work element by element. */

import * as tf from '@tensorflow/tfjs'
import { type Case, type Cases, integers, operation, random, randoms, reals, truths, words } from '../case.ts'

/** tfjs' zeros have another sign than ours, which is NumPy's, or + for `mod`. */
const unsigned = new Set(['erf', 'mod', 'round', 'sign'])
const zeros = (name: string): Case['zeros'] => (unsigned.has(name) ? undefined : 'signed')

/** Zeros, halves, subnormals, what float32 cannot count, and what is no number. */
const edges = reals(
  0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3, -7.25, 1e-3, -1e-3, 40, -40, 80, -80, 1e-40, -1e-40, 2 ** -149, 2 ** -126,
  2 ** 24, 2 ** 24 + 2, -(2 ** 31), 1e20, -1e20, 3.4e38, -3.4e38, Infinity, -Infinity, NaN,
) // biome-ignore format: a list
/** int32 is exact where float32 is not. */
const wholes = integers(
  0,
  1,
  -1,
  2,
  -2,
  3,
  -7,
  8,
  20,
  2 ** 24 + 1,
  -(2 ** 24) - 1,
  2 ** 31 - 1,
  -(2 ** 31) + 1,
)
/** Those of `edges` whose quotients and remainders tfjs can tell: it computes them in float32, and integers to 2³¹. */
const moderate = reals(
  0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3, -7.25, 1e-3, 40, -40, 80, -80, Infinity, -Infinity, NaN,
) // biome-ignore format: a list
const shapes: readonly number[][] = [[], [5], [1], [0], [2, 0, 3], [2, 3, 4], [2, 1, 3, 2]]

interface Unary {
  /** Where shapes are tried, and derivatives compared. */
  readonly domain?: readonly [low: number, high: number]
  readonly derivatives?: Case['derivatives']
  /** Of int32: as tfjs has it, or as real numbers, where tfjs cuts its results to integers. Absent: tfjs refuses. */
  readonly integer?: 'same' | 'real'
  readonly bool?: 'same'
  /** Where tfjs has something else at an edge. */
  readonly differs?: Case['differs']
  readonly scale?: number
}

const cut = 'tfjs cuts real results to the integers of the operand’s type'

function unary(
  name: string,
  { domain = [-2, 2], derivatives, integer, bool, differs, scale }: Unary,
): Case[] {
  const f = operation(name)
  const like = (x: never) => f(tf.cast(x, 'float32') as never)
  const cases: Case[] = [
    ...shapes.map(shape => ({
      name: `[${shape}]`,
      f,
      inputs: [random(shape, ...domain)],
      derivatives,
      scale,
    })),
    { name: 'edges', f, inputs: [edges], differs, scale, zeros: zeros(name) },
  ]
  if (integer === 'same') cases.push({ name: 'int32', f, inputs: [wholes] })
  if (integer === 'real') cases.push({ name: 'int32', f, inputs: [wholes], differs: { because: cut, like } })
  if (bool) cases.push({ name: 'bool', f, inputs: [truths(0, 1, 1)] })
  return cases
}

const tape = 'tape'
const elementary: Record<string, [name: string, options: Unary]> = {
  Abs: ['abs', { derivatives: tape, bool: 'same' }],
  Acos: ['acos', { domain: [-0.9, 0.9], derivatives: tape, integer: 'real' }],
  Acosh: ['acosh', { domain: [1.1, 9], derivatives: tape, integer: 'real' }],
  Asin: ['asin', { domain: [-0.9, 0.9], derivatives: tape, integer: 'real' }],
  Asinh: ['asinh', { derivatives: tape, integer: 'real' }],
  Atan: ['atan', { derivatives: tape, integer: 'real' }],
  Atanh: ['atanh', { domain: [-0.9, 0.9], derivatives: tape, integer: 'real' }],
  Ceil: ['ceil', { derivatives: tape }],
  Cos: ['cos', { derivatives: tape }],
  Cosh: ['cosh', { derivatives: tape }],
  Elu: [
    'elu',
    {
      derivatives: tape,
      differs: {
        because: 'tfjs takes eˣ − 1 as a difference',
        like: x => tf.where(tf.less(x, 0), tf.expm1(x), x),
      },
    },
  ],
  /** tfjs' is Abramowitz and Stegun's 7.1.26, right to 1.5·10⁻⁷. */
  Erf: ['erf', { derivatives: tape, scale: 1 }],
  Exp: ['exp', { derivatives: tape, integer: 'same' }],
  Expm1: ['expm1', { derivatives: tape, integer: 'real' }],
  Floor: ['floor', { derivatives: tape }],
  Identity: ['clone', { derivatives: tape, integer: 'same', bool: 'same' }],
  IsFinite: ['isFinite', { integer: 'same' }],
  IsInf: ['isInf', { integer: 'same' }],
  IsNan: ['isNaN', { integer: 'same', bool: 'same' }],
  LeakyRelu: ['leakyRelu', { derivatives: tape, integer: 'same' }],
  Log: ['log', { domain: [0.1, 9], derivatives: tape }],
  Log1p: ['log1p', { domain: [-0.9, 9], derivatives: tape }],
  Neg: ['neg', { derivatives: tape, integer: 'same' }],
  OnesLike: ['onesLike', { integer: 'same', bool: 'same' }],
  Reciprocal: ['reciprocal', { domain: [0.2, 2], derivatives: tape, integer: 'real' }],
  Relu: ['relu', { derivatives: tape, integer: 'same', bool: 'same' }],
  Relu6: ['relu6', { domain: [-9, 9], derivatives: tape, integer: 'same' }],
  Round: ['round', { derivatives: tape, integer: 'same' }],
  Rsqrt: ['rsqrt', { domain: [0.2, 2], derivatives: tape }],
  Selu: [
    'selu',
    {
      derivatives: tape,
      differs: {
        because: 'tfjs takes eˣ − 1 as a difference',
        like: x =>
          tf.mul(1.0507009873554805, tf.where(tf.less(x, 0), tf.mul(1.6732632423543772, tf.expm1(x)), x)),
      },
    },
  ],
  Sigmoid: ['sigmoid', { derivatives: tape }],
  Sign: [
    'sign',
    {
      derivatives: tape,
      integer: 'same',
      differs: { because: 'NumPy says NaN, tfjs 0', like: x => tf.where(tf.isNaN(x), x, tf.sign(x)) },
    },
  ],
  Sin: ['sin', { derivatives: tape }],
  Sinh: ['sinh', { derivatives: tape }],
  Softplus: ['softplus', { derivatives: tape }],
  Sqrt: ['sqrt', { domain: [0.2, 2], derivatives: tape }],
  Square: ['square', { derivatives: tape }],
  Step: ['step', { derivatives: tape, integer: 'same' }],
  Tan: ['tan', { domain: [-1.4, 1.4], derivatives: tape }],
  Tanh: ['tanh', { derivatives: tape }],
  ZerosLike: ['zerosLike', { integer: 'same', bool: 'same' }],
}

const types = ['float32', 'int32', 'bool'] as const
const ofType = { float32: moderate, int32: wholes, bool: truths(0, 1) }

const broadcasts: readonly [readonly number[], readonly number[]][] = [
  [[], []], [[], [3]], [[4], []], [[2, 1], [3]], [[2, 1, 4], [3, 1]], [[1], [2, 2]], [[0, 3], [3]], [[2, 0], [1]],
  [[2, 3, 1, 2], [3, 4, 1]],
] // biome-ignore format: a table

/** All pairs. */
function pairs(values: tf.Tensor): tf.Tensor[] {
  const list = [...values.dataSync()]
  const { dtype } = values
  return [
    tf.tensor1d(list.flatMap(a => list.map(() => a)), dtype as 'int32'),
    tf.tensor1d(list.flatMap(() => list), dtype as 'int32'),
  ] // biome-ignore format: the two alike
}

interface Binary {
  readonly derivatives?: Case['derivatives']
  readonly domain?: readonly [low: number, high: number]
  readonly edges?: tf.Tensor
  readonly differs?: Case['differs']
  readonly integer?: 'real' | 'refused'
  readonly bool?: true
}

const smallWholes = integers(0, 1, -1, 2, -2, 3, -7, 8)

function binary(
  name: string,
  { derivatives, domain = [-2, 2], edges: at = edges, differs, integer, bool }: Binary,
): Case[] {
  const f = operation(name)
  const like = (a: never, b: never) => f(tf.cast(a, 'float32') as never, tf.cast(b, 'float32') as never)
  const cases: Case[] = [
    ...broadcasts.map(([a, b]): Case => {
      // tfjs' tape cannot sum nothing to a shape.
      const kind = derivatives && a.includes(0) && b.includes(1) ? 'rules' : derivatives
      return { name: `[${a}] and [${b}]`, f, inputs: randoms([a, b], ...domain), derivatives: kind }
    }),
    { name: 'edges', f, inputs: pairs(at), differs, zeros: zeros(name) },
  ]
  if (integer !== 'refused') {
    cases.push({
      name: 'int32',
      f,
      inputs: pairs(smallWholes),
      differs: integer === 'real' ? { because: cut, like } : undefined,
    })
    cases.push({
      name: 'int32 and float32',
      f,
      inputs: [pairs(smallWholes)[0], tf.cast(pairs(smallWholes)[1], 'float32')],
    })
  }
  if (bool) cases.push({ name: 'bool', f, inputs: pairs(truths(0, 1)) })
  return cases
}

const binaries: Record<string, [name: string, options: Binary]> = {
  Add: ['add', { derivatives: tape, bool: true }],
  Atan2: ['atan2', { derivatives: tape, integer: 'real' }],
  Equal: ['equal', { bool: true }],
  Greater: ['greater', { bool: true }],
  GreaterEqual: ['greaterEqual', { bool: true }],
  Less: ['less', { bool: true }],
  LessEqual: ['lessEqual', { bool: true }],
  Maximum: ['maximum', { derivatives: tape, bool: true }],
  Minimum: ['minimum', { derivatives: tape, bool: true }],
  Mod: ['mod', { derivatives: tape, edges: moderate }],
  Multiply: ['mul', { derivatives: tape, bool: true }],
  NotEqual: ['notEqual', { bool: true }],
  Pow: [
    'pow',
    {
      domain: [0.2, 2],
      derivatives: tape,
      differs: {
        because: 'in JavaScript (±1)^±∞ and 1^NaN are NaN; in IEEE 754 they are 1',
        like: (a, b) =>
          tf.where(
            tf.logicalOr(tf.equal(a, 1), tf.logicalAnd(tf.equal(a, -1), tf.isInf(b))),
            tf.onesLike(a),
            tf.pow(a, b),
          ),
      },
    },
  ],
  Prelu: ['prelu', { derivatives: tape }],
  SquaredDifference: ['squaredDifference', { derivatives: tape }],
  Sub: ['sub', { derivatives: tape }],
}

const logical = (name: string): Case[] => [
  { name: 'pairs', f: operation(name), inputs: pairs(truths(0, 1)) },
  {
    name: 'broadcast',
    f: operation(name),
    inputs: [tf.tensor2d([[1], [0]], [2, 1], 'bool'), truths(0, 1, 0)],
  },
]

const select = (shape: readonly number[]): Case => ({
  name: `[${shape}]`,
  f: (a, b, c) => tf.where(tf.greater(a, 0), b, c),
  inputs: randoms([shape, shape, shape]),
  derivatives: tape,
})

const from = (
  table: Record<string, [string, never]>,
  cases: (name: string, options: never) => Case[],
): Cases =>
  Object.fromEntries(Object.entries(table).map(([kernel, [name, options]]) => [kernel, cases(name, options)]))

export const elementwise: Cases = {
  ...from(elementary as never, unary as never),
  ...from(binaries as never, binary as never),
  FloorDiv: [
    ...binary('floorDiv', { derivatives: tape, edges: moderate }),
    { name: 'div of int32', f: operation('div'), inputs: pairs(smallWholes) },
  ],
  RealDiv: [
    ...binary('div', { domain: [0.3, 2], derivatives: tape, integer: 'refused' }),
    { name: 'divNoNan', f: operation('divNoNan'), inputs: pairs(edges) },
  ],
  ...Object.fromEntries(
    words('LogicalAnd LogicalOr').map(kernel => [kernel, logical(`l${kernel.slice(1)}`)]),
  ),
  LogicalNot: [{ name: 'both', f: operation('logicalNot'), inputs: [truths(0, 1)] }],
  BitwiseAnd: [
    {
      name: 'pairs',
      f: operation('bitwiseAnd'),
      inputs: pairs(integers(0, 1, -1, 6, -7, 2 ** 24 + 1, 2 ** 31 - 1, -(2 ** 31))),
    },
  ],
  AddN: shapes.map(shape => ({
    name: `[${shape}]`,
    f: (...x) => tf.addN(x),
    inputs: randoms([shape, shape, shape]),
    derivatives: tape,
  })),
  Cast: types.flatMap(from =>
    types.map(to => ({ name: `${from} to ${to}`, f: (x: never) => tf.cast(x, to), inputs: [ofType[from]] })),
  ),
  ClipByValue: [
    ...[[-0.5, 0.7], [0, Infinity], [-Infinity, 1]].map(([low, high]): Case => ({
      name: `edges, to [${low}, ${high}]`, f: x => tf.clipByValue(x, low, high), inputs: [edges],
    })),
    ...shapes.map((shape): Case => ({
      name: `[${shape}]`, f: x => tf.clipByValue(x, -0.6, 1.1), inputs: [random(shape)], derivatives: tape,
    })),
  ], // biome-ignore format: a table
  Select: [
    ...shapes.map(select),
    { name: 'a condition for each row', f: (c, a, b) => tf.where(tf.reshape(c, [2, 1]), a, b), inputs: [truths(1, 0), ...randoms([[2, 3], [2, 3]])] },
    ...types.map((type): Case => {
      const [a, b] = pairs(ofType[type])
      const condition = tf.tensor1d(Array.from({ length: a.size }, (_, i) => i % 3 === 0), 'bool')
      return { name: type, f: (c, x, y) => tf.where(c, x, y), inputs: [condition, a, b] }
    }),
  ], // biome-ignore format: a table
}
