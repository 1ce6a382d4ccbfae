import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { doublePendulum } from './testing/doublePendulum.ts'
import { openSession, press, type Session, seek, settle, timeOf, withoutBrowser } from './testing/session.ts'

describe.skipIf(withoutBrowser)('time, in Chromium', () => {
  let session: Session
  beforeAll(async () => {
    session = await openSession({ 'double-pendulum.npz': doublePendulum() })
  }, 120_000)
  afterAll(() => session?.close())

  it('steps by keys: a sample, 0.1 s, 1 s, and to both ends', async () => {
    const { page } = session
    await seek(page, 5)
    const after = async (...keys: string[]): Promise<number> => {
      await press(page, ...keys)
      return timeOf(page)
    }
    expect(await after('.')).toBeCloseTo(5.01, 9)
    expect(await after(',', ',')).toBeCloseTo(4.99, 9)
    expect(await after('ArrowRight')).toBeCloseTo(5.09, 9)
    expect(await after('ArrowLeft', 'ArrowLeft')).toBeCloseTo(4.89, 9)
    expect(await after('Shift+ArrowRight')).toBeCloseTo(5.89, 9)
    expect(await after('Shift+ArrowLeft', 'Shift+ArrowLeft')).toBeCloseTo(3.89, 9)
    expect(await after('End')).toBeCloseTo(10, 9)
    expect(await after('Home')).toBe(0)
  })

  it('loops from A to B, marked by a key or the button, and not when cleared', async () => {
    const { page } = session
    const marks = page.locator('#marks')
    await seek(page, 2)
    await press(page, 'a')
    expect(await marks.getAttribute('aria-label')).toMatch(/set B/)
    await seek(page, 2.4)
    await marks.click()
    expect(await marks.getAttribute('aria-pressed')).toBe('true')
    await press(page, '+', 'Space')
    const times: number[] = []
    for (let k = 0; k < 12; k++) {
      await page.waitForTimeout(60)
      times.push(await timeOf(page))
    }
    await press(page, 'Space')
    expect(Math.min(...times)).toBeGreaterThanOrEqual(2)
    expect(Math.max(...times)).toBeLessThanOrEqual(2.4)
    expect(times.some((time, k) => k > 0 && time < times[k - 1])).toBe(true)
    await press(page, 'a')
    expect(await marks.getAttribute('aria-pressed')).toBe('false')
  })

  it('has speeds from a tenth to tenfold, by keys too', async () => {
    const { page } = session
    const speed = page.locator('#speed')
    expect(await speed.locator('option').allTextContents()).toEqual(
      expect.arrayContaining(['0.1×', '1×', '10×']),
    )
    await speed.selectOption('1')
    await page.locator('#canvas').click({ position: { x: 20, y: 200 } })
    await press(page, '+', '+')
    expect(await speed.inputValue()).toBe('5')
    await press(page, '+', '+', '+')
    expect(await speed.inputValue()).toBe('10')
    for (let k = 0; k < 9; k++) await press(page, '-')
    expect(await speed.inputValue()).toBe('0.1')
    await speed.selectOption('1')
  })

  it('looks from four sides by keys, and follows a body by the fifth', async () => {
    const { page } = session
    for (const [key, view] of [
      ['4', 'side'],
      ['3', 'iso'],
      ['2', 'top'],
      ['1', 'front'],
    ]) {
      await press(page, key)
      expect(await page.locator(`[data-view=${view}]`).getAttribute('aria-pressed')).toBe('true')
    }
    await page.waitForTimeout(1500)
    await seek(page, 1)
    await press(page, '5')
    const reddest = async (): Promise<Buffer> => page.locator('#stage').screenshot()
    const before = await reddest()
    await seek(page, 2)
    expect((await reddest()).equals(before)).toBe(false)
    await press(page, '5', '1')
    await page.waitForTimeout(1000)
    await settle(page)
  })

  it('lists its keys, and lets the list be closed again', async () => {
    const { page } = session
    await press(page, '?')
    const help = page.getByRole('dialog', { name: 'Keys' })
    expect(await help.isVisible()).toBe(true)
    await press(page, 'Escape')
    expect(await help.isVisible()).toBe(false)
    expect(session.complaints).toEqual([])
  })
})

describe.skipIf(withoutBrowser)('events, in Chromium', () => {
  let session: Session
  beforeAll(async () => {
    const pendulum = doublePendulum()
    const events = [
      { name: 'top', t: 2.5 },
      { name: 'top', t: 7.25, grazing: true },
    ]
    session = await openSession({ 'events.npz': { ...pendulum, meta: { ...pendulum.meta, events } } })
  }, 120_000)
  afterAll(() => session?.close())

  it('are marked on the timeline where they happened, and gone to by keys', async () => {
    const { page } = session
    const middles = await page.locator('#happenings i').evaluateAll(marks =>
      marks.map(mark => {
        const { left, width } = mark.getBoundingClientRect()
        const slider = document.querySelector('#timeline')!.getBoundingClientRect()
        return (left + width / 2 - slider.left - 7) / (slider.width - 14)
      }),
    )
    expect(middles.length).toBe(2)
    expect(middles[0]).toBeCloseTo(0.25, 2)
    expect(middles[1]).toBeCloseTo(0.725, 2)
    await press(page, 'Home', ']')
    expect(await timeOf(page)).toBe(2.5)
    await press(page, ']', ']')
    expect(await timeOf(page)).toBe(7.25)
    await press(page, '[')
    expect(await timeOf(page)).toBe(2.5)
    expect(session.complaints).toEqual([])
  })
})
