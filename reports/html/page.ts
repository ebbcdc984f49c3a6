import { formatMs } from '../../harness/model/duration.ts'
import type { Result, ScenarioResult } from '../../harness/model/result.ts'
import type { Verdict } from '../../harness/model/verdict.ts'
import { counted } from '../numbers.ts'
import { wallTimeLine } from '../wall-time.ts'
import { clusterLine, headline, runDuration, stamps, symbols, tally, worstFirst } from '../words.ts'
import { definitions } from './defs.ts'
import { type Content, type Html, html } from './escape.ts'
import { failureParts, findingsList, scenarioSection } from './scenario.ts'
import { style } from './style.ts'
import { chip } from './verdict.ts'

interface Anchored {
  scenario: ScenarioResult
  anchor: string
}

/** The whole page. Its own policy forbids scripts and requests, should anything ever slip through the escaping. */
export function page(result: Result): Html {
  const ordered = worstFirst(result.scenarios).map((scenario) => ({
    scenario,
    anchor: anchorOf(result, scenario),
  }))
  const names = stamps(result).map((stamp) => stamp.name)
  const title = [result.run.verdict, ...names, result.run.id].join(' · ')
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${title} · rolypoly</title><link rel="icon" href="${icon(result.run.verdict)}">
<style>${style}</style></head><body>
${definitions}
${names.length > 0 && html`<div class="stamp-strip">${names.join(' · ')}</div>`}
${banner(result)}
<main>
${stamps(result).map((stamp) => html`<p class="stamp"><strong>${stamp.name}</strong> ${stamp.meaning}</p>`)}
${result.run.error && html`<section class="run-error"><h2>The run ${result.run.interrupted ? 'was interrupted' : 'itself failed'}</h2><p>${result.run.error.message}</p>${failureParts(result.run.error)}</section>`}
${whatBroke(ordered, result)}
${summary(ordered)}
${ordered.map(({ scenario, anchor }) => scenarioSection(scenario, anchor, result.run.mode))}
${aboutRun(result)}
</main></body></html>
`
}

function banner(result: Result): Html {
  const { run } = result
  const facts = [clusterLine(run.cluster), runDuration(run), run.startedAt].filter((fact) => fact !== '')
  return html`<header class="banner ${run.verdict}"><div class="inner">
<p class="verdict"><span aria-hidden="true">${symbols[run.verdict]}</span> ${run.verdict}</p>
<h1>${headline(result)}</h1>
<p class="counts">${tally(result.scenarios).map(({ verdict, count }) => html`<span>${symbols[verdict]} <b>${count}</b> ${verdict}</span>`)}</p>
<p class="facts">${facts.join(' · ')}</p></div></header>`
}

function whatBroke(ordered: readonly Anchored[], result: Result): Content {
  const broken = ordered.filter(
    ({ scenario }) => scenario.verdict !== 'passed' && scenario.verdict !== 'skipped',
  )
  if (broken.length === 0) return null
  return html`<section class="broke"><h2>What needs a look</h2><ol>${broken.map(
    ({ scenario, anchor }) =>
      html`<li>${chip(scenario.verdict)}<div><a href="#${anchor}">${scenario.title}</a>${findingsList(scenario, result.run.mode)}</div></li>`,
  )}</ol></section>`
}

function summary(ordered: readonly Anchored[]): Content {
  if (ordered.length === 0) return html`<p class="dim">No scenario was run.</p>`
  return html`<section><h2>All scenarios</h2><table class="summary">
<thead><tr><th>Verdict</th><th>Scenario</th><th>Faults</th><th>Claims</th><th class="number">Lost</th><th class="number">Took</th></tr></thead><tbody>
${ordered.map(
  ({ scenario, anchor }) => html`<tr><td>${chip(scenario.verdict)}</td>
<td><a href="#${anchor}">${scenario.title}</a>${scenario.skippedBecause && html`<div class="dim">${scenario.skippedBecause}</div>`}${scenario.playedAgain && html`<div class="dim">played again, by itself: the machine was too slow the first time</div>`}</td>
<td data-name="faults">${scenario.faults.map((fault) => html`<div>${fault.kind}${fault.receipt === null && html` <b class="loud">no receipt</b>`}</div>`)}</td>
<td data-name="claims">${tally(scenario.claims).map(({ verdict, count }) => html`<div class="claim-count ${verdict}">${count} ${verdict}</div>`)}</td>
<td class="number" data-name="lost">${scenario.traffic?.lost}</td><td class="number" data-name="took">${formatMs(scenario.durationMs)}</td></tr>`,
)}
</tbody></table></section>`
}

function aboutRun(result: Result): Html {
  const { run } = result
  const { cluster } = run
  const rows: [string, Content][] = [
    ['Run', run.id],
    ['Mode', run.mode],
    ['Started', run.startedAt],
    ['Finished', run.finishedAt],
    ['rolypoly', run.rolypolyVersion],
    ['Seed', run.seed],
  ]
  const time = wallTimeLine(result)
  if (time) rows.push(['Wall time', time])
  if (cluster) {
    rows.push(['Cluster', `${cluster.name} (${cluster.provider}), Kubernetes ${cluster.kubernetesVersion}`])
    rows.push([
      counted(cluster.nodes.length, 'node'),
      cluster.nodes.map((node) => html`<div>${node.name} <span class="dim">${node.role}</span></div>`),
    ])
    rows.push(['Capabilities', cluster.capabilities.join(', ')])
    for (const [name, value] of Object.entries(cluster.settings)) rows.push([name, value])
  }
  return html`<section class="about"><h2>About this run</h2><dl>${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
<p class="dim">Made from <a href="./result.json">result.json</a>.</p></section>`
}

function anchorOf(result: Result, scenario: ScenarioResult): string {
  return `scenario-${result.scenarios.indexOf(scenario) + 1}`
}

const iconColours: Record<Verdict, string> = {
  violated: 'b3261e',
  error: '7b3f9d',
  inconclusive: '9a6700',
  passed: '1a7f4b',
  skipped: '6b7280',
}

function icon(verdict: Verdict): string {
  return `data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220 0 8 8%22%3E%3Ccircle cx=%224%22 cy=%224%22 r=%224%22 fill=%22%23${iconColours[verdict]}%22/%3E%3C/svg%3E`
}
