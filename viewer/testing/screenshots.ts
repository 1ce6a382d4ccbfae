/**
 * The pictures of the viewer in README.md and docs/viewer.md, made again:
 *
 *     npx tsx viewer/testing/screenshots.ts [NAME …]
 *
 * Needs an installed Chromium or Chrome.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { chromiumPath, launchChromium } from '../../sim/export/chromium.ts'
import { writeTrajectory } from '../../sim/files/trajectory.ts'
import { withLiveModel } from '../../sim/liveModel.ts'
import { compileSystem } from '../../sim/problem/problem.ts'
import { loadScene } from '../../sim/scene/index.ts'
import { simulate, trajectoryOf } from '../../sim/simulate.ts'
import { startViewer } from '../../sim/view/server.ts'

interface Shot {
  readonly scene: string
  readonly theme: 'light' | 'dark'
  /** Seconds of the motion. */
  readonly time: number
  readonly size?: readonly [width: number, height: number]
  /** What is done before the picture is taken. */
  readonly prepare?: (page: Page) => Promise<void>
}

const press =
  (...keys: string[]) =>
  async (page: Page): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key)
  }

const shots: Readonly<Record<string, Shot>> = {
  'double-pendulum': {
    scene: 'double-pendulum',
    theme: 'light',
    time: 3,
    prepare: async page => {
      await page.locator('#what-if-button').click()
      await page.getByRole('slider', { name: 'm2', exact: true }).fill('1.12')
      await page.waitForFunction(() => document.querySelector<HTMLElement>('#what-if')!.dataset.answers)
    },
  },
  cloth: { scene: 'cloth', theme: 'dark', time: 0.5, prepare: press('3') },
  'rod-chain': { scene: 'rod-chain', theme: 'light', time: 1.4 },
  'hot-plate': { scene: 'hot-plate', theme: 'light', time: 900 },
  'bouncing-ball': { scene: 'bouncing-ball', theme: 'light', time: 1.9 },
  narrow: { scene: 'bouncing-ball', theme: 'dark', time: 1.9, size: [390, 780] },
}

const wanted = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'neurode-screenshots-'))
if (!chromiumPath) throw new Error('no Chromium or Chrome is installed here: CHROMIUM_PATH names one')
const browser = await launchChromium(chromiumPath)
try {
  for (const [name, { scene: source, theme, time, size = [1200, 720], prepare }] of Object.entries(shots)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    const scene = loadScene(source)
    const system = await compileSystem(scene, false)
    const trajectory = trajectoryOf(scene, system, simulate(scene, system))
    const file = join(folder, `${source}.npz`)
    writeFileSync(file, writeTrajectory(await withLiveModel(trajectory, scene, system, false)))
    const viewer = await startViewer({ paths: [file], port: 0 })
    const [width, height] = size
    const page = await browser.newPage({
      viewport: { width, height },
      colorScheme: theme,
      reducedMotion: 'reduce',
    })
    await page.goto(viewer.url)
    await page.waitForFunction(() => document.body.dataset.shown !== undefined)
    await prepare?.(page)
    await page.locator('#timeline').fill(String(Math.min(time, scene.solver.span[1])))
    await page.waitForTimeout(600) // the camera comes to rest
    const path = fileURLToPath(new URL(`../../docs/images/viewer-${name}.png`, import.meta.url))
    await page.screenshot({ path })
    console.log(path)
    await page.close()
    await viewer.close()
  }
} finally {
  await browser.close()
  rmSync(folder, { recursive: true })
}
