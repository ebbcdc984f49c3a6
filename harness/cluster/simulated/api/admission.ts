import { isTerminalPhase } from '../../../model/pod-phase.ts'
import type { KubeObject } from '../../kube.ts'
import type { KindName } from '../kinds.ts'
import type { Random } from '../random.ts'
import type { ObjectOf } from '../store.ts'
import type { World } from '../world.ts'
import type { DefaultsOptions } from './defaults.ts'
import { withPodDefaults } from './pod-defaults.ts'
import { alreadyExists, forbidden } from './refusals.ts'

type Pod = ObjectOf<'Pod'>

/** Without vowels and what looks like another: kubernetes/staging/src/k8s.io/apimachinery/pkg/util/rand/rand.go. */
const suffixLetters = 'bcdfghjklmnpqrstvwxz2456789'

const randoms = new WeakMap<World, Random>()

function randomOf(world: World): Random {
  const known = randoms.get(world)
  if (known) return known
  const random = world.random.fork('admission')
  randoms.set(world, random)
  return random
}

/**
 * Takes in a pod, whoever makes it: gives it a name of its own where it has but a `generateName`, and its defaults.
 *
 * @throws KubeError where a quota, its namespace or a pod of its name forbids it.
 */
export function createPod(world: World, pod: Pod): Pod {
  const admitted = admitPod(world, pod)
  const { name = '', namespace } = admitted.metadata ?? {}
  if (world.store.get('Pod', name, namespace)) throw alreadyExists(admitted, 'Pod')
  return world.store.create('Pod', admitted)
}

/**
 * A pod as it will be when it is taken in, which it is not.
 *
 * @throws KubeError 403 where a quota or its namespace forbids it.
 */
export function admitPod(world: World, pod: Pod): Pod {
  const { tolerationSeconds } = defaultsOptions(world)
  const named = withName(world, { ...pod, apiVersion: 'v1', kind: 'Pod' })
  const admitted = withPodDefaults(named, tolerationSeconds)
  refuseTerminating(world, 'Pod', admitted)
  refuseOverQuota(world, admitted)
  return admitted
}

/** A new node is not ready: kubernetes/plugin/pkg/admission/nodetaint/admission.go. */
export function admitNode(node: ObjectOf<'Node'>): ObjectOf<'Node'> {
  const taints = node.spec?.taints ?? []
  if (taints.some(({ key, effect }) => key === notReady && effect === 'NoSchedule')) return node
  return { ...node, spec: { ...node.spec, taints: [...taints, { key: notReady, effect: 'NoSchedule' }] } }
}

const notReady = 'node.kubernetes.io/not-ready'

function withName(world: World, pod: Pod): Pod {
  const { name, generateName, namespace } = pod.metadata ?? {}
  if (name !== undefined || generateName === undefined) return pod
  for (;;) {
    const made = `${generateName}${randomOf(world).letters(5, suffixLetters)}`
    if (world.store.get('Pod', made, namespace)) continue
    return { ...pod, metadata: { ...pod.metadata, name: made } }
  }
}

/** What the defaults of a world's objects depend on. */
export function defaultsOptions(world: World): DefaultsOptions {
  return {
    tolerationSeconds: world.timing.defaultTolerationSeconds,
    clusterIp: () => freeClusterIp(world),
  }
}

/** Of kind's service subnet, but for its first 256 addresses, the first of which are kept for the cluster's own. */
function freeClusterIp(world: World): string {
  const random = randomOf(world)
  const taken = new Set(world.store.list('Service').map(({ spec }) => spec?.clusterIP))
  for (;;) {
    const [third, fourth] = [1, 1].map((least) => Math.floor(random.between(least, 255)))
    const ip = `10.96.${third}.${fourth}`
    if (!taken.has(ip)) return ip
  }
}

/** @throws KubeError 403 where the object is new to a namespace that is being taken away. */
export function refuseTerminating({ store }: World, kind: KindName, object: KubeObject): void {
  const { namespace, name = '' } = object.metadata ?? {}
  if (namespace === undefined || !store.get('Namespace', namespace)?.metadata?.deletionTimestamp) return
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`
  throw forbidden(object, kind, name, why)
}

interface Quota {
  metadata?: { name?: string }
  spec?: { hard?: Record<string, string> }
}

function refuseOverQuota(world: World, pod: Pod): void {
  const { namespace, name = '' } = pod.metadata ?? {}
  const quotas: Quota[] = world.store.list('ResourceQuota', namespace)
  if (quotas.length === 0) return
  const there = world.store.list('Pod', namespace)
  const used = {
    pods: there.filter((one) => isCounted(one, world.clock.epoch())).length,
    'count/pods': there.length,
  }
  for (const { metadata, spec } of quotas) {
    const over = Object.entries(used).filter(
      ([what, count]) => count + 1 > Number(spec?.hard?.[what] ?? Infinity),
    )
    if (over.length === 0) continue
    const tell = (amounts: [string, unknown][]) => amounts.map(([what, of]) => `${what}=${of}`).join(',')
    const requested = tell(over.map(([what]) => [what, 1]))
    const limited = tell(over.map(([what]) => [what, spec?.hard?.[what]]))
    const why = `exceeded quota: ${metadata?.name}, requested: ${requested}, used: ${tell(over)}, limited: ${limited}`
    throw forbidden(pod, 'Pod', name, why)
  }
}

/** A pod that stops counts until it is gone, or long overdue. kubernetes/pkg/quota/v1/evaluator/core/pods.go: QuotaV1Pod. */
function isCounted({ metadata, status }: Pod, nowMs: number): boolean {
  if (isTerminalPhase(status?.phase)) return false
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = metadata ?? {}
  if (deletionTimestamp === undefined) return true
  return nowMs <= Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * 1_000
}
