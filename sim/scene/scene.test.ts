import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { activations } from '../../models/denseNetwork.ts'
import { formatScene } from './formatScene.ts'
import { sceneJsonSchema } from './jsonSchema.ts'
import { loadScene, parseScene } from './loadScene.ts'
import { SceneError } from './sceneError.ts'
import { activationNames } from './schema/learn.ts'
import { shippedScenes } from './shipped.ts'

const pendulum = `version: 1
name: pendulum
system:
  type: lagrangian
  parameters: {m: 1, l: 1, g: 9.81}
  coordinates: {a: {start: 2.1}}
  kinetic: 0.5*m*l^2*a_dot^2
  potential: -m*g*l*cos(a)
  points: {bob: [l*sin(a), -l*cos(a), 0]}
solver: {method: tsit5, span: [0, 10], rtol: 1e-7}
`

const errorOf = (text: string, set?: string[]): SceneError => {
  try {
    parseScene(text, 'pendulum.yaml', { set })
  } catch (error) {
    if (error instanceof SceneError) return error
    throw error
  }
  throw new Error('the scene was accepted')
}

/** The pendulum with one piece of its text replaced. */
const changed = (from: string, to: string): string => {
  if (!pendulum.includes(from)) throw new Error(`no "${from}" in the scene`)
  return pendulum.replace(from, to)
}

describe('shipped scenes', () => {
  it.each(shippedScenes())('$name is valid, and found by its name', ({ name, file }) => {
    expect(loadScene(file)).toEqual(loadScene(name))
  })

  it.each(shippedScenes())('$name is the same after writing and reading it', ({ file }) => {
    const scene = loadScene(file)
    const text = formatScene(scene)
    expect(parseScene(text, scene.place)).toEqual(scene)
    expect(text).not.toMatch(/(: |- )-?\d+e/)
  })

  it('are described by scenes/scene.schema.json (npx tsx sim/scene/writeSchema.ts)', () => {
    expect(readFileSync(new URL('../../scenes/scene.schema.json', import.meta.url), 'utf8')).toBe(
      sceneJsonSchema(),
    )
  })
})

describe('parseScene', () => {
  it('fills in defaults and reads numbers without a point', () => {
    const scene = parseScene(pendulum, 'pendulum.yaml')
    expect(scene.solver).toMatchObject({ rtol: 1e-7, atol: 1e-8 })
    expect(scene.system).toMatchObject({ coordinates: { a: { start: 2.1, rate: 0 } } })
  })

  it('reads JSON as well', () => {
    const scene = parseScene(pendulum, 'x')
    expect(parseScene(JSON.stringify(JSON.parse(JSON.stringify(toPlain(scene)))), 'x')).toEqual(scene)
  })

  it('knows the activations of the models', () => {
    expect([...activationNames].sort()).toEqual(Object.keys(activations).sort())
  })

  it('takes one phase of training, or several', () => {
    const phase = '{optimizer: {type: adam}, epochs: 3}'
    const one = parseScene(`${pendulum}training: {seed: 4, optimizer: {type: adam}, epochs: 3}\n`, 'x')
    const several = parseScene(`${pendulum}training: {seed: 4, phases: [${phase}]}\n`, 'x')
    expect(one.training).toEqual(several.training)
  })

  it('replaces values from the command line, with the same checks', () => {
    const scene = parseScene(pendulum, 'x', {
      set: ['solver.rtol=1e-9', 'criteria=[{metric: energy_drift, below: 1}]', 'criteria.0.below=2'],
    })
    expect(scene.solver.rtol).toBe(1e-9)
    expect(scene.criteria[0].below).toBe(2)
    expect(errorOf(pendulum, ['solver.rtl=1e-9']).message).toBe(
      '--set solver.rtl: no key "rtl" here. Did you mean "rtol"?\n    solver.rtl=1e-9\n    ^^^^^^^^^^',
    )
    expect(errorOf(pendulum, ['system.potential=-m*gg']).message).toBe(
      '--set system.potential: unknown name "gg". Did you mean "g"?\n    system.potential=-m*gg\n                        ^^',
    )
    expect(errorOf(pendulum, ['solver.rtol']).message).toContain('PATH=VALUE')
  })

  it('moves relative paths with the file', () => {
    const text = `${pendulum}data: {file: pend.txt, columns: {time: 1, a: 2}}\n`
    expect(formatScene(parseScene(text, 'scenes/x.yaml'), 'runs/x/scene.yaml')).toContain(
      '../../scenes/pend.txt',
    )
  })
})

describe('mistakes', () => {
  it('are shown with file, line, column, path, what was meant, the line and a caret', () => {
    const error = errorOf(changed('method: tsit5', 'method: dopri'))
    expect(error.message).toBe(
      [
        'pendulum.yaml:10:18 solver.method: no method "dopri". Did you mean "dopri5"?',
        '    solver: {method: dopri, span: [0, 10], rtol: 1e-7}',
        '                     ^^^^^',
      ].join('\n'),
    )
    expect(error).toMatchObject({ file: 'pendulum.yaml', line: 10, column: 18, path: 'solver.method' })
  })

  // ‸ marks the place that is to be shown
  it.each<[from: string, to: string, path: string, message: string]>([
    [
      '  parameters:',
      '  ‸paramters:',
      'system.paramters',
      'no key "paramters" here. Did you mean "parameters"?',
    ],
    ['start: 2.1', '‸strat: 2.1', 'system.coordinates.a.strat', 'no key "strat" here. Did you mean "start"?'],
    [
      'start: 2.1',
      'start: ‸"2.1"',
      'system.coordinates.a.start',
      'got the text "2.1": a number is written without',
    ],
    ['[0, 10]', '‸10', 'solver.span', 'expected a list, got 10'],
    ['[0, 10]', '‸[0, 10, 20]', 'solver.span', 'expected 2 items, got 3'],
    ['[0, 10]', '‸[1, 1]', 'solver.span', 'the span begins and ends at 1'],
    ['[0, 10]', '[0, ‸ten]', 'solver.span.1', 'expected a number, got the text "ten"'],
    ['rtol: 1e-7', 'rtol: ‸-1', 'solver.rtol', 'expected a number > 0, got -1'],
    ['rtol: 1e-7', '‸rtol:', 'solver.rtol', 'expected a number, got nothing'],
    [
      'type: lagrangian',
      'type: ‸magnetic',
      'system.type',
      'There are: equations, lagrangian, hamiltonian, particles, network, heat, rigid-bodies, module',
    ],
    ['cos(a)\n', '‸coz(a)\n', 'system.potential', 'no function "coz". Did you mean "cos"?'],
    ['-m*g*l*cos(a)', '-m*‸gg*l*cos(a)', 'system.potential', 'unknown name "gg". Did you mean "g"?'],
    ['-m*g*l*cos(a)', '"-m*g*l*cos(‸b)"', 'system.potential', 'unknown name "b"'],
    ['-m*g*l*cos(a)', '>-\n    -m*g*l*\n\n    cos(‸b)', 'system.potential', 'unknown name "b"'],
    ['-m*g*l*cos(a)', '-m*g*\n    l*cos(‸b)', 'system.potential', 'unknown name "b"'],
    ['-m*g*l*cos(a)', '-m*g*l*‸a_dot', 'system.potential', '"a_dot" cannot be used here'],
    ['-m*g*l*cos(a)', '-m*g ‸l', 'system.potential', 'an operator such as * is missing'],
    ['-m*g*l*cos(a)', '‸[1]', 'system.potential', 'expected a formula: a number, or text such as'],
    ['-m*g*l*cos(a)', 'm*‸constructor', 'system.potential', 'unknown name "constructor"'],
    ['[l*sin(a), ', '[‸rod.x, ', 'system.points.bob.0', 'unknown name "rod.x"'],
    ['[l*sin(a), ', '[‸bob.y, ', 'system.points.bob.0', '"bob.y" cannot be used here'],
    ['{m: 1,', '{m: 1, ‸e: 2,', 'system.parameters.e', '"e" is Euler\'s number already'],
    ['{m: 1,', '{m: 1, ‸2b: 2,', 'system.parameters.2b', 'a name has letters, digits and _'],
    ['{m: 1,', '{m: 1, ‸__proto__: 2,', '', 'this name is not allowed'],
    ['{m: 1,', '{m: ‸010,', '', '010 is read as different numbers'],
    ['{m: 1,', '{m: ‸yes,', '', 'write true or false'],
    ['name: pendulum', 'name: pendulum\n‸name: again', '', 'this is not valid YAML: map keys must be unique'],
    ['\nsolver', '\nlearn: {parameters: [‸mm]}\nsolver', 'learn.parameters.0', 'Did you mean "m"?'],
    [
      '\nsolver',
      '\nlearn: {parameters: {‸m: {start: 1, min: 2}}}\nsolver',
      'learn.parameters.m',
      'the start, 1, must be greater than 2',
    ],
    [
      '\nsolver',
      '\nlearn: {parameters: {‸s: {min: 2}}}\nsolver',
      'learn.parameters.s',
      'a new one needs a start',
    ],
    [
      '\nsolver',
      '\nlearn: {‸derivatives: {a: {network: {inputs: [a]}}}}\nsolver',
      'learn.derivatives',
      'what can be learned of type lagrangian',
    ],
    [
      '\nsolver',
      '\nlearn: {mass_matrix: {network: {inputs: [cos(a), ‸a_dot]}}}\nsolver',
      'learn.mass_matrix.network.inputs.1',
      '"a_dot" cannot be used here',
    ],
    ['\nsolver', '\n‸data: {split: [1, 0, 0]}\nsolver', 'data', 'expected either file or simulate'],
    [
      '\nsolver',
      '\ndata: {simulate: {}, split: ‸[0.8, 0.1, 0.2]}\nsolver',
      'data.split',
      'the fractions sum to 1.1, not to 1',
    ],
    [
      '\nsolver',
      '\ndata: {file: x, columns: {time: 1, ‸o: 2}}\nsolver',
      'data.columns.o',
      '"o" is not observed',
    ],
    [
      '\nsolver',
      '\ndata: {file: x, columns: {time: 1, o: 2}, observe: {o: 2*‸b}}\nsolver',
      'data.observe.o',
      'unknown name "b"',
    ],
    [
      '\nsolver',
      '\ntraining: {optimizer: {type: ‸adm}, epochs: 3}\nsolver',
      'training.optimizer.type',
      'no optimizer type "adm". Did you mean "adam"?',
    ],
    [
      '\nsolver',
      '\ntraining: {optimizer: {type: adam, ‸rl: 1}, epochs: 3}\nsolver',
      'training.optimizer.rl',
      'no key "rl" here. Did you mean "lr"?',
    ],
    [
      '\nsolver',
      '\ncriteria: [{metric: energy_mse, energy: ‸x^2, below: 1}]\nsolver',
      'criteria.0.energy',
      'unknown name "x"',
    ],
    ['\nsolver', '\n‸learn: {}\nsolver', 'learn', 'nothing is named that is to be learned'],
    ['\nsolver', '\n‸learn: {parameters: []}\nsolver', 'learn', 'nothing is named that is to be learned'],
    [
      '\nsolver',
      '\ndata: {file: x, columns: {time: 1, a: 2}, ‸trials: [1]}\nsolver',
      'data.trials',
      'no column is the trial',
    ],
    [
      '\nsolver',
      '\ntraining: {optimizer: {type: adam}, epochs: 3, weights: {‸aa: 1}}\nsolver',
      'training.weights.aa',
      'no observed value "aa". Did you mean "a"?',
    ],
    [
      '\nsolver',
      '\ncriteria: [{metric: energy_drift, ‸energy: a^2, below: 1}]\nsolver',
      'criteria.0.energy',
      'an energy is for the metric energy_mse',
    ],
    [
      '\nsolver',
      '\ndata: {simulate: {}, split: [0.8, 0, 0.2]}\ncriteria: [{metric: ‸validation_loss, below: 1}]\nsolver',
      'criteria.0.metric',
      'validation_loss needs data for validation',
    ],
    ['\nsolver', '\nviewer: {plots: [state, ‸enrgy]}\nsolver', 'viewer.plots.1', 'Did you mean "energy"?'],
    ['\nsolver', '\nviewer: {plots: [{phase: ‸zz}]}\nsolver', 'viewer.plots.0.phase', 'no coordinate "zz"'],
    [
      '\nsolver',
      '\nviewer: {plots: [{phase: [a, ‸zz]}]}\nsolver',
      'viewer.plots.0.phase.1',
      'no curve "zz". There are: a, a_dot, energy',
    ],
    ['\nsolver', '\nviewer: {rods: [[world, ‸bod]]}\nsolver', 'viewer.rods.0.1', 'Did you mean "bob"?'],
  ])('%j → %j', (from, marked, path, message) => {
    const text = changed(from, marked)
    const before = text.slice(0, text.indexOf('‸')).split('\n')
    const error = errorOf(text.replace('‸', ''))
    expect(error.message).toContain(message)
    expect(error.mistakes).toHaveLength(1)
    expect(error).toMatchObject({ line: before.length, column: before.at(-1)!.length + 1, path })
  })

  it('show the map in which a key is missing', () => {
    expect(errorOf(changed('  kinetic: 0.5*m*l^2*a_dot^2\n', '')).message).toBe(
      'pendulum.yaml:3:1 system.kinetic: the key "kinetic" is missing\n    system:\n    ^^^^^^',
    )
  })

  it('are all reported at once, in the order of the file', () => {
    const text = changed('rtol:', 'rtl:').replace('m*g*l', 'm*g*k').replace('version: 1', 'version: 2')
    expect(errorOf(text).mistakes.map(({ path }) => path)).toEqual([
      'version',
      'system.potential',
      'solver.rtl',
    ])
  })

  it('of a file that is not there name the scene that was meant', () => {
    expect(() => loadScene('double-pendulm')).toThrow(
      'double-pendulm: no such file or directory. Did you mean "double-pendulum"?',
    )
  })

  it('of equations name the state', () => {
    const text = `version: 1
name: x
system: {type: equations, state: {x: 1, v: 2}, derivatives: {x: v, w: x}, mass: {v: {u: 1}}}
solver: {span: [0, 1], atol: [1.0e-8]}
`
    expect(errorOf(text).mistakes.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual(
      [
        '3:48 the derivative of "v" is missing',
        '3:68 no state "w". There are: x, v',
        '3:86 no state "u". There are: x, v',
        '4:30 expected 2 tolerances (x, v), got 1',
      ],
    )
  })

  it('of definitions know those before, and no others', () => {
    const text = `version: 1
name: x
system: {type: equations, state: {x: 1}, definitions: {a: b + x, b: 2*x, x: 1}, derivatives: {x: a*b}}
solver: {method: rk4, span: [0, 1]}
reference: {state: {y: 1}, source: mine}
criteria: [{metric: end_error, below: 10}]
`
    const messages = (scene: string) =>
      errorOf(scene).mistakes.map(({ line, column, message }) => `${line}:${column} ${message}`)
    expect(messages(text)).toEqual([
      '3:59 unknown name "b". There are: x, t',
      '3:74 "x" is a state already: choose another name',
      '4:18 rk4 has no error estimate: give the size of its steps, solver.fixed_step',
      '5:21 no state "y". There are: x',
    ])
    const criterion = text
      .replace(/definitions: {.*?}, /, '')
      .replace('a*b', 'x')
      .replace('rk4', 'bosh3')
    expect(messages(criterion.replace(/reference.*\n/, ''))).toEqual([
      '5:21 end_error needs the state at the end of the span: give it in reference',
    ])
  })

  it('of criteria name what the system lacks', () => {
    const text = (system: string) => `version: 1
name: x
system: {type: equations, state: {x: 1}, derivatives: {x: -x}${system}}
solver: {span: [0, 1]}
criteria:
  - {metric: energy_drift, below: 1}
  - {metric: energy_mse, below: 1}
  - {metric: energy_mse, energy: x^2, below: 1}
  - {metric: mass_matrix_error, below: 1}
`
    const mistakes = (system: string) =>
      errorOf(text(system)).mistakes.map(({ line, column, message }) => `${line}:${column} ${message}`)
    const massMatrix = '9:14 mass_matrix_error needs a mass matrix: systems of type lagrangian have one'
    expect(mistakes('')).toEqual([
      '6:14 energy_drift needs an energy: give system.energy',
      '7:14 energy_mse needs an energy: give system.energy, or one over what is observed here',
      massMatrix,
    ])
    expect(mistakes(', energy: x^2')).toEqual([massMatrix])
  })

  it('of any kind give a SceneError with a place inside the file', () => {
    const edit = fc.record({
      at: fc.nat(pendulum.length),
      remove: fc.nat(6),
      insert: fc.string({
        unit: fc.constantFrom(...'{}[]:,"\'\n -*&!|>#%@abx01.^()\t'.split('')),
        maxLength: 4,
      }),
    })
    fc.assert(
      fc.property(edit, ({ at, remove, insert }) => {
        const text = pendulum.slice(0, at) + insert + pendulum.slice(at + remove)
        try {
          parseScene(text, 'pendulum.yaml')
        } catch (error) {
          expect(error).toBeInstanceOf(SceneError)
          const lines = text.split('\n')
          for (const { line, column } of (error as SceneError).mistakes) {
            expect(line).toBeGreaterThanOrEqual(1)
            expect(line).toBeLessThanOrEqual(lines.length)
            expect(column).toBeLessThanOrEqual(lines[line - 1].length + 1)
          }
        }
      }),
      { numRuns: 1000 },
    )
  })
})

/** The content of a scene, formulas as text. */
function toPlain({ place: _, ...scene }: object & { place: string }): unknown {
  return JSON.parse(
    JSON.stringify(scene, (_key, value) =>
      typeof value?.start === 'number' && 'text' in value ? value.text : value,
    ),
  )
}
