import type { CameraView } from '../sim/files/viewerSeries.ts'
import { isCameraView, type Pose, type Vector } from './cameraRig.ts'
import type { Item, Selection } from './selection.ts'

/** What a link restores of a view; what it leaves out stays as it is. */
export interface LinkState {
  /** The file's name in the selector. */
  file?: string
  time?: number
  /** A and B. */
  marks?: readonly number[]
  speed?: number
  /** A view, or where the user has put the camera. */
  camera?: CameraView | Pose
  selection?: Selection
}

/** Digits enough that the picture is the same to the pixel. */
const short = (value: number): string => String(Number(value.toPrecision(7)))

/** A URL fragment such as `#t=3.21&view=front&select=body:p2`. */
export function writeLink({ file, time, marks, speed, camera, selection }: LinkState): string {
  const parameters = new URLSearchParams()
  if (file !== undefined) parameters.set('file', file)
  if (time !== undefined) parameters.set('t', short(time))
  if (marks && marks.length > 0) parameters.set('loop', marks.map(short).join(','))
  if (speed !== undefined && speed !== 1) parameters.set('speed', short(speed))
  if (typeof camera === 'string') parameters.set('view', camera)
  else if (camera) parameters.set('camera', [...camera.position, ...camera.target].map(short).join(','))
  if (selection) parameters.set('select', `${selection.kind}:${selection.name}`)
  return `#${parameters.toString().replaceAll('%2C', ',').replaceAll('%3A', ':')}`
}

/** What a fragment says; parts that make no sense are left out. */
export function readLink(fragment: string): LinkState {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ''))
  const state: LinkState = {}
  const numbers = (name: string): number[] | null => {
    const words = parameters.get(name)?.split(',') ?? []
    return words.length > 0 && words.every(word => word !== '' && Number.isFinite(Number(word)))
      ? words.map(Number)
      : null
  }
  const file = parameters.get('file')
  if (file !== null) state.file = file
  const time = numbers('t')
  if (time?.length === 1) state.time = time[0]
  const marks = numbers('loop')
  if (marks && marks.length <= 2) state.marks = marks
  const speed = numbers('speed')
  if (speed?.length === 1) state.speed = speed[0]
  const view = parameters.get('view')
  if (isCameraView(view)) state.camera = view
  const camera = numbers('camera')
  if (camera?.length === 6)
    state.camera = {
      position: camera.slice(0, 3) as unknown as Vector,
      target: camera.slice(3) as unknown as Vector,
    }
  const item = /^(body|series):(.+)$/.exec(parameters.get('select') ?? '')
  if (item) state.selection = { kind: item[1] as Item['kind'], name: item[2] }
  return state
}
