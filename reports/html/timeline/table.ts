import { counted } from '../../numbers.ts'
import { type Html, html } from '../escape.ts'
import { clock, type Group } from './lanes.ts'

/** Beyond this many rows nobody reads on, and the recording has them all. */
const rowLimit = 400

interface Row {
  fromMs: number
  until: string
  lane: string
  what: string
}

/** Every bar and mark of the timeline as a row, in the order of time: the same for those who cannot see the image. */
export function timelineTable(groups: readonly Group[]): Html {
  const rows = groups.flatMap(rowsOf).toSorted((a, b) => a.fromMs - b.fromMs)
  const more = rows.length - rowLimit
  return html`<details class="expert"><summary>Timeline as a table (${counted(rows.length, 'row')})</summary>
<div class="scroll"><table class="plain"><thead><tr><th class="number">From</th><th class="number">To</th><th>Lane</th><th>What</th></tr></thead><tbody>
${rows
  .slice(0, rowLimit)
  .map(
    (row) =>
      html`<tr><td class="number">${clock(row.fromMs)}</td><td class="number">${row.until}</td><td>${row.lane}</td><td>${row.what}</td></tr>`,
  )}
</tbody></table></div>${more > 0 && html`<p class="dim">${counted(more, 'more row')} left off; the recording has them all.</p>`}</details>`
}

function rowsOf(group: Group): Row[] {
  const first = group.lanes[0]?.label ?? ''
  return group.lanes.flatMap((lane, index) => {
    const inside = group.sort === 'pod' && index > 0
    const name = `${inside ? `${first} / ` : ''}${lane.label}${lane.note ? ` (${lane.note})` : ''}`
    const bars = lane.bars.map((bar) => ({
      fromMs: bar.fromMs,
      until: bar.toMs === null ? 'end' : clock(bar.toMs),
      lane: name,
      what: bar.what,
    }))
    return [
      ...bars,
      ...lane.marks.map((mark) => ({ fromMs: mark.atMs, until: '', lane: name, what: mark.what })),
    ]
  })
}
