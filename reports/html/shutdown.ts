import type { ScenarioResult, ShutdownResult } from '../../harness/model/result.ts'
import { counted } from '../numbers.ts'
import { changes, unchanged } from '../shutdown-changes.ts'
import { clauses, fellShort, podName } from '../shutdown-words.ts'
import { type Content, type Html, html } from './escape.ts'
import { isBroken, stopAxis } from './shutdown/axis.ts'
import { stopCounts } from './shutdown/counts.ts'
import { drawAxis, drawLanes } from './shutdown/draw.ts'
import { stopLanes } from './shutdown/lanes.ts'
import { stopLegend } from './shutdown/legend.ts'
import { clock } from './timeline/lanes.ts'

/** More pictures than this are folded: a rolling update stops pods by the dozen. */
const openLimit = 3

/** How the pods stopped, a picture each: those that fell short first, the earlier run's below on the same axis. */
export function shutdownSection({ shutdowns = [] }: ScenarioResult): Content {
  if (shutdowns.length === 0) return null
  const ordered = shutdowns.toSorted((a, b) => Number(fellShort(b)) - Number(fellShort(a)))
  const folded = ordered.slice(openLimit)
  const lanes = shutdowns.flatMap((stop) => [
    ...stopLanes(stop),
    ...(stop.before ? stopLanes(stop.before) : []),
  ])
  return html`<h3>Shutdown <span class="dim">seconds from the deletion</span></h3>${ordered.slice(0, openLimit).map(picture)}${
    folded.length > 0 &&
    html`<details class="expert"><summary>${counted(folded.length, 'more pod')} stopped</summary>${folded.map(picture)}</details>`
  }${stopLegend(lanes)}`
}

function picture(stop: ShutdownResult): Html {
  const { before } = stop
  const axis = stopAxis(before ? [stop, before] : [stop])
  const name = podName(stop.subject)
  return html`<figure class="stop"><div class="stop-head"><b class="pod">${name}</b> <span class="dim">container ${stop.container}, deleted at ${clock(stop.deletedAtMs)}${
    isBroken(axis) && '; the grace period’s end is drawn nearer than it is'
  }</span></div>
${drawAxis(axis, Math.max(stop.graceMs, before?.graceMs ?? 0))}${drawLanes(stopLanes(stop), axis, stop.graceMs, 'now')}${
  before &&
  html`<div class="stop-before">last run: ${before.run}</div>${drawLanes(stopLanes(before), axis, before.graceMs, 'before')}`
}${stopCounts(stop)}
<figcaption><b class="pod">${name}</b>: ${sentence(stop)}.${before && comparison(stop, before)}</figcaption></figure>`
}

function sentence(stop: ShutdownResult): Content {
  return clauses(stop).map(
    ({ text, bad }, index) =>
      html`${index > 0 && ', '}${bad ? html`<span class="bad">${text}</span>` : text}`,
  )
}

function comparison(stop: ShutdownResult, before: NonNullable<ShutdownResult['before']>): Html {
  const found = changes(stop, before)
  return html`<div class="stop-changes">Against the last run: ${
    found.length === 0
      ? unchanged
      : found.map(({ text, sense }, index) => html`${index > 0 && ', '}<span class="${sense}">${text}</span>`)
  }.</div>`
}
