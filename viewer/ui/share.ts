import { between } from '../../sim/files/rows.ts'
import { type Trajectory, writeTrajectory } from '../../sim/files/trajectory.ts'
import { type LinkState, writeLink } from '../link.ts'
import type { Plot } from '../plotModel.ts'
import type { TrajectoryView } from '../trajectoryView.ts'
import { type Span, visibleCsv } from '../visible.ts'
import { download } from './download.ts'
import { element } from './elements.ts'

/** What there is to take away. */
export interface Sharable {
  link(): LinkState
  /** The trajectory, its plots and the part of time that they show; null while nothing is shown. */
  shown(): { view: TrajectoryView; trajectory: Trajectory; plots: readonly Plot[]; span: Span } | null
  /** The scene as it is seen now. */
  picture(): Promise<Blob>
}

/** The menu with the link, the picture, the table and the arrays of what is visible. */
export function bindShare({ link, shown, picture }: Sharable): void {
  const menu = element('fieldset', 'share')
  const said = element('p', 'said')
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
  menu.addEventListener('toggle', () => {
    said.textContent = ''
  })
}
