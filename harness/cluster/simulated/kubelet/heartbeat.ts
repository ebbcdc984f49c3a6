import type { Random } from '../random.ts'
import type { Machine, World } from '../world.ts'
import { isOther, newNode, nodeStatus } from './node-object.ts'
import type { NodeTime } from './node-time.ts'

/** kubernetes/pkg/kubelet/apis/config/v1beta1/defaults.go: NodeStatusUpdateFrequency, NodeStatusReportFrequency */
const checkMs = 10_000
const reportMs = 300_000
const leaseDurationSeconds = 40
/** k8s.io/component-helpers/apimachinery/lease/controller.go: JitterUntil */
const leaseJitter = 0.04
const leaseNamespace = 'kube-node-lease'

/**
 * A kubelet's word of its node: registers it, renews its lease, and writes its status every five minutes or as soon as
 * it is other than the API's. A Node that is deleted meanwhile is registered again by no one but the next kubelet.
 */
export class Heartbeat {
  private readonly world: World
  private readonly machine: Machine
  private readonly time: NodeTime
  private readonly random: Random
  private readonly onNewNode: () => void
  private reportedMs = 0
  private nodeUid: string | undefined

  constructor(world: World, machine: Machine, time: NodeTime, random: Random, onNewNode: () => void) {
    this.world = world
    this.machine = machine
    this.time = time
    this.random = random
    this.onNewNode = onNewNode
  }

  start(): void {
    const { store, machines } = this.world
    const { name } = this.machine
    if (!store.get('Node', name)) {
      const node = newNode(this.machine, machines.size === 1)
      store.create('Node', { ...node, status: nodeStatus(this.machine, undefined, store.timestamp()) })
    }
    this.report()
    this.renew()
    const renewMs = this.world.timing.nodeLeaseRenewMs
    this.every([checkMs, checkMs], () => this.check())
    this.every([renewMs, renewMs * (1 + leaseJitter)], () => this.renew())
    // What failed has been tried again all the while.
    this.machine.link.onMended(() =>
      this.time.after(0, () => {
        this.renew()
        this.check()
      }),
    )
  }

  private every(periodMs: [least: number, most: number], act: () => void): void {
    const wait = () => this.time.after(this.random.between(...periodMs), next)
    const next = () => {
      wait()
      act()
    }
    wait()
  }

  private check(): void {
    if (this.machine.link.isCut) return
    const node = this.world.store.get('Node', this.machine.name)
    if (!node) return
    const isNew = node.metadata?.uid !== this.nodeUid
    if (isNew || isOther(node) || this.time.nowMs - this.reportedMs >= reportMs) this.report()
  }

  private report(): void {
    const { store } = this.world
    const node = store.get('Node', this.machine.name)
    if (!node) return
    const isNew = node.metadata?.uid !== this.nodeUid
    this.nodeUid = node.metadata?.uid
    this.reportedMs = this.time.nowMs
    store.update('Node', { ...node, status: nodeStatus(this.machine, node.status, store.timestamp()) })
    if (isNew) this.onNewNode()
  }

  private renew(): void {
    if (this.machine.link.isCut) return
    const { store, clock } = this.world
    const { name } = this.machine
    const renewTime = new Date(clock.epoch()).toISOString().replace('Z', '000Z')
    const lease = store.get('Lease', name, leaseNamespace)
    if (lease) {
      store.update('Lease', { ...lease, spec: { ...lease.spec, renewTime } })
      return
    }
    const owner = { apiVersion: 'v1', kind: 'Node', name, uid: this.nodeUid ?? '' }
    store.create('Lease', {
      metadata: { name, namespace: leaseNamespace, ownerReferences: [owner] },
      spec: { holderIdentity: name, leaseDurationSeconds, renewTime },
    })
  }
}
