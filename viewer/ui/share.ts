import { between } from '../../sim/files/rows.ts'
import { type Trajectory, writeTrajectory } from '../../sim/files/trajectory.ts'
import { type LinkState, writeLink } from '../link.ts'
import type { Plot } from '../plotModel.ts'
import type { TrajectoryView } from '../trajectoryView.ts'
import { filmOf } from '../video/frames.ts'
import { createGif } from '../video/gif.ts'
import { createMp4 } from '../video/mp4.ts'
import { type Filmed, record } from '../video/record.ts'
import { type Span, visibleCsv } from '../visible.ts'
import { download } from './download.ts'
import { create, element } from './elements.ts'

/** What there is to take away. */
export interface Sharable {
  link(): LinkState
  /** The trajectory, its plots and the part of time that they show; null while nothing is shown. */
  shown(): { view: TrajectoryView; trajectory: Trajectory; plots: readonly Plot[]; span: Span } | null
  /** The scene as it is seen now. */
  picture(): Promise<Blob>
  /** What a film shows: the part from A to B or all, and seconds of the motion per second. */
  span(): { readonly from: number; readonly to: number; readonly pace: number }
  /** Pictures of this size, until it is closed. */
  film(width: number, height: number): Filmed & { close(): void }
}

/** Pictures per second. */
const rates = { mp4: 30, gif: 20 } as const
/** A GIF grows with its area, and is seldom looked at in full. */
const gifScale = 0.5

/** The menu with the link, the picture, the table and the arrays of what is visible. */
export function bindShare({ link, shown, picture, span, film }: Sharable): void {
  const menu = element('fieldset', 'share')
  const said = element('p', 'said')
  const size = element('select', 'film-size')
  const bind = (id: string, action: () => Promise<string> | string): void =>
    element('button', id).addEventListener('click', async () => {
      if (!shown()) return
      said.textContent = await action()
    })
  const stem = (): string => shown()!.view.title.replace(/[^\p{L}\p{N}._-]+/gu, '-')

  bind('share-link', async () => {
    history.replaceState(null, '', writeLink(link()))
    try {
      await navigator.clipboard.writeText(location.href)
      return 'The link is copied.'
    } catch {
      return 'The link is in the address bar.'
    }
  })
  bind('share-png', async () => {
    download(await picture(), `${stem()}.png`)
    return 'The picture is saved.'
  })
  bind('share-csv', () => {
    const { view, plots, span } = shown()!
    download(new Blob([visibleCsv(view, plots, span)], { type: 'text/csv' }), `${stem()}.csv`)
    return 'The curves are saved.'
  })
  bind('share-npz', () => {
    const { trajectory, span } = shown()!
    const bytes = writeTrajectory(between(trajectory, span.from, span.to))
    download(new Blob([bytes as Uint8Array<ArrayBuffer>]), `${stem()}.npz`)
    return 'The arrays are saved.'
  })
  let filming: { stopped: boolean } | null = null
  const bindFilm = (kind: 'mp4' | 'gif'): void =>
    bind(`share-${kind}`, async () => {
      if (filming) {
        filming.stopped = true
        return said.textContent ?? ''
      }
      const job = { stopped: false }
      filming = job
      const [width, height] = size.value
        .split('x')
        .map(side => Number(side) * (kind === 'gif' ? gifScale : 1))
      try {
        const { from, to, pace } = span()
        const plan = filmOf(from, to, pace, rates[kind])
        const canvas = create('canvas', { width, height })
        const encoder = kind === 'gif' ? createGif(canvas) : await createMp4(canvas, plan.rate)
        const filmed = film(width, height)
        try {
          const report = (line: string): void => {
            said.textContent = `${line}; press again to stop`
          }
          const file = await record(plan, filmed, canvas, encoder, report, () => job.stopped)
          if (!file) return 'Stopped; nothing is saved.'
          download(file, `${stem()}.${kind}`)
          return `The film is saved: ${plan.times.length} pictures.`
        } finally {
          filmed.close()
        }
      } catch (error) {
        return error instanceof Error ? error.message : String(error)
      } finally {
        filming = null
      }
    })
  bindFilm('mp4')
  bindFilm('gif')
  menu.addEventListener('toggle', () => {
    if (!filming) said.textContent = ''
  })
}
