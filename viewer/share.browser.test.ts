import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { htmlOf } from '../sim/export/html.ts'
import { decimated } from '../sim/files/rows.ts'
import { readTrajectory } from '../sim/files/trajectory.ts'
import { doublePendulum } from './testing/doublePendulum.ts'
import { colours } from './testing/pictures.ts'
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

const trajectory = doublePendulum()

describe.skipIf(withoutBrowser)('what is taken away, in Chromium', () => {
  let session: Session
  beforeAll(async () => {
    session = await openSession({
      'double-pendulum.npz': trajectory,
      'second.npz': { ...trajectory, meta: { ...trajectory.meta, name: 'second' } },
    })
  }, 120_000)
  afterAll(() => session?.close())

  /** Opens the menu, presses a button of it and gives the file that is saved. */
  async function saved(button: RegExp): Promise<Uint8Array> {
    const { page } = session
    await page.getByRole('button', { name: 'Share' }).click()
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: button }).click(),
    ])
    await page.keyboard.press('Escape')
    return new Uint8Array(readFileSync(await file.path()))
  }

  it('a picture of the scene, a table of the curves, the arrays', async () => {
    await seek(session.page, 2)
    const picture = PNG.sync.read(Buffer.from(await saved(/Picture/)))
    expect(picture.width).toBeGreaterThan(500)
    expect(colours(picture).reddish).toBeGreaterThan(500)
    const [head, ...rows] = new TextDecoder()
      .decode(await saved(/Curves/))
      .trimEnd()
      .split('\r\n')
    expect(head).toBe('t,a,b,energy,truth:a,truth:b,truth:energy')
    expect(rows).toHaveLength(trajectory.t.length)
    expect(rows[200].split(',').map(Number).slice(0, 3)).toEqual([2, trajectory.y[800], trajectory.y[801]])
    const arrays = readTrajectory(await saved(/Arrays/), 'saved')
    expect([arrays.y, arrays.t]).toEqual([trajectory.y, trajectory.t])
  })

  it('a link that restores file, time, marks, camera and selection', async () => {
    const { page, viewer, browser } = session
    await page.locator('#files').selectOption({ label: 'second.npz' })
    await page.waitForFunction(() => document.body.dataset.shown === 'second')
    await seek(page, 3.21)
    await page.keyboard.press('b')
    await page.keyboard.press('3')
    await page.waitForTimeout(1200)
    await page.getByRole('button', { name: 'Share' }).click()
    await page.getByRole('button', { name: /Copy link/ }).click()
    await page.getByText(/The link is/).waitFor()
    await page.keyboard.press('Escape')
    expect(page.url()).toBe(`${viewer.url}#file=second.npz&t=3.21&view=iso&select=body:p1`)
    const other = await browser.newPage({ viewport: { width: 1200, height: 720 }, colorScheme: 'light' })
    await other.goto(page.url())
    await shown(other)
    await other.waitForTimeout(300)
    expect(await timeOf(other)).toBe(3.21)
    expect(await other.title()).toBe('second – neurode')
    expect(await other.locator('#card').textContent()).toMatch(/^p1/)
    expect(await other.locator('[data-view=iso]').getAttribute('aria-pressed')).toBe('true')
    await other.close()
  })

  it('one file that opens from the disk without a network, and is smaller when decimated', async () => {
    const { folder, browser } = session
    const text = await htmlOf([{ name: 'a </script><b>.npz', trajectory }])
    const small = await htmlOf([{ name: 'a', trajectory: decimated(trajectory, 100) }])
    expect(small.length).toBeLessThan(text.length - 50_000)
    const file = join(folder, 'page.html')
    writeFileSync(file, text)
    const context = await browser.newContext({
      offline: true,
      viewport: { width: 1200, height: 720 },
      reducedMotion: 'reduce',
    })
    const page = await context.newPage()
    const complaints = listenToComplaints(page)
    const requests: string[] = []
    page.on('request', request => requests.push(request.url()))
    const url = `${pathToFileURL(file)}#t=2`
    await page.goto(url)
    await shown(page)
    expect(await timeOf(page)).toBe(2)
    expect(await page.title()).toBe('double-pendulum – neurode')
    expect(colours(PNG.sync.read(await page.locator('#stage').screenshot())).reddish).toBeGreaterThan(500)
    await page.keyboard.press('Space')
    await page.waitForTimeout(200)
    await settle(page)
    expect(await timeOf(page)).toBeGreaterThan(2)
    expect(requests.filter(one => !one.startsWith('data:') && one !== url.replace(/#.*/, ''))).toEqual([])
    expect(complaints).toEqual([])
    await context.close()
  })

  it('had nothing to complain about', () => {
    expect(session.complaints).toEqual([])
  })
})
