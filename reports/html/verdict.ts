import type { Verdict } from '../../harness/model/verdict.ts'
import { symbols } from '../words.ts'
import { type Html, html } from './escape.ts'

/** A verdict as its sign and its word, coloured. */
export function chip(verdict: Verdict): Html {
  return html`<span class="chip ${verdict}"><span aria-hidden="true">${symbols[verdict]}</span> ${verdict}</span>`
}
