import { html } from './escape.ts'

/** The hatching that every image of the page refers to. Not hidden with `display: none`, which would blank it. */
export const definitions = html`<svg class="definitions" width="0" height="0" aria-hidden="true"><defs>
<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="hatch-line" d="M1.5 0V6"/></pattern>
<pattern id="gap-hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><path class="gap-line" d="M1 0V5"/></pattern>
</defs></svg>`
