import { type WindowDescription, windowTaskOf } from '../training/windowTasks.ts'
import type { Task } from './member.ts'
import { type GradientBatch, gradientTask, integrationTask, type TrajectoryBatch } from './trajectories.ts'

/** What threads can do, by name: how a description becomes a task. */
const kinds = {
  trajectories: (batch: TrajectoryBatch) => integrationTask(batch),
  gradients: (batch: GradientBatch) => gradientTask(batch),
  windows: (description: WindowDescription) => windowTaskOf(description),
}

export type JobKind = keyof typeof kinds

export const taskOf = (kind: JobKind, description: unknown): Task =>
  (kinds[kind] as (description: unknown) => Task)(description)
