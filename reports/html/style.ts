import { html } from './escape.ts'
import { shutdownStyle } from './shutdown/style.ts'
import { timelineStyle } from './timeline/style.ts'

/** The colours of both schemes, then the page from top to bottom. */
export const style = html`
:root {
  --paper: #fbfbfa; --card: #ffffff; --ink: #1c2127; --dim: #5b6470; --line: #dfe2e6; --wash: #f1f2f4; --link: #1f5fbf;
  --violated: #b3261e; --error: #7b3f9d; --inconclusive: #8a5a00; --passed: #1a7044; --skipped: #5b6470;
  --violated-fill: #b3261e; --error-fill: #7b3f9d; --inconclusive-fill: #8a5a00; --passed-fill: #1a7044; --skipped-fill: #5b6470;
  --fault: #c2410c; --running: #5b83b8; --ready: #7ab899; --quiet: #c9ced5; --warning: #a16207;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #13161a; --card: #1a1e24; --ink: #e3e7ec; --dim: #9aa5b1; --line: #2d343d; --wash: #20252c; --link: #8db9ff;
    --violated: #ff8f84; --error: #d7a6ef; --inconclusive: #eec15f; --passed: #74cd9b; --skipped: #9aa5b1;
    --violated-fill: #a92a21; --error-fill: #74408f; --inconclusive-fill: #7d5400; --passed-fill: #1c6742; --skipped-fill: #465060;
    --fault: #fb923c; --running: #5f8dc9; --ready: #3a8561; --quiet: #454e5a; --warning: #e5b64a;
  }
}
* { box-sizing: border-box; }
html { color-scheme: light dark; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 var(--sans); overflow-wrap: anywhere; }
main, .inner { max-width: 1240px; margin: 0 auto; padding: 0 28px; }
main { padding-bottom: 64px; }
h1, h2, h3, p, ul, ol, dl, dd { margin: 0; padding: 0; }
h2 { font-size: 18px; line-height: 1.3; font-weight: 650; margin: 36px 0 12px; }
h3 { font-size: 12px; font-weight: 650; letter-spacing: .04em; text-transform: uppercase; color: var(--dim); margin: 26px 0 8px; }
h3 .dim { font-weight: 400; letter-spacing: 0; text-transform: none; margin-left: 6px; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 3px; }
code, pre, .subject, .evidence { font-family: var(--mono); font-size: 12.5px; }
pre { margin: 8px 0; padding: 12px 14px; background: var(--wash); border-radius: 4px; line-height: 1.45; overflow-x: auto; overflow-wrap: normal; max-height: 32em; }
.dim { color: var(--dim); } small { color: var(--dim); font-size: 11px; }
.number { font-variant-numeric: tabular-nums; text-align: right; white-space: nowrap; }
.loud { color: var(--violated); font-weight: 700; }
.scroll { overflow-x: auto; }
.definitions { position: absolute; }
main > p.dim { margin-top: 24px; }
.violated { --tone: var(--violated); --fill: var(--violated-fill); }
.error { --tone: var(--error); --fill: var(--error-fill); }
.inconclusive { --tone: var(--inconclusive); --fill: var(--inconclusive-fill); }
.passed { --tone: var(--passed); --fill: var(--passed-fill); }
.skipped { --tone: var(--skipped); --fill: var(--skipped-fill); }

.stamp-strip { position: sticky; top: 0; z-index: 3; padding: 3px 12px; text-align: center; font-size: 12px; font-weight: 700; letter-spacing: .08em;
  text-transform: uppercase; color: #1c1600; background: repeating-linear-gradient(-45deg, #ffd34d 0 14px, #ffc61a 14px 28px); }
.stamp { margin-top: 20px; padding: 10px 14px; border: 2px dashed var(--warning); border-radius: 4px; }
.stamp strong { margin-right: 6px; text-transform: uppercase; letter-spacing: .04em; font-size: 13px; }
.banner { background: var(--fill); color: #ffffff; }
.banner .inner { padding-top: 26px; padding-bottom: 22px; }
.banner .verdict { font-size: 14px; font-weight: 750; letter-spacing: .1em; text-transform: uppercase; }
.banner h1 { font-size: 30px; line-height: 1.2; font-weight: 650; letter-spacing: -.01em; margin: 2px 0 12px; text-wrap: balance; }
.counts span { margin-right: 18px; white-space: nowrap; } .facts { font-size: 13.5px; margin-top: 4px; font-variant-numeric: tabular-nums; }

.chip { display: inline-block; min-width: 118px; justify-self: start; padding: 0 8px 0 6px; border: 1px solid var(--tone); border-radius: 3px; color: var(--tone);
  font-size: 12.5px; font-weight: 650; line-height: 20px; white-space: nowrap; }
.chip > span { display: inline-block; width: 1em; text-align: center; }
.chip.violated, .chip.error { background: var(--fill); border-color: var(--fill); color: #ffffff; }
.chip.skipped { border-style: dashed; font-weight: 500; }
.tag { padding: 0 5px; border: 1px solid var(--line); border-radius: 3px; font-size: 11px; color: var(--dim); }
.findings { list-style: none; } .findings li + li { margin-top: 4px; }
.findings code { color: var(--dim); margin-right: 4px; }
.why { list-style: none; margin: 4px 0 6px; padding-left: 12px; border-left: 3px solid var(--tone, var(--line)); font-size: 14px; font-weight: 400; }
.why li + li { margin-top: 4px; } .noise { font-size: 13px; } .noise.inconclusive { color: var(--tone); }
.remedy { margin-top: 8px; } .remedy::before { content: "→ "; color: var(--dim); }
.run-error { margin-top: 24px; padding: 4px 18px 16px; border: 1px solid var(--error); border-radius: 6px; background: var(--card); }
.run-error h2 { margin-top: 12px; }
.broke ol { list-style: none; display: grid; gap: 14px; }
.broke li { display: grid; grid-template-columns: 124px 1fr; gap: 0 14px; align-items: start; } .broke .findings li { display: block; }
.broke div > a { font-weight: 600; color: var(--ink); text-decoration-color: var(--dim); }

table { width: 100%; border-collapse: collapse; font-size: 14px; }
th { text-align: left; font-size: 12px; font-weight: 600; color: var(--dim); white-space: nowrap; }
th.number { text-align: right; }
th, td { padding: 7px 14px 7px 0; vertical-align: top; border-bottom: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
.plain { width: auto; font-size: 12.5px; } .plain th, .plain td { padding: 3px 18px 3px 0; } .plain td { overflow-wrap: normal; min-width: 5em; max-width: 52em; }
.plain td.number { min-width: 0; }
.plain tfoot th, .plain tfoot td { border-bottom: 0; border-top: 2px solid var(--line); font-weight: 600; }
.summary td:first-child { width: 130px; } .summary a { color: var(--ink); text-decoration-color: var(--line); } .summary td div { font-size: 12.5px; }
.summary td[data-name="faults"] { min-width: 7em; } .claim-count { white-space: nowrap; } .claim-count.violated, .claim-count.error, .claim-count.inconclusive { color: var(--tone); font-weight: 600; }

.scenario { margin-top: 12px; border: 1px solid var(--line); border-radius: 6px; background: var(--card); }
.summary + .scenario, section + .scenario { margin-top: 36px; }
summary { cursor: pointer; } summary:focus-visible, a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.scenario > summary { display: flex; align-items: baseline; gap: 14px; padding: 11px 18px; list-style: none; }
.scenario > summary::-webkit-details-marker { display: none; }
.scenario > summary h2 { flex: 1; margin: 0; font-size: 16px; min-width: 0; }
.scenario > summary::after { content: "+"; width: 1ch; color: var(--dim); font-family: var(--mono); } .scenario[open] > summary::after { content: "−"; }
.scenario[open] > summary { border-bottom: 1px solid var(--line); }
.body { padding: 12px 18px 20px; scroll-margin-top: 84px; }
.body > .findings { margin: 10px 0; } .body > .findings.violated, .body > .findings.error, .body > .findings.inconclusive { font-size: 16px; font-weight: 500; }
.file { font-size: 13px; }
.fault { display: grid; grid-template-columns: max-content 1fr; gap: 1px 16px; padding-left: 14px; border-left: 3px solid var(--fault); font-size: 14px; }
.fault + .fault { margin-top: 12px; } .fault dt { color: var(--dim); } .fault dd { font-variant-numeric: tabular-nums; } .fault .what code { color: var(--ink); font-weight: 650; font-size: 13px; }
.claims > tbody > tr > td:first-child { width: 130px; } .claims > tbody > tr > td:nth-child(3) { width: 280px; } .claims p { margin: 3px 0; } .claims .dim { font-size: 12.5px; }
.claims code { font-weight: 650; } .subject, .evidence { color: var(--dim); font-size: 12px; }
.figures { font-variant-numeric: tabular-nums; } .timing { font-size: 12.5px; color: var(--dim); } .timing.late, .timing.early { color: var(--violated); font-weight: 700; }
.expert, .because { margin-top: 6px; } .expert > summary, .because > summary { color: var(--dim); font-size: 13px; width: fit-content; }
.because { margin: 0; } .because > summary { font-size: 12.5px; } .claims > tbody > tr:has(+ .more) > td { border-bottom: 0; padding-bottom: 0; } .recording { margin-top: 20px; } .gaps { padding-left: 18px; }
.origin { margin-right: 6px; } .legend .origin { margin: 0; } .because td:first-child { min-width: 11em; } .origin .kubernetes { fill: var(--running); stroke: var(--running); } .origin .machine { fill: none; stroke: var(--dim); }
.about { margin-top: 40px; font-size: 13px; } .about dl { display: grid; grid-template-columns: max-content 1fr; gap: 3px 24px; margin-bottom: 12px; } .about dt { color: var(--dim); }
${timelineStyle}
${shutdownStyle}
@media screen and (max-width: 760px) {
  .summary, .claims, .summary > tbody, .claims > tbody { display: block; }
  main, .inner { padding-left: 16px; padding-right: 16px; }
  .banner h1 { font-size: 24px; }
  .broke li { grid-template-columns: 1fr; gap: 3px; }
  .summary thead, .claims > thead { display: none; }
  .summary tr, .claims > tbody > tr { display: block; padding: 10px 0; border-bottom: 1px solid var(--line); }
  .summary td, .claims > tbody > tr > td, .summary td:first-child, .claims > tbody > tr > td:first-child, .claims > tbody > tr > td:nth-child(3) { display: block; width: auto; padding: 2px 0; border: 0; text-align: left; font-size: 13.5px; }
  .summary td:nth-child(2), .claims p { font-size: 15px; }
  .claims > tbody > tr:has(+ .more) { border-bottom: 0; padding-bottom: 0; } .claims > tbody > tr.more { padding-top: 0; } .claims > tbody > tr > td:empty { display: none; }
  .summary td[data-name] { display: inline-block; margin-right: 14px; } .summary td:empty { display: none; }
  .summary td[data-name] div { display: inline; } .summary td[data-name] div + div::before { content: ", "; }
  .summary td[data-name="lost"]:not(:empty)::before { content: "lost "; color: var(--dim); font-size: 12.5px; }
  .scenario { margin-left: -8px; margin-right: -8px; } .scenario > summary { flex-wrap: wrap; gap: 4px 10px; padding: 10px 12px; } .scenario > summary h2 { flex-basis: 100%; order: 1; }
  .scenario > summary .number { margin-left: auto; } .body { padding: 10px 12px 16px; }
  .fault { padding-left: 10px; gap: 1px 10px; } .fault .what, .fault .what + dd { grid-column: 1 / -1; }
  .about dl { grid-template-columns: 1fr; gap: 0; } .about dd { margin-bottom: 6px; }
}
@media print {
  @page { margin: 14mm 12mm; }
  body { font-size: 10.5pt; background: none; } main, .inner { max-width: none; padding-left: 0; padding-right: 0; }
  .banner { background: none; color: var(--tone); border-bottom: 2px solid; } .banner .inner { padding-top: 0; }
  .stamp-strip { position: fixed; left: 0; right: 0; top: auto; bottom: 0; }
  .chip, .stamp-strip, svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .scenario { border: 0; border-top: 1px solid var(--line); border-radius: 0; } .scenario > summary, .scenario .body { padding-left: 0; padding-right: 0; }
  h2, h3, summary { break-after: avoid; } tr, .fault, .timeline, .broke li { break-inside: avoid; }
  .scroll, pre { overflow: visible; max-height: none; white-space: pre-wrap; } .scroll { white-space: normal; }
  details:not([open]):not(.scenario) { display: none; } a { color: inherit; }
}
`
