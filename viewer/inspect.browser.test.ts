import { PNG } from 'pngjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { doublePendulum } from './testing/doublePendulum.ts'
import { colours } from './testing/pictures.ts'
import { openSession, press, type Session, seek, settle, withoutBrowser } from './testing/session.ts'

const pendulum = doublePendulum()
const T = pendulum.t.length
const weight = {
  shape: [T, 3],
  data: Float64Array.from({ length: 3 * T }, (_, i) => (i % 3 === 1 ? -7.85 : 0)),
}
const trajectory = { ...pendulum, series: { ...pendulum.series, 'force:p2': weight } }

describe.skipIf(withoutBrowser)('inspection and comparison, in Chromium', () => {
  let session: Session
  beforeAll(async () => {
    session = await openSession({ 'pendulum.npz': trajectory })
    await seek(session.page, 4)
  }, 120_000)
  afterAll(() => session?.close())

  const scene = async () => colours(PNG.sync.read(await session.page.locator('#stage').screenshot()))
  const key = (): Promise<string[]> => session.page.locator('#key li').allInnerTexts()
  const choose = async (label: string): Promise<void> => {
    const { page } = session
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.getByLabel(label, { exact: true }).click()
    await page.keyboard.press('Escape')
    await settle(page)
  }

  it('draws velocities and forces as arrows, and says how long the longest is', async () => {
    const before = await scene()
    await press(session.page, 'v')
    expect((await scene()).greenish).toBeGreaterThan(before.greenish + 200)
    expect((await key()).join(' ')).toMatch(/velocity\s+longest 10\sm\/s/)
    await choose('force')
    expect((await key()).join(' ')).toMatch(/force\s+longest 10\sN/)
    await press(session.page, 'v')
    await choose('force')
    expect((await scene()).greenish).toBe(before.greenish)
  })

  it('says of a selected body where it is, how fast, and what acts on it', async () => {
    await press(session.page, 'b', 'b')
    const card = (await session.page.locator('#card > *').allInnerTexts()).join(' ').replaceAll(/\s+/g, ' ')
    expect(card).toMatch(/^p2 x .* m y .* m z 0\.0000 m velocity .* m\/s force 7\.8500 N from truth .* m$/)
    const [a, b, ad, bd] = pendulum.y.subarray(1600, 1604)
    const [vx, vy] = [
      Math.cos(a) * ad + 0.8008 * Math.cos(b) * bd,
      Math.sin(a) * ad + 0.8008 * Math.sin(b) * bd,
    ]
    expect(Number(/velocity ([\d.]+)/.exec(card)![1])).toBeCloseTo(Math.hypot(vx, vy), 2)
    await press(session.page, 'Escape')
  })

  it('names bodies: the one that is pointed at, or all', async () => {
    const { page } = session
    const names = page.locator('.body-name:visible')
    expect(await names.count()).toBe(0)
    await press(page, 'n')
    expect(await names.allInnerTexts()).toEqual(['p1', 'p2'])
    const box = (await names.nth(1).boundingBox())!
    await press(page, 'n')
    await page.mouse.move(box.x - 14, box.y + 22)
    await page.waitForTimeout(200)
    await settle(page)
    expect(await names.allInnerTexts()).toEqual(['p2'])
    await page.mouse.move(5, 400)
    await page.waitForTimeout(200)
  })

  it('compares: a ghost, side by side, as colour, not at all', async () => {
    const { page } = session
    expect(await key()).toEqual(['prediction', 'truth'])
    const ghost = await scene()
    await press(page, 'c')
    await page.waitForTimeout(1000)
    const side = await scene()
    expect(side.reddish).toBeLessThan(0.6 * ghost.reddish)
    await choose('as colour')
    await page.waitForTimeout(1000)
    expect((await key()).join()).toMatch(/distance from truth/)
    // At this moment the distance is small against its largest: both bodies are dark blue, the trail stays red.
    expect((await scene()).bluish).toBeGreaterThan(500)
    await choose('not at all')
    expect(await key()).toEqual([])
    const alone = await scene()
    expect(alone.drawn).toBeLessThan(ghost.drawn)
    await choose('as a ghost')
    expect(await key()).toEqual(['prediction', 'truth'])
    expect(session.complaints).toEqual([])
  })
})
