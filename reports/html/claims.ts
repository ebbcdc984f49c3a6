import { formatMs } from '../../harness/model/duration.ts'
import type { ClaimResult } from '../../harness/model/result.ts'
import type { Mode } from '../words.ts'
import { type Content, html } from './escape.ts'
import { clock } from './timeline/lanes.ts'
import { chip } from './verdict.ts'
import { because, measuredAndPredicted } from './window.ts'

/** The claims of a scenario as a table, in the order in which they were made. */
export function claimsTable(claims: readonly ClaimResult[], mode: Mode): Content {
  if (claims.length === 0) return null
  return html`<h3>Claims${
    mode === 'control' &&
    html` <span class="dim">without the fault: a response passed if what it waits for was not seen</span>`
  }</h3><table class="claims">
<thead><tr><th>Verdict</th><th>Promised and seen</th><th>Measured, predicted</th></tr></thead><tbody>
${claims.map(
  (claim) => html`<tr><td>${chip(claim.verdict)}</td>
<td><code>${claim.statement}</code> <span class="tag">${claim.sort}</span>
<div class="subject">${claim.subject}</div>
<p>${withoutSubject(claim)}</p>${claim.reached && html`<div class="dim">${reachedWords(claim.reached)}</div>`}${claim.anchor && html`<div class="dim">counted from ${claim.anchor.event}, ${clock(claim.anchor.atMs)}</div>`}</td>
<td>${measuredAndPredicted(claim)}</td></tr>${
    claim.predicted && html`<tr class="more"><td></td><td colspan="2">${because(claim.predicted)}</td></tr>`
  }`,
)}
</tbody></table>`
}

function reachedWords(reached: NonNullable<ClaimResult['reached']>): string {
  return reached.map(({ what, ms }) => `${what} ${ms < 0 ? 'before' : `after ${formatMs(ms)}`}`).join(', ')
}

/** The subject stands above the message already. */
function withoutSubject({ subject, message }: ClaimResult): string {
  return message.startsWith(`${subject}: `) ? message.slice(subject.length + 2) : message
}
