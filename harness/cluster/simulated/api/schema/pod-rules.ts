import type { PodObject } from '../../../kube.ts'
import { quantityOf } from '../quantity.ts'
import { type Flaw, invalid } from './flaws.ts'

export type PodSpec = NonNullable<PodObject['spec']>
export type Container = PodSpec['containers'][number]
type Probe = NonNullable<Container['livenessProbe']>

/**
 * What Kubernetes refuses of a pod's spec beyond the types of its fields: kubernetes/pkg/apis/core/validation,
 * validation.go: ValidatePodSpec.
 */
export function podFlaws(spec: PodSpec, path: string): Flaw[] {
  const inits = spec.initContainers ?? []
  const names = [...inits, ...spec.containers].map(({ name }) => name)
  const volumes = (spec.volumes ?? []).map(({ name }) => name)
  return [
    ...repeated(names, (at) =>
      at < inits.length
        ? `${path}.initContainers[${at}].name`
        : `${path}.containers[${at - inits.length}].name`,
    ),
    ...repeated(volumes, (at) => `${path}.volumes[${at}].name`),
    ...(spec.volumes ?? []).flatMap(({ name, ...sources }, at) =>
      oneChosen(sources, `${path}.volumes[${at}]`, 'volume'),
    ),
    ...inits.flatMap((one, at) => containerFlaws(one, spec, `${path}.initContainers[${at}]`, true)),
    ...spec.containers.flatMap((one, at) => containerFlaws(one, spec, `${path}.containers[${at}]`, false)),
    ...(spec.tolerations ?? []).flatMap((one, at) => tolerationFlaws(one, `${path}.tolerations[${at}]`)),
    ...affinityFlaws(spec, `${path}.affinity.nodeAffinity`),
  ]
}

function containerFlaws(container: Container, spec: PodSpec, path: string, isInit: boolean): Flaw[] {
  const { livenessProbe, readinessProbe, startupProbe, lifecycle = {} } = container
  const probes = { livenessProbe, readinessProbe, startupProbe }
  const flaws: Flaw[] = []
  if (isInit && container.restartPolicy !== 'Always') {
    for (const [name, value] of Object.entries({ ...probes, lifecycle: container.lifecycle })) {
      const wrong = 'Forbidden: may not be set for init containers without restartPolicy=Always'
      if (value) flaws.push({ path: `${path}.${name}`, wrong })
    }
  }
  for (const [name, probe] of Object.entries(probes)) {
    if (probe) flaws.push(...probeFlaws(probe, name, `${path}.${name}`))
  }
  const { postStart, preStop } = lifecycle
  for (const [name, hook] of Object.entries({ postStart, preStop })) {
    if (!hook) continue
    flaws.push(...oneChosen(hook, `${path}.lifecycle.${name}`, 'handler'))
    const most = spec.terminationGracePeriodSeconds ?? 0
    if (hook.sleep && hook.sleep.seconds > most) {
      const why = `must be less than or equal to terminationGracePeriodSeconds (${most})`
      flaws.push(invalid(`${path}.lifecycle.${name}.sleep.seconds`, hook.sleep.seconds, why))
    }
  }
  const portNames = (container.ports ?? []).map(({ name }) => name)
  flaws.push(...repeated(portNames, (at) => `${path}.ports[${at}].name`))
  for (const [at, { name }] of (container.volumeMounts ?? []).entries()) {
    if (spec.volumes?.some((volume) => volume.name === name)) continue
    flaws.push({ path: `${path}.volumeMounts[${at}].name`, wrong: `Not found: ${JSON.stringify(name)}` })
  }
  const mounts = (container.volumeMounts ?? []).map(({ mountPath }) => mountPath)
  flaws.push(...repeated(mounts, (at) => `${path}.volumeMounts[${at}].mountPath`, 'must be unique'))
  for (const [at, { value, valueFrom }] of (container.env ?? []).entries()) {
    if (!value || !valueFrom) continue
    const why = 'may not be specified when `value` is not empty'
    flaws.push(invalid(`${path}.env[${at}].valueFrom`, '', why))
  }
  return [...flaws, ...expansionFlaws(container, path), ...resourceFlaws(container, `${path}.resources`)]
}

function probeFlaws(probe: Probe, name: string, path: string): Flaw[] {
  const { httpGet, tcpSocket, grpc, exec, successThreshold = 1 } = probe
  const flaws = oneChosen({ httpGet, tcpSocket, grpc, exec }, path, 'handler')
  if (name !== 'readinessProbe' && successThreshold !== 1) {
    flaws.push(invalid(`${path}.successThreshold`, successThreshold, 'must be 1'))
  }
  if (name === 'readinessProbe' && probe.terminationGracePeriodSeconds !== undefined) {
    const why = 'must not be set for readinessProbes'
    flaws.push(invalid(`${path}.terminationGracePeriodSeconds`, probe.terminationGracePeriodSeconds, why))
  }
  return flaws
}

/** Kubernetes puts the values of variables in the place of `$(NAME)`: kubernetes/third_party/forked/golang/expansion. */
function expansionFlaws(container: Container, path: string): Flaw[] {
  const { command = [], args = [], env = [] } = container
  const probes = (['livenessProbe', 'readinessProbe', 'startupProbe'] as const).map((name) => ({
    words: container[name]?.exec?.command ?? [],
    at: `${path}.${name}.exec.command`,
  }))
  const names = new Set(env.map(({ name }) => name))
  const refers = (text: string | undefined) =>
    [...(text ?? '').matchAll(/\$\(([^()]+)\)/g)].some(([, name]) => names.has(name ?? ''))
  const lists = [{ words: command, at: `${path}.command` }, { words: args, at: `${path}.args` }, ...probes]
  const found = [
    ...lists.filter(({ words }) => words.some(refers)).map(({ at }) => at),
    ...env.flatMap(({ value }, at) => (refers(value) ? [`${path}.env[${at}].value`] : [])),
  ]
  const wrong = '$(NAME) of a variable is not modelled by the simulated cluster'
  return found.map((path) => ({ path, wrong, unmodelled: true }))
}

function resourceFlaws({ resources = {} }: Container, path: string): Flaw[] {
  return Object.entries(resources.requests ?? {}).flatMap(([name, asked]) => {
    const limit = resources.limits?.[name]
    if (limit === undefined || (quantityOf(asked) ?? 0) <= (quantityOf(limit) ?? 0)) return []
    return [invalid(`${path}.requests`, asked, `must be less than or equal to ${name} limit of ${limit}`)]
  })
}

function tolerationFlaws(toleration: NonNullable<PodSpec['tolerations']>[number], path: string): Flaw[] {
  const { key, operator = 'Equal', value, effect, tolerationSeconds } = toleration
  const flaws: Flaw[] = []
  if (!key && operator !== 'Exists') {
    flaws.push(invalid(`${path}.operator`, operator, 'operator must be Exists when `key` is empty'))
  }
  if (operator === 'Exists' && value) {
    flaws.push(invalid(`${path}.operator`, operator, 'value must be empty when `operator` is `Exists`'))
  }
  if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
    flaws.push(
      invalid(`${path}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"),
    )
  }
  return flaws
}

function affinityFlaws({ affinity }: PodSpec, path: string): Flaw[] {
  const { requiredDuringSchedulingIgnoredDuringExecution: required, ...other } = affinity?.nodeAffinity ?? {}
  const preferred = other.preferredDuringSchedulingIgnoredDuringExecution ?? []
  const terms = [
    ...(required?.nodeSelectorTerms ?? []).map(
      (term, at) =>
        [term, `${path}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${at}]`] as const,
    ),
    ...preferred.map(
      ({ preference }, at) =>
        [preference, `${path}.preferredDuringSchedulingIgnoredDuringExecution[${at}].preference`] as const,
    ),
  ]
  return terms.flatMap(([{ matchExpressions = [] }, where]) =>
    matchExpressions.flatMap(({ operator, values = [] }, at): Flaw[] => {
      const path = `${where}.matchExpressions[${at}].values`
      const needsValues = operator === 'In' || operator === 'NotIn'
      if (needsValues === values.length > 0) return []
      const [needed, forbidden] = [
        "Required value: must be specified when `operator` is 'In' or 'NotIn'",
        "Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
      ]
      return [{ path, wrong: needsValues ? needed : forbidden }]
    }),
  )
}

/** Exactly one way may be given. */
function oneChosen(ways: object, path: string, what: string): Flaw[] {
  const [first, ...more] = Object.entries(ways).filter(([, value]) => value !== undefined)
  if (!first) return [{ path, wrong: `Required value: must specify a ${what} type` }]
  return more.map(([name]) => ({
    path: `${path}.${name}`,
    wrong: `Forbidden: may not specify more than 1 ${what} type`,
  }))
}

export function repeated(
  values: readonly (string | undefined)[],
  pathOf: (at: number) => string,
  why?: string,
): Flaw[] {
  return values.flatMap((value, at) => {
    if (value === undefined || values.indexOf(value) === at) return []
    if (why) return [invalid(pathOf(at), value, why)]
    return [{ path: pathOf(at), wrong: `Duplicate value: ${JSON.stringify(value)}` }]
  })
}
