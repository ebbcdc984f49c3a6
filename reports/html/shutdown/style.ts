import { html } from '../escape.ts'

/** How pods stopped. The heights of lanes are those of draw.ts. */
export const shutdownStyle = html`
.stop { margin: 0 0 26px; } .stop:has(+ .legend) { margin-bottom: 12px; }
.stop-head { margin-bottom: 2px; font-size: 12.5px; } .stop .pod { font-family: var(--mono); font-size: 12.5px; }
.stop-lanes { display: grid; grid-template-columns: 148px 216px minmax(0, 1fr); font-size: 12.5px; line-height: 24px; }
.stop-lanes.before { font-size: 11px; line-height: 17px; color: var(--dim); }
.stop-lanes .name { color: var(--dim); white-space: nowrap; }
.stop-lanes .value { padding-right: 12px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; font-variant-numeric: tabular-nums; }
.stop-lanes .more { display: none; } .stop-lanes .unseen { font-style: italic; color: var(--dim); }
.stop-before { padding: 6px 0 1px; font-size: 11px; font-weight: 600; color: var(--dim); }
svg.lane { display: block; width: 100%; overflow: hidden; }
.axis text { fill: var(--dim); }
.grace-band { fill: var(--wash); } line.deletion { stroke: var(--fault); stroke-width: 1.5; stroke-dasharray: 5 3; } line.grace-end { stroke: var(--ink); stroke-width: 1.5; }
.bar.spent { fill: var(--dim); fill-opacity: .5; } .bar.spare { fill: var(--quiet); fill-opacity: .55; } .bar.overrun, .bar.danger { fill: var(--violated); fill-opacity: .75; }
.bar.endpoint, .bar.accepting { fill: var(--ready); } .bar.routed, .bar.container { fill: var(--running); fill-opacity: .5; }
.bar.lagging { fill: var(--fault); fill-opacity: .5; } .bar.refusing { fill: none; stroke: var(--dim); stroke-width: 2; stroke-dasharray: 2 2; }
.before .bar { fill-opacity: .45; }
.torn .paper { fill: var(--card); } .torn .edge { fill: none; stroke: var(--dim); }
.stop text.mark-label { font-weight: 400; }
.mark .signal { stroke: var(--ink); stroke-width: 1.5; } .mark .signal-flag { fill: var(--ink); }
.stop-counts { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 0 28px; margin: 10px 0; font-size: 12.5px; font-variant-numeric: tabular-nums; }
.stop-counts .name { color: var(--dim); } .share { display: block; margin: 3px 0; } .share .nothing { fill: none; stroke: var(--line); stroke-dasharray: 3 2; }
.stop figcaption { font-size: 14px; } .stop .bad, .stop .worse { color: var(--violated); } .stop .better { color: var(--passed); } .stop-changes { margin-top: 2px; }
@media screen and (max-width: 760px) {
  .stop-lanes { grid-template-columns: max-content minmax(0, 1fr); gap: 0 10px; font-size: 12px; line-height: 20px; } .stop-lanes .lane { margin-bottom: 3px; }
  .stop-lanes .value { padding: 0; text-align: right; white-space: normal; } .stop-lanes .lane { grid-column: 1 / -1; } .stop-lanes.axis span, .stop-lanes .in-stop, .stop text.mark-label { display: none; } .stop-lanes .more { display: block; margin-top: -5px; line-height: 16px; }
  .stop-counts { grid-template-columns: 1fr; gap: 8px; }
}
@media print { .stop { break-inside: avoid; } }
`
