import { formatMs } from '../../harness/model/duration.ts'
import type { Diagnostic, Failure, ScenarioResult } from '../../harness/model/result.ts'
import { noiseLine } from '../noise-words.ts'
import { grouped } from '../numbers.ts'
import { findings, type Mode } from '../words.ts'
import { claimsTable } from './claims.ts'
import { type Content, type Html, html } from './escape.ts'
import { faultsList, gapsList } from './faults.ts'
import { shutdownSection } from './shutdown.ts'
import { timeline } from './timeline.ts'
import { trafficSummary } from './traffic.ts'
import { chip } from './verdict.ts'

/** Characters of one diagnostic that the page holds; `result.json` has the rest. */
const diagnosticLimit = 200_000

/**
 * One scenario: open where it needs reading, folded where it passed or was skipped. The anchor is inside the folded
 * part, for only then does a browser unfold it for a link.
 */
export function scenarioSection(scenario: ScenarioResult, anchor: string, mode: Mode): Html {
  const open = scenario.verdict !== 'passed' && scenario.verdict !== 'skipped' && html` open`
  return html`<details class="scenario"${open}><summary>${chip(scenario.verdict)} <h2>${scenario.title}</h2> <span class="dim number">${formatMs(
    scenario.durationMs,
  )}</span></summary><div class="body" id="${anchor}">
<p class="dim file">${scenario.file}${scenario.exclusive && ' · exclusive'} · started ${scenario.startedAt}</p>
${scenario.playedAgain && html`<p class="again">Played again, by itself: the machine was too slow the first time. <span class="dim">${scenario.playedAgain}</span></p>`}
${noise(scenario, mode)}
${findingsList(scenario, mode)}
${scenario.error && failureParts(scenario.error)}
${faultsList(scenario, mode)}
${claimsTable(scenario.claims, mode)}
${shutdownSection(scenario)}
${timeline(scenario, mode)}
${gapsList(scenario)}
${trafficSummary(scenario)}
${diagnostics(scenario.diagnostics)}
${recording(scenario.recording)}
</div></details>`
}

/** What was promised and what was seen, a line each, and below it why. */
export function findingsList(scenario: ScenarioResult, mode: Mode): Html {
  return html`<ul class="findings ${scenario.verdict}">${findings(scenario, mode).map(
    ({ promise, seen, why = [] }) =>
      html`<li>${promise && html`<code>${promise}</code> `}<span>${seen}</span>${
        why.length > 0 && html`<ul class="why">${why.map((reason) => html`<li>${reason}</li>`)}</ul>`
      }</li>`,
  )}</ul>`
}

/** What an error carries beside its sentence. */
export function failureParts(failure: Failure): Html {
  return html`${failure.remedy && html`<p class="remedy">${failure.remedy}</p>`}${failure.evidence && html`<pre>${failure.evidence}</pre>`}${
    failure.stack &&
    html`<details class="expert"><summary>Stack</summary><pre>${failure.stack}</pre></details>`
  }`
}

/** How busy the machine was: a quiet line, unless a claim could not be judged because of it; once, if a finding says it. */
function noise(scenario: ScenarioResult, mode: Mode): Content {
  if (!scenario.noise) return null
  const line = noiseLine(scenario.noise)
  if (findings(scenario, mode).some(({ why = [] }) => why.includes(line))) return null
  return scenario.claims.some(({ tooSlow }) => tooSlow)
    ? html`<p class="noise inconclusive"><strong>${line}</strong></p>`
    : html`<p class="noise dim">${line}</p>`
}

function diagnostics(all: readonly Diagnostic[]): Content {
  if (all.length === 0) return null
  return html`<h3>Diagnostics</h3>${all.map(
    ({ subject, what, text }) =>
      html`<details class="expert"><summary>${what} <span class="subject">${subject}</span></summary>${
        text.length > diagnosticLimit &&
        html`<p class="dim">The first ${grouped(text.length - diagnosticLimit)} characters are left off; result.json has them.</p>`
      }<pre>${text.slice(-diagnosticLimit)}</pre></details>`,
  )}`
}

function recording(path: string | undefined): Content {
  return (
    path !== undefined &&
    html`<p class="dim recording">Recording: <a href="${relativeLink(path)}">${path}</a></p>`
  )
}

/** A link that cannot leave the run's folder by scheme, host or `..`, whatever the path says. */
function relativeLink(path: string): string {
  const parts = path.toWellFormed().split('/')
  return `./${parts
    .filter((part) => part !== '..' && part !== '.' && part !== '')
    .map(encodeURIComponent)
    .join('/')}`
}
