import { type Html, html } from '../escape.ts'
import { shapes } from '../timeline/look.ts'
import { striped } from './draw.ts'
import type { StopLane } from './lanes.ts'

/** The tones that a lane's name does not explain. */
const tones = {
  overrun: 'past the grace period',
  lagging: 'still routed to it, its endpoint gone',
  danger: 'still routed to it, and refused',
  refusing: 'refuses connections',
} as const

const ends = { completed: 'exit', killed: 'an exit that is no good end' } as const

/** What the lines, bars and marks of these lanes mean: only those that are there. */
export function stopLegend(lanes: readonly StopLane[]): Html {
  const drawn = new Set<string>(
    lanes.flatMap(({ bars, marks }) => [...bars.map(({ tone }) => tone), ...marks.map(({ shape }) => shape)]),
  )
  return html`<ul class="legend"><li>${line('deletion')}deleted</li><li>${line('grace-end')}end of the grace period</li>${keysOf(
    tones,
  )
    .filter((tone) => drawn.has(tone))
    .map(
      (tone) =>
        html`<li><svg width="22" height="12" aria-hidden="true"><rect class="bar ${tone}" width="22" height="12"/>${
          striped.has(tone) && html`<rect class="hatch" width="22" height="12"/>`
        }</svg>${tones[tone]}</li>`,
    )}${keysOf(ends)
    .filter((end) => drawn.has(end))
    .map(
      (end) =>
        html`<li><svg width="14" height="16" aria-hidden="true"><svg class="mark" x="7" y="8" width="1" height="1">${shapes[end]}</svg></svg>${ends[end]}</li>`,
    )}</ul>`
}

function line(name: 'deletion' | 'grace-end'): Html {
  return html`<svg width="5" height="14" aria-hidden="true"><line class="${name}" x1="2.5" x2="2.5" y1="0" y2="14"/></svg>`
}

function keysOf<Key extends string>(record: Record<Key, string>): Key[] {
  return Object.keys(record) as Key[]
}
