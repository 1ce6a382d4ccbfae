import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { judge, rollouts } from './evaluate.ts'
import { FileError } from './files/fileError.ts'
import { writeResult } from './run/result.ts'
import { formatScene, loadScene } from './scene/index.ts'
import { type TrainOptions, trainScene } from './train.ts'

const place = fileURLToPath(new URL('testing/pendulum.yaml', import.meta.url))
const scene = loadScene(place)
const text = formatScene(scene)
const folder = mkdtempSync(join(tmpdir(), 'neurode-train-'))
afterAll(() => rmSync(folder, { recursive: true }))

const run = (name: string, options: Partial<TrainOptions> = {}) =>
  trainScene(scene, { text, out: join(folder, name), ...options })

/** What a run leaves behind, apart from the time that it took. */
function remains(name: string) {
  const file = (part: string) => readFileSync(join(folder, name, 'checkpoint', part))
  const metrics = file('metrics.jsonl')
    .toString()
    .replace(/,"seconds":[\d.]+/g, '')
  return {
    parameters: file('parameters.npz').toString('hex'),
    trainer: file('trainer.npz').toString('hex'),
    metrics,
  }
}

const whole = await run('whole')

describe('training a scene', () => {
  it('meets its criteria, and tells every epoch', () => {
    const verdicts = judge(scene, whole, rollouts(scene, whole))
    for (const { metric, value, met } of verdicts) expect(met, `${metric} is ${value}`).toBe(true)
    expect(whole.metrics.at(-1)).toMatchObject({
      epoch: 140,
      epochs: 140,
      optimizer: 'levenberg-marquardt',
      window: 3,
    })
    const seconds = whole.metrics.map(line => Number(line.seconds))
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b))
  })

  it('comes to the same bits each time, and to others from another seed', async () => {
    await run('again')
    expect(remains('again')).toEqual(remains('whole'))
    await run('other', { seed: 3, epochs: 6 })
    await run('short', { epochs: 6 })
    expect(remains('other').parameters).not.toBe(remains('short').parameters)
  })

  it('resumed after a kill before its first checkpoint, starts anew', async () => {
    mkdirSync(join(folder, 'early', 'checkpoint.partial'), { recursive: true })
    await run('early', { resume: true })
    expect(remains('early')).toEqual(remains('whole'))
    await expect(run('never', { resume: true })).rejects.toThrow('there is no checkpoint here')
  })

  it('resumed when it is done, has nothing left to do', async () => {
    const before = remains('again')
    const again = await run('again', { resume: true, seed: 99, epochs: 1 })
    expect(remains('again')).toEqual(before)
    expect([...again.system.field.parameters]).toEqual([...whole.system.field.parameters])
  })

  it('goes on from the last checkpoint after an error in the middle, to the same bits', async () => {
    for (const [k, epoch] of [10, 65, 100, 130].entries()) {
      const stopped = run('stopped', {
        resume: k > 0,
        onEpoch(report) {
          if (report.epoch >= epoch) throw new Error('stop')
        },
      })
      await expect(stopped).rejects.toThrow('stop')
    }
    await run('stopped', { resume: true })
    expect(remains('stopped')).toEqual(remains('whole'))
  })

  it('does not go on with another scene than it was begun with', async () => {
    const resumed = (set: string[]) => {
      const other = loadScene(place, { set })
      return trainScene(other, { text, out: join(folder, 'stopped'), resume: true })
    }
    await expect(resumed(['learn.potential.network.hidden=[7]'])).rejects.toThrow(
      /does not belong to .*: it has 26 learned numbers, but the model of the scene has 30/,
    )
    await expect(resumed(['solver.save_every=0.1'])).rejects.toThrow('it was trained on other data')
    await expect(run('nowhere', { resume: true })).rejects.toThrow(FileError)
  })
})

describe('result.json', () => {
  it('holds the criteria, and what was learned of the physics', () => {
    const verdicts = judge(scene, whole, rollouts(scene, whole))
    writeResult(join(folder, 'whole'), scene.name, whole, verdicts)
    const result = JSON.parse(readFileSync(join(folder, 'whole', 'result.json'), 'utf8'))
    expect(result).toMatchObject({
      scene: 'pendulum',
      met: true,
      criteria: JSON.parse(JSON.stringify(verdicts)),
      epochs: 140,
    })
    expect(Object.keys(result.parameters)).toEqual(['c'])
    expect(Math.abs(result.parameters.c / 0.1 - 1)).toBe(
      verdicts.find(({ metric }) => metric === 'parameter_error')!.value,
    )
    expect(result.validation).toBe(whole.state.best!.loss)
  })
})

describe('a run killed at random moments', () => {
  const out = join(folder, 'killed')
  const url = (module: string) => JSON.stringify(new URL(module, import.meta.url).href)
  const script = `
    const { loadScene, formatScene } = await import(${url('scene/index.ts')})
    const { trainScene } = await import(${url('train.ts')})
    const scene = loadScene(${JSON.stringify(place)})
    await trainScene(scene, {
      text: formatScene(scene),
      out: ${JSON.stringify(out)},
      resume: process.env.RESUME === 'yes',
      onEpoch: () => process.stdout.write('.'),
    })`

  /** Runs until it is done, or kills it so many milliseconds after its first epoch. */
  const child = (milliseconds: number): Promise<'done' | 'killed'> =>
    new Promise((resolve, reject) => {
      const resume = existsSync(join(out, 'checkpoint')) || existsSync(join(out, 'checkpoint.previous'))
      const args = ['--import', 'tsx', '--input-type=module', '--eval', script]
      const process_ = spawn(process.execPath, args, {
        cwd: fileURLToPath(new URL('..', import.meta.url)),
        env: { ...process.env, RESUME: resume ? 'yes' : 'no' },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let errors = ''
      process_.stderr.on('data', data => {
        errors += data
      })
      process_.stdout.once('data', () => {
        if (Number.isFinite(milliseconds)) setTimeout(() => process_.kill('SIGKILL'), milliseconds)
      })
      process_.on('exit', (code, signal) => {
        if (code === 0) resolve('done')
        else if (signal === 'SIGKILL') resolve('killed')
        else reject(new Error(errors))
      })
    })

  it('is resumed to the same bits', async () => {
    const delays = [20, ...Array.from({ length: 3 }, () => 300 * Math.random())]
    const ends: string[] = []
    for (const delay of delays) ends.push(await child(delay))
    expect(ends, 'no run was killed').toContain('killed')
    await child(Infinity)
    expect(remains('killed'), `killed after ${delays.join(', ')} ms`).toEqual(remains('whole'))
  })
})
