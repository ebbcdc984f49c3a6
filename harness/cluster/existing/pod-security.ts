import type { V1Container, V1PodSpec } from '@kubernetes/client-node'
import type { KubeObject } from '../kube.ts'

/** What a container may add: https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline */
const baselineCapabilities = [
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE'],
  ...['SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
]

/**
 * The field by which the pods of an object would reach their node, beyond Pod Security's baseline; undefined where none
 * does. The pods are those of a template too, and the containers every sort of them. What of the baseline guards no more
 * than the container itself (seccomp, AppArmor, SELinux, sysctls) is left to the cluster's own admission.
 */
export function beyondBaseline(object: KubeObject): string | undefined {
  const { at, spec } = podSpecOf(object)
  if (!spec) return undefined
  const { hostNetwork, hostPID, hostIPC, volumes, securityContext } = spec
  const flags = Object.entries({ hostNetwork, hostPID, hostIPC })
  const shared = flags.find(([, isShared]) => isShared)?.[0]
  if (shared) return `${at}.${shared}`
  if (securityContext?.windowsOptions?.hostProcess) return `${at}.securityContext.windowsOptions.hostProcess`
  const path = (volumes ?? []).findIndex((volume) => volume?.hostPath)
  if (path >= 0) return `${at}.volumes[${path}].hostPath`
  for (const sort of ['containers', 'initContainers', 'ephemeralContainers'] as const) {
    for (const [i, container] of (spec[sort] ?? []).entries()) {
      const field = ofContainer(container as V1Container)
      if (field) return `${at}.${sort}[${i}].${field}`
    }
  }
  return undefined
}

function ofContainer({ securityContext, ports }: V1Container): string | undefined {
  const { privileged, capabilities, procMount, windowsOptions } = securityContext ?? {}
  if (privileged) return 'securityContext.privileged'
  if (windowsOptions?.hostProcess) return 'securityContext.windowsOptions.hostProcess'
  const added = capabilities?.add?.find((one) => !baselineCapabilities.includes(one))
  if (added !== undefined) return `securityContext.capabilities.add: ${added}`
  if (procMount === 'Unmasked') return 'securityContext.procMount'
  const port = (ports ?? []).findIndex(({ hostPort }) => hostPort)
  return port >= 0 ? `ports[${port}].hostPort` : undefined
}

type Templated = { template?: { spec?: V1PodSpec } }

/** A Pod's own, or that of its template: of a Deployment, DaemonSet, StatefulSet, ReplicaSet or Job, and of a CronJob. */
function podSpecOf({ kind, ...object }: KubeObject): { at: string; spec?: V1PodSpec | undefined } {
  const { spec } = object as { spec?: V1PodSpec & Templated & { jobTemplate?: { spec?: Templated } } }
  if (kind === 'Pod') return { at: 'spec', spec }
  if (spec?.jobTemplate)
    return { at: 'spec.jobTemplate.spec.template.spec', spec: spec.jobTemplate.spec?.template?.spec }
  return { at: 'spec.template.spec', spec: spec?.template?.spec }
}
