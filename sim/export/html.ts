import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'fflate'
import { type Trajectory, writeTrajectory } from '../files/trajectory.ts'
import { builtApp } from '../view/app.ts'

/** A trajectory under the name that the page's selector shows. */
export interface NamedTrajectory {
  readonly name: string
  readonly trajectory: Trajectory
}

/**
 * The viewer and some trajectories as one HTML file, which needs neither a server nor a network: its policy forbids it to
 * load anything at all.
 *
 * @param report gets a line if the viewer has to be built first
 * @returns the text of the file
 *
 * @example
 * const page = await htmlOf([{ name: 'fall', trajectory }])
 * writeFileSync('fall.html', page)      // opens from the disk
 */
export async function htmlOf(
  trajectories: readonly NamedTrajectory[],
  report: (line: string) => void = () => {},
): Promise<string> {
  const folder = await builtApp(report)
  const read = (path: string): string => readFileSync(join(folder, path), 'utf8')
  const page = read('index.html')
  const style = read(found(page, /<link rel="stylesheet"[^>]* href="([^"]+)"/))
  const icon = read(found(page, /<link rel="icon" href="([^"]+)"/))
  const script = asInlineScript(read(found(page, /<script type="module"[^>]* src="([^"]+)"/)))
  const hash = createHash('sha256').update(script).digest('base64')
  const policy =
    `default-src 'none'; script-src 'sha256-${hash}' 'wasm-unsafe-eval'; worker-src blob:; style-src 'unsafe-inline'; img-src data: blob:; ` +
    "base-uri 'none'; form-action 'none'"
  const data = trajectories.map(
    ({ name, trajectory }) =>
      `<script type="application/x-neurode" data-name="${escaped(name)}">${encoded(trajectory)}</script>`,
  )
  const head = [
    `<meta http-equiv="Content-Security-Policy" content="${policy}" />`,
    `<title>${escaped(trajectories[0]?.trajectory.meta.name ?? 'neurode')}</title>`,
    `<link rel="icon" href="data:image/svg+xml;base64,${Buffer.from(icon).toString('base64')}" />`,
    `<style>${style}</style>`,
  ]
  // Functions as replacements: the texts hold `$` signs, which mean something in a replacement string.
  return page
    .replace(
      /\s*<(title>[^<]*<\/title|link rel="(stylesheet|icon)"[^>]*|script type="module"[^>]*><\/script)>/g,
      '',
    )
    .replace('</head>', () => `  ${head.join('\n    ')}\n  </head>`)
    .replace('</body>', () => `${data.join('\n')}\n<script type="module">${script}</script>\n  </body>`)
}

function found(page: string, pattern: RegExp): string {
  const match = pattern.exec(page)
  if (!match) throw new Error(`the viewer's page is not as this version builds it: ${pattern} is missing`)
  return match[1]
}

/** Inside an HTML file, a script ends at `</script`, and `<!--` begins a comment, even within a string. */
const asInlineScript = (script: string): string =>
  script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--')

const encoded = (trajectory: Trajectory): string =>
  Buffer.from(gzipSync(writeTrajectory(trajectory), { level: 9, mtime: 0 })).toString('base64')

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
