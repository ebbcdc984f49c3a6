import { html } from '../escape.ts'

/** The timeline and the window bars. The heights of axis, lane and group are those of draw.ts. */
export const timelineStyle = html`
.timeline { display: flex; width: 100%; min-width: 620px; font-size: 12px; }
.lane-labels { position: sticky; left: 0; z-index: 1; flex: 0 0 212px; padding-top: 36px; padding-right: 10px; background: var(--card); }
.lane-group { margin-bottom: 8px; }
.lane-label { display: flex; align-items: baseline; gap: 0; height: 18px; line-height: 18px; white-space: nowrap; overflow: hidden; }
.lane-label b { font-weight: 400; overflow: hidden; text-overflow: ellipsis; min-width: 1em; } .lane-label b.tail { flex: none; }
.lane-label small { margin-left: 6px; flex: 0 1 auto; overflow: hidden; text-overflow: ellipsis; }
.lane-group.pod .lane-label + .lane-label { padding-left: 14px; color: var(--dim); }
.lane-group.pod .lane-label:first-child b, .lane-group.faults .lane-label b { font-family: var(--mono); font-size: 11.5px; }
.plot { flex: 1 1 auto; width: 100%; min-width: 0; overflow: hidden; }
svg text { font-family: var(--sans); font-size: 11px; fill: var(--ink); font-variant-numeric: tabular-nums; }
line.tick { stroke: var(--line); } text.tick { fill: var(--dim); }
line.injection { stroke: var(--fault); stroke-width: 1.5; stroke-dasharray: 5 3; } text.injection { fill: var(--fault); font-weight: 650; }
.bar { stroke-width: 1; }
.bar.fault { fill: var(--fault); opacity: .55; } .bar.window { fill: var(--running); fill-opacity: .16; stroke: var(--running); }
.bar.step { fill: var(--wash); stroke: var(--line); } .bar.exists { fill: none; stroke: var(--quiet); stroke-width: 2; }
.bar.pending { fill: var(--wash); stroke: var(--dim); stroke-dasharray: 3 2; } .bar.running { fill: var(--running); fill-opacity: .38; }
.bar.terminating { fill: var(--dim); fill-opacity: .45; } .bar.waiting { fill: none; stroke: var(--dim); stroke-width: 2; stroke-dasharray: 2 2; }
.bar.ready { fill: var(--ready); } .bar.serving { fill: var(--ready); }
.bar.short { fill: var(--fault); fill-opacity: .35; } .bar.gap, .gap { fill: url(#gap-hatch); }
.hatch { fill: url(#hatch); } .hatch-line { stroke: var(--card); stroke-width: 2; } .gap-line { stroke: var(--dim); stroke-width: 1; }
text.in-bar { font-size: 10.5px; } text.mark-label { font-weight: 600; paint-order: stroke; stroke: var(--card); stroke-width: 3px; stroke-linejoin: round; }
.mark { overflow: visible; } .mark path, .mark rect { stroke: var(--card); stroke-width: 1; }
.mark .receipt { fill: var(--fault); } .mark .measured { fill: var(--ink); } .mark .late { fill: var(--violated); }
.mark .late-dot { stroke: var(--card); stroke-width: 1.6; fill: none; } .mark .completed { fill: var(--ink); }
.mark .killed-halo { stroke: var(--card); stroke-width: 5; } .mark .killed { stroke: var(--violated); stroke-width: 2.4; }
.mark .probe { fill: var(--card); stroke: var(--fault); stroke-width: 1.8; } .mark .warning { fill: var(--warning); } .mark .loss { stroke: var(--violated); stroke-width: 1.5; } .mark .loss-hit { fill: none; stroke: none; pointer-events: all; }
.window-bar { display: block; width: 100%; max-width: 280px; overflow: visible; margin: 2px 0; }
.window-bar .base { stroke: var(--quiet); } .window-bar .limit { stroke: var(--ink); stroke-dasharray: 3 2; stroke-width: 1.5; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 4px 0 0; list-style: none; font-size: 12px; color: var(--dim); }
.legend li { display: flex; align-items: center; gap: 6px; }
@media screen and (max-width: 760px) { .lane-labels { flex-basis: 124px; } .timeline { min-width: 560px; } .lane-label small { display: none; } }
@media print { .timeline { min-width: 0; } .lane-labels { flex-basis: 170px; } }
`
