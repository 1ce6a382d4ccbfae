import pc from 'picocolors'
import type { Scene } from '../scene/index.ts'

/** What of a robot description was passed over. */
export function sayNotes({ notes = [] }: Scene): void {
  for (const note of notes) console.log(pc.yellow(note))
}
