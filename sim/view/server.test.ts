import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { float64Array, writeNpz } from '../files/npz.ts'
import { readTrajectory, writeTrajectory } from '../files/trajectory.ts'
import { hasDesktop } from './openBrowser.ts'
import { startViewer, type Viewer } from './server.ts'

const folder = mkdtempSync(join(tmpdir(), 'neurode-view-'))
const bytes = writeTrajectory({
  t: Float64Array.of(0, 1, 2),
  y: Float64Array.of(1, 2, 3),
  names: ['x'],
  series: {},
  meta: {},
})
const file = join(folder, 'a.npz')
const parameters = writeNpz({ theta: float64Array(Float64Array.of(1, 2)) })
let viewer: Viewer

beforeAll(async () => {
  writeFileSync(file, bytes)
  mkdirSync(join(folder, 'run', 'best'), { recursive: true })
  writeFileSync(join(folder, 'run', 'best', 'b.npz'), bytes)
  writeFileSync(join(folder, 'run', 'parameters.npz'), parameters)
  viewer = await startViewer({ paths: [file, join(folder, 'run')], port: 0 })
}, 120_000)

afterAll(async () => {
  await viewer?.close()
  rmSync(folder, { recursive: true })
})

interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: Buffer
}

const ask = (
  path: string,
  { method = 'GET', headers = {} as Record<string, string> } = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: viewer.port, path, method, headers }, response => {
      const chunks: Buffer[] = []
      response.on('data', chunk => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }),
      )
    })
      .on('error', reject)
      .end()
  })

describe('what is served', () => {
  it('the page, without inline scripts or styles', async () => {
    const { status, body } = await ask('/')
    expect(status).toBe(200)
    const page = body.toString()
    expect(page).toMatch(/<script type="module"[^>]* src="/)
    expect(page).not.toMatch(/<script(?![^>]* src=)|<style|style="| on[a-z]+="/)
  })

  it('the list of trajectories, without files in folders that are none', async () => {
    const list = JSON.parse((await ask('/trajectories.json')).body.toString())
    expect(list.map(({ name }: { name: string }) => name)).toEqual(['a.npz', 'best/b.npz'])
    expect(JSON.stringify(list)).not.toContain(folder)
  })

  it('a trajectory by its number, to the byte; HEAD without it', async () => {
    const { body, headers } = await ask('/trajectories/0.npz')
    expect(readTrajectory(new Uint8Array(body), 'answer').y).toEqual(Float64Array.of(1, 2, 3))
    expect(headers['content-length']).toBe(String(bytes.length))
    const head = await ask('/trajectories/0.npz', { method: 'HEAD' })
    expect([head.status, head.body.length]).toEqual([200, 0])
  })

  it('nothing else', async () => {
    for (const path of [
      '/trajectories/7.npz',
      '/trajectories/a.npz',
      '/trajectories/-1.npz',
      '/package.json',
    ])
      expect((await ask(path)).status).toBe(404)
  })

  it('an event when files were written', async () => {
    const heard = new Promise<string>(resolve => {
      request({ host: '127.0.0.1', port: viewer.port, path: '/events' }, response => {
        let text = ''
        response.on('data', chunk => {
          text += chunk
          if (text.includes(': connected') && !text.includes('data')) viewer.changed()
          if (text.includes('data: changed\n\n')) {
            response.destroy()
            resolve(text)
          }
        })
      }).end()
    })
    expect(await heard).toContain('data: changed')
  })
})

describe('what is refused', () => {
  it('a foreign name for this server (DNS rebinding)', async () => {
    for (const host of ['evil.example', `evil.example:${viewer.port}`, '127.0.0.1', '127.0.0.1:1'])
      expect((await ask('/trajectories.json', { headers: { Host: host } })).status).not.toBe(200)
    expect((await ask('/', { headers: { Host: `localhost:${viewer.port}` } })).status).toBe(200)
  })

  it('a foreign page', async () => {
    for (const origin of [
      'https://evil.example',
      'null',
      `https://127.0.0.1:${viewer.port}`,
      'http://127.0.0.1:1',
    ])
      expect((await ask('/trajectories/0.npz', { headers: { Origin: origin } })).status).toBe(403)
    const own = { Origin: `http://127.0.0.1:${viewer.port}` }
    expect((await ask('/trajectories/0.npz', { headers: own })).status).toBe(200)
  })

  it('anything but reading', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      const { status, headers } = await ask('/', { method })
      expect([status, headers.allow]).toEqual([405, 'GET, HEAD'])
    }
  })

  it('paths that climb out', async () => {
    for (const path of [
      '/../package.json',
      '/%2e%2e/package.json',
      '/..%2fpackage.json',
      '/assets/../../../package.json',
      '/trajectories/../../../../etc/passwd',
      '/trajectories/%2e%2e%2fa.npz',
      '//etc/passwd',
      '/%00',
      '/%',
    ]) {
      const { status, body } = await ask(path)
      expect([path, status]).toEqual([path, 404])
      expect(body.toString()).not.toMatch(/root:|"neurode"/)
    }
  })

  it('with every answer saying how it may be used', async () => {
    for (const path of ['/', '/trajectories.json', '/trajectories/0.npz', '/nothing']) {
      const { headers } = await ask(path)
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['referrer-policy']).toBe('no-referrer')
      expect(headers['cross-origin-resource-policy']).toBe('same-origin')
      expect(headers['content-security-policy']).toMatch(
        /default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src blob:;/,
      )
      expect(headers['access-control-allow-origin']).toBeUndefined()
    }
  })

  it('other machines: it listens on loopback only', async () => {
    const reached = await new Promise(resolve => {
      const socket = connect(viewer.port, '::1', () => resolve(true))
      socket.on('error', () => resolve(false))
    })
    expect(reached).toBe(false)
    expect(viewer.url).toBe(`http://127.0.0.1:${viewer.port}/`)
  })
})

describe('at the start', () => {
  it('a port in use is an error if it was asked for, and passed over if not', async () => {
    await expect(startViewer({ paths: [file], port: viewer.port })).rejects.toMatchObject({
      name: 'ViewerError',
      reason: 'port-in-use',
      message: expect.stringMatching(new RegExp(`^port ${viewer.port} is in use; .*--port`)),
    })
    const first = await startViewer({ paths: [file] })
    const second = await startViewer({ paths: [file] })
    expect(second.port).not.toBe(first.port)
    await Promise.all([first.close(), second.close()])
  })

  it('files are refused with their reason', async () => {
    const truncated = join(folder, 'truncated.npz')
    writeFileSync(truncated, bytes.subarray(0, bytes.length / 2))
    const foreign = join(folder, 'parameters.npz')
    writeFileSync(foreign, parameters)
    const empty = join(folder, 'empty')
    mkdirSync(empty)
    const refused = (path: string, reason: RegExp) =>
      expect(startViewer({ paths: [file, path], port: 0 })).rejects.toThrow(reason)
    await refused(truncated, /truncated\.npz: .*truncated or damaged/)
    await refused(foreign, /this is no trajectory/)
    await refused(join(folder, 'missing.npz'), /there is no such file/)
    await expect(startViewer({ paths: [empty], port: 0 })).rejects.toThrow(/no trajectory/)
  })

  it('a run may begin without a trajectory and write one later, under a number that stays', async () => {
    const run = join(folder, 'later')
    mkdirSync(run)
    const live = await startViewer({ paths: [run], port: 0, empty: true })
    const list = async () =>
      (await (await fetch(`${live.url}trajectories.json`)).json()) as { name: string }[]
    expect(await list()).toEqual([])
    writeFileSync(join(run, 'z.npz'), bytes)
    const [before] = await list()
    writeFileSync(join(run, 'a.npz'), bytes)
    expect(await list()).toEqual([expect.objectContaining({ index: 1, name: 'a.npz' }), before])
    await live.close()
  })

  it('its port is free again after close', async () => {
    const once = await startViewer({ paths: [file], port: 0 })
    await once.close()
    await new Promise<void>((resolve, reject) => {
      const server = createServer().once('error', reject)
      server.listen(once.port, '127.0.0.1', () => server.close(() => resolve()))
    })
  })

  it('a browser is opened on a desktop only', () => {
    expect(hasDesktop('linux', {})).toBe(false)
    expect(hasDesktop('linux', { DISPLAY: ':0' })).toBe(true)
    expect(hasDesktop('linux', { DISPLAY: ':0', CI: 'true' })).toBe(false)
    expect(hasDesktop('darwin', {})).toBe(true)
    expect(hasDesktop('darwin', { SSH_CONNECTION: 'x' })).toBe(false)
  })
})
