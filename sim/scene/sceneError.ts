/** One mistake in a scene: where it is, and what to do about it. */
export interface Mistake {
  /** The scene file as the user named it, or the `--set` option that is wrong. */
  readonly file: string
  /** From 1; 0 where the whole file is meant. */
  readonly line: number
  readonly column: number
  /** The key, such as `solver.method`; empty for the whole scene. */
  readonly path: string
  readonly message: string
  /** The offending line, and how many of its characters are wrong. */
  readonly source?: string
  readonly length?: number
}

/** A scene that cannot be used: all its mistakes, in the order of the file; the first one's place is the error's. */
export class SceneError extends Error {
  override readonly name = 'SceneError'
  readonly mistakes: readonly Mistake[]
  readonly file: string
  readonly line: number
  readonly column: number
  readonly path: string

  constructor(mistakes: readonly Mistake[]) {
    super(mistakes.map(mistakeText).join('\n'))
    this.mistakes = mistakes
    ;({ file: this.file, line: this.line, column: this.column, path: this.path } = mistakes[0])
  }
}

/** `file:line:column path: message`, the line, and a caret below the place. */
export function mistakeText({ file, line, column, path, message, source, length }: Mistake): string {
  const place = line > 0 ? `${file}:${line}:${column}` : file
  const first = path === '' ? `${place}: ${message}` : `${place} ${path}: ${message}`
  if (source === undefined || source.trim() === '') return first
  const { text, begin } = clipped(source, column - 1)
  const indent = text.slice(0, begin).replace(/[^\t]/g, ' ')
  const carets = '^'.repeat(Math.max(1, Math.min(length ?? 1, text.length - begin)))
  return `${first}\n    ${text}\n    ${indent}${carets}`
}

const widest = 120

/** A long line, cut to the part around the place. */
function clipped(source: string, begin: number): { text: string; begin: number } {
  const line = source.trimEnd()
  if (line.length <= widest) return { text: line, begin }
  const from = Math.max(0, Math.min(begin - widest / 2, line.length - widest))
  const cut = line.slice(from, from + widest)
  const text = `${from > 0 ? '…' : ''}${cut}${from + widest < line.length ? '…' : ''}`
  return { text, begin: begin - from + (from > 0 ? 1 : 0) }
}
