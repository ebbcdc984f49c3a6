import type { Shutdown, ShutdownResult } from '../../../harness/model/result.ts'
import { counted, grouped } from '../../numbers.ts'
import { type Content, type Html, html } from '../escape.ts'

/** What became of requests or connections: how many ended well, and how many did not. */
interface Outcome {
  name: string
  good: number
  goodWord: string
  bad: number
  badWord: string
}

/** The requests in flight, those that came late, and the kept-alive connections, with the earlier run's under each. */
export function stopCounts(stop: ShutdownResult): Html {
  const before = stop.before && outcomes(stop.before)
  return html`<div class="stop-counts">${outcomes(stop).map((outcome, index) => {
    const earlier = before?.[index]
    return html`<div><div class="name">${outcome.name}</div>${shareBar(outcome)}<div>${inWords(outcome)}</div>${
      earlier && html`<div class="dim">last run: ${inWords(earlier)}</div>`
    }</div>`
  })}</div>`
}

function outcomes({ inFlight, late, keepAlive, signal }: Shutdown): Outcome[] {
  const requests = { goodWord: 'answered', badWord: 'lost' }
  const moment = signal ? 'the signal' : 'the deletion'
  return [
    { name: `requests in flight at ${moment}`, good: inFlight.answered, bad: inFlight.lost, ...requests },
    { name: `requests sent after ${moment}`, good: late.answered, bad: late.lost, ...requests },
    {
      name: 'kept-alive connections',
      good: keepAlive.drained,
      goodWord: 'drained',
      bad: keepAlive.cut,
      badWord: 'cut',
    },
  ]
}

function inWords({ good, goodWord, bad, badWord }: Outcome): Content {
  if (good + bad === 0) return html`<span class="dim">none</span>`
  return html`${grouped(good)} ${goodWord}, ${bad === 0 ? `none ${badWord}` : html`<b class="loud">${grouped(bad)} ${badWord}</b>`}`
}

/** Both as parts of one bar; the smallest part can still be seen. */
function shareBar({ name, good, goodWord, bad, badWord }: Outcome): Html {
  const total = good + bad
  const share = total === 0 ? 0 : Math.round((bad / total) * 1_000) / 10
  const lost = bad === 0 ? 0 : Math.min(Math.max(share, 3), good === 0 ? 100 : 97)
  const text = total === 0 ? 'none' : `${counted(total, name)}: ${good} ${goodWord}, ${bad} ${badWord}`
  return html`<svg class="share" width="100%" height="10" aria-hidden="true"><title>${text}</title>${
    total === 0
      ? html`<rect class="nothing" x="0.5" y="0.5" width="100%" height="9"/>`
      : html`<rect class="bar endpoint" width="${100 - lost}%" height="10"/><rect class="bar danger" x="${100 - lost}%" width="${lost}%" height="10"/><rect class="hatch" x="${100 - lost}%" width="${lost}%" height="10"/>`
  }</svg>`
}
