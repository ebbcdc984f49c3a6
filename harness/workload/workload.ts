import type {
  CronJobObject,
  DeploymentObject,
  JobObject,
  KubeObject,
  NodeObject,
  PodObject,
} from '../cluster/kube.ts'
import { EnvironmentError, RolypolyError } from '../model/errors.ts'
import type { WorkloadShape } from '../model/observation.ts'
import { isOpenIn, livePods } from '../timeline/steady.ts'
import type { Stage } from './stage.ts'

export type PodSpec = NonNullable<PodObject['spec']>

const madeWithinMs = 30_000

/** A deployed chart. */
export class Workload {
  readonly stage: Stage
  readonly shape: WorkloadShape
  private specs: [now: PodSpec, before: PodSpec]
  private applied: KubeObject[]

  /** @param objects as the API server has them */
  constructor(stage: Stage, shape: WorkloadShape, podSpec: PodSpec, objects: KubeObject[] = []) {
    this.stage = stage
    this.shape = shape
    this.specs = [podSpec, podSpec]
    this.applied = objects
  }

  /** The spec that its pods are made of; of its first Deployment where it has several. */
  get podSpec(): PodSpec {
    return this.specs[0]
  }

  /** What that was before it was last rolled out; the same where it was not. */
  get podSpecBefore(): PodSpec {
    return this.specs[1]
  }

  /** Its objects, as the API server had them when they were applied. */
  get objects(): readonly KubeObject[] {
    return this.applied
  }

  /** Its Deployment; undefined where it has none, or several. */
  get deployment(): DeploymentObject | undefined {
    const [first, second] = this.applied.filter(({ kind }) => kind === 'Deployment')
    return second ? undefined : first
  }

  /** Its Job; undefined where it has none, or anything else that makes pods. */
  get job(): JobObject | undefined {
    const [root, another] = this.shape.roots
    const isIt = ({ metadata }: KubeObject) => metadata?.uid === root?.uid
    return root?.kind === 'Job' && !another ? this.applied.find(isIt) : undefined
  }

  /** Its CronJob; undefined where it has none, or anything else that makes pods. */
  get cronJob(): CronJobObject | undefined {
    const [root, another] = this.shape.roots
    const isIt = ({ metadata }: KubeObject) => metadata?.uid === root?.uid
    return root?.kind === 'CronJob' && !another ? (this.applied.find(isIt) as CronJobObject) : undefined
  }

  /** Takes note of what its objects have been changed to. */
  changed(objects: readonly KubeObject[]): void {
    const keyOf = ({ kind, metadata }: KubeObject) => `${kind}/${metadata?.name}`
    const changed = new Map(objects.map((object) => [keyOf(object), object]))
    this.applied = this.applied.map((object) => changed.get(keyOf(object)) ?? object)
    const now = this.deployment?.spec?.template?.spec
    if (now) this.specs = [now, this.podSpec]
  }

  get name(): string {
    return this.shape.name
  }

  get subject(): string {
    const { namespace, roots } = this.shape
    const [first] = roots
    return roots.length === 1 && first
      ? `${first.kind}/${namespace}/${first.name}`
      : `Workload/${namespace}/${this.name}`
  }

  /** Its ready pods, by name. */
  async pods(): Promise<Pod[]> {
    const { timeline } = this.stage.recording
    const ready = livePods(timeline, this.shape.roots).filter(({ uid }) =>
      isOpenIn(timeline.of('pod-ready', uid)),
    )
    const names = ready.map(({ detail }) => detail.name).sort()
    return Promise.all(names.map((name) => this.podNamed(name)))
  }

  /**
   * One of its ready pods: the first by name.
   *
   * @throws RolypolyError where none is ready.
   */
  async pod(): Promise<Pod> {
    const [first] = await this.pods()
    if (!first) throw new RolypolyError(`${this.subject}: has no ready pod`)
    return first
  }

  /**
   * The first pod that it has made since the last fault, ready or not; waits until there is one and it has its node. Where
   * nothing was hurt, as in a control run, any of its ready pods.
   *
   * @throws RolypolyError where none is made.
   */
  async newPod(): Promise<Pod> {
    const { recording, faults, control, signal } = this.stage
    const last = faults.at(-1)
    if (!last || control) return this.pod()
    const made = () =>
      livePods(recording.timeline, this.shape.roots).find(
        ({ fromMs, detail }) => fromMs >= last.injectedAtMs && detail.node !== null,
      )
    const pod = await recording.waitFor(made, recording.now() + madeWithinMs, signal)
    if (!pod) throw new RolypolyError(`${this.subject}: has made no pod since ${last.kind}`)
    return this.podNamed(pod.detail.name)
  }

  private async podNamed(name: string): Promise<Pod> {
    const { namespace } = this.shape
    const object = await this.stage.cluster.kube.get<PodObject>({
      apiVersion: 'v1',
      kind: 'Pod',
      namespace,
      name,
    })
    if (!object) throw new EnvironmentError(`Pod/${namespace}/${name}: is gone`)
    return new Pod(this, object)
  }
}

/** One pod, by its UID: a replacement of the same workload is another. */
export class Pod {
  readonly workload: Workload
  /** As the API server had it when the handle was taken. */
  readonly object: PodObject

  constructor(workload: Workload, object: PodObject) {
    this.workload = workload
    this.object = object
  }

  get stage(): Stage {
    return this.workload.stage
  }

  get name(): string {
    return this.object.metadata?.name ?? ''
  }

  get namespace(): string {
    return this.object.metadata?.namespace ?? ''
  }

  get uid(): string {
    return this.object.metadata?.uid ?? ''
  }

  get subject(): string {
    return `Pod/${this.namespace}/${this.name}`
  }

  /** The name of the node that it runs on. */
  get nodeName(): string {
    return this.object.spec?.nodeName ?? ''
  }

  /** The Node object that it runs on, as it is now. */
  async node(): Promise<NodeObject> {
    const name = this.nodeName
    const node = await this.stage.cluster.kube.get<NodeObject>({ apiVersion: 'v1', kind: 'Node', name })
    if (!node) throw new EnvironmentError(`Node/${name}: is gone`)
    return node
  }

  /**
   * The name of the container meant: the one given, or the only one.
   *
   * @throws RolypolyError where there are several and none was named, or none of that name.
   */
  container(name?: string): string {
    const { containers = [], initContainers = [] } = this.object.spec ?? {}
    const names = containers.map((container) => container.name)
    // kubernetes: an init container that is always restarted is a sidecar, which goes on beside the others
    // (https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers).
    const sidecars = initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always')
    const running = [...names, ...sidecars.map((container) => container.name)]
    if (name !== undefined && running.includes(name)) return name
    const [only] = names
    if (name === undefined && names.length === 1 && only) return only
    const wanted =
      name === undefined
        ? 'has several containers: name one'
        : `has no container ${JSON.stringify(name)}: choose one`
    throw new RolypolyError(`${this.subject}: ${wanted} of ${running.join(', ')}`)
  }
}
