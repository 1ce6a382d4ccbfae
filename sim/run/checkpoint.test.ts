import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { FileError } from '../files/fileError.ts'
import { initialTrainerState, type OptimizerState, type TrainerState } from '../training/state.ts'
import {
  type Checkpoint,
  existingCheckpoint,
  loadParameters,
  readCheckpoint,
  writeCheckpoint,
} from './checkpoint.ts'

const folder = mkdtempSync(join(tmpdir(), 'neurode-checkpoint-'))
const run = join(folder, 'run')
const inside = (name: string) => join(run, 'checkpoint', name)
afterAll(() => rmSync(folder, { recursive: true }))

const blocks = [
  { name: 'k', shape: [], offset: 0, size: 1 },
  { name: 'W', shape: [2, 2], offset: 1, size: 4 },
]
const array = (length: number) => Float64Array.from({ length }, (_, i) => 1 / (i + 3))
const optimizers: readonly (OptimizerState | null)[] = [
  null,
  { kind: 'adam', state: { mean: array(7), square: array(7), updates: array(7) } },
  {
    kind: 'lbfgs',
    state: { pairs: [{ step: array(7), change: array(7) }], value: 0.1, gradient: array(7) },
  },
  { kind: 'levenberg-marquardt', state: { damping: 1e-3, growth: 2, value: 1 / 3 } },
]

function checkpoint(optimizer: OptimizerState | null): Checkpoint {
  const start = initialTrainerState(array(5), [array(4), array(6)], [1, 2, 3, 4, Number.NaN])
  const state: TrainerState = {
    ...start,
    stage: 1,
    epoch: 2,
    rollbacks: 3,
    rateFactor: 1 / 8,
    initialStates: array(2),
    optimizer,
    best: optimizer && { theta: array(5), loss: Infinity, window: 0.1 },
  }
  const metrics = [{ epoch: 1, loss: 0.1 + 0.2, validation: Number.NaN, optimizer: 'adam' }]
  return { scene: 'version: 1\n', seed: 7, epochs: 12, blocks, state, metrics }
}

describe('a checkpoint', () => {
  it.each(optimizers)('gives back every bit: %j', optimizer => {
    const { blocks: _, ...content } = checkpoint(optimizer)
    writeCheckpoint(run, checkpoint(optimizer))
    expect(readCheckpoint(run)).toEqual(content)
    expect(readCheckpoint(join(run, 'checkpoint'))).toEqual(content)
  })

  it('replaces the one before and leaves nothing beside it', () => {
    for (let k = 0; k < 3; k++) writeCheckpoint(run, checkpoint(null))
    expect(readdirSync(run)).toEqual(['checkpoint'])
  })

  it('is whole after a kill at any moment while another replaces it, and is replaced by the next', () => {
    const current = join(run, 'checkpoint')
    const [partial, previous] = [`${current}.partial`, `${current}.previous`]
    const second = { ...checkpoint(null), seed: 8 }
    const moments: [leave: () => void, seed: number][] = [
      [() => cpSync(join(current, 'trainer.json'), join(partial, 'trainer.json')), 7],
      [() => cpSync(current, partial, { recursive: true }), 7],
      [() => renameSync(current, previous), 7],
      [
        () => {
          cpSync(current, previous, { recursive: true })
          writeCheckpoint(join(folder, 'second'), second)
          rmSync(current, { recursive: true })
          renameSync(join(folder, 'second', 'checkpoint'), current)
          rmSync(join(previous, 'trainer.json'))
        },
        8,
      ],
    ]
    for (const [leave, seed] of moments) {
      writeCheckpoint(run, checkpoint(null))
      leave()
      expect(readCheckpoint(run).seed).toBe(seed)
      writeCheckpoint(run, second)
      expect(readCheckpoint(run).seed).toBe(8)
      expect(readdirSync(run)).toEqual(['checkpoint'])
    }
  })

  it('is not there after a kill before the first is whole', () => {
    writeCheckpoint(join(folder, 'new'), checkpoint(null))
    renameSync(join(folder, 'new', 'checkpoint'), join(folder, 'new', 'checkpoint.partial'))
    expect(() => readCheckpoint(join(folder, 'new'))).toThrow('there is no checkpoint here')
  })
})

describe('damage is named in one line', () => {
  beforeEach(() => writeCheckpoint(run, checkpoint(optimizers[1])))

  const refusal = (): string => {
    try {
      readCheckpoint(run)
    } catch (error) {
      expect(error).toBeInstanceOf(FileError)
      expect((error as Error).message).not.toContain('\n')
      return (error as Error).message
    }
    return 'it was read'
  }

  it('in trainer.npz, cut off anywhere', () => {
    const bytes = readFileSync(inside('trainer.npz'))
    for (let length = 0; length < bytes.length; length += 37) {
      writeFileSync(inside('trainer.npz'), bytes.subarray(0, length))
      expect(refusal()).toContain('trainer.npz')
    }
  })

  it.each(['trainer.json', 'metrics.jsonl'])('in %s, cut off anywhere or no object', name => {
    const text = readFileSync(inside(name), 'utf8').trimEnd()
    for (let length = 1; length < text.length; length += 5) {
      writeFileSync(inside(name), text.slice(0, length))
      expect(refusal()).toContain(`${name}: this is not JSON`)
    }
    for (const other of ['null', '3', '"text"']) {
      writeFileSync(inside(name), other)
      expect(refusal()).toContain(`${name}: this is no JSON object`)
    }
  })

  it.each([
    [{ version: 2 }, 'unknown version 2'],
    [{ epoch: -1 }, 'the checkpoint is damaged: epoch: '],
    [{ random: [1, 2] }, 'the checkpoint is damaged: random: '],
    [{ optimizer: { kind: 'sgd' } }, 'the checkpoint is damaged: optimizer.kind: '],
    [{ optimizer: { kind: 'lbfgs', pairs: 1 } }, "there is no array 'lbfgs.step.0'"],
    [{ series: 9 }, "there is no array 'estimate.2'"],
  ])('in what trainer.json says: %j', (change, message) => {
    const json = JSON.parse(readFileSync(inside('trainer.json'), 'utf8'))
    writeFileSync(inside('trainer.json'), JSON.stringify({ ...json, ...change }))
    expect(refusal()).toContain(message)
  })

  it.each(['scene.yaml', 'trainer.npz', 'trainer.json', 'metrics.jsonl'])('where %s is gone', name => {
    rmSync(inside(name))
    expect(refusal()).toBe(`${inside(name)}: no such file or directory`)
  })

  it('where there is none at all', () => {
    expect(() => existingCheckpoint(join(folder, 'nowhere'))).toThrow('there is no checkpoint here')
  })
})

describe('the parameters of a run', () => {
  it('come by name, whatever the order of the model', () => {
    writeCheckpoint(run, checkpoint(null))
    const theta = new Float64Array(5)
    const other = [
      { name: 'W', shape: [2, 2], offset: 0, size: 4 },
      { name: 'k', shape: [], offset: 4, size: 1 },
    ]
    loadParameters(run, other, theta)
    expect([...theta]).toEqual([...array(5).slice(1), array(1)[0]])
  })

  it.each([
    [{ name: 'V', shape: [], offset: 0, size: 1 }, "it holds no 'V': it belongs to another model"],
    [{ name: 'W', shape: [4], offset: 0, size: 4 }, "'W' has shape (2, 2), the model's is (4)"],
  ])('do not fit another model: %j', (block, message) => {
    writeCheckpoint(run, checkpoint(null))
    expect(() => loadParameters(run, [block], new Float64Array(4))).toThrow(message)
  })

  it('are missing in one line', () => {
    writeCheckpoint(run, checkpoint(null))
    rmSync(inside('parameters.npz'))
    expect(existsSync(inside('parameters.npz'))).toBe(false)
    expect(() => loadParameters(run, blocks, new Float64Array(5))).toThrow(FileError)
  })
})
