import { formatMs } from '../../harness/model/duration.ts'
import type { Loss, ScenarioResult, TrafficResult } from '../../harness/model/result.ts'
import { counted, grouped, seconds } from '../numbers.ts'
import { type Content, type Html, html } from './escape.ts'
import { clock } from './timeline/lanes.ts'

/** Requests sent and lost, how long the answers took, why some were lost, and the first losses behind it. */
export function trafficSummary({ traffic }: ScenarioResult): Content {
  if (!traffic) return null
  const { explanations = [] } = traffic
  return html`<h3>Traffic</h3><p class="figures">${counted(traffic.requests, 'request')}, <b>${grouped(
    traffic.lost,
  )} lost</b>, longest gap ${formatMs(traffic.longestGapMs)}${latency(traffic)}</p>${
    explanations.length > 0 &&
    html`<ul class="why">${explanations.map(({ text }) => html`<li>${text}</li>`)}</ul>`
  }${losses(traffic)}`
}

function latency({ latency }: TrafficResult): Content {
  if (!latency) return null
  const { p50, p95, p99, max } = latency
  return html`; answered in ${brief(p50)} <span class="dim">(p50), p95 ${brief(p95)}, p99 ${brief(p99)}, max ${brief(max)}</span>`
}

/** Answers inside a cluster take a few milliseconds, of which the tenths still tell. */
function brief(ms: number): string {
  return ms < 9.95 ? `${ms.toFixed(1)} ms` : formatMs(ms)
}

interface Column {
  name: string
  of(loss: Loss): Content
  number?: true
}

const knownBy = {
  route: 'by its node’s route',
  answer: 'by an earlier answer',
  time: 'by the time alone',
} as const

/** All that may be known of a loss, of which a table has the columns that some loss fills. */
const columns: readonly Column[] = [
  { name: 'At', of: (loss) => clock(loss.atMs), number: true },
  { name: 'Took', of: (loss) => length(loss.tookMs), number: true },
  { name: 'Reason', of: (loss) => loss.reason },
  { name: 'Connection', of: connection },
  { name: 'Pod', of: pod },
  { name: 'Its endpoint then', of: (loss) => loss.endpointState },
  { name: 'Since signal', of: (loss) => length(loss.sinceSignalMs), number: true },
  { name: 'Since end', of: (loss) => length(loss.sinceEndMs), number: true },
  { name: 'Asked', of: (loss) => loss.endpoint },
]

function losses({ losses, lost }: TrafficResult): Content {
  if (losses.length === 0) return null
  const filled = columns.filter((column) => losses.some((loss) => column.of(loss) !== undefined))
  const title = losses.length < lost ? `The first ${grouped(losses.length)} of the losses` : 'The losses'
  return html`<details class="expert"><summary>${title}</summary><div class="scroll"><table class="plain losses"><thead><tr>${filled.map(
    ({ name, number }) => (number ? html`<th class="number">${name}</th>` : html`<th>${name}</th>`),
  )}</tr></thead><tbody>
${losses.map((loss) => html`<tr>${filled.map((column) => cell(column, loss))}</tr>`)}</tbody></table></div></details>`
}

function cell(column: Column, loss: Loss): Html {
  const content = column.of(loss)
  return column.number ? html`<td class="number">${content}</td>` : html`<td>${content}</td>`
}

function connection({ connection, connectionAgeMs }: Loss): Content {
  if (connectionAgeMs === undefined || connection === 'new') return connection
  return html`${connection} <span class="dim">${seconds(connectionAgeMs)} old</span>`
}

function pod({ pod, podKnownBy }: Loss): Content {
  if (pod === undefined) return undefined
  return html`${pod}${podKnownBy && html` <span class="dim">${knownBy[podKnownBy]}</span>`}`
}

function length(ms: number | undefined): Content {
  return ms === undefined ? undefined : seconds(ms)
}
