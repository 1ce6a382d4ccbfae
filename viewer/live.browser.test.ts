import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeTrajectory } from '../sim/files/trajectory.ts'
import { startLiveViewer } from '../sim/view/live.ts'
import { startViewer } from '../sim/view/server.ts'
import { doublePendulum } from './testing/doublePendulum.ts'
import {
  listenToComplaints,
  openSession,
  type Session,
  seek,
  settle,
  shown,
  timeOf,
  withoutBrowser,
} from './testing/session.ts'

/** A prediction after some epochs: nearer to the truth from epoch to epoch. */
const prediction = (epoch: number): Uint8Array => {
  const trajectory = doublePendulum({ samples: 201, start: [2.1 - 0.5 / epoch, -0.35, 0, 0] })
  return writeTrajectory({ ...trajectory, meta: { ...trajectory.meta, name: `epoch ${epoch}` } })
}

describe.skipIf(withoutBrowser)('several runs and training, in Chromium', () => {
  let session: Session
  beforeAll(async () => {
    const pendulum = doublePendulum({ samples: 201 })
    session = await openSession({
      'first.npz': pendulum,
      'second.npz': doublePendulum({ samples: 101, interval: 0.02, start: [1, 0, 0, 0] }),
    })
  }, 120_000)
  afterAll(() => session?.close())

  it('compares with another run on the same clock', async () => {
    const { page } = session
    await seek(page, 1)
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.getByLabel('against').selectOption({ label: 'second.npz' })
    await page.keyboard.press('Escape')
    await page.waitForFunction(() => document.querySelector('#key')?.textContent?.includes('second.npz'))
    expect(await timeOf(page)).toBe(1)
    expect(session.complaints).toEqual([])
  })

  it('follows a training: its state, its losses, its newest rollout; the slider goes back in epochs', async () => {
    const { folder, browser } = session
    const run = join(folder, 'run')
    mkdirSync(join(run, 'rollouts'), { recursive: true })
    const live = await startLiveViewer({ paths: [run], empty: true, port: 0 })
    const page = await browser.newPage({ viewport: { width: 1200, height: 720 }, reducedMotion: 'reduce' })
    const complaints = listenToComplaints(page)
    await page.goto(live.url)
    await page.getByText('Nothing to show yet').waitFor()
    const write = async (epoch: number): Promise<void> => {
      writeFileSync(join(run, 'rollouts', `epoch-${String(epoch).padStart(5, '0')}.npz`), prediction(epoch))
      live.epoch({ epoch, epochs: 40, loss: 1 / epoch, validation: 2 / epoch })
      live.changed()
      await page.waitForFunction(title => document.body.dataset.shown === title, `epoch ${epoch}`)
    }
    await write(1)
    await seek(page, 0.5)
    for (const epoch of [2, 3, 10]) await write(epoch)
    await settle(page)
    expect(await timeOf(page)).toBe(0.5)
    expect(await page.locator('#training').textContent()).toMatch(/epoch 10 of 40, loss 0\.1000/)
    expect(await page.locator('#losses').isVisible()).toBe(true)
    expect(await page.locator('#epoch').textContent()).toBe('10')
    await page.locator('#epochs').fill('1')
    await page.waitForFunction(() => document.body.dataset.shown === 'epoch 2')
    // Looking back, one is not taken forward by the next rollout.
    writeFileSync(join(run, 'rollouts', 'epoch-00020.npz'), prediction(20))
    live.changed()
    await page.waitForFunction(() => (document.getElementById('epochs') as HTMLInputElement).max === '4')
    expect(await page.title()).toMatch(/^epoch 2 /)
    expect(await timeOf(page)).toBe(0.5)
    expect(complaints).toEqual([])
    await page.close()
    await live.close()
  })

  it('says that the connection is lost, and goes on when the server is there again', async () => {
    const { folder, browser } = session
    const file = join(folder, 'again.npz')
    writeFileSync(file, prediction(1))
    const first = await startViewer({ paths: [file], port: 0 })
    const page = await browser.newPage({ viewport: { width: 1200, height: 720 }, reducedMotion: 'reduce' })
    await page.goto(first.url)
    await shown(page)
    await seek(page, 0.5)
    await first.close()
    await page.getByText('no connection, trying again').waitFor()
    writeFileSync(file, prediction(2))
    const second = await startViewer({ paths: [file], port: first.port })
    await page.waitForFunction(() => document.body.dataset.shown === 'epoch 2', undefined, {
      timeout: 20_000,
    })
    expect(await page.locator('#training').isVisible()).toBe(false)
    expect(await timeOf(page)).toBe(0.5)
    await page.close()
    await second.close()
  }, 60_000)
})
