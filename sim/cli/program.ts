import { Command, InvalidArgumentError, Option } from 'commander'
import pc from 'picocolors'
import { filmSizes } from '../export/filmSizes.ts'
import { version } from '../version.ts'
import { commandName } from './commandName.ts'

/**
 * The command line. Only its form is here: what a command does is loaded when it is called, so that --help is quick.
 */
export function commandLine(): Command {
  const program = new Command('neurode')
    .description(
      'Learns and simulates physics whose equations hold linear solves: A_θ(t, y)·dy/dt = f_θ(t, y).',
    )
    .version(version)
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error:/, pc.red('error'))) })
    .configureHelp({ showGlobalOptions: false, styleTitle: title => pc.bold(title) })
    .showHelpAfterError(pc.dim(`(${commandName} COMMAND --help says more)`))
    .addHelpText(
      'after',
      `\nSCENE is a file, or the name of a shipped scene (${commandName} scenes).\nNEURODE_DEBUG=1 shows where an error comes from, NEURODE_PROFILE=1 where the time goes; NO_COLOR=1 turns colours off.`,
    )

  program
    .command('simulate')
    .description('integrate a scene and write its trajectory')
    .argument('<scene>')
    .option('-o, --out <file.npz>', 'where to write (default: trajectories/NAME.npz)')
    .option('--method <name>', 'integrator, such as tsit5, vern9, radau5 or auto (docs/integrators.md)')
    .option('--rtol <r>', 'relative tolerance')
    .option('--atol <a>', 'absolute tolerance')
    .option('--model <run>', 'simulate what this run has learned, not the ground truth')
    .option('--stream', 'write while it runs: for trajectories longer than memory')
    .addOption(overrides())
    .action(async (scene, options) =>
      (await import('./commands/simulate.ts')).simulateCommand(scene, options),
    )

  program
    .command('train')
    .description("learn a scene's unknown terms from data; exit code 2 where its criteria are not met")
    .argument('<scene>')
    .option('-o, --out <folder>', 'where to keep the run (default: runs/NAME)')
    .option('--resume', 'go on from the last checkpoint, to the same bits as an uninterrupted run')
    .option('--epochs <n>', "instead of the scene's", wholeNumber(1))
    .option('--seed <n>', "instead of the scene's", wholeNumber(0))
    .option(
      '--threads <n>',
      'threads to train with, to the same bits (default: one for each core)',
      wholeNumber(1),
    )
    .option('--view', 'show the training in the browser as it goes on, and its result')
    .addOption(overrides())
    .action(async (scene, options) => (await import('./commands/train.ts')).trainCommand(scene, options))

  program
    .command('check')
    .description('compare every way to differentiate the scene: errors, time and memory of each')
    .argument('<scene>')
    .addOption(overrides())
    .action(async (scene, options) => (await import('./commands/check.ts')).checkCommand(scene, options))

  program
    .command('scenes')
    .description('list the scenes that are shipped')
    .option('--tests', 'the test problems of integrators, with known solutions')
    .option('--run', 'train or simulate each, and print its criteria, met or not')
    .action(async options => (await import('./commands/scenes.ts')).scenesCommand(options))

  program
    .command('validate')
    .description('check scene files and report every mistake with its place')
    .argument('<scene...>')
    .addOption(overrides())
    .action(async (scenes, options) =>
      (await import('./commands/validate.ts')).validateCommand(scenes, options),
    )

  program
    .command('view')
    .description('show trajectories, runs and scenes in the browser, served on loopback')
    .argument('<file|folder|scene...>')
    .option('--port <p>', 'port to serve at', wholeNumber(0, 65535))
    .option('--no-open', 'only print the address')
    .action(async (targets, options) => (await import('./commands/view.ts')).viewCommand(targets, options))

  program
    .command('export')
    .description('write what a run has learned, or a scene, in a form that needs no neurode')
    .argument('<run|scene|file|folder>')
    .option(
      '--wasm <out.wasm>',
      'the model as a WebAssembly module, with its loader, types and readable text',
    )
    .option('--html <out.html>', 'the viewer with the trajectories, as one file that opens without a network')
    .option('--gltf <out.gltf>', 'the motion of the bodies as a glTF 2.0 animation')
    .option('--csv <out.csv>', 'times, states, points and series as a table')
    .option('--mp4 <out.mp4>', 'the motion as a film (needs an installed Chromium or Chrome)')
    .option('--gif <out.gif>', 'the motion as an animation, half as wide and high')
    .addOption(new Option('--size <size>', 'of a film').choices(filmSizes))
    .option('--speed <s>', 'of a film, 0.1 to 10: 2 is twice as fast', numberBetween(0.1, 10))
    .option('--dark', 'a film in dark colours')
    .option('--decimate <n>', 'keep n samples of each trajectory at most', wholeNumber(2))
    .action(async (target, options) => (await import('./commands/export.ts')).exportCommand(target, options))

  const data = program.command('data').description('public recordings that scenes are about')
  data
    .command('list')
    .description('what there is, and under which licence')
    .action(async () => (await import('./commands/data.ts')).listCommand())
  data
    .command('get')
    .description('fetch one, with a checksum for each file')
    .argument('<name>')
    .option('--to <folder>', 'where its folder is to lie (default: NEURODE_DATA, or ./data)')
    .action(async (name, options) => (await import('./commands/data.ts')).getCommand(name, options))

  program
    .command('start')
    .description('train the shipped double pendulum and show the result')
    .option('--port <p>', 'port to serve at', wholeNumber(0, 65535))
    .option('--no-open', 'only print the address')
    .action(async options => (await import('./commands/start.ts')).startCommand(options))

  return program
}

const overrides = (): Option =>
  new Option(
    '--set <path=value>',
    'replace a value of the scene, such as solver.rtol=1e-9; may be repeated',
  ).argParser((value: string, previous: string[] = []) => [...previous, value])

/** A parser of whole numbers from `least`. */
const wholeNumber =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = Number(text)
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(
        `expected a whole number ≥ ${least}${most < Number.MAX_SAFE_INTEGER ? ` and ≤ ${most}` : ''}`,
      )
    return value
  }

const numberBetween =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text)
    if (text.trim() === '' || !(value >= least && value <= most))
      throw new InvalidArgumentError(`expected a number from ${least} to ${most}`)
    return value
  }
