/** Nothing is left out: each traced kernel has its cases, each function of tfjs its cases or a reason to have none. */

import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { functionCases, kernelCases } from './testing/cases/index.ts'
import { traceCase } from './testing/judge.ts'
import { trace } from './trace.ts'

const kernelsOf = (backend: string): string[] =>
  tf
    .getKernelsForBackend(backend)
    .map(({ kernelName }) => kernelName)
    .sort()

test('each kernel that traces has cases, and each is one of tfjs', () => {
  expect(Object.keys(kernelCases).sort()).toEqual(kernelsOf('trace'))
  expect(kernelsOf('trace').filter(name => !kernelsOf('cpu').includes(name))).toEqual([])
})

test.each(kernelsOf('cpu').filter(name => !(name in kernelCases)))(
  '%s is refused by name and line',
  kernel => {
    const f = (x: tf.Tensor): tf.Tensor => tf.engine().runKernel(kernel, { x })
    expect(() => trace(f, [{ name: 'x', shape: [3] }])).toThrow(
      new RegExp(`trace: ${kernel} at .*coverage\\.test\\.ts:\\d+:\\d+ cannot be traced`),
    )
  },
)

/** Functions of tfjs that no case calls, and why. */
const uncalled: Record<string, string> = {
  'make tensors of numbers, without any kernel': `buffer ones zeros scalar tensor tensor1d tensor2d tensor3d tensor4d tensor5d
    tensor6d ensureShape hammingWindow hannWindow cosineWindow`,
  'draw random numbers': `rand randomGamma randomNormal randomStandardNormal randomUniform randomUniformInt truncatedNormal
    multinomial dropout`,
  'have results whose shape, or a control flow that, depends on values': `booleanMaskAsync inTopKAsync setdiff1dAsync
    unique whereAsync nonMaxSuppression nonMaxSuppressionAsync nonMaxSuppressionWithScore nonMaxSuppressionWithScoreAsync
    nonMaxSuppressionPadded nonMaxSuppressionPaddedAsync raggedGather raggedRange raggedTensorToTensor
    sparseFillEmptyRows sparseReshape`,
  'are about text': 'stringNGrams stringSplit stringToHashBucketFast staticRegexReplace',
  'make variables, or assign them': 'variable movingAverage',
  'call functions that they are given': 'multiRNNCell customGrad tidy keep',
  'differentiate; tape.test.ts and derivatives.test.ts try them':
    'grad grads valueAndGrad valueAndGrads variableGrads',
  'are layers and models; kernels/layers.test.ts tries them': `input model sequential loadGraphModel loadGraphModelSync
    loadLayersModel registerCallbackConstructor`,
  'run the library': `backend copyRegisteredKernels deprecationWarn deregisterOp disableDeprecationWarnings dispose
    disposeVariables enableDebugMode enableProdMode enclosingPowerOfTwo engine env findBackend findBackendFactory
    forceHalfFloat getBackend getGradient getKernel getKernelsForBackend memory nextFrame op print profile ready
    registerBackend registerGradient registerKernel registerOp removeBackend setBackend setPlatform setWebGLContext
    sumOutType time train unregisterGradient unregisterKernel upcastType`,
}

test('each function of tfjs is called by a case, or is said why it is not', () => {
  const called = new Set<string>()
  for (const list of [...Object.values(kernelCases), ...Object.values(functionCases)]) {
    for (const each of list) for (const name of traceCase(each).called.operations) called.add(name)
  }
  const { linalg, image, losses, signal, spectral, sparse, string, fused, math } = tf
  const spaces = [tf, linalg, image, losses, signal, spectral, sparse, string, fused, math]
  const functions = spaces.flatMap(space =>
    Object.entries(space).flatMap(([name, value]) =>
      typeof value === 'function' && /^[a-z]/.test(name) ? [name] : [],
    ),
  )
  const missing = new Set(functions.filter(name => !called.has(name)))
  const said = Object.values(uncalled).flatMap(names => names.trim().split(/\s+/))
  expect([...missing].sort()).toEqual(said.sort())
})
