import { type Html, html } from '../escape.ts'
import type { Shape, Tone } from './lanes.ts'

/** The tones that carry stripes over their fill. */
export const hatched: ReadonlySet<Tone> = new Set(['fault', 'terminating', 'serving', 'short'])

/** A mark's outline, around 0,0, about 10 pixels wide. */
export const shapes: Record<Shape, Html> = {
  receipt: html`<path class="receipt" d="M-5-5H5L0 5Z"/>`,
  measured: html`<path class="measured" d="M0-6L5 0L0 6L-5 0Z"/>`,
  late: html`<path class="late" d="M0-7L6 0L0 7L-6 0Z"/><path class="late-dot" d="M0-3V1M0 2.5V3.5"/>`,
  killed: html`<path class="killed-halo" d="M-4-4L4 4M4-4L-4 4"/><path class="killed" d="M-4-4L4 4M4-4L-4 4"/>`,
  completed: html`<rect class="completed" x="-4" y="-4" width="8" height="8"/>`,
  probe: html`<circle class="probe" r="3"/>`,
  warning: html`<path class="warning" d="M0-5L5 4H-5Z"/>`,
  loss: html`<rect class="loss-hit" x="-3" y="-8" width="6" height="16"/><path class="loss" d="M0-7V7"/>`,
}
