import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { chromiumPath, launchChromium } from '../../sim/export/chromium.ts'
import { type Trajectory, writeTrajectory } from '../../sim/files/trajectory.ts'
import { startViewer, type Viewer } from '../../sim/view/server.ts'

/** Whether browser tests are left out: no Chromium here. CI must have one. */
export const withoutBrowser = !chromiumPath && process.env.CI !== 'true'

/** A viewer with its files, and a page in Chromium that shows it. */
export interface Session {
  readonly folder: string
  readonly viewer: Viewer
  readonly browser: Browser
  readonly page: Page
  /** Errors of the page and of its console, so far. */
  readonly complaints: string[]
  close(): Promise<void>
}

/** Serves trajectories by their file names and opens the page on the first. */
export async function openSession(
  trajectories: Readonly<Record<string, Trajectory>>,
  options: BrowserContextOptions & { fragment?: string } = {},
): Promise<Session> {
  if (!chromiumPath)
    throw new Error('CI needs a Chromium for the viewer’s test: install one or set CHROMIUM_PATH')
  const folder = mkdtempSync(join(tmpdir(), 'neurode-viewer-'))
  const paths = Object.entries(trajectories).map(([name, trajectory]) => {
    const path = join(folder, name)
    writeFileSync(path, writeTrajectory(trajectory))
    return path
  })
  const viewer = await startViewer({ paths, port: 0 })
  const browser = await launchChromium(chromiumPath)
  const page = await browser.newPage({
    viewport: { width: 1200, height: 720 },
    colorScheme: 'light',
    reducedMotion: 'reduce',
    ...options,
  })
  const complaints = listenToComplaints(page)
  await page.goto(viewer.url + (options.fragment ?? ''))
  await shown(page)
  return {
    folder,
    viewer,
    browser,
    page,
    complaints,
    close: async () => {
      await browser.close()
      await viewer.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export function listenToComplaints(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', error => complaints.push(error.message))
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  return complaints
}

/** Waits until the page shows a trajectory. */
export async function shown(page: Page): Promise<void> {
  await page.waitForFunction(() => document.body.dataset.shown !== undefined)
  await settle(page)
}

/** Two frames: one to draw in, one to be sure that it was shown. */
export const settle = (page: Page): Promise<void> =>
  page.evaluate(
    () => new Promise<void>(done => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  )

export const timeOf = async (page: Page): Promise<number> =>
  Number(await page.locator('#timeline').inputValue())

export const seek = async (page: Page, time: number): Promise<void> => {
  await page.locator('#timeline').fill(String(time))
  await settle(page)
}

export const press = async (page: Page, ...keys: string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key)
  await settle(page)
}

/** Drops a file on the page, as from the desktop. */
export const dropFile = (page: Page, content: Uint8Array, name: string): Promise<void> =>
  page.evaluate(
    ([numbers, fileName]) => {
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File([new Uint8Array(numbers)], fileName))
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))
    },
    [[...content], name] as [number[], string],
  )
