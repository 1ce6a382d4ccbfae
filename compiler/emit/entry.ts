import {
  call,
  type F64,
  f64,
  i32,
  type ModuleBuilder,
  scalarLane,
  vectorLane,
  type WasmFunction,
} from '../../kernels/wasm/index.ts'
import type { Structure } from '../graph.ts'
import { emitAssign, scalarLeaf } from './assign.ts'
import type { Emission } from './emission.ts'
import { evaluate } from './evaluate.ts'
import { instructionCount, operationCount, type Scalar } from './expression.ts'
import { emitFactor, emitFactorSolve, emitIndexed, emitProductStep } from './kernels.ts'
import { emitReduce } from './reduce.ts'
import { type Step, scalarsOfStep } from './step.ts'
import type { Stopwatch } from './stopwatch.ts'
import { addressOf, type Buffer } from './view.ts'

/** Engines compile one function at a time and poorly when it is huge: longer entries are cut here. */
const instructionsPerFunction = 6000

/** Where an entry reports a solve that failed: three int32 for the place, the status of the kernel, the batch index. */
export const failureBytes = 16

export interface EntryOptions {
  readonly relaxed: boolean
  /** Gives a place that can fail a number. */
  failureSite(failure: { structure: Structure; origin?: string }): number
  /** The address of 8 bytes for a scalar that one function sets and a later one reads. */
  spill(): number
  /** Times the steps. */
  readonly stopwatch?: Stopwatch
}

/** The function of no operands that takes the steps, and returns 0, or 1 where a solve failed. */
export function emitEntry(
  module: ModuleBuilder,
  name: string,
  steps: readonly Step[],
  options: EntryOptions,
): WasmFunction {
  const parts = inParts(steps)
  const slots = spillSlots(parts, options)
  const functions = parts.map((part, i) =>
    emitPart(module, parts.length === 1 ? name : `${name}.${i}`, part, slots, options, i === 0),
  )
  if (functions.length === 1) return functions[0]
  return module.function(name, {}, ['i32'], f => {
    for (const part of functions) f.if(call<'i32'>(part), () => f.return(i32.const(1)))
    return i32.const(0)
  })
}

function inParts(steps: readonly Step[]): Step[][] {
  const parts: Step[][] = [[]]
  let instructions = 0
  for (const step of steps) {
    const weight = weightOf(step)
    if (instructions + weight > instructionsPerFunction && parts.at(-1)!.length > 0) {
      parts.push([])
      instructions = 0
    }
    parts.at(-1)!.push(step)
    instructions += weight
  }
  return parts
}

/** Scalars call their elementary functions; a loop holds copies of its body for two lanes, for one, and for a row's end. */
function weightOf(step: Step): number {
  if (step.kind === 'scalar') return 1 + operationCount(step.expression)
  return step.kind === 'assign' || step.kind === 'reduce' ? 20 + 3 * instructionCount(step.expression) : 20
}

/** Variables end with their function: scalars that later functions read are kept in memory too. */
function spillSlots(parts: readonly (readonly Step[])[], { spill }: EntryOptions): Map<Scalar, number> {
  const setIn = new Map<Scalar, number>()
  const slots = new Map<Scalar, number>()
  parts.forEach((part, i) => {
    for (const step of part) {
      const { reads, sets } = scalarsOfStep(step)
      if (sets) setIn.set(sets, i)
      for (const scalar of reads) {
        if (setIn.get(scalar) !== i && !slots.has(scalar)) slots.set(scalar, spill())
      }
    }
  })
  return slots
}

function emitPart(
  module: ModuleBuilder,
  name: string,
  steps: readonly Step[],
  slots: ReadonlyMap<Scalar, number>,
  { relaxed, failureSite, stopwatch }: EntryOptions,
  isFirst: boolean,
): WasmFunction {
  return module.function(name, {}, ['i32'], f => {
    if (isFirst) stopwatch?.start(f)
    const scalars = new Map<Scalar, F64>()
    const elements = new Map<Buffer, Map<number, F64>>()
    const emission: Emission = {
      module,
      f,
      relaxed,
      lanes: { 1: scalarLane(f, { relaxed }), 2: vectorLane(f, { relaxed }) },
      scalar(scalar) {
        let value = scalars.get(scalar)
        if (!value) {
          value = f.let(scalar.name, f64.load(0, slots.get(scalar)))
          scalars.set(scalar, value)
        }
        return value
      },
      define(scalar, value) {
        const variable = f.let(scalar.name, value)
        scalars.set(scalar, variable)
        const slot = slots.get(scalar)
        if (slot !== undefined) f.store(0, variable, slot)
      },
      element(view) {
        const ofBuffer = elements.get(view.buffer) ?? new Map<number, F64>()
        elements.set(view.buffer, ofBuffer)
        let value = ofBuffer.get(view.offset)
        if (!value) {
          value = f.let('element', f64.load(0, addressOf(view)))
          ofBuffer.set(view.offset, value)
        }
        return value
      },
      fail(failure, status, batch) {
        f.store(0, i32.const(failureSite(failure)), 0)
        f.store(0, status, 4)
        f.store(0, batch, 8)
        f.return(i32.const(1))
      },
    }
    for (const step of steps) {
      emitStep(emission, step)
      stopwatch?.lap(f, step)
    }
    return i32.const(0)
  })
}

function emitStep(emission: Emission, step: Step): void {
  switch (step.kind) {
    case 'scalar': {
      const { module, lanes } = emission
      const value = evaluate(module, lanes[1], step.expression, leaf => scalarLeaf(emission, leaf))
      emission.define(step.target, value as F64)
      break
    }
    case 'assign':
      emitAssign(emission, step)
      break
    case 'reduce':
      emitReduce(emission, step)
      break
    case 'product':
      emitProductStep(emission, step)
      break
    case 'factor':
      emitFactor(emission, step)
      break
    case 'factorSolve':
      emitFactorSolve(emission, step)
      break
    case 'gather':
    case 'scatterAdd':
      emitIndexed(emission, step)
      break
  }
}
