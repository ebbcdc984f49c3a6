import type { ScenarioResult } from '../../../harness/model/result.ts'
import { counted } from '../../numbers.ts'
import type { Mode } from '../../words.ts'
import { type Content, type Html, html } from '../escape.ts'
import { type Bar, clock, type Group, type Lane, type Mark, span } from './lanes.ts'
import { hatched, shapes } from './look.ts'
import { percent, type Scale, shows } from './scale.ts'

/** Pixels: of the axis above the lanes, of a lane, of the space between two groups. The style sheet has the same. */
const axisPx = 36
const lanePx = 18
const groupPx = 8

interface Placed {
  lane: Lane
  /** The top of the lane. */
  y: number
}

/** The lanes as one SVG image, with their labels in a column that stays in sight while the image is scrolled. */
export function drawTimeline(
  scenario: ScenarioResult,
  groups: readonly Group[],
  scale: Scale,
  mode: Mode,
): Html {
  const { placed, height } = place(groups)
  return html`<div class="timeline">
<div class="lane-labels">${groups.map(labels)}</div>
<svg class="plot" role="img" aria-label="${description(scenario, groups, scale, mode)}" height="${height}">
${scale.ticksMs.map((tick) => drawTick(scale, tick, height))}
${scenario.gaps.map((gap) => drawGap(scale, gap, height))}
${placed.map(({ lane, y }) => [lane.bars.map((bar) => drawBar(scale, bar, y)), drawMarks(scale, lane.marks, y)])}
${scenario.faults.map((fault, index) => {
  const name = scenario.faults.length > 1 ? `fault ${index + 1}` : fault.kind
  const leftOut = mode === 'control'
  return drawInjection(
    scale,
    fault.injectedAtMs,
    leftOut ? `${name} left out` : name,
    `${fault.kind} ${leftOut ? 'left out' : 'injected'} at ${clock(fault.injectedAtMs)}`,
    height,
  )
})}
</svg></div>`
}

function place(groups: readonly Group[]): { placed: Placed[]; height: number } {
  const placed: Placed[] = []
  let y = axisPx
  for (const group of groups) {
    for (const lane of group.lanes) {
      placed.push({ lane, y })
      y += lanePx
    }
    y += groupPx
  }
  return { placed, height: y }
}

function description(scenario: ScenarioResult, groups: readonly Group[], scale: Scale, mode: Mode): string {
  const pods = groups.filter((group) => group.sort === 'pod').length
  const others = groups.find((group) => group.sort === 'unchanged')?.lanes[0]?.label
  const parts = [
    `${counted(scenario.faults.length, 'fault')}${mode === 'control' ? ' left out' : ''}`,
    `${counted(pods, 'pod')} shown`,
    ...(others === undefined ? [] : [others]),
    ...(scenario.traffic ? [counted(scenario.traffic.lost, 'lost request')] : []),
  ]
  return `Timeline from ${clock(scale.fromMs)} to ${clock(scale.toMs)}: ${parts.join(', ')}. The table below it says the same.`
}

function labels(group: Group): Html {
  return html`<div class="lane-group ${group.sort}">${group.lanes.map(
    (lane) =>
      html`<div class="lane-label" title="${lane.note ? `${lane.label} (${lane.note})` : lane.label}">${split(lane.label)}${
        lane.note && html` <small>${lane.note}</small>`
      }</div>`,
  )}</div>`
}

/** A name in two parts, so that a narrow column cuts its middle: what tells pods apart is at the end. */
function split(name: string): Html {
  const at = name.lastIndexOf('-')
  if (name.length <= 12 || at < 1 || name.length - at > 12) return html`<b>${name}</b>`
  return html`<b>${name.slice(0, at)}</b><b class="tail">${name.slice(at)}</b>`
}

function drawTick(scale: Scale, ms: number, height: number): Html {
  const x = percent(scale, ms)
  // At the very end a label would be cut.
  const label =
    x < 96 &&
    html`<text class="tick" x="${x}%" y="${axisPx - 8}" dx="2">${Number((ms / 1_000).toFixed(3))} s</text>`
  return html`<line class="tick" x1="${x}%" x2="${x}%" y1="${axisPx - 4}" y2="${height}"/>${label}`
}

function drawGap(scale: Scale, gap: ScenarioResult['gaps'][number], height: number): Content {
  if (!shows(scale, gap.fromMs, gap.toMs)) return null
  const x = percent(scale, gap.fromMs)
  return html`<g><title>Gap in the recording (${gap.watch}), ${span(gap)}: ${gap.reason}</title><rect class="gap" x="${x}%" width="${
    percent(scale, gap.toMs) - x
  }%" y="${axisPx}" height="${height - axisPx}"/></g>`
}

/** Percent of the axis: what can still be seen, and what a letter takes, about. */
const slimmest = 0.3
const percentPerLetter = 0.8

function drawBar(scale: Scale, bar: Bar, y: number): Content {
  if (!shows(scale, bar.fromMs, bar.toMs)) return null
  const x = percent(scale, bar.fromMs)
  const end = bar.toMs === null ? 100 : percent(scale, bar.toMs)
  const width = Math.round(Math.max(end - x, slimmest) * 1_000) / 1_000
  const hatch = hatched.has(bar.tone) && html`<rect class="hatch" width="100%" height="100%"/>`
  const fits = bar.label !== undefined && width > Math.min(bar.label.length, 6) * percentPerLetter
  const label = fits && html`<text class="in-bar" x="4" y="9.5">${bar.label}</text>`
  return html`<svg x="${x}%" width="${width}%" y="${y + 3}" height="12"><title>${bar.what}, ${span(bar)}</title><rect class="bar ${
    bar.tone
  }" width="100%" height="100%"/>${hatch}${label}</svg>`
}

/** Percent of the axis that a mark's label takes, about. */
const labelRoom = 14

function drawMarks(scale: Scale, marks: readonly Mark[], y: number): Content[] {
  let takenTo = 0
  return marks
    .toSorted((a, b) => a.atMs - b.atMs)
    .map((mark) => {
      if (!shows(scale, mark.atMs, mark.atMs)) return null
      const x = percent(scale, mark.atMs)
      // To the left of what ends there: what begins there has its own label on the right. Its tooltip has it anyway.
      const fits = x - takenTo > labelRoom
      takenTo = x
      return drawMark(mark, x, y, fits)
    })
}

function drawMark(mark: Mark, x: number, y: number, labelled: boolean): Html {
  const label =
    labelled &&
    mark.label &&
    html`<text class="mark-label" x="-8" y="3.5" text-anchor="end">${mark.label}</text>`
  return html`<svg class="mark" x="${x}%" y="${y + 9}" width="1" height="1"><title>${mark.what}, at ${clock(mark.atMs)}</title>${
    shapes[mark.shape]
  }${label}</svg>`
}

function drawInjection(scale: Scale, ms: number, label: string, what: string, height: number): Content {
  if (!shows(scale, ms, ms)) return null
  const x = percent(scale, ms)
  const anchor = x > 75 ? 'end' : 'start'
  return html`<g><title>${what}</title><line class="injection" x1="${x}%" x2="${x}%" y1="4" y2="${height}"/><text class="injection" x="${x}%" y="12" dx="${
    anchor === 'end' ? -4 : 4
  }" text-anchor="${anchor}">${label}</text></g>`
}
