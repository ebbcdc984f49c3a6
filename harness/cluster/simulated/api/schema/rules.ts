import type { KubeObject, PodObject } from '../../../kube.ts'
import type { KindName } from '../../kinds.ts'
import { isSame, type ObjectOf } from '../../store.ts'
import { type Flaw, invalid } from './flaws.ts'
import { podFlaws, repeated } from './pod-rules.ts'

type Deployment = ObjectOf<'Deployment'>
type ReplicaSet = ObjectOf<'ReplicaSet'>
type Job = ObjectOf<'Job'>
type Service = ObjectOf<'Service'>

/**
 * What Kubernetes refuses of an object whose fields are each of the right type, and that has its defaults.
 *
 * @param before as it is now; undefined for a new one.
 */
export function ruleFlaws(kind: KindName, object: KubeObject, before: KubeObject | undefined): Flaw[] {
  switch (kind) {
    case 'Pod':
      return podObjectFlaws(object as PodObject, before as PodObject | undefined)
    case 'Deployment': {
      const deployment = object as Deployment
      return [...templateFlaws(deployment, before as Deployment | undefined), ...rollingFlaws(deployment)]
    }
    case 'ReplicaSet':
      return templateFlaws(object as ReplicaSet, before as ReplicaSet | undefined)
    case 'Job':
      return jobFlaws(object as Job, before as Job | undefined)
    case 'Service':
      return serviceFlaws(object as Service, before as Service | undefined)
    case 'PodDisruptionBudget':
      return budgetFlaws(object as ObjectOf<'PodDisruptionBudget'>)
    default:
      return []
  }
}

function podObjectFlaws({ spec }: PodObject, before: PodObject | undefined): Flaw[] {
  if (!spec) return []
  const flaws = podFlaws(spec, 'spec')
  if (before && !isSame(spec, before.spec)) {
    // Kubernetes lets an image change in place; the model has no such restart.
    const wrong = 'Forbidden: a change of a pod that is there is not modelled by the simulated cluster'
    flaws.push({ path: 'spec', wrong, unmodelled: true })
  }
  return flaws
}

/** kubernetes/pkg/apis/apps/validation/validation.go: ValidateDeploymentSpec, ValidateReplicaSetSpec. */
function templateFlaws(
  { spec }: Deployment | ReplicaSet,
  before: Deployment | ReplicaSet | undefined,
): Flaw[] {
  if (!spec?.template?.spec) return []
  const flaws = podFlaws(spec.template.spec, 'spec.template.spec')
  const wanted = Object.entries(spec.selector.matchLabels ?? {})
  const labels = spec.template.metadata?.labels ?? {}
  if (wanted.length === 0) flaws.push(invalid('spec.selector', spec.selector, 'empty selector is invalid'))
  if (wanted.some(([name, value]) => labels[name] !== value)) {
    const why = '`selector` does not match template `labels`'
    flaws.push(invalid('spec.template.metadata.labels', labels, why))
  }
  const { restartPolicy } = spec.template.spec
  if (restartPolicy !== 'Always') {
    const wrong = `Unsupported value: ${JSON.stringify(restartPolicy)}: supported values: "Always"`
    flaws.push({ path: 'spec.template.spec.restartPolicy', wrong })
  }
  if (before && !isSame(before.spec?.selector, spec.selector)) {
    flaws.push(invalid('spec.selector', spec.selector, 'field is immutable'))
  }
  return flaws
}

/** kubernetes/pkg/apis/batch/validation/validation.go: validateJobSpec. */
function jobFlaws({ spec }: Job, before: Job | undefined): Flaw[] {
  if (!spec?.template.spec) return []
  const flaws = podFlaws(spec.template.spec, 'spec.template.spec')
  const { restartPolicy } = spec.template.spec
  if (restartPolicy !== 'Never' && restartPolicy !== 'OnFailure') {
    const wrong = `Required value: valid values: "OnFailure", "Never"`
    flaws.push({ path: 'spec.template.spec.restartPolicy', wrong })
  }
  if (before && !isSame(before.spec?.template, spec.template)) {
    flaws.push(invalid('spec.template', spec.template, 'field is immutable'))
  }
  return flaws
}

function rollingFlaws({ spec }: Deployment): Flaw[] {
  const flaws: Flaw[] = []
  const { type, rollingUpdate } = spec?.strategy ?? {}
  const { minReadySeconds = 0, progressDeadlineSeconds = 0 } = spec ?? {}
  const path = 'spec.strategy.rollingUpdate'
  if (type === 'Recreate' && rollingUpdate) {
    const wrong = "Forbidden: may not be specified when strategy `type` is 'Recreate'"
    flaws.push({ path, wrong })
  }
  const { maxSurge, maxUnavailable } = rollingUpdate ?? {}
  const isNone = (value: unknown) => Number.parseInt(String(value), 10) === 0
  if (isNone(maxSurge) && isNone(maxUnavailable)) {
    flaws.push(invalid(`${path}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'))
  }
  if (typeof maxUnavailable === 'string' && Number.parseInt(maxUnavailable, 10) > 100) {
    flaws.push(invalid(`${path}.maxUnavailable`, maxUnavailable, 'must not be greater than 100%'))
  }
  if (progressDeadlineSeconds <= minReadySeconds) {
    const why = 'must be greater than minReadySeconds'
    flaws.push(invalid('spec.progressDeadlineSeconds', progressDeadlineSeconds, why))
  }
  return flaws
}

/** kubernetes/pkg/apis/policy/validation/validation.go: ValidatePodDisruptionBudgetSpec. */
function budgetFlaws({ spec = {} }: ObjectOf<'PodDisruptionBudget'>): Flaw[] {
  const { minAvailable, maxUnavailable } = spec
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    return [invalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set')]
  }
  return Object.entries({ minAvailable, maxUnavailable }).flatMap(([name, value]) => {
    const isOver = typeof value === 'string' && Number.parseInt(value, 10) > 100
    return isOver ? [invalid(`spec.${name}`, value, 'must not be greater than 100%')] : []
  })
}

/** kubernetes/pkg/apis/core/validation/validation.go: ValidateService. */
function serviceFlaws({ spec = {} }: Service, before: Service | undefined): Flaw[] {
  const { ports = [], clusterIP } = spec
  const flaws = repeated(
    ports.map(({ name }) => name),
    (at) => `spec.ports[${at}].name`,
  )
  if (ports.length === 0 && clusterIP !== 'None') flaws.push({ path: 'spec.ports', wrong: 'Required value' })
  if (ports.length > 1) {
    for (const [at, { name }] of ports.entries()) {
      if (!name) flaws.push({ path: `spec.ports[${at}].name`, wrong: 'Required value' })
    }
  }
  const numbers = ports.map(({ port }) => String(port))
  flaws.push(...repeated(numbers, (at) => `spec.ports[${at}]`))
  if (before && before.spec?.clusterIP !== clusterIP) {
    flaws.push(invalid('spec.clusterIP', clusterIP, 'field is immutable'))
  }
  return flaws
}
