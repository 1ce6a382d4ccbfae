import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readNpz } from './npz.ts'
import { createNpzStream } from './npzStream.ts'

const folder = mkdtempSync(join(tmpdir(), 'neurode-stream-'))
afterAll(() => rmSync(folder, { recursive: true }))

it('holds what was appended, in its shape; beside it nothing is left', () => {
  const path = join(folder, 'deep', 'a.npz')
  const stream = createNpzStream(path)
  for (let k = 0; k < 50; k++) {
    stream.append('t', [], Float64Array.of(k, k + 0.5))
    stream.append('y', [2, 3], new Float64Array(12).fill(k))
    expect(existsSync(path)).toBe(false)
  }
  stream.add('meta', new TextEncoder().encode('{}'))
  stream.close()
  const { t, y, meta } = readNpz(readFileSync(path), path)
  expect(t.shape).toEqual([100])
  expect(t.data).toEqual(Float64Array.from({ length: 100 }, (_, k) => k / 2))
  expect(y.shape).toEqual([100, 2, 3])
  expect(y.data[6 * 98]).toBe(49)
  expect(new TextDecoder().decode(meta.data as Uint8Array)).toBe('{}')
  expect(readdirSync(join(folder, 'deep'))).toEqual(['a.npz'])
})

it('abandoned, it leaves the file that was there, and nothing else', () => {
  const path = join(folder, 'b.npz')
  writeFileSync(path, 'before')
  const stream = createNpzStream(path)
  stream.append('t', [], new Float64Array(1000))
  stream.abandon()
  expect(readFileSync(path, 'utf8')).toBe('before')
  expect(readdirSync(folder).filter(name => name.includes('b.npz'))).toEqual(['b.npz'])
})

it('says where it cannot write', () => {
  writeFileSync(join(folder, 'file'), '')
  expect(() => createNpzStream(join(folder, 'file', 'c.npz'))).toThrow(/file.c\.npz.*cannot be written/)
})
