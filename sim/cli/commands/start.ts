import { join } from 'node:path'
import pc from 'picocolors'
import { trainCommand } from './train.ts'
import { type ViewCommandOptions, viewCommand } from './view.ts'

/** `npm start`: trains the shipped double pendulum, prints the criteria, and serves it. */
export async function startCommand(options: ViewCommandOptions): Promise<void> {
  const { useBestEagerBackend } = await import('../../../compiler/eagerBackend.ts')
  const { notice } = await useBestEagerBackend()
  if (notice) console.log(pc.dim(notice))
  const out = join('runs', 'double-pendulum')
  await trainCommand('double-pendulum', { out })
  await viewCommand([join(out, 'trajectory.npz')], options)
}
