import { isDeepStrictEqual } from 'node:util'
import type { DeploymentObject, KubeObject } from '../cluster/kube.ts'
import { type Duration, toMs } from '../model/duration.ts'
import { UsageError } from '../model/errors.ts'
import type { AppTiming } from '../model/fault.ts'
import type { Receipt } from '../model/result.ts'
import { newSetSince } from '../timeline/revisions.ts'
import { livePods } from '../timeline/steady.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Chart } from '../workload/chart.ts'
import { applyChart } from '../workload/deploy.ts'
import type { Workload } from '../workload/workload.ts'
import { deploymentOf } from './deployment.ts'
import type { Fault } from './fault.ts'

export interface RollOutOptions {
  /** So long after the start of its container the version begins to be ready; no spec tells that. */
  readyAfter?: Duration
  /** So long after the start of its container the version falls ill, so that its liveness fails; no spec tells that. */
  illAfter?: Duration
}

/**
 * Applies another version of a workload's chart, as `kubectl apply` does: the Deployment replaces its pods by those of
 * the new template, by its own strategy. An image of which the chart says that it does not exist is left for the kubelet
 * to miss. Nothing is undone at the end; `rollBack` does that.
 *
 * @throws UsageError where the chart has other objects than the workload, where the workload is not one Deployment, or,
 *   when it is injected, where nothing of the template is changed.
 */
export function rollOut(app: Workload, chart: Chart, options: RollOutOptions = {}): Fault {
  const { readyAfter, illAfter } = options
  const { object } = deploymentOf(app, 'rollOut')
  refuseOtherObjects(app, chart)
  const { name } = object.metadata ?? {}
  const behaviours = Object.entries(chart.behaviours ?? {})
  const lacking = behaviours.flatMap(([image, does]) => (does === 'does not exist' ? [image] : []))
  const timing = {
    ...(readyAfter !== undefined && { readyAfterMs: toMs(readyAfter) }),
    ...(illAfter !== undefined && { illAfterMs: toMs(illAfter) }),
  }
  const apply = async () => {
    const { stage, shape } = app
    const { namespace } = shape
    const would = (await applyChart(stage, chart, { check: true, namespace })).find((one) =>
      isDeployment(one, name),
    )
    if (isDeepStrictEqual(templateOf(would), templateOf(object))) {
      throw new UsageError(
        `${app.subject}: chart ${chart.name} has the template that it has, so nothing rolls out`,
      )
    }
    return applyChart(stage, chart, { lacking, namespace })
  }
  return change('rollOut', app, apply, Object.keys(timing).length > 0 ? timing : undefined)
}

function refuseOtherObjects(app: Workload, chart: Chart): void {
  const keyOf = ({ kind, metadata }: KubeObject) => `${kind}/${metadata?.name}`
  const [here, there] = [app.objects, chart.objects].map((objects) => new Set(objects.map(keyOf)))
  const other = [...(there ?? [])].find((key) => !here?.has(key))
  const lacks = [...(here ?? [])].find((key) => !there?.has(key))
  if (other === undefined && lacks === undefined) return
  const which = other === undefined ? `lacks ${lacks}` : `has ${other}, which the workload has not`
  throw new UsageError(`${app.subject}: chart ${chart.name} is no other version of it: it ${which}`)
}

/** Changes the template of a Deployment by what `apply` does, which gives the objects as they are then. */
export function change(
  kind: string,
  app: Workload,
  apply: () => Promise<KubeObject[]>,
  timing?: AppTiming,
): Fault {
  const { uid } = deploymentOf(app, kind)
  const { timeline } = app.stage.recording
  const livePodsNow = () => livePods(timeline, app.shape.roots)
  const live = livePodsNow()
  return {
    ...{ kind, target: app.subject, requires: [], receiptWithinMs: 10_000, lasting: false },
    effect: {
      ...{ does: 'roll-out', deployment: uid, oldSet: live[0]?.detail.ownerUid ?? null },
      podUids: live.map((pod) => pod.uid),
      ...(timing && { app: timing }),
    },
    hurts: () => livePodsNow().map((pod) => pod.uid),
    async inject({ recording }) {
      const sinceMs = recording.now()
      app.changed(await apply())
      const { spec } = app.deployment ?? {}
      if (spec?.paused) {
        const evidence = 'its template is another; it is paused'
        const receipt = { atMs: recording.now(), observedBy: 'API server', evidence }
        return { receipt: () => receipt }
      }
      const isRecreated = spec?.strategy?.type === 'Recreate'
      return {
        receipt: (seen) =>
          newSetSeen(seen, uid, sinceMs) ?? (isRecreated ? emptied(seen, uid, sinceMs) : undefined),
      }
    },
  }
}

function newSetSeen(timeline: Timeline, uid: string, sinceMs: number): Receipt | undefined {
  const set = newSetSince(timeline, uid, sinceMs)
  const evidence = `ReplicaSet ${set?.name} is revision ${set?.revision}`
  return set && { atMs: set.fromMs, observedBy: 'watch of ReplicaSets', evidence }
}

/** Recreate makes the new ReplicaSet when the pods of the old one are gone. */
function emptied(timeline: Timeline, deployment: string, sinceMs: number): Receipt | undefined {
  const sizes = timeline
    .of('replicas')
    .filter(({ uid }) => uid !== deployment && timeline.isControlledBy(uid, deployment))
  const seen = sizes.find(
    ({ fromMs, detail }) => fromMs >= sinceMs && detail.desired === 0 && detail.current > 0,
  )
  const evidence = `${seen?.subject} is to have no pods any more`
  return seen && { atMs: seen.fromMs, observedBy: 'watch of ReplicaSets', evidence }
}

function isDeployment({ kind, metadata }: KubeObject, name: string | undefined): boolean {
  return kind === 'Deployment' && metadata?.name === name
}

function templateOf(object: KubeObject | undefined) {
  return (object as DeploymentObject | undefined)?.spec?.template
}
