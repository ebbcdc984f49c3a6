import { formatMs } from '../../harness/model/duration.ts'
import type { FaultResult, ScenarioResult } from '../../harness/model/result.ts'
import type { Mode } from '../words.ts'
import { type Content, type Html, html } from './escape.ts'
import { faultEndMs } from './timeline/fault.ts'
import { clock } from './timeline/lanes.ts'

/** What was done to the workload, and what proves it. */
export function faultsList(scenario: ScenarioResult, mode: Mode): Content {
  const { faults } = scenario
  if (faults.length === 0) return null
  if (mode === 'control') return html`<h3>Faults <span class="dim">left out</span></h3>${faults.map(leftOut)}`
  return html`<h3>Faults</h3>${faults.map(
    (
      fault,
      index,
    ) => html`<dl class="fault"><dt class="what"><code>${fault.kind}</code></dt><dd>${fault.target}</dd>
<dt>injected</dt><dd>${clock(fault.injectedAtMs)}</dd>
<dt>receipt</dt><dd>${receipt(fault)}</dd>
<dt>reverted</dt><dd>${reverted(scenario, fault, index)}</dd></dl>`,
  )}`
}

function leftOut(fault: FaultResult): Html {
  return html`<dl class="fault"><dt class="what"><code>${fault.kind}</code></dt><dd>${fault.target}</dd>
<dt>left out</dt><dd>${clock(fault.injectedAtMs)}</dd></dl>`
}

function receipt(fault: FaultResult): Html {
  if (!fault.receipt)
    return html`<strong class="loud">no receipt</strong> nothing proves that the fault landed`
  const { atMs, observedBy, evidence } = fault.receipt
  return html`${clock(atMs)} <span class="dim">(${formatMs(atMs - fault.injectedAtMs)} later)</span> by ${observedBy}<div class="evidence">${evidence}</div>`
}

function reverted(scenario: ScenarioResult, fault: FaultResult, index: number): Html {
  if (fault.revertedAtMs !== undefined) return html`${clock(fault.revertedAtMs)}`
  const over = faultEndMs(scenario, fault, index) !== null
  return html`<span class="dim">${over ? 'nothing to revert: over once it had landed' : 'not reverted'}</span>`
}

/** Where the recording may have missed something. */
export function gapsList(scenario: ScenarioResult): Content {
  if (scenario.gaps.length === 0) return null
  return html`<h3>Gaps in the recording</h3><ul class="gaps">${scenario.gaps.map(
    (gap) =>
      html`<li><b>${gap.watch}</b> ${clock(gap.fromMs)} – ${clock(gap.toMs)}: ${gap.reason}${gap.unchanged ? ', and nothing had changed meanwhile' : ''}</li>`,
  )}</ul>`
}
