import type { DeploymentObject, JobObject, KubeObject } from '../cluster/kube.ts'
import { nameOf } from '../cluster/kube.ts'
import { type Duration, formatMs, toMs } from '../model/duration.ts'
import { EnvironmentError, NotCapableError, NotSteadyError, UsageError } from '../model/errors.ts'
import { calledIn, type WorkloadShape } from '../model/observation.ts'
import { holdSteadyMs, livePods, steadiness } from '../timeline/steady.ts'
import type { Chart } from './chart.ts'
import { checkChart, podTemplates, servicesIn } from './check.ts'
import { checkObject } from './manifest.ts'
import { checkPlain } from './plain.ts'
import { knowSecrets } from './secrets.ts'
import type { Stage } from './stage.ts'
import { Workload } from './workload.ts'

/** A namespace of the scenario's. */
export interface Home {
  namespace: string
  /** What the scenario calls it, where it is not its own first one. */
  alias?: string
}

/**
 * Applies a chart into a namespace of the scenario's and waits until every replica is ready and in its Services.
 *
 * @throws UsageError for a chart that can never work, or that the API server refuses; EnvironmentError for an image
 *   that cannot be had; NotSteadyError where it does not become steady in time.
 */
export async function deployChart(
  stage: Stage,
  chart: Chart,
  steadyWithin: Duration,
  home: Home = { namespace: stage.namespace },
): Promise<Workload> {
  admit(chart)
  checkChart(chart)
  refuseLacking(stage, chart)
  const { recording } = stage
  const called = calledIn(home.alias, chart.name)
  if (recording.timeline.workloads.some(({ name }) => name === called)) {
    throw new UsageError(
      `Chart ${called}: is deployed already; give the second one another name and other objects`,
    )
  }
  const deadlineMs = recording.now() + toMs(steadyWithin)
  const applied = await applyChart(stage, chart, { namespace: home.namespace })
  const shape = shapeOf(chart, applied, home)
  recording.record({ source: 'workload', atMs: recording.now(), workload: shape })
  await becomeSteady(stage, shape, deadlineMs)
  const [template] = podTemplates({ ...chart, objects: applied })
  return new Workload(stage, shape, template?.spec ?? { containers: [] }, applied)
}

/**
 * Applies a chart's objects into a namespace of the scenario's, its own unless given, its images provided, and gives them as the API server has them.
 *
 * @param options `check` only asks the API server what they would become; `lacking` images are left for the kubelet to miss
 * @throws UsageError for one that it refuses, or that belongs to no namespace; EnvironmentError for an image that cannot
 *   be had.
 */
export async function applyChart(
  stage: Stage,
  chart: Chart,
  {
    check = false,
    lacking = [],
    namespace = stage.namespace,
  }: { check?: boolean; lacking?: string[]; namespace?: string } = {},
): Promise<Chart['objects']> {
  admit(chart)
  const { cluster } = stage
  for (const object of chart.objects) {
    const { apiVersion = '', kind = '' } = object
    // It would outlive the scenario and meet the others.
    if ((await cluster.kube.isNamespaced(apiVersion, kind).catch(() => undefined)) !== false) continue
    throw new UsageError(
      `${nameOf(object)}: belongs to no namespace, and a scenario owns nothing but its namespace`,
      {
        remedy: `Leave it out of chart ${chart.name}.`,
      },
    )
  }
  if (!check) await provideImages(stage, chart, lacking)

  const applied: Chart['objects'] = []
  for (const object of chart.objects.map((o) => intoNamespace(o, chart, namespace))) {
    try {
      applied.push(await cluster.kube.apply(object, { dryRun: check }))
    } catch (error) {
      throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error })
    }
  }
  return applied
}

/** @throws UsageError for what is no chart at all, or could not be sent. From here on its Secrets are known. */
export function admit(chart: Chart): void {
  if (typeof chart?.name !== 'string' || !Array.isArray(chart.objects) || !Array.isArray(chart.images)) {
    throw new UsageError('A chart is expected, { name, objects, images }, and this is none', {
      remedy: 'Call the function that gives the chart: deploy(webapl({ replicas: 3 })).',
    })
  }
  for (const [at, object] of chart.objects.entries())
    checkObject(object, `Chart ${chart.name}: objects[${at}]`)
  knowSecrets(chart.objects)
  for (const object of chart.objects) checkPlain(object, `${object.kind}/${object.metadata?.name}`)
}

async function provideImages({ cluster, signal }: Stage, chart: Chart, lacking: string[]): Promise<void> {
  const used = podTemplates(chart).flatMap(({ spec }) =>
    [...spec.containers, ...(spec.initContainers ?? [])].flatMap(({ image }) => (image ? [image] : [])),
  )
  const built = chart.images.map(({ name }) => name)
  const unused = built.find((name) => !used.includes(name))
  if (unused)
    throw new UsageError(
      `Chart ${chart.name}: builds image ${unused}, which none of its containers uses: they use ${used.join(', ')}`,
    )
  const present = used.filter((name) => !lacking.includes(name))
  const behaviours = chart.behaviours ?? {}
  await cluster.provideImages({ built: chart.images, used: present, behaviours }, { signal })
}

/** An image built here is in the nodes already, and nowhere else: the kubelet must not look for it. */
function intoNamespace(object: Chart['objects'][number], chart: Chart, namespace: string) {
  const copy = structuredClone(object)
  if (copy.kind === 'Namespace') {
    throw new UsageError(
      `${nameOf(object)}: a scenario has a namespace of its own; leave this object out of chart ${chart.name}`,
    )
  }
  copy.metadata = { ...copy.metadata, namespace }
  const built = new Set(chart.images.map(({ name }) => name))
  for (const { spec } of podTemplates({ ...chart, objects: [copy] })) {
    for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
      if (container.image && built.has(container.image)) container.imagePullPolicy ??= 'IfNotPresent'
    }
  }
  return copy
}

function shapeOf(chart: Chart, applied: Chart['objects'], { namespace, alias }: Home): WorkloadShape {
  const roots = podTemplates({ ...chart, objects: applied }).map(({ owner }) => ({
    kind: owner.kind ?? '',
    name: owner.metadata?.name ?? '',
    uid: owner.metadata?.uid ?? '',
    replicas: replicasOf(owner),
  }))
  const services = servicesIn({ ...chart, objects: applied })
    .filter(({ spec }) => Object.keys(spec?.selector ?? {}).length > 0)
    .map(({ metadata, spec }) => ({
      name: calledIn(alias, metadata?.name ?? ''),
      selector: (spec?.selector ?? {}) as Record<string, string>,
    }))
  return { name: calledIn(alias, chart.name), namespace, roots, services }
}

/** @throws NotCapableError for a CronJob on a cluster that makes no Jobs by the clock. */
function refuseLacking({ cluster }: Stage, { objects }: Chart): void {
  const cronJob = objects.find(({ kind }) => kind === 'CronJob')
  if (!cronJob || cluster.capabilities.has('controller.cronjob')) return
  throw new NotCapableError(
    `${nameOf(cronJob)}: a cluster by ${cluster.provider} lacks the capability controller.cronjob`,
  )
}

/** How many pods there are at once; of a Job, those that work before any has succeeded. */
function replicasOf(owner: KubeObject): number {
  if (owner.kind === 'Pod') return 1
  if (owner.kind === 'CronJob') return 0
  if (owner.kind !== 'Job') return (owner as DeploymentObject).spec?.replicas ?? 1
  const { parallelism = 1, completions = parallelism } = (owner as JobObject).spec ?? {}
  return Math.min(parallelism, completions)
}

async function becomeSteady(stage: Stage, shape: WorkloadShape, deadlineMs: number): Promise<void> {
  const { recording, signal, cluster } = stage
  const { timeline } = recording
  const lastSteady = () => timeline.of('steady', shape.name).at(-1)
  for (;;) {
    const steady = await recording.waitFor(
      () => {
        refuseMissingImages(stage, shape)
        const last = lastSteady()
        return last?.toMs === null ? last : undefined
      },
      deadlineMs,
      signal,
    )
    if (!steady) break
    await cluster.clock.sleep(Math.max(0, steady.fromMs + holdSteadyMs - recording.now()), signal)
    if (lastSteady() === steady && steady.toMs === null) return
  }
  const now = steadiness(timeline, shape)
  const missing = now.steady ? `${shape.name}: steady only for a moment` : now.missing
  throw new NotSteadyError(
    `${missing}: not steady within ${formatMs(deadlineMs)} of the scenario's start, so nothing was hurt`,
  )
}

const imageNeverComes = ['ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull', 'ImageInspectError']

function refuseMissingImages({ recording, cluster }: Stage, { roots }: WorkloadShape): void {
  const { timeline } = recording
  const waiting = timeline.openOf('container-waiting')
  for (const stuck of waiting.filter(({ detail }) => imageNeverComes.includes(detail.reason))) {
    if (!livePods(timeline, roots).some(({ uid }) => uid === stuck.uid)) continue
    throw new EnvironmentError(`${stuck.subject}: its image cannot be had: ${stuck.detail.reason}`, {
      evidence: stuck.detail.message,
      remedy:
        cluster.provider === 'existing'
          ? 'Name an image that the cluster can pull, or bring it into the cluster under that name.'
          : 'Name an image that exists, pull it with `docker pull`, or let the chart build it (`images`).',
    })
  }
}
