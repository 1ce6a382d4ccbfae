import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import { expect, it } from 'vitest'
import { evaluateFormula } from './evaluate.ts'
import { numberAlgebra } from './numberAlgebra.ts'
import { parseFormula } from './parse.ts'
import { tensorAlgebra } from './tensorAlgebra.ts'

const formulas = [
  ...[
    'sin',
    'cos',
    'tan',
    'asin',
    'acos',
    'atan',
    'sinh',
    'cosh',
    'tanh',
    'asinh',
    'atanh',
    'exp',
    'log',
  ].map(name => `${name}(x)`),
  ...['acosh(1 + x)', 'sqrt(x)', 'abs(-x)', 'sign(-x)', 'min(x, y, 0.1)', 'max(x, y, 0)', 'atan2(x, y)'],
  ...['pow(x, y)', 'x^2', 'x^-3', 'x^0.5', '(-x)^3', 'x - y/x*2 + pi'],
]

it.each(formulas)('numbers and tensors agree on %s', text => {
  const formula = parseFormula(text)
  const [x, y] = [0.375, 0.75]
  const number = evaluateFormula(
    formula,
    numberAlgebra,
    new Map([
      ['x', x],
      ['y', y],
    ]),
  )
  const tensor = evaluateFormula(
    formula,
    tensorAlgebra,
    new Map([
      ['x', tf.scalar(x)],
      ['y', tf.scalar(y)],
    ]),
  )
  expect(tensor.dataSync()[0]).toBeCloseTo(number, 5)
})
