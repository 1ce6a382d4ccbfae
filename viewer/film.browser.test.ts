import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type * as Mediabunny from 'mediabunny'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { doublePendulum } from './testing/doublePendulum.ts'
import { openSession, press, type Session, seek, timeOf, withoutBrowser } from './testing/session.ts'
import { filmOf, mostPictures } from './video/frames.ts'

const source = fileURLToPath(
  new URL('../node_modules/mediabunny/dist/bundles/mediabunny.min.mjs', import.meta.url),
)
const loadDemuxer = `import(URL.createObjectURL(new Blob([${JSON.stringify(readFileSync(source, 'utf8'))}],
  { type: 'text/javascript' }))).then(library => { globalThis.demuxer = library })`

it('a film has a picture for each moment, and not more than anybody waits for', () => {
  const { times, rate } = filmOf(2, 4, 2, 30)
  expect([times.length, times[0], times[29], rate]).toEqual([30, 2, 2 + 29 / 15, 30])
  expect(filmOf(1, 1, 1, 30).times.length).toBe(1)
  expect(() => filmOf(0, mostPictures, 1, 30)).toThrow(/mark a part by A–B/)
})

describe.skipIf(withoutBrowser)('films, in Chromium', () => {
  let session: Session
  beforeAll(async () => {
    session = await openSession({ 'double-pendulum.npz': doublePendulum() })
    const { page } = session
    for (const time of [2, 2.5]) {
      await seek(page, time)
      await press(page, 'a')
    }
    await page.getByRole('button', { name: 'Share' }).click()
    await page.selectOption('#film-size', '640x360')
  }, 120_000)
  afterAll(() => session?.close())

  /** Presses a button and decodes what is saved: number, size and mean colour of its pictures. */
  async function pictures(button: string) {
    const { page, browser, viewer } = session
    const [file] = await Promise.all([page.waitForEvent('download'), page.locator(button).click()])
    const bytes = readFileSync(await file.path()).toString('base64')
    // A page of the same origin, where codecs may be used, without the viewer's policy.
    const context = await browser.newContext({ bypassCSP: true })
    const decoder = await context.newPage()
    await decoder.goto(viewer.url)
    await decoder.evaluate(loadDemuxer) // as text: vitest rewrites import() in functions
    const result = await decoder.evaluate(
      async ([text, isGif]) => {
        const data = Uint8Array.from(atob(text), letter => letter.charCodeAt(0))
        const canvas = new OffscreenCanvas(64, 36)
        const context2d = canvas.getContext('2d', { willReadFrequently: true })!
        const sums: number[] = []
        const look = (picture: CanvasImageSource) => {
          context2d.drawImage(picture, 0, 0, 64, 36)
          sums.push(context2d.getImageData(0, 0, 64, 36).data.reduce((a, b) => a + b, 0))
        }
        if (isGif) {
          const images = new ImageDecoder({ data, type: 'image/gif' })
          await images.tracks.ready
          const count = images.tracks.selectedTrack!.frameCount
          let size = [0, 0]
          for (let k = 0; k < count; k++) {
            const { image } = await images.decode({ frameIndex: k })
            size = [image.displayWidth, image.displayHeight]
            look(image)
            image.close()
          }
          return { count, size, sums, seconds: 0 }
        }
        const library = (globalThis as unknown as { demuxer: typeof Mediabunny }).demuxer
        const { Input, ALL_FORMATS, BufferSource, VideoSampleSink } = library
        const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(data) })
        const track = (await input.getPrimaryVideoTrack())!
        for await (const sample of new VideoSampleSink(track).samples()) {
          sample.draw(context2d, 0, 0, 64, 36)
          sums.push(context2d.getImageData(0, 0, 64, 36).data.reduce((a, b) => a + b, 0))
          sample.close()
        }
        const size = [track.displayWidth, track.displayHeight]
        return { count: sums.length, size, sums, seconds: await input.computeDuration() }
      },
      [bytes, button === '#share-gif'] as const,
    )
    await context.close()
    return result
  }

  it('an MP4 decodes to the pictures from A to B, in its size, and they move', async () => {
    const { count, size, sums, seconds } = await pictures('#share-mp4')
    expect([count, size]).toEqual([15, [640, 360]])
    expect(seconds).toBeCloseTo(0.5, 3)
    expect(new Set(sums).size).toBeGreaterThan(10)
    expect(await session.page.locator('#said').textContent()).toBe('The film is saved: 15 pictures.')
  })

  it('a GIF, half as large', async () => {
    const { count, size, sums } = await pictures('#share-gif')
    expect([count, size]).toEqual([10, [320, 180]])
    expect(new Set(sums).size).toBeGreaterThan(6)
  })

  it('leaves the page as it was, and can be stopped', async () => {
    const { page } = session
    const before = await timeOf(page)
    await press(page, 'a') // no marks: all of it
    await page.locator('#share-mp4').click()
    await page.locator('#said', { hasText: 'of 300' }).waitFor()
    await page.locator('#share-mp4').click()
    await page.locator('#said', { hasText: 'Stopped' }).waitFor()
    expect(await timeOf(page)).toBe(before)
    expect(session.complaints).toEqual([])
  })
})
