import { type KubeObject, nameOf, type ObjectRef } from '../../kube.ts'
import { KubeError } from '../../kube-error.ts'
import { deletePod } from '../deletion.ts'
import { type Kind, type KindName, kindOf, kinds } from '../kinds.ts'
import { isSame, type ObjectOf } from '../store.ts'
import type { World } from '../world.ts'
import { admitNode, admitPod, createPod, defaultsOptions, refuseTerminating } from './admission.ts'
import { withDefaults } from './defaults.ts'
import { applyOver, asJson, mergePatch } from './merge.ts'
import { alreadyExists, conflict, forbidden, notFound, unknownKind } from './refusals.ts'
import { shapeFlaws } from './schema/check.ts'
import { type Flaw, refusalOf } from './schema/flaws.ts'
import { ruleFlaws } from './schema/rules.ts'
import { unmodelledFlaws } from './schema/unmodelled.ts'

/** Namespaces without which there is no cluster. */
export const systemNamespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system']

export interface DeleteOptions {
  gracePeriodSeconds?: number
  uid?: string
}

/** What the API server does with what it is told to write. Each throws a KubeError where it refuses. */
export class Writes {
  private readonly world: World
  /** What was applied last, by UID. */
  private readonly applied = new Map<string, KubeObject>()

  constructor(world: World) {
    this.world = world
    for (const kind of Object.keys(kinds) as KindName[]) {
      world.store.on(kind, ({ type, object }) => {
        if (type === 'DELETED') this.applied.delete(object.metadata?.uid ?? '')
      })
    }
  }

  /** The object is the caller's own no more. */
  apply(object: KubeObject, isDry: boolean): KubeObject {
    const given = this.read(object)
    const { kind, name, namespace } = whichOf(given)
    const before: KubeObject | undefined = this.world.store.get(kind, name, namespace)
    const now = before ? this.replace(before, given, isDry) : this.add(given, isDry)
    if (!isDry && now.metadata?.uid) this.applied.set(now.metadata.uid, given)
    return now
  }

  create(object: KubeObject): KubeObject {
    const given = this.read(object)
    const { kind, name, namespace } = whichOf(given)
    if (this.world.store.get(kind, name, namespace)) throw alreadyExists(given, kind)
    return this.add(given, false)
  }

  patch(ref: ObjectRef, patch: object): KubeObject {
    const { kind, before } = this.find(ref)
    const { metadata = {}, spec, data } = patch as Patch
    const { resourceVersion, labels, annotations, ...fixed } = metadata
    if (resourceVersion !== undefined && resourceVersion !== before.metadata?.resourceVersion) {
      const why =
        'the object has been modified; please apply your changes to the latest version and try again'
      throw conflict(ref, kind, ref.name, why)
    }
    const after = mergePatch(before, { spec, data, metadata: { labels, annotations } }) as KubeObject
    const { status: _, ...wanted } = mergePatch(asGiven(before), { ...patch, metadata: {} }) as Patch
    const given = { ...wanted, metadata: asGiven(after).metadata } as KubeObject
    const flaws = shapeFlaws(kind, given, before).filter(({ path }) => {
      // What the cluster itself has written there may be more than users can.
      return spec !== undefined || !path.startsWith('spec')
    })
    for (const [name, value] of Object.entries(fixed)) {
      if (isSame(value, before.metadata?.[name as 'name'])) continue
      flaws.push({
        path: `metadata.${name}`,
        wrong: 'a change of it is not modelled by the simulated cluster',
      })
    }
    if (spec !== undefined) return this.write(kind, after, before, flaws)
    if (flaws.length > 0) throw refusalOf(after, flaws)
    return this.world.store.update(kind, after as ObjectOf<typeof kind>) ?? after
  }

  /** Gives a pod's end to `later` where only its mark is written at once. */
  delete(
    ref: ObjectRef,
    { gracePeriodSeconds, uid }: DeleteOptions,
    later: (end: () => void) => void,
  ): boolean {
    const { store } = this.world
    const { kind, name, namespace } = this.whichRef(ref)
    const before: KubeObject | undefined = store.get(kind, name, namespace)
    if (!before) return false
    if (uid !== undefined && before.metadata?.uid !== uid) {
      const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${before.metadata?.uid}`
      throw conflict(ref, kind, name, why)
    }
    if (kind === 'Pod') {
      const options = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }
      deletePod(store, name, namespace ?? '', { ...options, later })
    } else if (kind === 'Namespace') this.terminate(ref, before as ObjectOf<'Namespace'>)
    else store.remove(kind, name, namespace)
    return true
  }

  /** An object as it was given, once it is known to be of a kind that the model has, with its namespace. */
  private read(object: KubeObject): KubeObject {
    const { status: _, ...given } = object as KubeObject & { status?: unknown }
    const known: Kind | undefined = kindOf(given.apiVersion ?? '', given.kind ?? '')
    if (!known) {
      const detail = `${given.kind} is a kind that is not modelled by the simulated cluster; leave it out, or run on kind`
      throw new KubeError(nameOf(given), 422, 'Invalid', detail)
    }
    if (!known.namespaced || given.metadata?.namespace !== undefined) return given
    return { ...given, metadata: { ...given.metadata, namespace: 'default' } }
  }

  private add(given: KubeObject, isDry: boolean): KubeObject {
    const { world } = this
    const { kind, namespace } = whichOf(given)
    const flaws = shapeFlaws(kind, given, undefined)
    const made = complete(world, kind, given, undefined, flaws)
    if (namespace !== undefined && !world.store.get('Namespace', namespace)) {
      throw notFound(given, 'Namespace', namespace)
    }
    refuseTerminating(world, kind, made)
    if (kind === 'Pod') return (isDry ? admitPod : createPod)(world, made as ObjectOf<'Pod'>)
    const admitted = kind === 'Node' ? admitNode(made as ObjectOf<'Node'>) : made
    return isDry ? admitted : world.store.create(kind, admitted as ObjectOf<typeof kind>)
  }

  private replace(before: KubeObject, given: KubeObject, isDry: boolean): KubeObject {
    const { kind } = whichOf(given)
    const last = this.applied.get(before.metadata?.uid ?? '')
    const after = applyOver(before, last, given)
    return this.write(kind, after, before, shapeFlaws(kind, given, before), isDry)
  }

  private write(
    kind: KindName,
    after: KubeObject,
    before: KubeObject,
    flaws: readonly Flaw[],
    isDry = false,
  ): KubeObject {
    const made = complete(this.world, kind, after, before, flaws)
    if (isDry) return made
    return this.world.store.update(kind, made as ObjectOf<typeof kind>) ?? made
  }

  private terminate(ref: ObjectRef, before: ObjectOf<'Namespace'>): void {
    const { store } = this.world
    if (systemNamespaces.includes(ref.name)) {
      throw forbidden(ref, 'Namespace', ref.name, 'this namespace may not be deleted')
    }
    if (before.metadata?.deletionTimestamp) return
    const metadata = { ...before.metadata, deletionTimestamp: store.timestamp() }
    store.update('Namespace', {
      ...before,
      metadata,
      status: { phase: 'Terminating' },
    } as ObjectOf<'Namespace'>)
  }

  private whichRef({ apiVersion, kind, name, namespace = 'default' }: ObjectRef): Which {
    const known = kindOf(apiVersion, kind)
    if (!known) throw unknownKind(apiVersion, kind)
    return { kind: known.kind, name, namespace: known.namespaced ? namespace : undefined }
  }

  private find(ref: ObjectRef): { kind: KindName; before: KubeObject } {
    const { kind, name, namespace } = this.whichRef(ref)
    const before: KubeObject | undefined = this.world.store.get(kind, name, namespace)
    if (!before) throw notFound(ref, kind, name)
    return { kind, before }
  }
}

/** Of a patch, what may change an object; its status is not among it. */
interface Patch {
  metadata?: Record<string, unknown>
  spec?: unknown
  data?: unknown
  status?: unknown
}

interface Which {
  kind: KindName
  name: string
  namespace: string | undefined
}

function whichOf({ kind = '', metadata }: KubeObject): Which {
  return { kind: kind as KindName, name: metadata?.name ?? '', namespace: metadata?.namespace }
}

/** The object with its defaults, once nothing is wrong with it. */
function complete(
  world: World,
  kind: KindName,
  object: KubeObject,
  before: KubeObject | undefined,
  flaws: readonly Flaw[],
): KubeObject {
  // Rules and defaults rest on types; the other flaws do not keep them from being told of together.
  if (flaws.some(({ mistyped }) => mistyped)) throw refusalOf(object, flaws)
  const made = withDefaults(kind, object, defaultsOptions(world))
  const all = [...flaws, ...ruleFlaws(kind, made, before), ...unmodelledFlaws(kind, made, world.store)]
  if (all.length > 0) throw refusalOf(object, all)
  return made
}

/** As a user would give it, without what the cluster has set. */
function asGiven(object: KubeObject): KubeObject {
  const { status: _, ...rest } = object as KubeObject & { status?: unknown }
  const { name, namespace, labels, annotations } = object.metadata ?? {}
  const metadata = { name, namespace, labels, annotations }
  return asJson({ ...rest, metadata } as KubeObject)
}
