import { untilApiReady, untilHealthy } from '../cluster/health.ts'
import { onNode } from '../cluster/kind/on-node.ts'
import type { NodeObject } from '../cluster/kube.ts'
import { EnvironmentError, UsageError } from '../model/errors.ts'
import type { Act, Fault } from './fault.ts'
import { controlPlane, untilTold } from './node.ts'
import { orReverted } from './or-reverted.ts'

/** kubernetes: what each listens on (https://kubernetes.io/docs/reference/networking/ports-and-protocols). */
const ports = { 'kube-apiserver': 6443, 'kube-controller-manager': 10257, 'kube-scheduler': 10259 }

export type ControlPlaneComponent = keyof typeof ports

/** The kubelet asks a static pod to stop, which it does in 5 s as a rule, or is killed after 30. */
const goneWithinMs = 45_000
const backWithinMs = 360_000

/**
 * Takes a component of the control plane away: its manifest is moved out of the folder that the kubelet runs static pods
 * from, and the revert moves it back and waits until the component listens and the cluster is well again. The manifest
 * comes back by itself when the harness dies.
 *
 * kubernetes: https://kubernetes.io/docs/tasks/configure-pod-container/static-pod
 *
 * @throws UsageError where there is no such component, or, when it is injected, where the cluster has several control planes.
 */
export function stopControlPlane(component: ControlPlaneComponent): Fault {
  const port = ports[component]
  if (port === undefined) {
    throw new UsageError(
      `stopControlPlane: there is no component ${JSON.stringify(component)}; choose one of ${Object.keys(ports).join(', ')}`,
    )
  }
  return {
    ...{ kind: 'stopControlPlane', target: component, lasting: true, exclusive: true },
    ...{ requires: ['node.controlPlane'], receiptWithinMs: 1_000 },
    effect: { does: 'stop-control-plane', component, podUids: [] },
    async inject({ cluster, recording }): Promise<Act> {
      const { kube, clock, nodes } = cluster
      const { items } = await kube.list<NodeObject>({ apiVersion: 'v1', kind: 'Node' })
      const planes = items.filter(({ metadata }) => metadata?.labels?.[controlPlane] !== undefined)
      const [node] = planes.flatMap(({ metadata }) => metadata?.name ?? [])
      if (node === undefined || planes.length > 1) {
        throw new UsageError(
          `stopControlPlane: the cluster has ${planes.length} control planes, and exactly one is expected`,
        )
      }
      const gone = Promise.withResolvers<string>()
      const keeping = new AbortController()
      const keeper = nodes
        .follow(node, ['bash', '-c', keep, 'keep', component, String(port)], gone.resolve, keeping.signal)
        .then(() => gone.resolve('ended'), gone.reject)
      const revert = async () => {
        keeping.abort()
        await keeper.catch(() => undefined)
        await nodes.exec(node, ['bash', '-c', back, 'back', component, String(port)], {
          timeoutMs: backWithinMs,
        })
        const wrong =
          (await untilApiReady(kube, clock, backWithinMs)) ??
          (await untilHealthy(kube, clock, items.length, backWithinMs))
        if (wrong) throw new EnvironmentError(`${component}: was given back six minutes ago, and ${wrong}`)
        if (component !== 'kube-apiserver') return
        const names = items.flatMap(({ metadata }) => metadata?.name ?? [])
        await untilTold({ cluster, recording }, names, component, backWithinMs)
      }
      const late = clock.sleep(goneWithinMs, keeping.signal).then(
        () => 'late',
        () => 'ended',
      )
      const word = await orReverted(revert, () => Promise.race([gone.promise, late]))
      const evidence = `port ${port} of ${node} refuses connections`
      const receipt = { atMs: recording.now(), observedBy: 'a connection on the node', evidence }
      return { receipt: () => (word === 'gone' ? receipt : undefined), revert }
    },
  }
}

const place = `${onNode.manifests}/$1.yaml`
const away = `${onNode.manifestAway}$1.yaml`
const listens = '(exec 3<>"/dev/tcp/127.0.0.1/$2") 2>/dev/null'

/** Takes the manifest away, says when nothing listens any more, and gives it back when it is told to end. */
const keep = `
trap 'mv -n "${away}" "${place}"; exit 0' TERM INT HUP
[ -f "${place}" ] || { echo "${place} is not there" >&2; exit 1; }
mv "${place}" "${away}"
while ${listens}; do sleep 0.1; done
echo gone
while :; do sleep 0.2; done
`

/**
 * The keeper may have ended without a word. A kubelet counts what was taken away, and what ended for want of it, among the
 * crashes of the last ten minutes, and backs off for minutes from starting it again; one that has just been started itself
 * remembers none (kubernetes/pkg/kubelet/kuberuntime/kuberuntime_manager.go: doBackOff).
 */
const back = `
for i in $(seq 100); do [ -f "${place}" ] && break; [ -f "${away}" ] && mv -n "${away}" "${place}"; sleep 0.1; done
systemctl restart kubelet
until ${listens}; do sleep 0.1; done
`
