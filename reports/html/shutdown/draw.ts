import { seconds } from '../../numbers.ts'
import { type Content, type Html, html } from '../escape.ts'
import { shapes } from '../timeline/look.ts'
import { breakFrom, isBroken, place, type StopAxis } from './axis.ts'
import type { StopBar, StopLane, StopMark, StopTone } from './lanes.ts'

/** Pixels: of a lane, and of the bar in its middle. The style sheet has the same. */
const sizes = { now: { lane: 24, bar: 14 }, before: { lane: 17, bar: 7 } } as const

export type Age = keyof typeof sizes

/** The tones that carry stripes over their fill. */
export const striped: ReadonlySet<StopTone> = new Set(['lagging', 'danger', 'overrun'])

/** One stop as rows of a grid: the fact, its words, its stretch of time. */
export function drawLanes(lanes: readonly StopLane[], axis: StopAxis, graceMs: number, age: Age): Html {
  return html`<div class="stop-lanes ${age}">${lanes.map(
    (lane) =>
      html`<span class="name">${lane.name}</span><span class="value${!lane.seen && ' unseen'}" title="${lane.value}">${lane.value}${
        age === 'now' && more(lane)
      }</span>${drawLane(lane, axis, graceMs, age)}`,
  )}</div>`
}

/** What stands beside a mark, for a screen that is too narrow for it there. */
function more({ marks }: StopLane): Content {
  return marks.map(({ label }) => label && html`<small class="more">${label}</small>`)
}

/** The seconds above the lanes. */
export function drawAxis(axis: StopAxis, graceMs: number): Html {
  const ticks = axis.ticksMs.filter((tick) => place(axis, tick) < (isBroken(axis) ? breakFrom - 4 : 96))
  const end =
    isBroken(axis) &&
    html`<text x="${place(axis, graceMs)}%" y="12" text-anchor="middle">${short(graceMs)}</text>`
  return html`<div class="stop-lanes axis"><span></span><span></span><svg class="lane" height="16" aria-hidden="true">${ticks.map(
    (tick) => html`<text x="${place(axis, tick)}%" y="12" text-anchor="middle">${short(tick)}</text>`,
  )}${end}</svg></div>`
}

function short(ms: number): string {
  return `${Number((ms / 1_000).toFixed(3))} s`
}

function drawLane(lane: StopLane, axis: StopAxis, graceMs: number, age: Age): Html {
  const { lane: height } = sizes[age]
  const zero = place(axis, 0)
  const end = place(axis, graceMs)
  return html`<svg class="lane" height="${height}" aria-hidden="true">
<rect class="grace-band" x="${zero}%" width="${round(end - zero)}%" height="${height}"/>
${axis.ticksMs.map((tick) => html`<line class="tick" x1="${place(axis, tick)}%" x2="${place(axis, tick)}%" y1="0" y2="${height}"/>`)}
<line class="deletion" x1="${zero}%" x2="${zero}%" y1="0" y2="${height}"/><line class="grace-end" x1="${end}%" x2="${end}%" y1="0" y2="${height}"/>
${lane.bars.map((bar) => drawBar(bar, axis, age))}${isBroken(axis) && drawBreak(height)}${lane.marks.map((mark) => drawMark(mark, axis, age))}
</svg>`
}

/** A torn strip: what is right of it is not to scale. */
function drawBreak(height: number): Html {
  return html`<svg class="torn" x="${breakFrom + 0.6}%" width="14" height="${height}" viewBox="0 0 14 20" preserveAspectRatio="none"><path class="paper" d="M0 0L5 10L0 20H8L13 10L8 0Z"/><path class="edge" d="M0 0L5 10L0 20M8 0L13 10L8 20"/></svg>`
}

/** Percent of the width: what can still be seen, and what a letter takes on a narrow screen, about. */
const slimmest = 0.3
const percentPerLetter = 0.9

function drawBar(bar: StopBar, axis: StopAxis, age: Age): Content {
  const { lane, bar: height } = sizes[age]
  const x = bar.fromMs === null ? 0 : place(axis, bar.fromMs)
  const end = bar.toMs === null ? 100 : place(axis, bar.toMs)
  const width = round(Math.max(end - x, slimmest))
  const fits = age === 'now' && bar.label !== undefined && width > bar.label.length * percentPerLetter
  return html`<svg x="${x}%" width="${width}%" y="${(lane - height) / 2}" height="${height}"><title>${bar.what}, ${span(bar)}</title><rect class="bar ${bar.tone}" width="100%" height="100%"/>${
    striped.has(bar.tone) && html`<rect class="hatch" width="100%" height="100%"/>`
  }${fits && html`<text class="in-stop" x="6" y="10.5">${bar.label}</text>`}</svg>`
}

function span({ fromMs, toMs }: StopBar): string {
  if (toMs === null) return `from ${seconds(fromMs ?? 0)}`
  return fromMs === null ? `until ${seconds(toMs)}` : `${seconds(fromMs)} – ${seconds(toMs)}`
}

/** Beyond this percentage a mark's words stand on its left. */
const turnAt = 55

function drawMark(mark: StopMark, axis: StopAxis, age: Age): Html {
  const { lane, bar } = sizes[age]
  const x = place(axis, mark.atMs)
  const left = x > turnAt
  const shape =
    mark.shape === 'signal'
      ? html`<path class="signal" d="M0-${lane / 2}V${lane / 2}"/><path class="signal-flag" d="M0-${bar / 2}L${bar / 2 + 1} 0L0 ${bar / 2}Z"/>`
      : shapes[mark.shape]
  const label =
    age === 'now' &&
    mark.label &&
    html`<text class="mark-label" x="${left ? -10 : 12}" y="4" text-anchor="${left ? 'end' : 'start'}">${mark.label}</text>`
  return html`<svg class="mark" x="${x}%" y="${lane / 2}" width="1" height="1"><title>${mark.what}, at ${seconds(mark.atMs)}</title>${shape}${label}</svg>`
}

function round(number: number): number {
  return Math.round(number * 1_000) / 1_000
}
