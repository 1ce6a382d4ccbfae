import type { ModuleBuilder, WasmFunction } from '../wasm/index.ts'
import { type FrontTables, frontTables } from './frontTables.ts'
import { instantiate, layOut } from './instance.ts'
import { type OrderingOptions, orderingOf } from './ordering.ts'
import { compressed, type Pairing } from './pairing.ts'
import { graphOf, type Pattern } from './pattern.ts'
import { type SymbolicFactor, symbolicFactor } from './supernodes.ts'

/** What the analysis of a pattern found. */
export interface SparseStatistics {
  readonly ordering: string
  /** Entries of L (of L and U). */
  readonly nonzeros: number
  /** Float64 that are stored for them. */
  readonly stored: number
  /** Additions and multiplications of a factorisation. */
  readonly operations: number
}

export interface Analysis {
  readonly symbolic: SymbolicFactor
  readonly tables: FrontTables
  readonly statistics: SparseStatistics
}

/** Orders a square pattern and finds the fronts of its factors. */
export function analyse(A: Pattern, options: OrderingOptions, pairing?: Pairing): Analysis {
  if (A.rows !== A.columns)
    throw new RangeError(`a factorisation wants a square matrix, not ${A.rows}×${A.columns}`)
  const graph = graphOf(A)
  const { name, symbolic } =
    pairing && !(options.ordering instanceof Int32Array)
      ? compressed(graph, pairing, options)
      : orderingOf(graph, options, ordering => symbolicFactor(graph, ordering))
  const tables = frontTables(A, symbolic)
  const { nonzeros, operations } = symbolic
  return {
    symbolic,
    tables,
    statistics: { ordering: name, nonzeros, stored: tables.factorBytes / 8, operations },
  }
}

/** The tables, values, factors and work space in one memory, with the functions of `emit`; `more` are further regions. */
export function createFronts<Name extends string, More extends string>(
  A: Pattern,
  { tables }: Analysis,
  key: string,
  emit: (module: ModuleBuilder) => Record<Name, WasmFunction>,
  more: Readonly<Record<More, number>>,
) {
  const n = A.rows
  const { regions, bytes } = layOut({
    tables: tables.words.byteLength,
    values: 8 * A.columnIndices.length,
    b: 8 * n,
    x: 8 * (n + 1),
    work: tables.workBytes,
    ...more,
    factor: tables.factorBytes,
    update: tables.updateBytes,
  } as Record<'tables' | 'values' | 'b' | 'x' | 'work' | 'factor' | 'update' | More, number>)
  const { buffer, functions } = instantiate(key, emit, bytes)
  new Int32Array(buffer, regions.tables.address, tables.words.length).set(tables.words)
  const view = (region: keyof typeof regions) =>
    new Float64Array(buffer, regions[region].address, regions[region].bytes / 8)
  return { regions, functions, view }
}
