import type { InjectedFault } from '../faults/fault.ts'
import type { ScenarioResult } from '../model/result.ts'
import { worst } from '../model/verdict.ts'
import type { Recorder } from '../observe/recorder.ts'
import { gate } from './gate.ts'
import { failureOf } from './outcome.ts'
import type { Play } from './play.ts'
import { unlessAborted } from './stopped.ts'
import type { TrafficHandle } from './traffic.ts'

/** What a scenario has open at its end. */
export interface Open {
  namespaces: string[]
  /** In the order in which they were injected. */
  injected: InjectedFault[]
  flows: TrafficHandle[]
  recorder: Recorder | undefined
}

/** Undoes what is open, last first; what cannot be undone is the scenario's error. */
export async function tearDown(
  play: Pick<Play, 'cluster' | 'run' | 'title' | 'exclusive' | 'hurry'>,
  result: ScenarioResult,
  { namespaces, injected, flows, recorder }: Open,
): Promise<void> {
  const { kube } = play.cluster
  const failed = (error: unknown) => {
    result.verdict = worst([result.verdict, 'error'])
    result.error ??= failureOf(error)
  }
  for (const flow of flows) flow.stop()
  for (const fault of injected.toReversed()) await fault.revert().catch(failed)
  for (const name of namespaces) {
    await kube.delete({ apiVersion: 'v1', kind: 'Namespace', name }).catch(failed)
  }
  await recorder?.[Symbol.asyncDispose]().then(undefined, failed)
  if (play.exclusive) await unlessAborted(play.hurry, () => gate(play, 'after', play.hurry)).catch(failed)
}
