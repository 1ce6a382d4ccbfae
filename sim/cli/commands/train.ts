import { join } from 'node:path'
import pc from 'picocolors'
import { judge, rollouts } from '../../evaluate.ts'
import { writeAtomically } from '../../files/atomic.ts'
import { writeTrajectory } from '../../files/trajectory.ts'
import { withLiveModel } from '../../liveModel.ts'
import { parameterEstimates } from '../../parameterEstimates.ts'
import { predictionOf } from '../../predict.ts'
import { reportPage } from '../../report/report.ts'
import { beginRun, hasCheckpoint } from '../../run/checkpoint.ts'
import { writeResult } from '../../run/result.ts'
import { formatScene, loadScene, type Scene } from '../../scene/index.ts'
import { trainScene } from '../../train.ts'
import { type LiveViewer, startLiveViewer } from '../../view/live.ts'
import { commandName } from '../commandName.ts'
import { UsageError } from '../fail.ts'
import { firstClause, shortNumber, tableText } from '../printTable.ts'
import { duration, progress } from '../progress.ts'
import { createRolloutFiles } from '../rolloutFiles.ts'
import { sayNotes } from '../sayNotes.ts'
import { verdictTable } from '../verdictTable.ts'
import { interrupted } from './view.ts'

export interface TrainCommandOptions {
  readonly out?: string
  readonly resume?: boolean
  readonly epochs?: number
  readonly seed?: number
  readonly threads?: number
  readonly set?: readonly string[]
  readonly view?: boolean
}

/** `neurode train`: trains, prints the criteria, writes the run's folder; with --view, shows it. */
export async function trainCommand(path: string, options: TrainCommandOptions): Promise<void> {
  const scene = loadScene(path, { set: options.set })
  sayNotes(scene)
  checkTrainable(scene)
  const out = options.out ?? join('runs', scene.name)
  if (options.resume && (options.seed !== undefined || options.epochs !== undefined)) {
    throw new UsageError('a run that is resumed goes on as it began: leave out --seed and --epochs')
  }
  console.log(`${pc.bold(scene.name)}${scene.about ? `  ${firstClause(scene.about)}` : ''}`)
  if (!options.resume && hasCheckpoint(out)) {
    console.log(pc.dim(`replaces the run in ${out} (--resume would go on with it)`))
  }
  const live = options.view ? await watched(out) : null
  const files = live && createRolloutFiles(out, scene, options.resume ?? false)
  const line = progress('epochs')
  let phase = -1
  const trained = await trainScene(scene, {
    text: formatScene(scene),
    out,
    resume: options.resume,
    seed: options.seed,
    threads: options.threads,
    epochs: options.epochs,
    onEpoch(report, current) {
      live?.epoch({ ...report })
      if (files?.write(report.epoch, current)) live?.changed()
      if (report.phase !== phase)
        line.say(pc.dim(`${report.optimizer} from windows of ${shortNumber(report.window)} s`))
      phase = report.phase
      if (report.note && report.note !== 'converged')
        line.say(pc.yellow(`epoch ${report.epoch}: ${report.note}`))
      const validation = Number.isNaN(report.validation)
        ? ''
        : `  validation ${shortNumber(report.validation)}`
      const failed = report.failed > 0 ? `  ${report.failed} windows failed` : ''
      const words = `loss ${shortNumber(report.loss)}${validation}${failed}  window ${shortNumber(report.window)} s`
      line.update(report.epoch, report.epochs, words)
    },
  })
  line.end()

  const tests = rollouts(scene, trained)
  const failure = tests.find(test => test.failure)?.failure
  if (failure) console.log(pc.yellow(`\nthe model's prediction of the test fails: ${failure}`))
  const verdicts = judge(scene, trained, tests)
  const trajectory = join(out, 'trajectory.npz')
  const prediction = await withLiveModel(predictionOf(scene, trained, tests), scene, trained.system, true)
  writeAtomically(trajectory, writeTrajectory(prediction))
  const estimates = parameterEstimates(scene, trained)
  writeResult(out, scene.name, trained, verdicts, estimates)
  const report = join(out, 'report.html')
  writeAtomically(report, reportPage(scene, trained, tests, verdicts, estimates))

  if (estimates.length > 0) {
    console.log(
      `\n${tableText(
        ['learned', 'value', 'standard error', '95 % interval'],
        estimates.map(({ name, value, standardError, interval }) => [
          name,
          value.toPrecision(6),
          Number.isFinite(standardError) ? shortNumber(standardError) : '–',
          Number.isFinite(standardError)
            ? interval.map(end => end.toPrecision(6)).join(' … ')
            : 'not determined',
        ]),
      )}`,
    )
  }
  if (verdicts.length > 0) console.log(`\n${verdictTable(verdicts)}`)
  console.log(
    `\n${duration(trained.seconds)}, written to ${pc.bold(out)}; ${pc.bold(report)} has the pictures`,
  )
  if (verdicts.some(({ met }) => !met)) process.exitCode = 2
  if (live) {
    live.changed()
    console.log(`viewer at ${pc.bold(pc.cyan(live.url))}  ${pc.dim('(Ctrl+C ends it)')}`)
    await interrupted(live)
  } else console.log(pc.dim(`${commandName} view ${out} shows it`))
}

/** A viewer of the run, in a thread of its own: it shows the training while this thread is busy with it. */
async function watched(run: string): Promise<LiveViewer> {
  beginRun(run)
  const live = await startLiveViewer({
    paths: [run],
    empty: true,
    open: true,
    report: text => console.log(pc.dim(text)),
  })
  console.log(`viewer at ${pc.bold(pc.cyan(live.url))}  ${pc.dim('(it follows the training)')}`)
  return live
}

function checkTrainable(scene: Scene): void {
  const missing = (['learn', 'data', 'training'] as const).filter(key => scene[key] === undefined)
  if (missing.length > 0) {
    throw new UsageError(
      `${scene.place}: to be trained a scene needs ${missing.map(key => `\`${key}\``).join(', ')}`,
    )
  }
}
