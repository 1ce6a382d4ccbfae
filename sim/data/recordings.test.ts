import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { downloadRecording, filesOf, type Recording, recordingOf, recordings } from './recordings.ts'

const folder = mkdtempSync(join(tmpdir(), 'neurode-recordings-'))
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const text = (content: string) => new TextEncoder().encode(content)
const [a, b] = [text('1 2 3\n'), text('4 5 6\n')]
const archive = zipSync({ 'deep/a.txt': a, 'deep/b.txt': b })
const served: Record<string, Uint8Array> = {
  '/o/r/c0ffee/x/a%20b.txt': a,
  '/o/r/c0ffee/b.txt': b,
  '/o/r/c0ffee/all.zip': archive,
}
const asked: string[] = []
const server = createServer(({ url = '' }, response) => {
  asked.push(url)
  const body = served[url]
  response.writeHead(body ? 200 : 404).end(body)
})
let base = ''
beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

const recording = (more: Partial<Recording>): Recording => ({
  name: 'test',
  about: 'a test',
  licence: 'none',
  repository: 'o/r',
  commit: 'c0ffee',
  files: `a.txt x/a%20b.txt ${sha256(a)}\nb.txt b.txt ${sha256(b)}`.replace('%20', '\u00a0'),
  ...more,
})

describe('recordings', () => {
  it('are fetched, checked and written; what is there and right is left alone', async () => {
    served[`/o/r/c0ffee/x/${encodeURIComponent('a\u00a0b.txt')}`] = a
    const to = join(folder, 'one')
    expect(await downloadRecording(recording({}), to, { base })).toBe(2)
    expect(readFileSync(join(to, 'test/a.txt'))).toEqual(Buffer.from(a))
    asked.length = 0
    expect(await downloadRecording(recording({}), to, { base })).toBe(0)
    expect(asked).toEqual([])
    writeFileSync(join(to, 'test/b.txt'), 'spoilt')
    expect(await downloadRecording(recording({}), to, { base })).toBe(1)
    expect(readFileSync(join(to, 'test/b.txt'))).toEqual(Buffer.from(b))
  })

  it('come out of an archive', async () => {
    const to = join(folder, 'two')
    const zipped = recording({
      archive: ['all.zip', sha256(archive)],
      files: `a.txt deep/a.txt ${sha256(a)}\nb.txt deep/b.txt ${sha256(b)}`,
    })
    expect(await downloadRecording(zipped, to, { base })).toBe(2)
    expect(readdirSync(join(to, 'test')).sort()).toEqual(['a.txt', 'b.txt'])
  })

  it('a wrong file is not written; what is missing, and no connection, say what to do', async () => {
    const to = join(folder, 'three')
    const wrong = recording({ files: `b.txt b.txt ${sha256(a)}` })
    await expect(downloadRecording(wrong, to, { base })).rejects.toThrow(/not the file that is meant/)
    expect(existsSync(join(to, 'test/b.txt'))).toBe(false)
    const missing = recording({ files: `c.txt c.txt ${sha256(a)}` })
    await expect(downloadRecording(missing, to, { base })).rejects.toThrow(
      /answers 404.*fetch http.*c\.txt and put it at/,
    )
    await expect(downloadRecording(wrong, to, { base: 'http://127.0.0.1:9' })).rejects.toThrow(
      /no connection/,
    )
  })

  it('are listed with checksums, and a misspelled name is met with the right one', () => {
    for (const each of recordings) {
      expect(each.commit).toMatch(/^[0-9a-f]{40}$/)
      for (const { name, path, sha256: sum } of filesOf(each)) {
        expect(name && path).toBeTruthy()
        expect(sum).toMatch(/^[0-9a-f]{64}$/)
      }
    }
    expect(() => recordingOf('ibm_double_pendelum')).toThrow(/Did you mean "ibm_double_pendulum"/)
  })

  const data = process.env.NEURODE_DATA
  it.skipIf(!data)('are what lies in NEURODE_DATA', async () => {
    for (const each of recordings.filter(({ name }) => existsSync(join(data!, name))))
      expect(await downloadRecording(each, data!, { base: 'http://127.0.0.1:9' })).toBe(0)
  })
})
