/** Whole tf.layers models: traced, differentiated and compiled, against tfjs' eager cpu backend and its tape. */

import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { vjp } from '../../differentiate/index.ts'
import { interpret } from '../../interpret/index.ts'
import * as p from '../../primitives.ts'
import { compile } from '../../program.ts'
import { firstOrderDefect } from '../../testing/derivatives.ts'
import { distance } from '../../testing/numbers.ts'
import { randoms } from '../testing/case.ts'
import { trace } from '../trace.ts'

type Model = (...x: tf.Tensor[]) => tf.Tensor

const double = (tensor: tf.Tensor): Float64Array => Float64Array.from(tensor.dataSync())

/** Of f and of ⟨w, f⟩'s gradients by its arguments and by the trainable variables that it touches, w some numbers. */
function expectModelAgrees(
  f: Model,
  arguments_: readonly tf.Tensor[],
  variables: number,
  tolerance = 2e-5,
): void {
  const graph = trace(
    f,
    arguments_.map(({ shape }, i) => ({ name: `x${i}`, shape })),
  )
  expect(graph.variables.length).toBe(variables)
  const [output] = graph.outputs
  const [weights] = randoms([[...output.shape]], 0.5, 1.5)
  const gradients = vjp([output], [p.constant(weights.dataSync(), output.shape)], graph.inputs)
  const outputs = [output, ...gradients.map((gradient, i) => gradient ?? p.full(0, graph.inputs[i].shape))]
  const program = compile({ run: { inputs: graph.inputs, outputs } })
  const values = [...arguments_, ...graph.variables]
  values.forEach((tensor, i) => {
    program.run.inputs[i].set(double(tensor))
  })
  program.run.run()

  const loss = (...x: tf.Tensor[]) => tf.sum(tf.mul(weights, f(...x))) as tf.Scalar
  const byArguments = arguments_.length > 0 ? tf.grads(loss)([...arguments_]) : []
  const byVariables =
    variables > 0 ? tf.variableGrads(() => loss(...arguments_), [...graph.variables]).grads : {}
  const expected = [
    f(...arguments_),
    ...byArguments,
    ...graph.variables.map(variable => byVariables[variable.name]),
  ].map(double)
  expect(distance(program.run.outputs, expected)).toBeLessThan(tolerance)
}

/** Of f's value by tfjs, and of its derivatives by the complex step. */
function expectValueAgrees(f: Model, arguments_: readonly tf.Tensor[], variables: number): void {
  const graph = trace(
    f,
    arguments_.map(({ shape }, i) => ({ name: `x${i}`, shape })),
  )
  expect(graph.variables.length).toBe(variables)
  const values = [...arguments_, ...graph.variables].map(double)
  expect(distance(interpret(graph, values), [double(f(...arguments_))])).toBeLessThan(2e-5)
  expect(firstOrderDefect(graph, values)).toBeLessThan(1e-12)
}

type Layer = tf.layers.Layer
const { layers } = tf
const sequential = (first: Layer, ...others: Layer[]): tf.Sequential =>
  tf.sequential({ layers: [first, ...others] })

/** Random values for weights that start as zeros or ones, so that no term of a layer is missed; `low` < each < `high`. */
function shuffle(model: tf.LayersModel, low = 0.2, high = 1): void {
  model.setWeights(
    randoms(
      model.weights.map(weight => weight.shape as number[]),
      low,
      high,
    ),
  )
}

type Options = Record<string, unknown>
/** Of a layer: an input's shape without the batch, how many variables it trains, and its options. */
type LayerCase = [inputShape: number[], variables: number, options?: Options]

const image = [5, 6, 2]
const volume = [3, 4, 5, 2]
const series = [4, 3]
const film = [3, 4, 4, 2]
const pool = (shape: number[]): LayerCase[] => [
  [shape, 0, { poolSize: 2 }],
  [shape, 0, { poolSize: 2, strides: 1 }],
]
const recurrent: LayerCase[] = [
  [series, 3, { units: 2, unroll: true }],
  [series, 3, { units: 2, unroll: true, goBackwards: true, returnSequences: true }],
  // Not unrolled, but the series has a known length.
  [series, 3, { units: 2, returnSequences: true }],
  [series, 2, { units: 2, useBias: false, activation: 'relu', recurrentActivation: 'sigmoid' }],
]
const cell = (name: 'simpleRNNCell' | 'gruCell' | 'lstmCell'): LayerCase[] => [
  [series, 3, { cell: layers[name]({ units: 2 }) }],
]
const convLstm: LayerCase[] = [[film, 3, { filters: 2, kernelSize: 2, returnSequences: true }]]
const noise: LayerCase[] = [[[3], 0, { rate: 0.5 }]]
const global = (shape: number[]): LayerCase[] => [[shape, 0]]

const cases: Record<string, LayerCase[]> = {
  activation: [[[3], 0, { activation: 'swish' }], [series, 0, { activation: 'softmax' }]],
  alphaDropout: noise,
  averagePooling1d: pool(series), avgPool1d: pool(series), avgPooling1d: pool(series),
  averagePooling2d: pool(image), avgPool2d: pool(image), avgPooling2d: pool(image),
  averagePooling3d: pool(volume), avgPool3d: pool(volume), avgPooling3d: pool(volume),
  batchNormalization: [[[3], 2], [image, 2]],
  bidirectional: [[series, 6, { layer: layers.gru({ units: 2 }), mergeMode: 'concat' }], [series, 6, { layer: layers.lstm({ units: 2 }), mergeMode: 'sum' }]],
  centerCrop: [[image, 0, { height: 3, width: 4 }]],
  conv1d: [[series, 2, { filters: 2, kernelSize: 2, activation: 'relu' }]],
  conv2d: [[image, 2, { filters: 3, kernelSize: 3, padding: 'same', activation: 'elu' }], [image, 2, { filters: 3, kernelSize: [3, 2], strides: 2 }]],
  conv2dTranspose: [[image, 2, { filters: 3, kernelSize: 3, strides: 2 }]],
  conv3d: [[volume, 2, { filters: 2, kernelSize: 2 }]],
  conv3dTranspose: [[volume, 2, { filters: 2, kernelSize: 2 }]],
  convLstm2d: convLstm,
  convLstm2dCell: [],
  cropping2D: [[image, 0, { cropping: [[1, 2], [0, 1]] }]],
  dense: [[[3], 2, { units: 4, activation: 'tanh' }], [series, 2, { units: 4, activation: 'softplus' }]],
  depthwiseConv2d: [[image, 2, { kernelSize: 3, depthMultiplier: 2 }]],
  dropout: noise,
  elu: [[[3], 0]],
  flatten: [[image, 0], [image, 0, { dataFormat: 'channelsFirst' }]],
  gaussianDropout: noise,
  gaussianNoise: [[[3], 0, { stddev: 1 }]],
  globalAveragePooling1d: global(series), globalAveragePooling2d: global(image),
  globalMaxPool1d: global(series), globalMaxPooling1d: global(series), globalMaxPool2d: global(image), globalMaxPooling2d: global(image),
  gru: [...recurrent, [series, 3, { units: 2, resetAfter: false }]],
  gruCell: cell('gruCell'),
  layerNormalization: [[[3], 2], [series, 2]],
  leakyReLU: [[[3], 0, { alpha: 0.1 }]],
  lstm: recurrent,
  lstmCell: cell('lstmCell'),
  masking: [[series, 0, { maskValue: 0.5 }]],
  maxPool1d: pool(series), maxPooling1d: pool(series), maxPool2d: pool(image), maxPooling2d: pool(image), maxPooling3d: pool(volume),
  permute: [[series, 0, { dims: [2, 1] }]],
  prelu: [[[3], 1], [series, 1, { sharedAxes: [1] }]],
  reLU: [[[3], 0, { maxValue: 0.7 }], [[3], 0]],
  repeatVector: [[[3], 0, { n: 2 }]],
  rescaling: [[[3], 0, { scale: 0.3, offset: -1 }]],
  reshape: [[series, 0, { targetShape: [3, 4] }]],
  rnn: [[series, 6, { cell: [layers.gruCell({ units: 2 }), layers.simpleRNNCell({ units: 3 })] }]],
  separableConv2d: [[image, 3, { filters: 3, kernelSize: 3 }]],
  simpleRNN: recurrent,
  simpleRNNCell: cell('simpleRNNCell'),
  softmax: [[[3], 0]],
  spatialDropout1d: [[series, 0, { rate: 0.5 }]],
  stackedRNNCells: [[series, 6, { cell: layers.stackedRNNCells({ cells: [layers.lstmCell({ units: 2 }), layers.gruCell({ units: 2 })] }) }]],
  thresholdedReLU: [[[3], 0, { theta: 0.4 }]],
  timeDistributed: [[series, 2, { layer: layers.dense({ units: 2 }) }]],
  upSampling2d: [[[4, 4, 2], 0, { size: [2, 2], interpolation: 'bilinear' }]],
  zeroPadding2d: [[image, 0, { padding: [[1, 0], [2, 1]] }]],
} // biome-ignore format: a table

/** tfjs has no derivative of them: the complex step judges. */
const untaped = new Set(['centerCrop', 'conv3dTranspose'])
/** Cells run inside of a recurrent layer. */
const isCell = (name: string): boolean => /Cells?$/.test(name)
const make = layers as unknown as Record<string, (options: Options) => Layer>

describe('layers agree with tfjs in value and in every gradient', () => {
  const all = Object.entries(cases).flatMap(([name, list]) =>
    list.map(([inputShape, variables, options = {}]) => ({ name, inputShape, variables, options })),
  )
  it.each(all)('$name of $inputShape', ({ name, inputShape, variables, options }) => {
    const model = sequential(make[isCell(name) ? 'rnn' : name]({ ...options, inputShape }))
    shuffle(model)
    const judge = untaped.has(name) ? expectValueAgrees : expectModelAgrees
    judge(x => model.apply(x) as tf.Tensor, randoms([[2, ...inputShape]]), variables)
    model.dispose()
  })
  it.each([
    'elu', 'hardSigmoid', 'linear', 'relu', 'relu6', 'selu', 'sigmoid', 'softmax', 'softplus', 'softsign', 'tanh',
    'swish', 'mish', 'gelu', 'gelu_new',
  ])('a dense layer with the activation %s', activation => {
    const model = sequential(layers.dense({ units: 5, inputShape: [3], activation: activation as never }))
    expectModelAgrees(x => model.apply(x) as tf.Tensor, randoms([[4, 3]]), 2)
    model.dispose()
  }) // biome-ignore format: a list
})

const elsewhere: Record<string, string> = {
  'joins two inputs, below': 'add average concatenate dot maximum minimum multiply',
  'takes words, below': 'embedding',
  'reads back what it is given': 'categoryEncoding',
  'makes no kernel of its own': 'Layer RNN RNNCell input inputLayer',
  'draws random numbers': 'randomWidth',
  'throws in tfjs 4.22 on any tensor': 'resizing',
}

it('each layer of tf.layers is here, or is said why it is not', () => {
  const said = Object.values(elsewhere).flatMap(names => names.split(' '))
  expect([...Object.keys(cases), ...said].sort()).toEqual(Object.keys(layers).sort())
})

describe('models agree with tfjs in value and in every gradient', () => {
  it.each<[name: string, Layer]>([
    ['add', layers.add()],
    ['multiply', layers.multiply()],
    ['average', layers.average()],
    ['maximum', layers.maximum()],
    ['minimum', layers.minimum()],
    ['concatenate', layers.concatenate()],
    ['dot', layers.dot({ axes: 1, normalize: true })],
  ])('of two inputs, joined by %s', (_, join) => {
    const [a, b] = [tf.input({ shape: [3] }), tf.input({ shape: [3] })]
    const hidden = layers.dense({ units: 3, activation: 'tanh' }).apply(a) as tf.SymbolicTensor
    const joined = join.apply([hidden, b]) as tf.SymbolicTensor
    const output = layers.dense({ units: 2 }).apply(joined) as tf.SymbolicTensor
    const model = tf.model({ inputs: [a, b], outputs: output })
    shuffle(model)
    expectModelAgrees((x, y) => model.apply([x, y]) as tf.Tensor, randoms([[4, 3], [4, 3]]), 4) // biome-ignore format: shapes
    model.dispose()
  })
  it('a residual network of images, with normalisation and pooling', () => {
    const input = tf.input({ shape: [6, 6, 2] })
    const apply = (layer: Layer, ...x: tf.SymbolicTensor[]) =>
      layer.apply(x.length > 1 ? x : x[0]) as tf.SymbolicTensor
    const convolved = apply(
      layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same', useBias: false }),
      input,
    )
    const normalised = apply(layers.batchNormalization(), convolved)
    const residual = apply(layers.add(), input, apply(layers.activation({ activation: 'relu' }), normalised))
    const pooled = apply(layers.averagePooling2d({ poolSize: 2 }), residual)
    const output = apply(layers.dense({ units: 2 }), apply(layers.flatten(), pooled))
    const model = tf.model({ inputs: input, outputs: output })
    shuffle(model)
    expectModelAgrees(x => model.apply(x) as tf.Tensor, randoms([[2, 6, 6, 2]]), 5)
    model.dispose()
  })
  it('an embedding of words, and a recurrent layer behind it', () => {
    const model = tf.sequential({
      layers: [layers.embedding({ inputDim: 5, outputDim: 3, inputLength: 4 }), layers.gru({ units: 2 })],
    })
    shuffle(model)
    const words = tf.tensor2d([[4, 0, 1, 1], [2, 2, 3, 0]], [2, 4], 'int32') // biome-ignore format: pairs
    expectModelAgrees(() => model.apply(words) as tf.Tensor, [], 4)
    model.dispose()
  })
  it('attention with two heads and a mask, of operations', () => {
    const [heads, length, depth] = [2, 3, 4]
    const variables = randoms([[depth, 3 * depth], [depth, depth]], -1, 1).map(x => tf.variable(x)) // biome-ignore format: shapes
    const [project, combine] = variables
    const mask = tf.linalg.bandPart(tf.ones([length, length]), -1, 0)
    const attention = (x: tf.Tensor): tf.Tensor => {
      const projected = tf.reshape(tf.matMul(x, project), [length, 3, heads, depth / heads])
      const [query, key, value] = tf.unstack(tf.transpose(projected, [1, 2, 0, 3]))
      const scores = tf.div(tf.matMul(query, key, false, true), Math.sqrt(depth / heads))
      const weights = tf.softmax(tf.where(tf.equal(mask, 1), scores, tf.fill(scores.shape, -1e9)))
      const mixed = tf.transpose(tf.matMul(weights, value), [1, 0, 2])
      return tf.matMul(tf.reshape(mixed, [length, depth]), combine)
    }
    expectModelAgrees(attention, randoms([[length, depth]]), 2)
    for (const variable of variables) variable.dispose()
  })
  it('refuses dropout and batch normalisation in training, with the reason', () => {
    const training = (layer: Layer) => {
      const model = sequential(layer)
      const f = (x: tf.Tensor) => model.apply(x, { training: true }) as tf.Tensor
      return () => trace(f, [{ name: 'x', shape: [2, 3] }])
    }
    expect(training(layers.dropout({ rate: 0.5, inputShape: [3] }))).toThrow(/Dropout belongs to training/)
    expect(training(layers.batchNormalization({ inputShape: [3] }))).toThrow(/moving_mean is assigned/)
  })
})
