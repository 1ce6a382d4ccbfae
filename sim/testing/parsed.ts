import { parseScene, type Scene } from '../scene/index.ts'

/** A scene of a system, and of what more is given, as YAML. */
export const parsed = (system: string, more = ''): Scene =>
  parseScene(`version: 1\nname: test\nsystem: ${system}\nsolver: {span: [0, 1]}\n${more}`, 'test.yaml')
