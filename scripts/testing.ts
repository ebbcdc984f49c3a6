import type { ClaimResult, IntervalResult, Result, ScenarioResult, Term } from '../harness/model/result.ts'

/** A response of pod web-1 that passed inside its window, unless told otherwise. */
export function claimOf(parts: Partial<ClaimResult> = {}): ClaimResult {
  const subject = parts.subject ?? 'Pod/shop/web-1'
  return {
    ...{ statement: 'toRestart()', subject, sort: 'response', verdict: 'passed' },
    message: `${subject}: expected much, but it was not there at 12.00 s`,
    anchor: { event: 'failProbe landed', atMs: 2_000 },
    ...parts,
  }
}

/** A window from 10 to 20 s, of which Kubernetes sets `kubernetesMs`. */
export function predictedOf(
  parts: { earliestMs?: number; latestMs?: number; kubernetesMs?: number } = {},
): NonNullable<ClaimResult['predicted']> {
  const { earliestMs = 10_000, latestMs = 20_000, kubernetesMs = 10_000 } = parts
  const because: Term[] = [{ term: 'what the machine takes', earliestMs: 0, ms: latestMs - kubernetesMs }]
  if (kubernetesMs > 0) because.push({ term: 'a period', earliestMs, ms: kubernetesMs, kubernetes: true })
  return { earliestMs, latestMs, because }
}

export function scenarioOf(parts: Partial<ScenarioResult> = {}): ScenarioResult {
  const title = parts.title ?? 'a killed pod is replaced'
  return {
    ...{ id: title, title, file: 'scenarios/killed-pod.scenario.ts', exclusive: false, verdict: 'passed' },
    ...{ startedAt: '2026-11-21T12:00:00.000Z', durationMs: 30_000 },
    ...{ faults: [], claims: [], intervals: [], gaps: [], diagnostics: [] },
    ...parts,
  }
}

/** A pod of ReplicaSet `web-5d4f`, that of Deployment `web`, unless told otherwise. */
export function podOf(name: string, ownerName: string | null = 'web-5d4f', node = 'worker'): IntervalResult {
  return {
    ...{ subject: `Pod/shop/${name}`, kind: 'pod', fromMs: 0, toMs: null },
    detail: { name, ownerName, node },
  }
}

export function faultOn(target: string): ScenarioResult['faults'][number] {
  return {
    ...{ kind: 'failProbe', target, injectedAtMs: 1_000 },
    receipt: { atMs: 2_000, observedBy: 'watch of pods', evidence: 'seen' },
  }
}

export function resultOf(...scenarios: ScenarioResult[]): Result {
  return {
    schemaVersion: 1,
    run: {
      ...{ id: '20261121-120000-cafe', mode: 'normal', verdict: 'passed', rolypolyVersion: '0.1.0', seed: 1 },
      ...{ startedAt: '2026-11-21T12:00:00.000Z', finishedAt: '2026-11-21T12:02:00.000Z' },
      cluster: {
        ...{ provider: 'kind', name: 'rolypoly-cafe', kubernetesVersion: 'v1.34.4', nodes: [] },
        ...{ capabilities: [], settings: {} },
      },
    },
    scenarios,
  }
}
