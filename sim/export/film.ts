import { readFileSync } from 'node:fs'
import { startViewer } from '../view/server.ts'
import { chromiumPath, launchChromium } from './chromium.ts'
import { type FilmSize, filmSizes } from './filmSizes.ts'

export type FilmKind = 'mp4' | 'gif'

export interface FilmOptions {
  readonly kind: FilmKind
  /** Default: the first of `filmSizes`. */
  readonly size?: FilmSize
  /** 0.1 to 10: seconds of the motion that pass in one second, in units of the viewer's own pace (which is 1 for most). */
  readonly speed?: number
  readonly dark?: boolean
  /** Pictures made so far, and in all. */
  readonly onProgress?: (done: number, total: number) => void
  /** Gets a line where the viewer has to be built first. */
  readonly report?: (line: string) => void
}

/** No Chromium or Chrome is installed here, or it cannot make the film. */
export class FilmError extends Error {
  override readonly name = 'FilmError'
}

/**
 * The motion of a trajectory file as a film, picture by picture: the viewer's own page makes it, in an installed Chromium or
 * Chrome without a window.
 *
 * @returns the bytes of the file
 * @throws FilmError; FileError for a file that is no trajectory
 */
export async function filmOf(path: string, options: FilmOptions): Promise<Uint8Array<ArrayBuffer>> {
  const { kind, size = filmSizes[0], speed = 1, dark = false, onProgress, report } = options
  if (!chromiumPath)
    throw new FilmError(
      'a film needs an installed Chromium or Chrome: CHROMIUM_PATH names one in an unusual place; or `neurode view` the file and ' +
        'choose Share, Film there',
    )
  const viewer = await startViewer({ paths: [path], port: 0, report })
  const browser = await launchChromium(chromiumPath)
  try {
    const page = await browser.newPage({ colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' })
    await page.goto(`${viewer.url}#speed=${speed}`)
    await page.waitForFunction(() => document.body.dataset.shown ?? document.querySelector('#message p'))
    const message = page.locator('#message p')
    if (await message.isVisible()) throw new FilmError((await message.textContent()) ?? '')
    await page.getByRole('button', { name: 'Share' }).click()
    await page.selectOption('#film-size', size)
    const saved = page.waitForEvent('download', { timeout: 0 })
    await page.locator(`#share-${kind}`).click()
    for (let done = false; !done; ) {
      const file = await Promise.race([saved, new Promise<null>(resolve => setTimeout(resolve, 250, null))])
      const said = (await page.locator('#said').textContent()) ?? ''
      const [, k, of] = /picture (\d+) of (\d+)/.exec(said) ?? []
      if (of) onProgress?.(Number(k), Number(of))
      else if (said && !file && !/saved/.test(said)) throw new FilmError(said)
      done = file !== null
    }
    return new Uint8Array(readFileSync(await (await saved).path()))
  } finally {
    await browser.close()
    await viewer.close()
  }
}
