import { fileURLToPath } from 'node:url'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { colours, differenceFromGolden } from './testing/pictures.ts'
import { scenesOfEveryKind } from './testing/scenes.ts'
import { openSession, type Session, seek, settle, withoutBrowser } from './testing/session.ts'

const scenes = scenesOfEveryKind()
const looks = {
  light: { viewport: { width: 960, height: 480 }, colorScheme: 'light' },
  dark: { viewport: { width: 960, height: 480 }, colorScheme: 'dark' },
  narrow: { viewport: { width: 390, height: 780 }, colorScheme: 'light' },
} as const

describe.skipIf(withoutBrowser)('every kind of scene, in Chromium', () => {
  let session: Session
  beforeAll(async () => {
    session = await openSession(scenes)
  }, 120_000)
  afterAll(() => session?.close())

  /** The scene alone: texts over it look different on every machine. */
  async function picture(): Promise<PNG> {
    await session.page.evaluate(() => {
      for (const child of document.querySelectorAll<HTMLElement>('#stage > :not(canvas)'))
        child.style.opacity = '0'
    })
    return PNG.sync.read(await session.page.locator('#stage').screenshot())
  }

  for (const file of Object.keys(scenes))
    it(`${file}: is drawn as it was, light, dark and narrow`, async () => {
      const { page } = session
      const [kind] = file.split('.')
      await page.locator('#files').selectOption({ label: file })
      await page.waitForFunction(name => document.body.dataset.shown === name, scenes[file].meta.name)
      for (const [look, { viewport, colorScheme }] of Object.entries(looks)) {
        await page.setViewportSize(viewport)
        await page.emulateMedia({ colorScheme })
        await settle(page)
        await seek(page, 2)
        await settle(page)
        const seen = await picture()
        expect(colours(seen).drawn, `${kind} ${look} is not blank`).toBeGreaterThan(800)
        const golden = fileURLToPath(new URL(`testing/golden/${kind}-${look}.png`, import.meta.url))
        const { mean, clear } = differenceFromGolden(seen, golden)
        expect(mean, `${kind} ${look}: mean difference`).toBeLessThan(1.5)
        expect(clear, `${kind} ${look}: part that differs`).toBeLessThan(0.01)
      }
    })

  it('moves: no two moments are the same picture', async () => {
    const { page } = session
    await page.setViewportSize(looks.light.viewport)
    for (const file of Object.keys(scenes)) {
      await page.locator('#files').selectOption({ label: file })
      await page.waitForFunction(name => document.body.dataset.shown === name, scenes[file].meta.name)
      await seek(page, 1)
      const before = await page.locator('#stage').screenshot()
      await seek(page, 1.6)
      expect((await page.locator('#stage').screenshot()).equals(before), file).toBe(false)
    }
    expect(session.complaints).toEqual([])
  })
})
