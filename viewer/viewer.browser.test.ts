import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { PNG } from 'pngjs'
import { PerspectiveCamera, Vector3 } from 'three'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath, launchChromium } from '../sim/export/chromium.ts'
import { writeTrajectory } from '../sim/files/trajectory.ts'
import { startViewer, type Viewer } from '../sim/view/server.ts'
import { fieldOfView, fitPose } from './cameraRig.ts'
import { type Motion, positionAt } from './motion.ts'
import { doublePendulum } from './testing/doublePendulum.ts'
import { trajectoryView } from './trajectoryView.ts'

if (!chromiumPath && process.env.CI !== 'true')
  console.warn('No Chromium found: the viewer is not tested in a browser (CHROMIUM_PATH names one).')

const trajectory = doublePendulum()
const view = trajectoryView(trajectory, 'double-pendulum.npz')
const bytes = writeTrajectory(trajectory)

/** Where a body must appear in the stage's front view, by three's own projection; CSS pixels in the page. */
async function placeOf(page: Page, motion: Motion, body: string, time: number): Promise<[number, number]> {
  const box = (await page.locator('#stage').boundingBox())!
  const aspect = box.width / box.height
  const { position, target } = fitPose('front', view.bounds, { aspect, fov: fieldOfView })
  const camera = new PerspectiveCamera((fieldOfView * 180) / Math.PI, aspect, 0.01, 100)
  camera.position.set(...(position as [number, number, number]))
  camera.lookAt(...(target as [number, number, number]))
  camera.updateMatrixWorld()
  const at = [0, 0, 0]
  positionAt(motion, body, time, at)
  const { x, y } = new Vector3(at[0], at[1], at[2]).project(camera)
  return [box.x + ((x + 1) / 2) * box.width, box.y + ((1 - y) / 2) * box.height]
}

type Colour = [red: number, green: number, blue: number]

/** The colour in the page at a point. */
async function colourAt(page: Page, [x, y]: [number, number]): Promise<Colour> {
  const { data } = PNG.sync.read(
    await page.screenshot({ clip: { x: Math.round(x), y: Math.round(y), width: 1, height: 1 } }),
  )
  return [data[0], data[1], data[2]]
}

const isVermilion = ([red, green, blue]: Colour): boolean => red > 150 && red > 1.7 * green && red > 2 * blue
const brightness = ([red, green, blue]: Colour): number => (red + green + blue) / 3
const timeOf = async (page: Page): Promise<number> => Number(await page.locator('#timeline').inputValue())
const seek = async (page: Page, time: number): Promise<void> => {
  await page.locator('#timeline').fill(String(time))
  await settle(page)
}
/** Two frames: one to draw in, one to be sure that it was shown. */
const settle = (page: Page): Promise<void> =>
  page.evaluate(
    () => new Promise<void>(done => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  )
const shot = async (page: Page): Promise<Buffer> => page.locator('#stage').screenshot()
const dropFile = (page: Page, content: Uint8Array, name: string): Promise<void> =>
  page.evaluate(
    ([numbers, fileName]) => {
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File([new Uint8Array(numbers)], fileName))
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))
    },
    [[...content], name] as [number[], string],
  )

describe.skipIf(!chromiumPath && process.env.CI !== 'true')('the viewer in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'neurode-viewer-'))
  const file = join(folder, 'double-pendulum.npz')
  let viewer: Viewer
  let browser: Browser
  let page: Page
  const complaints: string[] = []

  beforeAll(async () => {
    if (!chromiumPath)
      throw new Error('CI needs a Chromium for the viewer’s test: install one or set CHROMIUM_PATH')
    writeFileSync(file, bytes)
    writeFileSync(join(folder, 'second.npz'), writeTrajectory({ ...trajectory, meta: { name: 'second' } }))
    viewer = await startViewer({ paths: [file, join(folder, 'second.npz')], port: 0 })
    browser = await launchChromium(chromiumPath)
    page = await browser.newPage({
      viewport: { width: 1200, height: 720 },
      colorScheme: 'light',
      reducedMotion: 'reduce',
    })
    page.on('pageerror', error => complaints.push(error.message))
    page.on('console', message => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    await page.goto(viewer.url)
    await page.waitForFunction(() => document.querySelectorAll('.plot:not([hidden])').length === 2)
    await settle(page)
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    await viewer?.close()
    rmSync(folder, { recursive: true })
  })

  it('shows the bob where the trajectory has it, at rest until it is played', async () => {
    expect(await page.title()).toBe('double-pendulum – neurode')
    expect(await timeOf(page)).toBe(0)
    for (const body of ['p1', 'p2'])
      expect(await colourAt(page, await placeOf(page, view.main, body, 0))).toSatisfy(isVermilion)
  })

  it('plays: the bob leaves its place; paused, no pixel changes and no frame is drawn', async () => {
    const start = await placeOf(page, view.main, 'p2', 0)
    await page.getByRole('button', { name: 'Play' }).click()
    await page.waitForFunction(
      () => Number((document.getElementById('timeline') as HTMLInputElement).value) > 0.8,
    )
    await page.keyboard.press('Space')
    await settle(page)
    const time = await timeOf(page)
    expect(time).toBeGreaterThan(0.8)
    expect(await colourAt(page, start)).not.toSatisfy(isVermilion)
    expect(await colourAt(page, await placeOf(page, view.main, 'p2', time))).toSatisfy(isVermilion)

    const before = await shot(page)
    const frames = await page.evaluate(async () => {
      let requested = 0
      const original = window.requestAnimationFrame
      window.requestAnimationFrame = callback => {
        requested += 1
        return original(callback)
      }
      await new Promise(done => setTimeout(done, 400))
      window.requestAnimationFrame = original
      return requested
    })
    expect(frames).toBe(0)
    expect((await shot(page)).equals(before)).toBe(true)
    expect(await timeOf(page)).toBe(time)
  })

  it('scrubs to any time, with the truth as a translucent ghost', async () => {
    for (const time of [6.8, 3.21, 7.5]) {
      await seek(page, time)
      expect(await colourAt(page, await placeOf(page, view.main, 'p2', time))).toSatisfy(isVermilion)
      expect(await page.locator('#time').textContent()).toMatch(time.toFixed(2))
    }
    await seek(page, 6.8)
    const paper = await colourAt(page, [300, 500])
    const ghost = await colourAt(page, await placeOf(page, view.truth!, 'p2', 6.8))
    expect(brightness(ghost)).toBeLessThan(brightness(paper) - 15)
    expect(brightness(ghost)).toBeGreaterThan(80)
    expect(ghost[2]).toBeGreaterThanOrEqual(ghost[0])
  })

  it('seeks by a click or drag on a plot, and both plots follow', async () => {
    const over = page.locator('.u-over').first()
    const { x, y, width, height } = (await over.boundingBox())!
    await page.mouse.click(x + 0.25 * width, y + height / 2)
    await settle(page)
    expect(await timeOf(page)).toBeCloseTo(2.5, 1)
    await page.mouse.move(x + 0.25 * width, y + height / 2)
    await page.mouse.down()
    await page.mouse.move(x + 0.75 * width, y + height / 2, { steps: 4 })
    await page.mouse.up()
    await settle(page)
    expect(await timeOf(page)).toBeCloseTo(7.5, 1)
    const cursors = await page
      .locator('.now:not(.then)')
      .evaluateAll(all => all.map(one => one.getBoundingClientRect().x))
    expect(cursors).toHaveLength(2)
    for (const cursor of cursors) expect(Math.abs(cursor - (x + 0.75 * width))).toBeLessThan(2)
  })

  it('draws curves: prediction and truth, with names, values and units', async () => {
    const texts = await page.locator('.plot header').allInnerTexts()
    expect(texts[0]).toMatch(/state[\s\S]*rad[\s\S]*a[\s\S]*b/)
    expect(texts[1]).toMatch(/energy \/ J/)
    const { data, width, height } = PNG.sync.read(await page.locator('.u-wrap canvas').first().screenshot())
    let bluish = 0
    let reddish = 0
    for (let i = 0; i < width * height * 4; i += 4) {
      if (data[i + 2] > data[i] + 40) bluish += 1
      if (data[i] > data[i + 2] + 40) reddish += 1
    }
    expect(bluish).toBeGreaterThan(300)
    expect(reddish).toBeGreaterThan(300)
  })

  it('selects a body by a click, and says where it is', async () => {
    await seek(page, 2)
    await page.mouse.click(...(await placeOf(page, view.main, 'p2', 2)))
    await settle(page)
    expect(await page.locator('#card').textContent()).toMatch(/p2[\s\S]*x[\s\S]*m[\s\S]*from truth/)
    expect(await colourAt(page, await placeOf(page, view.main, 'p2', 2))).not.toSatisfy(isVermilion)
    await page.keyboard.press('Escape')
    await settle(page)
    expect(await page.locator('#card').isVisible()).toBe(false)
  })

  it('orbits by dragging, and returns to a view', async () => {
    const front = await shot(page)
    const button = page.getByRole('button', { name: 'Front' })
    await page.mouse.move(200, 600)
    await page.mouse.down()
    await page.mouse.move(400, 500, { steps: 5 })
    await page.mouse.up()
    await settle(page)
    expect(await button.getAttribute('aria-pressed')).toBe('false')
    expect((await shot(page)).equals(front)).toBe(false)
    await button.click()
    await page.waitForTimeout(1500)
    expect(await button.getAttribute('aria-pressed')).toBe('true')
    expect(await colourAt(page, await placeOf(page, view.main, 'p2', 2))).toSatisfy(isVermilion)
  })

  it('is light or dark as the system is, until the user chooses', async () => {
    const corner: [number, number] = [300, 500]
    expect(brightness(await colourAt(page, corner))).toBeGreaterThan(200)
    await page.emulateMedia({ colorScheme: 'dark' })
    await settle(page)
    expect(brightness(await colourAt(page, corner))).toBeLessThan(70)
    expect(await colourAt(page, await placeOf(page, view.main, 'p2', 2))).toSatisfy(isVermilion)
    await page.getByRole('button', { name: /light and dark/ }).click()
    await settle(page)
    expect(brightness(await colourAt(page, corner))).toBeGreaterThan(200)
  })

  it('fits a narrow page: the plots below the stage, nothing beside the edge', async () => {
    await page.setViewportSize({ width: 390, height: 780 })
    await page.waitForTimeout(300)
    await settle(page)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
    const stage = (await page.locator('#stage').boundingBox())!
    const plots = (await page.locator('#plots').boundingBox())!
    expect(plots.y).toBeGreaterThanOrEqual(stage.y + stage.height)
    const controls = await page.locator('button:visible, select:visible').all()
    const boxes = (await Promise.all(controls.map(one => one.boundingBox()))).map(box => box!)
    for (const box of boxes) {
      expect(box.x).toBeGreaterThanOrEqual(0)
      expect(box.x + box.width).toBeLessThanOrEqual(390)
    }
    const overlaps = boxes.flatMap((a, i) =>
      boxes
        .slice(i + 1)
        .filter(
          b => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height,
        ),
    )
    expect(overlaps).toEqual([])
    expect(await colourAt(page, await placeOf(page, view.main, 'p2', 2))).toSatisfy(isVermilion)
    await page.setViewportSize({ width: 1200, height: 720 })
    await settle(page)
  })

  it('says in the page why a file cannot be shown, and takes another', async () => {
    const message = page.locator('#message')
    await dropFile(page, bytes.subarray(0, 5000), 'half.npz')
    await message.waitFor()
    expect(await message.textContent()).toMatch(/half\.npz: .*truncated/)
    await dropFile(page, new TextEncoder().encode('t,y\n0,1\n'), 'table.csv')
    await page.getByText('table.csv: this is not an .npz file').waitFor()
    await dropFile(page, bytes, 'double-pendulum.npz')
    await message.waitFor({ state: 'hidden' })
    await settle(page)
    expect(await colourAt(page, await placeOf(page, view.main, 'p2', 0))).toSatisfy(isVermilion)
  })

  it('offers several files, and follows one that is written anew', async () => {
    await page.locator('#files').selectOption({ label: 'second.npz' })
    await page.waitForFunction(() => document.title.startsWith('second'))
    await page.locator('#files').selectOption({ label: 'double-pendulum.npz' })
    await page.waitForFunction(() => document.title.startsWith('double-pendulum'))
    await seek(page, 3)
    const renamed = { ...trajectory, meta: { ...trajectory.meta, name: 'epoch-2' } }
    writeFileSync(file, writeTrajectory(renamed))
    viewer.changed()
    await page.waitForFunction(() => document.title.startsWith('epoch-2'))
    expect(await timeOf(page)).toBe(3)
  })

  it('had nothing to complain about, its own security policy included', () => {
    expect(complaints).toEqual([])
  })
})
