import type { PodObject } from '../../kube.ts'
import { KubeError } from '../../kube-error.ts'
import { createPod } from '../api/admission.ts'
import { controllerOf, deletePod } from '../deletion.ts'
import type { ObjectOf } from '../store.ts'
import { WorkQueue } from '../work-queue.ts'
import type { World } from '../world.ts'
import { conditionOf } from './conditions.ts'
import { keyOf, splitKey } from './keys.ts'
import { ObjectIndex } from './object-index.ts'
import { isActive, isReady, isTerminal } from './pod-state.ts'

type Job = ObjectOf<'Job'>

const component = 'job-controller'
/** Changes of pods are taken in together: kubernetes/pkg/controller/job/job_controller.go: syncJobBatchPeriod. */
const batchMs = [1_000, 1_050] as const
/** kubernetes/pkg/controller/job/job_controller.go: DefaultJobPodFailureBackOff, MaxJobPodFailureBackOff. */
const firstBackOffMs = 10_000
const longestBackOffMs = 600_000

/** The pods of a Job that have ended, by UID: they count though they are gone. */
interface Ended {
  succeeded: Set<string>
  failed: Set<string>
  /** Failures since the last success, and when the last of them ended. */
  inARow: number
  lastFailureMs: number
}

/** Keeps the pods of Jobs at work until enough have succeeded. kubernetes/pkg/controller/job/job_controller.go. */
export function startJobs(world: World): void {
  const controller = new JobController(world)
  controller.start()
}

class JobController {
  private readonly world: World
  private readonly queue: WorkQueue
  private readonly pods: ObjectIndex<'Pod'>
  private readonly ended = new Map<string, Ended>()

  constructor(world: World) {
    this.world = world
    const { store, clock } = world
    const random = world.random.fork('job')
    this.queue = new WorkQueue({ clock, random, latencyMs: [5, 30], work: (key) => this.sync(key) })
    this.pods = new ObjectIndex(store, 'Pod', (pod) => [controllerOf(pod)?.uid ?? ''])
  }

  start(): void {
    const { store, random } = this.world
    const batches = random.fork('job batches')
    store.on('Job', ({ type, object }) => {
      if (type === 'DELETED') this.ended.delete(object.metadata?.uid ?? '')
      else if (type === 'ADDED') this.queue.add(keyOf(object))
    })
    store.on('Pod', ({ type, object }) => {
      const owner = controllerOf(object)
      if (owner?.kind !== 'Job') return
      if (type === 'DELETED') this.count(owner.uid, [object as PodObject])
      const key = `${object.metadata?.namespace ?? ''}/${owner.name}`
      this.queue.addAfter(key, batches.between(...batchMs))
    })
  }

  private sync(key: string): void {
    const { store } = this.world
    const [namespace, name] = splitKey(key)
    const job = store.get('Job', name, namespace)
    if (!job?.spec || job.metadata?.deletionTimestamp || isOver(job)) return
    const uid = job.metadata?.uid ?? ''
    const pods = this.pods.of(uid)
    const ended = this.count(uid, pods)
    const active = pods.filter(isActive)
    const { completions, parallelism = 1, backoffLimit = 6 } = job.spec
    const restarts = active.reduce((sum, pod) => sum + restartsOf(pod), 0)
    const isOnFailure = job.spec.template.spec?.restartPolicy === 'OnFailure'
    // kubernetes/pkg/controller/job/job_controller.go: pastBackoffLimitOnFailure, and ended.failed for Never
    const tooMany = isOnFailure && restarts > 0 && restarts >= backoffLimit
    const left = pods.filter((pod) => !isTerminal(pod))
    const isFailing = conditionOf(job.status?.conditions, 'FailureTarget') !== undefined
    if (isFailing || ended.failed.size > backoffLimit || tooMany) return this.fail(job, left, ended)
    const isDone =
      completions === undefined
        ? ended.succeeded.size > 0 && left.length === 0
        : ended.succeeded.size >= completions
    if (isDone) return this.complete(job, ended)
    const wanted =
      completions === undefined
        ? ended.succeeded.size > 0
          ? active.length
          : parallelism
        : Math.min(parallelism, completions - ended.succeeded.size)
    const waitMs = ended.lastFailureMs + backOffMs(ended.inARow) - this.world.clock.epoch()
    if (active.length < wanted) {
      if (ended.inARow > 0 && waitMs > 0) this.queue.addAfter(key, waitMs)
      else for (let n = active.length; n < wanted; n++) this.create(job)
    }
    this.write(job, ended, {})
  }

  /**
   * Counts those of its pods that have ended since. One that is deleted before it has ended has failed at once: so
   * podReplacementPolicy TerminatingOrFailed says.
   */
  private count(uid: string, pods: readonly PodObject[]): Ended {
    const none: Ended = { succeeded: new Set(), failed: new Set(), inARow: 0, lastFailureMs: 0 }
    const ended = this.ended.get(uid) ?? none
    this.ended.set(uid, ended)
    for (const pod of pods) {
      const podUid = pod.metadata?.uid ?? ''
      if (ended.succeeded.has(podUid) || ended.failed.has(podUid)) continue
      if (pod.status?.phase === 'Succeeded') {
        ended.succeeded.add(podUid)
        ended.inARow = 0
      } else if (!isActive(pod)) {
        ended.failed.add(podUid)
        ended.inARow += 1
        ended.lastFailureMs = Math.max(ended.lastFailureMs, finishedMs(pod) ?? this.world.clock.epoch())
      }
    }
    return ended
  }

  private create(job: Job): void {
    const { name = '', namespace = '', uid = '' } = job.metadata ?? {}
    const { metadata, spec } = job.spec?.template ?? {}
    const own = { 'controller-uid': uid, 'job-name': name }
    const prefixed = Object.entries(own).map(([key, value]) => [`batch.kubernetes.io/${key}`, value])
    try {
      const pod = createPod(this.world, {
        metadata: {
          generateName: `${name}-`,
          namespace,
          labels: { ...metadata?.labels, ...own, ...Object.fromEntries(prefixed) },
          ...(metadata?.annotations && { annotations: metadata.annotations }),
          ownerReferences: [
            { apiVersion: 'batch/v1', kind: 'Job', name, uid, controller: true, blockOwnerDeletion: true },
          ],
        },
        ...(spec && { spec }),
      })
      this.tell(job, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata?.name}`)
    } catch (error) {
      if (!(error instanceof KubeError)) throw error
      this.tell(job, 'Warning', 'FailedCreate', `Error creating: ${error.message}`)
      this.queue.addAfter(keyOf(job), firstBackOffMs)
    }
  }

  private complete(job: Job, ended: Ended): void {
    const told = ['CompletionsReached', 'Reached expected number of succeeded pods'] as const
    this.tell(job, 'Normal', 'Completed', 'Job completed')
    this.write(job, ended, {
      conditions: this.conditions(['SuccessCriteriaMet', 'Complete'], ...told),
      completionTime: this.world.store.timestamp(),
    })
  }

  private fail(job: Job, left: PodObject[], ended: Ended): void {
    const told = ['BackoffLimitExceeded', 'Job has reached the specified backoff limit'] as const
    if (!conditionOf(job.status?.conditions, 'FailureTarget')) this.tell(job, 'Warning', ...told)
    for (const { metadata } of left) {
      deletePod(this.world.store, metadata?.name ?? '', metadata?.namespace ?? '', {
        uid: metadata?.uid ?? '',
      })
    }
    // It has failed when the last of its pods is gone.
    const types = left.length > 0 ? ['FailureTarget'] : ['FailureTarget', 'Failed']
    this.write(job, ended, { conditions: this.conditions(types, ...told) })
  }

  private conditions(types: string[], reason: string, message: string) {
    const now = this.world.store.timestamp()
    return types.map((type) => ({
      ...{ type, status: 'True', lastProbeTime: now, lastTransitionTime: now, reason, message },
    }))
  }

  private write(job: Job, { succeeded, failed }: Ended, more: Partial<NonNullable<Job['status']>>): void {
    const { store } = this.world
    const { name = '', namespace } = job.metadata ?? {}
    const now = store.get('Job', name, namespace)
    if (!now) return
    const pods = this.pods.of(job.metadata?.uid ?? '')
    const active = pods.filter(isActive)
    const ready = active.filter(isReady).length
    const terminating = pods.filter((pod) => !isActive(pod) && !isTerminal(pod)).length
    store.update('Job', {
      ...now,
      status: {
        ...{ startTime: now.status?.startTime ?? store.timestamp(), ready, terminating },
        ...(active.length > 0 && { active: active.length }),
        ...(succeeded.size > 0 && { succeeded: succeeded.size }),
        ...(failed.size > 0 && { failed: failed.size }),
        uncountedTerminatedPods: {},
        ...more,
      },
    })
  }

  private tell(job: Job, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.world.events.tell(job, { type, reason, message, component })
  }
}

function isOver({ status }: Job): boolean {
  return ['Complete', 'Failed'].some((type) => conditionOf(status?.conditions, type)?.status === 'True')
}

function restartsOf({ status }: PodObject): number {
  return (status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0)
}

/** kubernetes/pkg/controller/job/backoff_utils.go: getFinishedTime; undefined of one that tells no end. */
function finishedMs({ metadata, status }: PodObject): number | undefined {
  const ends = (status?.containerStatuses ?? []).flatMap(({ state }) => state?.terminated?.finishedAt ?? [])
  if (ends.length > 0) return Math.max(...ends.map((end) => Date.parse(end)))
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = metadata ?? {}
  if (deletionTimestamp === undefined) return undefined
  return Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1_000
}

function backOffMs(failures: number): number {
  return failures === 0 ? 0 : Math.min(firstBackOffMs * 2 ** (failures - 1), longestBackOffMs)
}
