import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { htmlOf } from '../sim/export/html.ts'
import { readTrajectory, type Trajectory, writeTrajectory } from '../sim/files/trajectory.ts'
import { withLiveModel } from '../sim/liveModel.ts'
import { compileSystem } from '../sim/problem/problem.ts'
import { loadScene } from '../sim/scene/index.ts'
import { simulate, trajectoryOf } from '../sim/simulate.ts'
import {
  dropFile,
  listenToComplaints,
  openSession,
  type Session,
  seek,
  settle,
  shown,
  timeOf,
  withoutBrowser,
} from './testing/session.ts'

/** A shipped scene's trajectory, with its model. */
async function pendulum(...set: string[]): Promise<Trajectory> {
  const scene = loadScene('double-pendulum', { set })
  const system = await compileSystem(scene, false)
  return withLiveModel(trajectoryOf(scene, system, simulate(scene, system)), scene, system, false)
}

describe.skipIf(withoutBrowser)('what if, in Chromium', () => {
  let session: Session
  let recorded: Trajectory
  beforeAll(async () => {
    recorded = await pendulum()
    session = await openSession({ 'pendulum.npz': recorded })
    await session.page.locator('#what-if-button').click()
  }, 120_000)
  afterAll(() => session?.close())

  /** Moves a slider and waits for the motion. */
  async function slide(label: string, value: number): Promise<void> {
    const { page } = session
    const before = Number((await page.locator('#what-if').getAttribute('data-answers')) ?? 0)
    await page.getByRole('slider', { name: label, exact: true }).evaluate((input, to) => {
      ;(input as HTMLInputElement).step = 'any'
      ;(input as HTMLInputElement).value = String(to)
      input.dispatchEvent(new Event('input', { bubbles: true }))
    }, value)
    await page.waitForFunction(
      count => Number(document.querySelector<HTMLElement>('#what-if')!.dataset.answers ?? 0) > count,
      before,
    )
    await settle(page)
  }

  /** The arrays that the page shows now. */
  async function arrays(): Promise<Trajectory> {
    const { page } = session
    await page.getByRole('button', { name: 'Share' }).click()
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: /Arrays/ }).click(),
    ])
    await page.keyboard.press('Escape')
    return readTrajectory(new Uint8Array(readFileSync(await file.path())), 'saved')
  }

  it('another parameter gives the motion of another scene, over the recorded one', async () => {
    await slide('g', 1.62)
    const moon = await pendulum('system.parameters.g=1.62')
    const { y, series } = await arrays()
    expect(y.length).toBe(moon.y.length)
    y.forEach((value, i) => {
      expect(Math.abs(value - moon.y[i])).toBeLessThan(1e-9)
    })
    expect(series['truth:y'].data).toEqual(recorded.y)
    series['point:p2'].data.forEach((value, i) => {
      expect(Math.abs(value - moon.series['point:p2'].data[i])).toBeLessThan(1e-9)
    })
    expect(await session.page.locator('#key').textContent()).toMatch(/what if[\s\S]*recorded/)
  })

  it('another start too; and as recorded again', async () => {
    const { page } = session
    await page.getByRole('button', { name: 'As recorded' }).click()
    await slide('a at the start', 1)
    const other = await pendulum('system.coordinates.a.start=1')
    const { y } = await arrays()
    y.forEach((value, i) => {
      expect(Math.abs(value - other.y[i])).toBeLessThan(1e-9)
    })
    await page.getByRole('button', { name: 'As recorded' }).click()
    expect((await arrays()).y).toEqual(recorded.y)
  })

  it('a body is taken by hand: the start follows', async () => {
    const { page } = session
    await seek(page, 0)
    const canvas = (await page.locator('#canvas').boundingBox())!
    const picture = await page.locator('#canvas').screenshot()
    const answers = async () => Number((await page.locator('#what-if').getAttribute('data-answers')) ?? 0)
    const before = await answers()
    const spot = bobAt(picture)
    await page.mouse.move(canvas.x + spot[0], canvas.y + spot[1])
    await page.mouse.down()
    await page.mouse.move(canvas.x + spot[0] + 40, canvas.y + spot[1] + 25, { steps: 5 })
    await page.mouse.up()
    await page.waitForFunction(
      count => Number(document.querySelector<HTMLElement>('#what-if')!.dataset.answers) > count,
      before,
    )
    await settle(page)
    const moved = await arrays()
    expect(await timeOf(page)).toBe(0)
    const start = Array.from(moved.y.subarray(0, 4))
    expect(Math.hypot(start[0] - recorded.y[0], start[1] - recorded.y[1])).toBeGreaterThan(0.02)
    expect(start.slice(2)).toEqual([0, 0]) // rates do not move a body at once
    expect(session.complaints).toEqual([])
  })

  function bobAt(picture: Buffer): [number, number] {
    const { width, height, data } = PNG.sync.read(picture)
    // The centre of the rightmost run of the body's colour.
    let best: [number, number] = [0, 0]
    for (let y = 0; y < height; y++)
      for (let x = width - 1; x >= 0; x--) {
        const i = 4 * (y * width + x)
        if (data[i] > 190 && data[i + 1] < 100 && data[i + 2] < 70) {
          if (x > best[0]) best = [x, y]
          break
        }
      }
    return [best[0] - 6, best[1]]
  }

  it('keeps up with the hand: a frame’s work is done in a fraction of its time', async () => {
    const { page } = session
    const milliseconds = await page.evaluate(async () => {
      const panel = document.querySelector<HTMLElement>('#what-if')!
      const input = panel.querySelector('input')!
      const begun = performance.now()
      const first = Number(panel.dataset.answers)
      for (let k = 0; k < 40; k++) {
        input.value = String(0.5 + k / 40)
        input.dispatchEvent(new Event('input', { bubbles: true }))
        await new Promise(requestAnimationFrame)
      }
      return (performance.now() - begun) / (Number(panel.dataset.answers) - first)
    })
    console.info(`what if: a new motion every ${milliseconds.toFixed(1)} ms`)
    expect(milliseconds).toBeLessThan(250) // in software rendering, on a machine that is busy with other tests
  })

  it('is in an exported page, too, which opens from the disk without a network', async () => {
    const path = join(session.folder, 'page.html')
    writeFileSync(path, await htmlOf([{ name: 'pendulum', trajectory: recorded }]))
    const context = await session.browser.newContext({ offline: true })
    const page = await context.newPage()
    const complaints = listenToComplaints(page)
    await page.goto(pathToFileURL(path).href)
    await shown(page)
    await page.locator('#what-if-button').click()
    await page.locator('.handles input').first().fill('1.5')
    await page.waitForFunction(() => document.querySelector<HTMLElement>('#what-if')!.dataset.answers)
    expect(complaints).toEqual([])
    await context.close()
  })

  it('says what is wrong with a foreign model, and goes on', async () => {
    const { page } = session
    const broken = { ...recorded, model: Uint8Array.of(0, 97, 115, 109, 9, 9, 9, 9) }
    await dropFile(page, writeTrajectory(broken), 'broken.npz')
    await settle(page)
    await page.locator('.handles input').first().fill('1.5')
    await page.locator('#what-if-said', { hasText: /WebAssembly|version/ }).waitFor()
    await dropFile(page, writeTrajectory({ ...recorded, model: undefined }), 'plain.npz')
    await settle(page)
    expect(await page.locator('#what-if-button').isHidden()).toBe(true)
  })
})
