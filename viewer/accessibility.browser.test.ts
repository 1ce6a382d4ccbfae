import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { doublePendulum } from './testing/doublePendulum.ts'
import { heatScene } from './testing/scenes.ts'
import { openSession, press, type Session, settle, timeOf, withoutBrowser } from './testing/session.ts'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Violation {
  id: string
  nodes: { target: string[]; failureSummary?: string }[]
}

/** What axe-core finds wrong with the page as it is, each rule with its elements. */
async function violations(page: Page): Promise<string[]> {
  // Evaluated by the debugger, which the page's own policy does not bind.
  await page.evaluate(axeSource)
  const found = await page.evaluate(async () => {
    const axe = (globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } }).axe
    return (await axe.run()).violations
  })
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`),
  )
}

describe.skipIf(withoutBrowser)('for everyone, in Chromium', () => {
  let session: Session
  beforeAll(async () => {
    session = await openSession({ 'pendulum.npz': doublePendulum(), 'heat.npz': heatScene() })
  }, 120_000)
  afterAll(() => session?.close())

  it('axe-core finds nothing wrong: light, dark, narrow, menus and dialog open, a body selected, a message shown', async () => {
    const { page } = session
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await press(page, 'b')
      expect(await violations(page), colorScheme).toEqual([])
      for (const name of ['Show', 'Share']) {
        await page.getByRole('button', { name, exact: true }).click()
        expect(await violations(page), `${colorScheme}, ${name}`).toEqual([])
        await page.keyboard.press('Escape')
      }
      await press(page, '?')
      expect(await violations(page), `${colorScheme}, keys`).toEqual([])
      await press(page, 'Escape')
    }
    await page.setViewportSize({ width: 390, height: 780 })
    await page.locator('#files').selectOption({ label: 'heat.npz' })
    await page.waitForFunction(() => document.body.dataset.shown === 'heat')
    await settle(page)
    expect(await violations(page), 'narrow').toEqual([])
    await page.setViewportSize({ width: 1200, height: 720 })
    await page.emulateMedia({ colorScheme: 'light' })
  }, 60_000)

  it('every control is reached by Tab, and shows that it has the focus', async () => {
    const { page } = session
    await page.locator('#files').selectOption({ label: 'pendulum.npz' })
    await page.waitForFunction(() => document.body.dataset.shown === 'double-pendulum')
    const visible = await page
      .locator('button:visible, select:visible, input:visible')
      .evaluateAll(all => all.map(one => one.id || one.textContent?.trim() || ''))
    const reached = new Set<string>()
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
    for (let k = 0; k < visible.length + 6; k++) {
      await page.keyboard.press('Tab')
      const { name, marked } = await page.evaluate(() => {
        const one = document.activeElement as HTMLElement
        const { outlineStyle, boxShadow } = getComputedStyle(one)
        return {
          name: one.id || one.textContent?.trim() || '',
          // The timeline marks its thumb, whose style no script can ask for.
          marked:
            outlineStyle !== 'none' || boxShadow !== 'none' || one.id === 'timeline' || one === document.body,
        }
      })
      reached.add(name)
      expect(marked, name).toBe(true)
    }
    expect(visible.filter(name => !reached.has(name))).toEqual([])
  })

  it('plays by a finger, and moves the time by one in a plot', async () => {
    const { browser, viewer } = session
    const context = await browser.newContext({
      hasTouch: true,
      isMobile: true,
      viewport: { width: 390, height: 780 },
      reducedMotion: 'reduce',
    })
    const page = await context.newPage()
    await page.goto(viewer.url)
    await page.waitForFunction(() => document.body.dataset.shown !== undefined)
    await page.locator('#play').tap()
    await page.waitForFunction(
      () => Number((document.getElementById('timeline') as HTMLInputElement).value) > 0.1,
    )
    await page.locator('#play').tap()
    const over = (await page.locator('.u-over').first().boundingBox())!
    await page.touchscreen.tap(over.x + 0.5 * over.width, over.y + over.height / 2)
    await settle(page)
    expect(await timeOf(page)).toBeCloseTo(5, 0)
    await context.close()
  })

  it('moves by itself only where the system does not ask for less motion', async () => {
    const { browser, viewer } = session
    for (const reducedMotion of ['reduce', 'no-preference'] as const) {
      const page = await browser.newPage({ reducedMotion })
      await page.goto(viewer.url)
      await page.waitForFunction(() => document.body.dataset.shown !== undefined)
      await page.waitForTimeout(400)
      expect((await timeOf(page)) > 0, reducedMotion).toBe(reducedMotion === 'no-preference')
      await page.close()
    }
    expect(session.complaints).toEqual([])
  })
})
