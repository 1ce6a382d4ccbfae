import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FileError } from './fileError.ts'
import { float64Array, readNpz, textArray, textOf, writeNpz } from './npz.ts'
import { readTrajectory, type Trajectory, writeTrajectory } from './trajectory.ts'

const trajectory: Trajectory = {
  t: Float64Array.of(0, 0.5, 1),
  y: Float64Array.of(1, 2, 3, 4, 5, Math.PI),
  names: ['a', 'a_dot'],
  series: { energy: { shape: [3], data: Float64Array.of(1, 1, 1) } },
  meta: { name: 'test', method: 'tsit5' },
}

describe('npz', () => {
  it('reads back what was written, bit for bit, and writes the same bytes again', () => {
    const content = {
      x: float64Array(Float64Array.of(-0, Number.NaN, 5e-324, Infinity, 0.1, 1 / 3), [2, 3]),
      none: float64Array(new Float64Array(0)),
      note: textArray('θ – ok'),
    }
    const bytes = writeNpz(content)
    const read = readNpz(bytes, 'x.npz')
    expect(read.x.shape).toEqual([2, 3])
    expect(new Uint8Array(read.x.data.buffer)).toEqual(new Uint8Array(content.x.data.buffer))
    expect(read.none.shape).toEqual([0])
    expect(textOf(read.note)).toBe('θ – ok')
    expect(writeNpz(content)).toEqual(bytes)
  })

  it('is what NumPy reads and writes', ({ skip }) => {
    const folder = mkdtempSync(join(tmpdir(), 'neurode-npz-'))
    const file = join(folder, 't.npz')
    writeFileSync(file, writeTrajectory(trajectory))
    const script =
      'import numpy as np, sys; f = np.load(sys.argv[1]); assert f["y"].shape == (3, 2) and f["y"][2, 1] == np.pi; ' +
      'import json; assert json.loads(bytes(f["meta"]))["method"] == "tsit5"; sys.stdout.write("ok")'
    let out = ''
    try {
      execFileSync('python3', ['-c', 'import numpy'], { stdio: 'ignore' })
    } catch {
      return skip('python3 with NumPy is not here')
    }
    out = execFileSync('python3', ['-c', script, file]).toString()
    expect(out).toBe('ok')
  })

  it('refuses a file cut off at any byte, with one line and its name', () => {
    const bytes = writeTrajectory(trajectory)
    for (let length = 0; length < bytes.length; length++) {
      expect(() => readTrajectory(bytes.slice(0, length), 'cut.npz'), `${length} bytes`).toThrow(FileError)
    }
  })

  it('survives any flipped byte: reads, or refuses with one line', () => {
    const bytes = writeTrajectory(trajectory)
    for (let i = 0; i < bytes.length; i++) {
      for (const mask of [1, 128, 255]) {
        const damaged = bytes.slice()
        damaged[i] ^= mask
        try {
          readTrajectory(damaged, 'damaged.npz')
        } catch (error) {
          expect(error).toBeInstanceOf(FileError)
          expect((error as Error).message).not.toContain('\n')
        }
      }
    }
  })

  it('says what a foreign file is not', () => {
    expect(() => readTrajectory(new TextEncoder().encode('a,b\n1,2'), 'x.csv')).toThrow(
      /x\.csv: this is not an \.npz/,
    )
    expect(() => readTrajectory(writeNpz({ t: float64Array(Float64Array.of(0)) }), 'x.npz')).toThrow(
      /no array 'y'/,
    )
  })
})

describe('trajectory files', () => {
  it('keep times, states, names, series and meta', () => {
    const read = readTrajectory(writeTrajectory(trajectory), 't.npz')
    expect(read.t).toEqual(trajectory.t)
    expect(read.y).toEqual(trajectory.y)
    expect(read.names).toEqual(trajectory.names)
    expect(read.series.energy.data).toEqual(trajectory.series.energy.data)
    expect(read.meta.name).toBe('test')
  })
})
