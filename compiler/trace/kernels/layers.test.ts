/** Whole tf.layers models: traced, differentiated and compiled, against tfjs' eager cpu backend and its tape. */

import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { vjp } from '../../differentiate/index.ts'
import * as p from '../../primitives.ts'
import { compile } from '../../program.ts'
import { distance } from '../../testing/numbers.ts'
import { samples } from '../testing/agreement.ts'
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
  const [weights] = samples([[...output.shape]], 0.5, 1.5)
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

type Layer = tf.layers.Layer
const { layers } = tf
const sequential = (first: Layer, ...others: Layer[]): tf.Sequential =>
  tf.sequential({ layers: [first, ...others] })

/** Random values for weights that start as zeros or ones, so that no term of a layer is missed; `low` < each < `high`. */
function shuffle(model: tf.LayersModel, low = 0.2, high = 1): void {
  model.setWeights(
    samples(
      model.weights.map(weight => weight.shape as number[]),
      low,
      high,
    ),
  )
}

const image = [5, 6, 2]
const series = [4, 3]
const cases: [name: string, inputShape: number[], variables: number, layer: (options: object) => Layer][] = [
  ['dense', [3], 2, o => layers.dense({ units: 4, activation: 'tanh', ...o })],
  ['dense on a series', series, 2, o => layers.dense({ units: 4, activation: 'softplus', ...o })],
  ['activation', [3], 0, o => layers.activation({ activation: 'swish' as never, ...o })],
  ['relu', [3], 0, o => layers.reLU({ maxValue: 0.7, ...o })],
  ['leakyReLU', [3], 0, o => layers.leakyReLU({ alpha: 0.1, ...o })],
  ['prelu', [3], 1, o => layers.prelu(o)],
  ['elu', [3], 0, o => layers.elu(o)],
  ['thresholdedReLU', [3], 0, o => layers.thresholdedReLU({ theta: 0.4, ...o })],
  ['softmax', [3], 0, o => layers.softmax(o)],
  ['flatten', image, 0, o => layers.flatten(o)],
  ['reshape', series, 0, o => layers.reshape({ targetShape: [3, 4], ...o })],
  ['permute', series, 0, o => layers.permute({ dims: [2, 1], ...o })],
  ['repeatVector', [3], 0, o => layers.repeatVector({ n: 2, ...o })],
  ['cropping', image, 0, o => layers.cropping2D({ cropping: [[1, 2], [0, 1]], ...o })],
  ['zeroPadding', image, 0, o => layers.zeroPadding2d({ padding: [[1, 0], [2, 1]], ...o })],
  ['upSampling', [4, 4, 2], 0, o => layers.upSampling2d({ size: [2, 2], interpolation: 'bilinear', ...o })],
  ['dropout', [3], 0, o => layers.dropout({ rate: 0.5, ...o })],
  ['gaussianNoise', [3], 0, o => layers.gaussianNoise({ stddev: 1, ...o })],
  ['conv1d', series, 2, o => layers.conv1d({ filters: 2, kernelSize: 2, activation: 'relu', ...o })],
  ['conv2d', image, 2, o => layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same', activation: 'elu', ...o })],
  ['conv2d, strided', image, 2, o => layers.conv2d({ filters: 3, kernelSize: [3, 2], strides: 2, ...o })],
  ['conv2dTranspose', image, 2, o => layers.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, ...o })],
  ['separableConv2d', image, 3, o => layers.separableConv2d({ filters: 3, kernelSize: 3, ...o })],
  ['depthwiseConv2d', image, 2, o => layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, ...o })],
  ['conv3d', [3, 4, 5, 2], 2, o => layers.conv3d({ filters: 2, kernelSize: 2, ...o })],
  ['maxPooling1d', series, 0, o => layers.maxPooling1d({ poolSize: 2, ...o })],
  ['maxPooling2d', image, 0, o => layers.maxPooling2d({ poolSize: 2, ...o })],
  ['averagePooling2d', image, 0, o => layers.averagePooling2d({ poolSize: 2, ...o })],
  ['globalAveragePooling2d', image, 0, o => layers.globalAveragePooling2d(o as never)],
  ['globalMaxPooling1d', series, 0, o => layers.globalMaxPooling1d(o as never)],
  ['batchNormalization', [3], 2, o => layers.batchNormalization(o)],
  ['batchNormalization of images', image, 2, o => layers.batchNormalization(o)],
  ['layerNormalization', [3], 2, o => layers.layerNormalization(o)],
  ['layerNormalization of a series', series, 2, o => layers.layerNormalization(o)],
  ['simpleRNN', series, 3, o => layers.simpleRNN({ units: 2, unroll: true, ...o })],
  ['gru', series, 3, o => layers.gru({ units: 2, unroll: true, ...o })],
  ['gru, backwards', series, 3, o => layers.gru({ units: 2, unroll: true, goBackwards: true, returnSequences: true, ...o })],
  ['lstm', series, 3, o => layers.lstm({ units: 2, unroll: true, ...o })],
  ['lstm, not unrolled: the series has a known length', series, 3, o => layers.lstm({ units: 2, returnSequences: true, ...o })],
  ['bidirectional', series, 6, o => layers.bidirectional({ layer: layers.gru({ units: 2 }) as never, mergeMode: 'concat', ...o })],
  ['timeDistributed', series, 2, o => layers.timeDistributed({ layer: layers.dense({ units: 2 }), ...o })],
] // biome-ignore format: a table

describe('layers agree with tfjs in value and in every gradient', () => {
  it.each(cases)('%s', (_, inputShape, variables, layer) => {
    const model = sequential(layer({ inputShape }))
    shuffle(model)
    expectModelAgrees(x => model.apply(x) as tf.Tensor, samples([[2, ...inputShape]]), variables)
    model.dispose()
  })
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
    expectModelAgrees((x, y) => model.apply([x, y]) as tf.Tensor, samples([[4, 3], [4, 3]]), 4) // biome-ignore format: shapes
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
    expectModelAgrees(x => model.apply(x) as tf.Tensor, samples([[2, 6, 6, 2]]), 5)
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
    const variables = samples([[depth, 3 * depth], [depth, depth]], -1, 1).map(x => tf.variable(x)) // biome-ignore format: shapes
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
    expectModelAgrees(attention, samples([[length, depth]]), 2)
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
