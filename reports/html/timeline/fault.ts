import { formatOffset } from '../../../harness/model/duration.ts'
import type { FaultResult, ScenarioResult } from '../../../harness/model/result.ts'
import type { Mode } from '../../words.ts'
import { numberIn } from './detail.ts'
import type { Lane, Mark } from './lanes.ts'

/**
 * When a fault was over: reverted, or over by itself, which only its interval tells, as of a deletion. Null where it
 * was still in place at the end.
 */
export function faultEndMs(scenario: ScenarioResult, fault: FaultResult, index: number): number | null {
  const own = scenario.intervals.find(
    (interval) => interval.kind === 'fault' && numberIn(interval, 'fault') === index,
  )
  return fault.revertedAtMs ?? own?.toMs ?? null
}

/** A fault from its injection to its end, with its receipt; in control mode the moment at which it was left out. */
export function faultLane(scenario: ScenarioResult, fault: FaultResult, index: number, mode: Mode): Lane {
  const { kind, target, receipt, injectedAtMs } = fault
  if (mode === 'control') return { label: kind, note: 'left out', bars: [], marks: [] }
  const marks: Mark[] = []
  if (receipt) {
    marks.push({
      atMs: receipt.atMs,
      shape: 'receipt',
      what: `Receipt by ${receipt.observedBy}: ${receipt.evidence}`,
    })
  }
  const bar = {
    fromMs: injectedAtMs,
    toMs: faultEndMs(scenario, fault, index),
    tone: 'fault' as const,
    what: `${kind} of ${target}`,
  }
  return { label: kind, note: receipt ? 'fault' : 'no receipt', bars: [bar], marks }
}

/** A lane for each claim that has a window or a limit, from its anchor, with what was measured. */
export function windowLanes(scenario: ScenarioResult): Lane[] {
  return scenario.claims.flatMap((claim) => {
    const { anchor, predicted, measuredMs, within, statement } = claim
    if (!anchor || !(predicted || (measuredMs !== undefined && claim.sort === 'response'))) return []
    const fromMs = anchor.atMs + (predicted?.earliestMs ?? 0)
    const toMs = anchor.atMs + (predicted?.latestMs ?? within ?? measuredMs ?? 0)
    const what = `${statement}: ${predicted ? 'predicted window' : 'limit'}, counted from ${anchor.event}`
    const seen = measuredMs === undefined ? [] : [measured(statement, anchor.atMs, measuredMs, claim.timing)]
    return [{ label: statement, bars: [{ fromMs, toMs, tone: 'window' as const, what }], marks: seen }]
  })
}

function measured(statement: string, anchorMs: number, ms: number, timing: string | undefined): Mark {
  const outside = timing === 'late' || timing === 'early'
  const what = `${statement}: measured ${formatOffset(ms)} the anchor${timing ? `, ${timing}` : ''}`
  return { atMs: anchorMs + ms, shape: outside ? 'late' : 'measured', what }
}
