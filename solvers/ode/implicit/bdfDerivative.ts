import type { StepContext } from '../context.ts'
import { dot } from '../denseDerivative.ts'
import type { StepDerivative } from '../stepper.ts'
import type { StepRecord } from '../steps.ts'
import { combine } from '../tableau.ts'
import { loadDifferences } from './bdf.ts'
import { mostOrder, newtonBasis, newtonBasisSlope, rescaling, rescalingSlope } from './differenceArray.ts'
import { createInitialState } from './initialState.ts'
import { alpha, gamma } from './ndf.ts'
import { contextOfDerivative, createStageDerivative, requireMassDerivative } from './stageDerivative.ts'

/**
 * The derivatives of the steps of the BDF with their orders and sizes frozen. The past, D_m = ∇^m y for m ≤ k, is a variable as
 * any other; each step is linear in it but for the stage ẏ₁(B), B = y₁^pred − ψ:
 *
 *     E = rescaling·D,   y₁^pred = Σ E_m,   ψ = Σ (γ_m/α_k)·E_m,   d = (h/α_k)·ẏ₁ − ψ,   D_m ← d + Σ_{l=m…k} E_l,   D_{k+1} ← d
 *
 * With times, h moves the rescaling by f = h/(distance of the past), too, and the distance of the past is the h of the step before.
 */
export function bdfDerivative(context: StepContext, record: StepRecord, times: boolean): StepDerivative {
  const { field } = context
  const n = field.dimension
  const implicit = createStageDerivative(context, times)
  const initialState = createInitialState(contextOfDerivative(context), implicit.system)
  const size = (mostOrder + 1) * n

  let t1 = 0
  let h = 0
  let order = 1
  let spacing = 1
  const before = new Float64Array(size)
  const past = new Float64Array(size)
  const after = new Float64Array(size)
  const matrix = new Float64Array((mostOrder + 1) * (mostOrder + 1))
  const matrixSlope = new Float64Array((mostOrder + 1) * (mostOrder + 1))
  const basis = new Float64Array(mostOrder + 1)
  const ones = new Float64Array(mostOrder + 1).fill(1)
  const psiWeights = new Float64Array(mostOrder + 1)
  const zero = new Float64Array(n)
  const state = new Float64Array(n)
  const slope = new Float64Array(n)
  const predicted = new Float64Array(n)

  /** Cotangents, or tangents, of the differences between steps and of the past within one. */
  const outer = new Float64Array(size)
  const inner = new Float64Array(size)
  const base = new Float64Array(n)
  const psi = new Float64Array(n)
  const stage = new Float64Array(n)
  const rowOf = (rows: Float64Array, m: number) => rows.subarray(m * n, (m + 1) * n)
  const outerRow = Array.from({ length: mostOrder + 1 }, (_, m) => rowOf(outer, m))
  const pastRow = Array.from({ length: mostOrder + 1 }, (_, m) => rowOf(past, m))
  const innerRow = Array.from({ length: mostOrder + 1 }, (_, m) => rowOf(inner, m))

  /** ∂E/∂f. */
  const pastSlope = new Float64Array(size)
  const pastSlopeRow = Array.from({ length: mostOrder + 1 }, (_, m) => rowOf(pastSlope, m))
  const timeCotangent = { t: 0, h: 0 }
  /** Cotangent, or tangent, of the distance of the past, which the step before hands on. */
  let spacingCotangent = 0
  let spacingTangent = 0

  /** rows ← the rescaling of `from` to the distance of this step. */
  function rescale(from: Float64Array, rows: readonly Float64Array[]): void {
    const count = order + 1
    for (let m = 0; m < count; m++) combine(zero, 1, matrix, m * count, count, from, rows[m])
  }

  function linearise(): void {
    const sigma = alpha[order] / h
    rescale(before, pastRow)
    combine(zero, 1, ones, 0, order + 1, past, predicted)
    combine(zero, 1, psiWeights, 0, order + 1, past, slope)
    for (let i = 0; i < n; i++) slope[i] = sigma * (slope[i] + state[i] - predicted[i])
    implicit.linearise(t1, state, slope, sigma)
  }

  function linearisePast(): void {
    const count = order + 1
    rescalingSlope(order, h / spacing, matrixSlope)
    for (let m = 0; m < count; m++) combine(zero, 1, matrixSlope, m * count, count, before, pastSlopeRow[m])
  }

  return {
    timeCotangent,
    load(step) {
      t1 = record.t[step + 1]
      h = record.h[step]
      spacing = loadDifferences(record, step - 1, before).spacing
      order = loadDifferences(record, step, after).order
      for (let i = 0; i < n; i++) state[i] = record.y[(step + 1) * n + i]
      rescaling(order, h / spacing, matrix)
      psiWeights.fill(0)
      for (let m = 1; m <= order; m++) psiWeights[m] = gamma[m] / alpha[order]
    },
    beginVjp() {
      requireMassDerivative(field, 'massVjp')
      outer.fill(0)
      spacingCotangent = 0
    },
    interpolateVjp(theta, cotangent) {
      newtonBasis(order, theta - 1, basis)
      for (let m = 0; m <= order; m++) for (let i = 0; i < n; i++) outerRow[m][i] += basis[m] * cotangent[i]
      if (!times) return 0
      newtonBasisSlope(order, theta - 1, basis)
      combine(zero, 1, basis, 0, order + 1, after, psi)
      return dot(cotangent, psi)
    },
    stepVjp(lambda1, lambda, gradTheta) {
      linearise()
      const count = order + 1
      for (let i = 0; i < n; i++) {
        // of D_m ← d + Σ_{l ≥ m} E_l
        let sum = lambda1[i]
        for (let m = 0; m < count; m++) {
          sum += outerRow[m][i]
          innerRow[m][i] = sum
        }
        if (order < mostOrder) sum += outerRow[count][i]
        stage[i] = (h / alpha[order]) * sum
        psi[i] = -sum
      }
      const ofStage = times ? -dot(psi, slope) / alpha[order] : 0
      const byTime = implicit.vjp(stage, base.fill(0), gradTheta)
      outer.fill(0)
      for (let i = 0; i < n; i++) {
        for (let m = 0; m < count; m++) innerRow[m][i] += base[i] + psiWeights[m] * (psi[i] - base[i])
        for (let m = 0; m < count; m++)
          for (let l = 0; l < count; l++) outerRow[l][i] += matrix[m * count + l] * innerRow[m][i]
        lambda[i] += outerRow[0][i]
        outerRow[0][i] = 0
      }
      if (!times) return
      linearisePast()
      let byRescaling = 0
      for (let m = 0; m < count; m++) byRescaling += dot(innerRow[m], pastSlopeRow[m])
      timeCotangent.t += byTime
      timeCotangent.h +=
        byTime + ofStage + dot(base, slope) / alpha[order] + byRescaling / spacing + spacingCotangent
      spacingCotangent = (-byRescaling * h) / (spacing * spacing)
    },
    startVjp(time, initial, lambda, gradTheta) {
      timeCotangent.t += initialState.vjp(time, initial, outerRow[1], lambda, gradTheta, times)
    },
    startJvp(time, initial, dt, dy, dtheta) {
      requireMassDerivative(field, 'massJvp')
      outer.fill(0)
      spacingTangent = 0
      initialState.jvp(time, initial, dt, dy, dtheta, outerRow[1])
      outerRow[0].set(dy)
    },
    stepJvp(dt, dh, _dy, dtheta, dy1) {
      linearise()
      rescale(outer, innerRow)
      if (times) {
        linearisePast()
        const change = dh / spacing - (spacingTangent * h) / (spacing * spacing)
        for (let i = 0; i < (order + 1) * n; i++) inner[i] += change * pastSlope[i]
        spacingTangent = dh
      }
      combine(zero, 1, ones, 0, order + 1, inner, base)
      combine(zero, 1, psiWeights, 0, order + 1, inner, psi)
      for (let i = 0; i < n; i++) {
        psi[i] -= (dh / alpha[order]) * slope[i] // of d
        base[i] -= psi[i]
      }
      implicit.jvp(dt + dh, base, dtheta, stage)
      for (let i = 0; i < n; i++) {
        let sum = (h / alpha[order]) * stage[i] - psi[i]
        if (order < mostOrder) outerRow[order + 1][i] = sum
        for (let m = order; m >= 0; m--) {
          sum += innerRow[m][i]
          outerRow[m][i] = sum
        }
        dy1[i] = sum
      }
    },
    interpolateJvp(theta, dfraction, out) {
      newtonBasis(order, theta - 1, basis)
      combine(zero, 1, basis, 0, order + 1, outer, out)
      if (dfraction === 0) return
      newtonBasisSlope(order, theta - 1, basis)
      combine(out, dfraction, basis, 0, order + 1, after, out)
    },
  }
}
