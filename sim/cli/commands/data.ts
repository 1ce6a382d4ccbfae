import pc from 'picocolors'
import { downloadRecording, filesOf, recordingOf, recordings } from '../../data/recordings.ts'
import { commandName } from '../commandName.ts'
import { tableText } from '../printTable.ts'
import { progress } from '../progress.ts'

/** `neurode data list`: public recordings that scenes here are about. */
export function listCommand(): void {
  console.log(
    tableText(
      ['recording', 'files', 'licence', 'about'],
      recordings.map(recording => [
        pc.bold(recording.name),
        String(filesOf(recording).length),
        recording.licence.split(';')[0],
        recording.about,
      ]),
    ),
  )
  console.log(pc.dim(`\n${commandName} data get NAME fetches one, with a checksum for each file`))
}

/** `neurode data get NAME`: fetches a recording into NEURODE_DATA, or a folder. */
export async function getCommand(name: string, { to }: { readonly to?: string }): Promise<void> {
  const recording = recordingOf(name)
  const folder = to ?? process.env.NEURODE_DATA ?? 'data'
  console.log(`${pc.bold(name)}  ${recording.about}`)
  console.log(`from github.com/${recording.repository} at ${recording.commit.slice(0, 7)}`)
  console.log(`licence: ${recording.licence}`)
  const line = progress('files')
  const count = await downloadRecording(recording, folder, {
    onFile: (file, done, of) => line.update(done, of, file),
  })
  line.end()
  console.log(
    count === 0
      ? 'all of it is there already, and right'
      : `${count} files checked and written to ${pc.bold(`${folder}/${name}`)}`,
  )
  if (folder !== process.env.NEURODE_DATA)
    console.log(pc.dim(`export NEURODE_DATA=${folder} lets scenes find it`))
}
