import { type Html, html } from '../escape.ts'
import type { Group, Shape, Tone } from './lanes.ts'
import { hatched, shapes } from './look.ts'

const toneNames: Record<Tone, string> = {
  fault: 'fault in place',
  window: 'predicted window or limit',
  step: 'step',
  exists: 'exists, listed',
  pending: 'pending',
  running: 'running',
  terminating: 'terminating',
  waiting: 'container waiting',
  ready: 'ready',
  serving: 'serving',
  short: 'short or failed',
  gap: 'gap in the recording',
}

const shapeNames: Record<Shape, string> = {
  receipt: 'receipt',
  measured: 'measured',
  late: 'measured outside the window',
  killed: 'container ended, exit code not 0',
  completed: 'container ended, exit code 0',
  probe: 'probe failed by the fault',
  warning: 'warning event',
  loss: 'lost request',
}

/** What the bars and marks of these lanes mean: only those that are there. */
export function legend(groups: readonly Group[], gaps: boolean): Html {
  const lanes = groups.flatMap((group) => group.lanes)
  const tones = new Set<Tone>(lanes.flatMap((lane) => lane.bars.map((bar) => bar.tone)))
  if (gaps) tones.add('gap')
  const marks = new Set<Shape>(lanes.flatMap((lane) => lane.marks.map((mark) => mark.shape)))
  return html`<ul class="legend">${keysOf(toneNames)
    .filter((tone) => tones.has(tone))
    .map(
      (tone) =>
        html`<li><svg width="22" height="12" aria-hidden="true"><rect class="bar ${tone}" width="22" height="12"/>${
          hatched.has(tone) && html`<rect class="hatch" width="22" height="12"/>`
        }</svg>${toneNames[tone]}</li>`,
    )}${keysOf(shapeNames)
    .filter((shape) => marks.has(shape))
    .map(
      (shape) =>
        html`<li><svg width="14" height="16" aria-hidden="true"><svg class="mark" x="7" y="8" width="1" height="1">${shapes[shape]}</svg></svg>${shapeNames[shape]}</li>`,
    )}</ul>`
}

function keysOf<Key extends string>(record: Record<Key, string>): Key[] {
  return Object.keys(record) as Key[]
}
