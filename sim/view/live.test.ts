import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { writeTrajectory } from '../files/trajectory.ts'
import { type LiveViewer, startLiveViewer } from './live.ts'

const folder = mkdtempSync(join(tmpdir(), 'neurode-live-'))
const open: LiveViewer[] = []
const start = async (...paths: string[]): Promise<LiveViewer> => {
  const live = await startLiveViewer({ paths, port: 0, empty: true })
  open.push(live)
  return live
}

afterAll(async () => {
  await Promise.all(open.map(live => live.close()))
  rmSync(folder, { recursive: true })
})

it('answers from its own thread, while this one tells it of epochs', async () => {
  const live = await start(folder)
  expect(await (await fetch(`${live.url}trajectories.json`)).json()).toEqual([])
  writeFileSync(
    join(folder, 'a.npz'),
    writeTrajectory({
      t: Float64Array.of(0, 1),
      y: Float64Array.of(1, 2),
      names: ['x'],
      series: {},
      meta: {},
    }),
  )
  for (let epoch = 1; epoch <= 3; epoch++) live.epoch({ epoch, epochs: 3, loss: 1 / epoch })
  live.changed()
  const lines = await (await fetch(`${live.url}metrics.json`)).json()
  expect(lines.map(({ epoch }: { epoch: number }) => epoch)).toEqual([1, 2, 3])
  expect(await (await fetch(`${live.url}trajectories.json`)).json()).toHaveLength(1)
}, 120_000)

it('keeps what it is told within bounds for a browser that does not read', async () => {
  const live = await start(folder)
  const slow = await fetch(`${live.url}events`)
  for (let epoch = 0; epoch < 20_000; epoch++) live.epoch({ epoch, epochs: 20_000, loss: 1 })
  const lines = await (await fetch(`${live.url}metrics.json`)).json()
  expect(lines).toHaveLength(20_000)
  await slow.body!.cancel()
}, 60_000)

it('fails with the error of the server: a missing file, a port in use', async () => {
  await expect(startLiveViewer({ paths: [join(folder, 'missing')], port: 0 })).rejects.toMatchObject({
    name: 'FileError',
    message: expect.stringMatching(/no such file/),
  })
  const live = await start(folder)
  const port = Number(new URL(live.url).port)
  await expect(startLiveViewer({ paths: [folder], port })).rejects.toMatchObject({
    name: 'ViewerError',
    port,
  })
})
