import { type ClusterTiming, resolveTiming } from '../../../model/cluster-timing.ts'
import type { NodeObject, PodObject } from '../../kube.ts'
import { EventLog } from '../event-log.ts'
import { Random } from '../random.ts'
import { type ObjectOf, Store } from '../store.ts'
import { VirtualClock } from '../virtual-clock.ts'
import type { World } from '../world.ts'
import { withCondition } from './conditions.ts'

/** A world without machines, for tests of what has to do with objects only. */
export function testWorld(seed = 1, timing: ClusterTiming = {}): World {
  const clock = new VirtualClock()
  const random = new Random(seed)
  const store = new Store(clock, random.fork('store'))
  const events = new EventLog(store, clock)
  const none = new Map<string, never>()
  const parts = {
    clock,
    random,
    store,
    events,
    timing: resolveTiming(timing),
    machines: none,
    kubelets: none,
  }
  return parts as Partial<World> as World
}

const toleratesForFiveMinutes = ['not-ready', 'unreachable'].map((state) => ({
  ...{ key: `node.kubernetes.io/${state}`, operator: 'Exists', effect: 'NoExecute' },
  tolerationSeconds: 300,
}))

/** A Deployment with the defaults of the API server; its pods tolerate a lost node for five minutes. */
export function addDeployment(
  world: World,
  spec: Partial<NonNullable<ObjectOf<'Deployment'>['spec']>> = {},
  image = 'one',
): ObjectOf<'Deployment'> {
  return world.store.create('Deployment', {
    metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' } },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'web' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      template: templateOf(image),
      ...spec,
    },
  })
}

export function templateOf(image: string, more: Partial<NonNullable<PodObject['spec']>> = {}) {
  const containers = [{ name: 'web', image, ports: [{ name: 'http', containerPort: 8080 }] }]
  const spec = {
    containers,
    tolerations: toleratesForFiveMinutes,
    terminationGracePeriodSeconds: 30,
    ...more,
  }
  return { metadata: { labels: { app: 'web' } }, spec }
}

/** Changes the spec of the Deployment `shop/web`. */
export function changeDeployment(
  world: World,
  change: Partial<NonNullable<ObjectOf<'Deployment'>['spec']>>,
): void {
  const old = world.store.get('Deployment', 'web', 'shop')
  if (!old?.spec) throw new Error('there is no Deployment shop/web')
  world.store.update('Deployment', { ...old, spec: { ...old.spec, ...change } })
}

export interface FakeKubelet {
  /** Says nothing more, and does nothing more for its pods. */
  silence(): void
  speak(): void
}

export interface FakeNode {
  labels?: Record<string, string>
  taints?: NonNullable<NonNullable<NodeObject['spec']>['taints']>
  /** From a pod's binding to its readiness, in milliseconds; 1,500 unless given, never where `Infinity`. */
  readyAfterMs?: number
  /** From a pod's deletion to its end; 100 unless given. */
  endsAfterMs?: number
}

/** A Node with a heartbeat, and what makes its pods ready and lets them go. */
export function addNode(world: World, name: string, options: FakeNode = {}): FakeKubelet {
  const { store, clock } = world
  const { labels, taints, readyAfterMs = 1_500, endsAfterMs = 100 } = options
  let isSilent = false
  const post = () => {
    const node = store.get('Node', name)
    if (!node) return
    const now = store.timestamp()
    const ready = { type: 'Ready', status: 'True', lastHeartbeatTime: now, lastTransitionTime: now }
    store.update('Node', { ...node, status: { ...node.status, conditions: [ready] } })
  }
  store.create('Node', {
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec: taints ? { taints } : {},
    status: { allocatable: { pods: '110' } },
  })
  post()
  const renew = () => {
    if (isSilent) return
    const spec = { holderIdentity: name, renewTime: `${clock.epoch()}` }
    const lease = store.get('Lease', name, 'kube-node-lease')
    if (lease) store.update('Lease', { ...lease, spec })
    else store.create('Lease', { metadata: { name, namespace: 'kube-node-lease' }, spec })
  }
  renew()
  clock.every(10_000, renew)
  let ips = 0
  store.on('Pod', ({ type, object, before }) => {
    const pod = object as PodObject
    if (pod.spec?.nodeName !== name || type === 'DELETED') return
    const { name: podName = '', namespace = '', uid = '', deletionTimestamp } = pod.metadata ?? {}
    if (!(before as PodObject | undefined)?.spec?.nodeName && Number.isFinite(readyAfterMs)) {
      clock.after(readyAfterMs, () => {
        const now = store.get('Pod', podName, namespace)
        if (isSilent || now?.metadata?.uid !== uid) return
        const ip = now.status?.podIP ?? `10.244.1.${++ips}`
        setReady(world, { ...now, status: { ...now.status, phase: 'Running', podIP: ip } }, true)
      })
    }
    if (deletionTimestamp && !before?.metadata?.deletionTimestamp) {
      clock.after(endsAfterMs, () => isSilent || store.remove('Pod', podName, namespace, uid))
    }
  })
  return {
    silence: () => {
      isSilent = true
    },
    speak: () => {
      isSilent = false
      renew()
      post()
    },
  }
}

export function setReady(world: World, pod: PodObject, isReady: boolean): void {
  const { store } = world
  const status = isReady ? 'True' : 'False'
  const ready = { type: 'Ready', status, lastTransitionTime: store.timestamp() }
  const conditions = withCondition(pod.status?.conditions, ready)
  store.update('Pod', { ...pod, status: { ...pod.status, conditions } })
}

/** The messages of the Events of a reason, with how often each was told where that is more than once. */
export function toldOf(world: World, reason: string): string[] {
  return world.store
    .list('Event')
    .filter((event) => event.reason === reason)
    .map((event) => `${event.message}${event.count === 1 ? '' : ` ×${event.count}`}`)
}
