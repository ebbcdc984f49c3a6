import { interference } from '../claims/interference.ts'
import { ledgerOf } from '../claims/ledger.ts'
import type { ActJournal } from '../cluster/act-journal.ts'
import type { Capability, Cluster } from '../cluster/cluster.ts'
import { type InjectedFault, lacksCapability } from '../faults/fault.ts'
import { HurtLedger, hurtFolderOf } from '../faults/hurt-ledger.ts'
import { HurtPeak } from '../faults/hurt-pods.ts'
import { type Duration, formatMs, toMs } from '../model/duration.ts'
import { DeadlineError, EnvironmentError, InterruptedError, NotCapableError } from '../model/errors.ts'
import { managedBy, runLabel } from '../model/limits.ts'
import { redactor } from '../model/redact.ts'
import type { ScenarioResult } from '../model/result.ts'
import { watchClock } from '../observe/clock-steps.ts'
import { followLogs } from '../observe/logs.ts'
import { followMachines } from '../observe/machines.ts'
import { measureNoise } from '../observe/noise.ts'
import { openRecorder, type ScenarioRecorder } from '../observe/recorder.ts'
import { followRuntime } from '../observe/runtime.ts'
import type { HurtCount, Stage } from '../workload/stage.ts'
import { contextOf, type ScenarioBody } from './context.ts'
import { diagnose, previousLogs } from './diagnostics.ts'
import { gate } from './gate.ts'
import { type Neighbours, openNeighbours } from './neighbours.ts'
import { failureOf, outcomeOf } from './outcome.ts'
import type { RunInfo } from './run-info.ts'
import { stemOf } from './scenario-id.ts'
import { seenIn } from './seen.ts'
import { notBegun, unlessAborted } from './stopped.ts'
import { tearDown } from './tear-down.ts'
import type { TrafficHandle } from './traffic.ts'

/** A scenario to be played. */
export interface Play {
  id: string
  title: string
  file: string
  exclusive: boolean
  deadline: Duration
  /** Capabilities that the scenario itself names. */
  needs?: Capability[]
  body: ScenarioBody
  run: RunInfo
  cluster: Cluster
  journal: ActJournal
  /** Stops the scenario: what it did is undone, and the evidence kept. */
  signal: AbortSignal
  /** Once aborted, nothing but undoing is done any more. */
  hurry?: AbortSignal
}

/**
 * Plays a scenario in a namespace of its own and tells what it came to. Never throws: what goes wrong is in the
 * result. Claims get their last word before anything is undone.
 */
export async function playScenario(play: Play): Promise<ScenarioResult> {
  const { id, title, file, exclusive, cluster } = play
  const startedAt = new Date().toISOString()
  const began = cluster.clock.now()
  const result: ScenarioResult = {
    ...{ id, title, file, exclusive, verdict: 'error', startedAt, durationMs: 0 },
    ...{ faults: [], claims: [], intervals: [], gaps: [], diagnostics: [] },
  }
  try {
    await play1(play, result)
  } catch (error) {
    const verdict = error instanceof InterruptedError ? 'inconclusive' : 'error'
    Object.assign(result, { verdict, error: failureOf(error) })
  }
  result.durationMs = cluster.clock.now() - began
  return redactor.redactAll(result)
}

async function play1(play: Play, result: ScenarioResult): Promise<void> {
  const { cluster, run } = play
  const { kube, clock } = cluster
  const deadlineMs = toMs(play.deadline)
  const deadline = new AbortController()
  const signal = AbortSignal.any([play.signal, deadline.signal])
  const timing = new AbortController()
  clock.sleep(deadlineMs, timing.signal).then(
    () =>
      deadline.abort(
        new DeadlineError(`Scenario "${play.title}": its deadline of ${formatMs(deadlineMs)} has passed`),
      ),
    () => undefined,
  )
  const namespace = `rolypoly-${stemOf(play.file).slice(0, 40) || 'scenario'}-${cluster.newSuffix()}`
  const labels = { [managedBy.key]: managedBy.value, [runLabel]: run.id }
  const strikeOuts: (() => Promise<void>)[] = []
  const makeNamespace = async (name: string) => {
    strikeOuts.push(await play.journal.begin({ does: 'makeNamespace', target: `Namespace/${name}` }))
    await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } })
  }
  let recorder: ScenarioRecorder | undefined
  let neighbours: Neighbours | undefined
  const injected: InjectedFault[] = []
  const flows: TrafficHandle[] = []
  const hurtCount = hurtCountOf(play)
  let thrown: unknown
  try {
    if (signal.aborted) throw notBegun(signal.reason)
    if (play.exclusive) await gate(play, 'before', signal)
    const recording = `recordings/${play.id}.jsonl`
    recorder = await openRecorder({ kube, clock, namespace, path: `${run.folder}/${recording}` })
    result.recording = recording
    neighbours = openNeighbours({ recorder, namespace, makeNamespace })
    const following = AbortSignal.any([signal, timing.signal])
    const runtime = followRuntime({ cluster, recorder, signal: following })
    const logs = followLogs({ cluster, recorder, namespace, signal: following })
    const recorded = recorder
    // What the API server knows tells which containers have ended, and those tell of themselves.
    const settled = async () => {
      await recorded.caughtUp()
      await Promise.all([runtime.settled(), logs.settled()])
    }
    await makeNamespace(namespace)
    // Virtual time waits for everybody.
    if (cluster.provider !== 'simulated') {
      void measureNoise({ cluster, recorder, namespace, signal: timing.signal })
      void watchClock({ clock, recorder, signal: timing.signal })
    }
    const machines =
      cluster.provider === 'simulated'
        ? undefined
        : followMachines({ cluster, recorder, isHurt: (node) => isLost(stage, node), signal: timing.signal })
    const stage: Stage = {
      ...{
        cluster,
        namespace,
        neighbours: neighbours.names,
        recording: recorder,
        journal: play.journal,
        signal,
        control: run.mode === 'control',
        exclusive: play.exclusive,
      },
      ...{ helperImage: run.helperImage, timing: run.timing, faults: [], traffic: flows },
      ...(run.limits && { limits: run.limits }),
      ...(hurtCount && { hurtCount }),
      followLog: (source) => logs.follow(source),
    }
    try {
      refuseLacking(play)
      await play.body(contextOf({ stage, recorder, neighbours, result, injected, flows }))
      signal.throwIfAborted()
      await settled()
      await ledgerOf(stage).close()
    } catch (error) {
      // Who throws nothing has not passed for that.
      thrown = signal.aborted ? signal.reason : (error ?? new Error(`${error} was thrown`))
      // The claims that were made get their last word all the same.
      if (!signal.aborted) await settled().then(() => ledgerOf(stage).close())
    }
    const lost = machines?.lost() ?? interference(stage)
    if (lost !== undefined)
      thrown = new EnvironmentError(`Cluster ${cluster.name}: ${lost}`, { cause: thrown })
    Object.assign(result, outcomeOf(ledgerOf(stage), thrown, stage.control))
    if (['violated', 'error', 'inconclusive'].includes(result.verdict)) {
      await unlessAborted(play.hurry, async () => {
        result.diagnostics = await diagnose(stage)
        // What happened last is told of meanwhile, and may explain the rest.
        await runtime.settled()
      })
    } else result.diagnostics = previousLogs(recorder.timeline)
    await untilRouted(cluster, recorder)
    Object.assign(result, seenIn(recorder, stage.faults, flows.length > 0))
  } finally {
    timing.abort()
    const namespaces = [namespace, ...(neighbours?.names ?? [])]
    await tearDown(play, result, { namespaces, injected, flows, recorder })
    // Of one that could not be deleted, the sweep finds the label.
    await Promise.all(strikeOuts.map((strikeOut) => strikeOut()))
    await hurtCount?.close()
  }
}

function isLost({ faults }: Stage, node: string): boolean {
  return faults.some(({ effect }) => effect.does === 'lose-node' && effect.node === node)
}

/** What a run may hurt at once is counted over all of its scenarios, each of which plays in a process of its own. */
function hurtCountOf({ id, run, cluster: { clock, rehearsal } }: Play): HurtCount | undefined {
  if (rehearsal) return new HurtPeak(rehearsal)
  const { atMostHurt: atMost } = run.limits ?? {}
  return atMost === undefined
    ? undefined
    : new HurtLedger({ folder: hurtFolderOf(run.folder), atMost, scenario: id, clock })
}

function refuseLacking({ title, needs = [], cluster }: Play): void {
  const lacking = needs.find((capability) => !cluster.capabilities.has(capability))
  if (lacking === undefined) return
  throw new NotCapableError(`"${title}": ${lacksCapability(cluster, lacking)}`)
}

/** The route of a connection may be told a moment after its loss. */
const routedWithinMs = 500

async function untilRouted({ clock }: Cluster, recorder: ScenarioRecorder): Promise<void> {
  const untilMs = recorder.now() + routedWithinMs
  while (recorder.timeline.traffic.awaitsRoutes && recorder.now() < untilMs) await clock.sleep(20)
}
