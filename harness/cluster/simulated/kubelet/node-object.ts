import { createHash } from 'node:crypto'
import type { NodeObject } from '../../kube.ts'
import type { Machine } from '../world.ts'

type NodeSpec = NonNullable<NodeObject['spec']>
type NodeStatus = NonNullable<NodeObject['status']>
type NodeCondition = NonNullable<NodeStatus['conditions']>[number]

export const controlPlaneRole = 'node-role.kubernetes.io/control-plane'

/** As kind registers one: its name, labels, and what kubeadm and the controllers would add. */
export function newNode(machine: Machine, isAlone: boolean): NodeObject {
  const { name, role, podPrefix } = machine
  const isControlPlane = role === 'control-plane'
  const labels = {
    ...{
      'beta.kubernetes.io/arch': 'amd64',
      'beta.kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'amd64',
    },
    ...{ 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' },
    ...(isControlPlane && { [controlPlaneRole]: '' }),
  }
  const podCIDR = `${podPrefix}.0/24`
  const spec: NodeSpec = {
    ...{ podCIDR, podCIDRs: [podCIDR], providerID: `kind://docker/simulated/${name}` },
    // Where it is the only node, kind lets pods run on it.
    ...(isControlPlane && !isAlone && { taints: [{ key: controlPlaneRole, effect: 'NoSchedule' }] }),
  }
  return { metadata: { name, labels }, spec }
}

const resources = { cpu: '2', 'ephemeral-storage': '264212084Ki', memory: '24684092Ki', pods: '110' }

/** A node's own part of its status; the times of what has not changed are kept. */
export function nodeStatus(machine: Machine, before: NodeStatus | undefined, now: string): NodeStatus {
  const { name, ip } = machine
  const id = createHash('sha256').update(name).digest('hex').slice(0, 32)
  return {
    ...before,
    capacity: resources,
    allocatable: resources,
    conditions: conditionsOf(before?.conditions ?? [], now),
    addresses: [
      { type: 'InternalIP', address: ip },
      { type: 'Hostname', address: name },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } },
    nodeInfo: {
      ...{ machineID: id, systemUUID: id, bootID: id, kernelVersion: '6.1.0' },
      ...{ osImage: 'Debian GNU/Linux 12 (bookworm)', containerRuntimeVersion: 'containerd://1.7.24' },
      ...{ kubeletVersion: 'v1.34.4', kubeProxyVersion: '', operatingSystem: 'linux', architecture: 'amd64' },
    },
  }
}

const said = {
  MemoryPressure: ['False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  DiskPressure: ['False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  PIDPressure: ['False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  Ready: ['True', 'KubeletReady', 'kubelet is posting ready status'],
} as const

function conditionsOf(before: readonly NodeCondition[], now: string): NodeCondition[] {
  const others = before.filter(({ type }) => !(type in said))
  const own = Object.entries(said).map(([type, [status, reason, message]]) => {
    const was = before.find((condition) => condition.type === type)
    const lastTransitionTime = (was?.status === status ? was.lastTransitionTime : undefined) ?? now
    return { type, status, lastHeartbeatTime: now, lastTransitionTime, reason, message }
  })
  return [...own, ...others]
}

/** Whether the API has another word of the node than its kubelet. */
export function isOther({ status }: NodeObject): boolean {
  const conditions = status?.conditions ?? []
  return Object.entries(said).some(
    ([type, [wanted]]) => conditions.find((condition) => condition.type === type)?.status !== wanted,
  )
}
