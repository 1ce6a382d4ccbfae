import { PNG } from 'pngjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { doublePendulum } from './testing/doublePendulum.ts'
import { colours } from './testing/pictures.ts'
import { openSession, press, type Session, seek, settle, timeOf, withoutBrowser } from './testing/session.ts'

const pendulum = doublePendulum()
const T = pendulum.t.length
/** M(q) of the pendulum: its determinant and trace give κ. */
const coupling = (i: number): number => 0.64 * Math.cos(pendulum.y[4 * i] - pendulum.y[4 * i + 1])
const massMatrix = Float64Array.from(
  Array.from({ length: T }, (_, i) => [1.8, coupling(i), coupling(i), 0.512]).flat(),
)
const trajectory = {
  ...pendulum,
  series: { ...pendulum.series, mass_matrix: { shape: [T, 2, 2], data: massMatrix } },
  meta: {
    ...pendulum.meta,
    noise: 1e-3,
    viewer: { ...pendulum.meta.viewer, plots: ['state', 'drift', 'error'] },
  },
}

describe.skipIf(withoutBrowser)('plots, in Chromium', () => {
  let session: Session
  beforeAll(async () => {
    session = await openSession({ 'pendulum.npz': trajectory })
  }, 120_000)
  afterAll(() => session?.close())

  const overOf = (index: number) => session.page.locator('.u-over').nth(index)
  const axisEnds = (): Promise<string[]> => session.page.locator('.plot header').allInnerTexts()

  it('seeks by a click, zooms all plots by a drag, and shows everything again by a double click', async () => {
    const { page } = session
    await seek(page, 9)
    const { x, y, width, height } = (await overOf(0).boundingBox())!
    await page.mouse.click(x + 0.3 * width, y + height / 2)
    await settle(page)
    expect(await timeOf(page)).toBeCloseTo(3, 1)
    await page.mouse.move(x + 0.4 * width, y + height / 2)
    await page.mouse.down()
    await page.mouse.move(x + 0.6 * width, y + height / 2, { steps: 4 })
    expect(await page.locator('.zoom').first().isVisible()).toBe(true)
    await page.mouse.up()
    await settle(page)
    expect(await timeOf(page)).toBeCloseTo(3, 1)
    // From 4 s to 6 s now: a click in the middle of another plot is 5 s.
    const second = (await overOf(1).boundingBox())!
    await page.mouse.click(second.x + second.width / 2, second.y + 20)
    await settle(page)
    expect(await timeOf(page)).toBeCloseTo(5, 1)
    await page.mouse.dblclick(second.x + second.width / 4, second.y + 20)
    await page.mouse.click(second.x + second.width / 2 + 20, second.y + 20)
    await settle(page)
    expect(await timeOf(page)).toBeCloseTo(5 + (20 / second.width) * 10, 1)
  })

  it('compares two times: the second cursor, with differences', async () => {
    const { page } = session
    await seek(page, 2)
    await press(page, 'm')
    await seek(page, 5)
    const [state] = await axisEnds()
    const value = /a\s+([−\d.]+)\s*rad\s+Δ\s+([−\d.]+)/.exec(state)!
    const number = (text: string): number => Number(text.replace('−', '-'))
    expect(number(value[1])).toBeCloseTo(pendulum.y[4 * 500], 3)
    expect(number(value[2])).toBeCloseTo(pendulum.y[4 * 500] - pendulum.y[4 * 200], 3)
    expect(await page.locator('#clock').textContent()).toMatch(/5\.00.*Δ 3\.00/)
    expect(await page.locator('.then').first().isVisible()).toBe(true)
    await press(page, 'm')
    expect(await page.locator('.then').first().isVisible()).toBe(false)
  })

  it('shows drift, and the distance from the truth over powers of ten with the noise of the data', async () => {
    const [, drift, error] = await axisEnds()
    expect(drift).toMatch(/energy drift \/ J/)
    expect(error).toMatch(/distance from truth/)
    expect(await session.page.locator('.floor:visible').count()).toBe(1)
  })

  it('shows M(q) now, with its condition number', async () => {
    const { page } = session
    await page.locator('.matrix').scrollIntoViewIfNeeded()
    for (const time of [1, 4]) {
      await seek(page, time)
      const c = coupling(100 * time)
      const root = Math.sqrt((1.8 - 0.512) ** 2 / 4 + c * c)
      const kappa = (1.156 + root) / (1.156 - root)
      const label = (await page.locator('.matrix').getAttribute('aria-label'))!
      expect(Number(/condition number ([\d.]+)/.exec(label)![1])).toBeCloseTo(kappa, 2)
    }
    const picture = PNG.sync.read(await page.locator('.matrix').screenshot())
    expect(colours(picture).reddish).toBeGreaterThan(500)
  })

  it('exports what is zoomed into', async () => {
    const { page } = session
    await page.locator('.plot').first().scrollIntoViewIfNeeded()
    const { x, y, width } = (await overOf(0).boundingBox())!
    await seek(page, 0)
    await page.mouse.move(x + 0.5 * width, y + 20)
    await page.mouse.down()
    await page.mouse.move(x + 0.7 * width, y + 20, { steps: 3 })
    await page.mouse.up()
    await page.getByRole('button', { name: 'Share' }).click()
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: /Curves/ }).click(),
    ])
    const text = await (await file.createReadStream()).toArray()
    const rows = Buffer.concat(text).toString().trimEnd().split('\r\n').slice(1)
    const times = rows.map(row => Number.parseFloat(row))
    expect(times[0]).toBeGreaterThan(4.9)
    expect(times.at(-1)).toBeLessThan(7.1)
    expect(times.length).toBeGreaterThan(180)
    await page.keyboard.press('Escape')
    expect(session.complaints).toEqual([])
  })
})
