import { managedBy } from '../../../../model/limits.ts'
import type { KubeObject, PodObject } from '../../../kube.ts'
import type { KindName } from '../../kinds.ts'
import { knowsCommand } from '../../runtime/commands.ts'
import type { ObjectOf, Store } from '../../store.ts'
import type { Flaw } from './flaws.ts'
import type { Container, PodSpec } from './pod-rules.ts'

/**
 * What Kubernetes would act on and the model would not: no field is accepted and then ignored. rolypoly's own pods may
 * ask for what only a real node has; their behaviours know what they do here.
 */
export function unmodelledFlaws(kind: KindName, object: KubeObject, store: Store): Flaw[] {
  const namespace = object.metadata?.namespace
  if (kind === 'Pod') {
    const isOwn = object.metadata?.labels?.[managedBy.key] === managedBy.value
    const { spec } = object as PodObject
    return spec && !isOwn ? specFlaws(spec, 'spec', namespace, store) : []
  }
  if (kind !== 'Deployment' && kind !== 'ReplicaSet' && kind !== 'Job') return []
  const { spec } = object as ObjectOf<'Deployment'>
  const pods = spec?.template?.spec
  return pods ? specFlaws(pods, 'spec.template.spec', namespace, store) : []
}

function specFlaws(spec: PodSpec, path: string, namespace: string | undefined, store: Store): Flaw[] {
  const volumes = (spec.volumes ?? []).flatMap(({ name: _, ...sources }, at) =>
    Object.entries(sources).flatMap(([source, of]): Flaw[] => {
      const where = `${path}.volumes[${at}].${source}`
      if (source === 'emptyDir') return []
      if (source !== 'configMap') return [flaw(where, 'is not modelled by the simulated cluster')]
      const { name = '' } = of as { name?: string }
      if (store.get('ConfigMap', name, namespace)) return []
      return [
        flaw(`${where}.name`, `there is no ConfigMap ${name} yet, and a simulated kubelet waits for none`),
      ]
    }),
  )
  const lists = { initContainers: spec.initContainers ?? [], containers: spec.containers }
  const containers = Object.entries(lists).flatMap(([list, of]) =>
    of.flatMap((container, at) => containerFlaws(container, `${path}.${list}[${at}]`)),
  )
  return [...volumes, ...containers]
}

function containerFlaws(container: Container, path: string): Flaw[] {
  const { livenessProbe, readinessProbe, startupProbe, lifecycle, resources = {} } = container
  const amounts = (['requests', 'limits'] as const).filter((of) => resources[of] !== undefined)
  const execs = {
    ...{ livenessProbe, readinessProbe, startupProbe },
    ...{ 'lifecycle.postStart': lifecycle?.postStart, 'lifecycle.preStop': lifecycle?.preStop },
  }
  const unknown = Object.entries(execs).filter(([, of]) => of?.exec && !knowsCommand(of.exec.command ?? []))
  return [
    ...amounts.map((of) => flaw(`${path}.resources.${of}`, 'is not modelled by the simulated cluster')),
    ...unknown.map(([of]) =>
      flaw(
        `${path}.${of}.exec.command`,
        'a simulated container knows only cat, true, false, sleep, and a shell for one of these or exit',
      ),
    ),
  ]
}

function flaw(path: string, wrong: string): Flaw {
  return { path, wrong, unmodelled: true }
}
