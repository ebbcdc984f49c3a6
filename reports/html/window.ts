import { formatMeasured, formatMs } from '../../harness/model/duration.ts'
import type { ClaimResult, Prediction, Term } from '../../harness/model/result.ts'
import { type Content, type Html, html } from './escape.ts'
import { shapes } from './timeline/look.ts'

/** What was measured beside what was predicted: in words, and as a bar from the anchor on. */
export function measuredAndPredicted(claim: ClaimResult): Content {
  const { measuredMs, predicted, within, timing } = claim
  if (measuredMs === undefined && !predicted && within === undefined) return null
  return html`<div class="figures">${
    measuredMs === undefined
      ? html`<span class="dim">not seen</span>`
      : html`<b>${formatMeasured(measuredMs)}</b>`
  }${timing && html` <span class="timing ${timing}">${timing}</span>`}</div>${windowBar(claim)}<div class="dim figures">${
    predicted && html`predicted ${range(predicted)}`
  }${within !== undefined && html`${predicted && ', '}limit ${formatMs(within)}`}</div>`
}

type Window = Pick<Prediction, 'earliestMs' | 'latestMs'>

function range({ earliestMs, latestMs }: Window): string {
  return `${formatMs(earliestMs)} – ${formatMs(latestMs)}`
}

function windowBar(claim: ClaimResult): Html {
  const { measuredMs, predicted, within, timing } = claim
  const widest = Math.max(measuredMs ?? 0, predicted?.latestMs ?? 0, within ?? 0, 1) * 1.06
  const at = (ms: number): number => Math.round(Math.max(0, Math.min(1, ms / widest)) * 1_000) / 10
  const said = [
    predicted && `predicted ${range(predicted)}`,
    within !== undefined && `limit ${formatMs(within)}`,
    measuredMs === undefined
      ? 'not seen'
      : `measured ${formatMeasured(measuredMs)}${timing ? `, ${timing}` : ''}`,
  ]
  const text = said.filter(Boolean).join('; ')
  const shape = timing === 'late' || timing === 'early' ? shapes.late : shapes.measured
  return html`<svg class="window-bar" role="img" aria-label="${text}" height="20"><title>${text}</title><line class="base" x1="0" x2="100%" y1="10" y2="10"/><line class="base" x1="0.5" x2="0.5" y1="5" y2="15"/>${
    predicted &&
    html`<rect class="bar window" x="${at(predicted.earliestMs)}%" width="${
      Math.round((at(predicted.latestMs) - at(predicted.earliestMs)) * 10) / 10
    }%" y="4" height="12"/>`
  }${within !== undefined && html`<line class="limit" x1="${at(within)}%" x2="${at(within)}%" y1="2" y2="18"/>`}${
    measuredMs !== undefined &&
    html`<svg class="mark" x="${at(measuredMs)}%" y="10" width="1" height="1">${shape}</svg>`
  }</svg>`
}

/** The sum behind a window, a term a row, with Kubernetes' own periods told from what the machine takes. */
export function because(predicted: Prediction): Html {
  const total = sumOf(predicted.because)
  const told = predicted.because.some((term) => term.kubernetes)
  return html`<details class="because"><summary>why this window</summary><div class="scroll"><table class="plain">
<thead><tr><th>Term</th><th class="number">earliest</th><th class="number">latest</th><th>Source</th></tr></thead><tbody>
${predicted.because.map(
  (term) =>
    html`<tr><td>${told && origin(term.kubernetes ?? false)}${term.term}</td><td class="number">${formatMs(term.earliestMs ?? term.ms)}</td><td class="number">${formatMs(
      term.ms,
    )}</td><td class="dim">${term.source ?? ''}</td></tr>`,
)}
</tbody><tfoot><tr><th>Sum</th><td class="number">${formatMs(total.earliestMs)}</td><td class="number">${formatMs(total.latestMs)}</td><td class="dim">${mismatch(
    predicted,
    total,
  )}</td></tr></tfoot></table></div>${told && origins(predicted.because)}</details>`
}

/** What the marks mean, with the part of the sum that each stands for. */
function origins(terms: readonly Term[]): Html {
  const part = (kubernetes: boolean): string =>
    range(sumOf(terms.filter((term) => (term.kubernetes ?? false) === kubernetes)))
  return html`<ul class="legend"><li>${origin(true)}Kubernetes’ own periods, ${part(true)}</li><li>${origin(false)}what the machine takes, ${part(false)}</li></ul>`
}

function origin(kubernetes: boolean): Html {
  const text = kubernetes ? 'Kubernetes' : 'machine'
  return html`<svg class="origin" role="img" aria-label="${text}" width="9" height="9"><title>${text}</title><rect class="${text.toLowerCase()}" x="1" y="1" width="7" height="7"/></svg>`
}

/** A window that is not the sum of its terms says so: half a second of rounding aside, they should agree. */
function mismatch(predicted: Prediction, total: Window): string {
  const agrees =
    Math.abs(total.earliestMs - predicted.earliestMs) < 500 &&
    Math.abs(total.latestMs - predicted.latestMs) < 500
  return agrees ? '' : `the window is ${range(predicted)}`
}

function sumOf(terms: readonly Term[]): Window {
  return {
    earliestMs: terms.reduce((total, term) => total + (term.earliestMs ?? term.ms), 0),
    latestMs: terms.reduce((total, term) => total + term.ms, 0),
  }
}
