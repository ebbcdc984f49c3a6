import type { ScenarioResult } from '../../harness/model/result.ts'
import type { Mode } from '../words.ts'
import { type Content, html } from './escape.ts'
import { drawTimeline } from './timeline/draw.ts'
import { groupsOf } from './timeline/groups.ts'
import { clock } from './timeline/lanes.ts'
import { legend } from './timeline/legend.ts'
import { scaleOf } from './timeline/scale.ts'
import { timelineTable } from './timeline/table.ts'

/** A scenario's intervals as an image, its legend, and the same as a table; nothing where there is nothing to draw. */
export function timeline(scenario: ScenarioResult, mode: Mode): Content {
  const groups = groupsOf(scenario, mode)
  if (groups.length === 0) return null
  const scale = scaleOf(scenario)
  const cut =
    scale.leftOffMs > 0 &&
    html` <span class="dim">seconds from the scenario’s zero; the axis starts at ${clock(scale.leftOffMs)}, the set-up before it is not drawn</span>`
  return html`<h3>Timeline${cut || html` <span class="dim">seconds from the scenario’s zero</span>`}</h3>
<div class="scroll">${drawTimeline(scenario, groups, scale, mode)}</div>
${legend(groups, scenario.gaps.length > 0)}
${timelineTable(groups)}`
}
