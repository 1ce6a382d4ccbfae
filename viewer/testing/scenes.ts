import type { Series, Trajectory } from '../../sim/files/trajectory.ts'
import type { ViewerSection } from '../../sim/files/viewerSeries.ts'
import { doublePendulum } from './doublePendulum.ts'
import { discMesh } from './meshes.ts'

/**
 * A trajectory of every kind of scene, each from a formula: what the viewer must be able to draw.
 */

const samples = 121
const interval = 0.05
const t = Float64Array.from({ length: samples }, (_, i) => i * interval)

type Row = number[] | number[][]

/** An array whose first axis is time, from a function of time. */
function over(f: (time: number) => number | Row): Series {
  const rows = Array.from(t, f)
  const first = rows[0]
  const inner = Array.isArray(first)
    ? [first.length, ...(Array.isArray(first[0]) ? [first[0].length] : [])]
    : []
  return { shape: [samples, ...inner], data: Float64Array.from(rows.flat(2) as number[]) }
}

const fixed = (rows: readonly (readonly number[])[]): Series => ({
  shape: [rows.length, rows[0].length],
  data: Float64Array.from(rows.flat()),
})

const rowsOf = (numbers: ArrayLike<number>, width: number): number[][] =>
  Array.from({ length: numbers.length / width }, (_, i) =>
    Array.from({ length: width }, (_, c) => numbers[width * i + c]),
  )

const scene = (
  name: string,
  viewer: ViewerSection,
  series: Record<string, Series>,
  {
    state = { q: (time: number) => Math.cos(2 * time) } as Record<string, (time: number) => number>,
    units = {},
  } = {},
): Trajectory => ({
  t,
  y: Float64Array.from(Array.from(t, time => Object.values(state).map(f => f(time))).flat()),
  names: Object.keys(state),
  series,
  meta: { name, viewer, units },
})

/** [w, x, y, z] of a turn about an axis through a unit vector. */
const turn = (angle: number, [x, y, z]: [number, number, number]): number[] => {
  const s = Math.sin(angle / 2)
  return [Math.cos(angle / 2), s * x, s * y, s * z]
}

const tetrahedron = [
  [0.5, 0.5, 0.5],
  [0.5, -0.5, -0.5],
  [-0.5, 0.5, -0.5],
  [-0.5, -0.5, 0.5],
]

export const bodiesScene = (): Trajectory => {
  const kinds = ['capsule', 'box', 'sphere', 'cylinder', 'mesh'] as const
  const sizes: Record<string, number[]> = {
    capsule: [0.22, 0.35],
    box: [0.42, 0.25, 0.3],
    sphere: [0.4],
    cylinder: [0.3, 0.4],
    mesh: [],
  }
  const series: Record<string, Series> = {
    'mesh:tetrahedron:vertices': fixed(tetrahedron),
    'mesh:tetrahedron:triangles': fixed([
      [0, 1, 2],
      [0, 3, 1],
      [0, 2, 3],
      [1, 3, 2],
    ]),
  }
  kinds.forEach((kind, i) => {
    series[`point:${kind}`] = over(time => [1.4 * (i - 2), 0.75 + 0.5 * Math.sin(2 * time + i) ** 2, 0])
    series[`quaternion:${kind}`] = over(time => turn(1.3 * time + i, [0.6, 0, 0.8]))
  })
  const geoms = kinds.map(kind => ({
    body: kind,
    type: kind,
    size: sizes[kind],
    ...(kind === 'mesh' && { mesh: 'tetrahedron' }),
  }))
  return scene('bodies', { camera: { view: 'iso' }, geoms, plots: ['q'] }, series)
}

export const springsScene = (): Trajectory =>
  scene(
    'springs',
    {
      springs: [
        ['world', 'a'],
        ['a', 'b'],
      ],
      trails: { b: 1 },
      plots: ['q'],
    },
    {
      'point:a': over(time => [0.2 * Math.sin(time), -1 - 0.25 * Math.cos(2 * time), 0]),
      'point:b': over(time => [0.5 * Math.sin(time), -2.1 - 0.5 * Math.cos(2 * time + 1), 0]),
    },
  )

export const chainScene = (): Trajectory =>
  scene(
    'chain',
    { particles: { links: { links: 'chain', radius: 0.03 } }, plots: ['q'] },
    {
      'particles:links': over(time =>
        Array.from({ length: 24 }, (_, i) => [
          0.1 * i,
          -0.12 * i + 0.006 * i * i + 0.05 * Math.sin(3 * time - 0.4 * i) * Math.sqrt(i),
          0.02 * i * Math.cos(time),
        ]),
      ),
    },
  )

export const clothScene = (): Trajectory =>
  scene(
    'cloth',
    { camera: { view: 'iso' }, particles: { flag: { cloth: [12, 16], radius: 0.008 } }, plots: ['q'] },
    {
      'particles:flag': over(time =>
        Array.from({ length: 12 * 16 }, (_, k) => {
          const [r, c] = [Math.floor(k / 16), k % 16]
          return [0.1 * c, -0.1 * r, 0.02 * c * Math.sin(4 * time - 0.6 * c + 0.2 * r)]
        }),
      ),
    },
  )

export const particlesScene = (): Trajectory => {
  const count = 120
  const radii = Array.from({ length: count }, (_, i) => 0.4 + 1.1 * Math.sqrt(((i * 37) % count) / count))
  const speeds = radii.map(r => 1 / r ** 1.5)
  return scene(
    'particles',
    {
      camera: { view: 'iso' },
      particles: { swarm: { trail: 0.8, colour: 'speed' } },
      fields: { speed: { colours: 'sequential' } },
      plots: ['q'],
    },
    {
      'particles:swarm': over(time =>
        radii.map((r, i) => {
          const angle = speeds[i] * time + 2.4 * i
          return [r * Math.cos(angle), 0.12 * Math.sin(5 * i + time), r * Math.sin(angle)]
        }),
      ),
      'field:speed': over(() => radii.map((r, i) => r * speeds[i])),
    },
    { units: { speed: 'm/s' } },
  )
}

export const networkScene = (): Trajectory => {
  const count = 18
  const place = (i: number): number[] => {
    const angle = (2 * Math.PI * i) / count
    const r = i % 3 === 0 ? 0.55 : 1
    return [r * Math.cos(angle), r * Math.sin(angle), 0]
  }
  const edges = Array.from({ length: count }, (_, i) => [
    [i, (i + 1) % count],
    ...(i % 3 === 0 ? [[i, (i + 3) % count]] : []),
  ]).flat()
  return scene(
    'network',
    { fields: { infected: { mesh: 'towns', range: [0, 1] } }, plots: ['q'] },
    {
      'mesh:towns:vertices': fixed(Array.from({ length: count }, (_, i) => place(i))),
      'mesh:towns:edges': fixed(edges),
      'field:infected': over(time =>
        Array.from(
          { length: count },
          (_, i) => 1 / (1 + Math.exp(1.2 * Math.min(i, count - i) - 3 * time + 3)),
        ),
      ),
    },
  )
}

export const heatScene = (): Trajectory => {
  const { vertices, triangles } = discMesh(1, 14, 48)
  const points = rowsOf(vertices, 3)
  return scene(
    'heat',
    {
      camera: { view: 'iso' },
      fields: { temperature: { mesh: 'plate', height: 0.35, contours: 7 } },
      plots: ['q'],
    },
    {
      'mesh:plate:vertices': fixed(points),
      'mesh:plate:triangles': fixed(rowsOf(triangles, 3)),
      // A solution of the heat equation in the plane: a Gaussian that spreads.
      'field:temperature': over(time =>
        points.map(([x, , z]) => {
          const width = 0.05 + 0.015 * time
          return (0.05 / width) * Math.exp(-((x - 0.25) ** 2 + z * z) / (4 * width)) * 2
        }),
      ),
    },
    { units: { temperature: 'K' } },
  )
}

/** An abstract system of three components: a decaying spiral in phase space. */
export const phaseScene = (): Trajectory =>
  scene(
    'spiral',
    { plots: ['state', { phase: ['x', 'y'] }] },
    {},
    {
      state: {
        x: time => Math.exp(-0.3 * time) * Math.cos(4 * time),
        y: time => Math.exp(-0.3 * time) * Math.sin(4 * time),
        z: time => Math.exp(-0.6 * time),
      },
    },
  )

/** One of each kind, by the name of its file. */
export const scenesOfEveryKind = (): Record<string, Trajectory> => ({
  'pendulum.npz': doublePendulum({ samples: 301 }),
  'bodies.npz': bodiesScene(),
  'springs.npz': springsScene(),
  'chain.npz': chainScene(),
  'cloth.npz': clothScene(),
  'particles.npz': particlesScene(),
  'network.npz': networkScene(),
  'heat.npz': heatScene(),
  'spiral.npz': phaseScene(),
})
