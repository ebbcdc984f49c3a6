import type { KubeObject, ListRef } from '../../kube.ts'
import type { KindName } from '../kinds.ts'
import { badRequest } from './refusals.ts'

type Matches = (object: KubeObject) => boolean

/**
 * What tells the objects that a list or a watch is about.
 *
 * @throws KubeError 400 for a selector that cannot be read, or that selects by a field that the kind cannot be selected by.
 */
export function selectorOf(kind: KindName, ref: ListRef): Matches {
  const { namespace, labelSelector, fieldSelector } = ref
  const all: Matches[] = [
    ...(namespace === undefined ? [] : [({ metadata }: KubeObject) => metadata?.namespace === namespace]),
    ...requirements(labelSelector).map((one) => labelRequirement(one, ref)),
    ...requirements(fieldSelector).map((one) => fieldRequirement(kind, one, ref)),
  ]
  return (object) => all.every((matches) => matches(object))
}

/** By commas, but for those in brackets. */
function requirements(selector: string | undefined): string[] {
  return (selector ?? '').split(/,(?![^(]*\))/).filter((part) => part.trim() !== '')
}

const key = '[A-Za-z0-9._/-]+'
const equality = new RegExp(`^\\s*(${key})\\s*(=|==|!=)\\s*([A-Za-z0-9._-]*)\\s*$`)
const inSet = new RegExp(`^\\s*(${key})\\s+(in|notin)\\s*\\(([^()]*)\\)\\s*$`)
const exists = new RegExp(`^\\s*(!?)\\s*(${key})\\s*$`)

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#api */
function labelRequirement(text: string, ref: ListRef): Matches {
  const [, name, sign, value] = equality.exec(text) ?? []
  if (name !== undefined) return (object) => (labelOf(object, name) === value) === (sign !== '!=')
  const [, member, operator, list = ''] = inSet.exec(text) ?? []
  if (member !== undefined) {
    const values = new Set(list.split(',').map((one) => one.trim()))
    return (object) => {
      const label = labelOf(object, member)
      return (label !== undefined && values.has(label)) === (operator === 'in')
    }
  }
  const [, not, wanted] = exists.exec(text) ?? []
  if (wanted !== undefined) return (object) => (labelOf(object, wanted) === undefined) === (not === '!')
  throw badRequest(`${ref.apiVersion}/${ref.kind}`, `unable to parse requirement: ${JSON.stringify(text)}`)
}

function labelOf({ metadata }: KubeObject, name: string): string | undefined {
  return metadata?.labels?.[name]
}

/** kubernetes/pkg/apis/core/v1/conversion.go: AddFieldLabelConversionsFor... */
const fieldsOf: Partial<Record<KindName, string[]>> = {
  Pod: ['spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName'].concat([
    ...['spec.hostNetwork', 'status.phase', 'status.podIP', 'status.nominatedNodeName'],
  ]),
  Event: ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath']
    .map((field) => `involvedObject.${field}`)
    .concat(['reason', 'type', 'reportingComponent']),
  Node: ['spec.unschedulable'],
  Namespace: ['status.phase'],
  Secret: ['type'],
  ReplicaSet: ['status.replicas'],
  Service: ['spec.clusterIP', 'spec.type'],
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/ */
function fieldRequirement(kind: KindName, text: string, ref: ListRef): Matches {
  const subject = `${ref.apiVersion}/${ref.kind}`
  const [, path, sign, value] = /^\s*([^=!\s]+)\s*(=|==|!=)\s*(.*?)\s*$/.exec(text) ?? []
  if (path === undefined) throw badRequest(subject, `invalid selector: ${JSON.stringify(text)}`)
  if (!['metadata.name', 'metadata.namespace', ...(fieldsOf[kind] ?? [])].includes(path)) {
    throw badRequest(subject, `field label not supported: ${path}`)
  }
  const steps = path.split('.')
  // Where nothing is said, flags are false and text is empty.
  const absent = ['spec.unschedulable', 'spec.hostNetwork'].includes(path) ? 'false' : ''
  return (object) => (String(fieldOf(object, steps) ?? absent) === value) === (sign !== '!=')
}

function fieldOf(object: KubeObject, steps: readonly string[]): unknown {
  let value: unknown = object
  for (const step of steps) value = (value as Record<string, unknown> | undefined)?.[step]
  return value
}
