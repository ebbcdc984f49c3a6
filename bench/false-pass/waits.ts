import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { ledgerOf } from '../../harness/claims/ledger.ts'
import { toBeReplaced } from '../../harness/claims/to-be-replaced.ts'
import { toRecover } from '../../harness/claims/to-recover.ts'
import { toRestart } from '../../harness/claims/to-restart.ts'
import type { DeploymentObject, NodeObject } from '../../harness/cluster/kube.ts'
import { tryRun } from '../../harness/cluster/process.ts'
import type { Stage } from '../../harness/workload/stage.ts'
import type { Pod, Workload } from '../../harness/workload/workload.ts'
import type { FaultName, Waited } from './rounds.ts'

/** A tool's way to wait until a workload is well again. */
export interface Wait extends Pick<Waited, 'tool' | 'says'> {
  /** Begins it; resolves when it returns. */
  begin(): Promise<Pick<Waited, 'passed' | 'said'>>
}

const withinMs = 120_000
const pollEveryMs = 50

/** The waits that are begun side by side after a fault on a pod. */
export function waitsFor(fault: FaultName, app: Workload, pod: Pod, kubectl: string[]): Wait[] {
  const { stage } = app
  const follows: Wait =
    fault === 'killContainer'
      ? claim(stage, 'restarted', 'await expect(pod).toRestart()', (line) => toRestart(pod, {}, line))
      : claim(stage, 'replaced', 'await expect(pod).toBeReplaced()', (line) => toBeReplaced(pod, {}, line))
  return [
    // The poll comes first, for starting a process holds up this one.
    poll(app),
    kubectlWait(app, kubectl),
    claim(stage, 'recovered', 'await expect(app).toRecover()', (line) => toRecover(app, {}, line)),
    follows,
  ]
}

/**
 * How kubectl is called on this cluster: the one of this machine, else that of the control plane's node.
 *
 * @throws Error where there is neither.
 */
export async function kubectlFor({ cluster }: Stage, kubeconfig: string): Promise<string[]> {
  const isHere = (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => existsSync(join(folder, 'kubectl')))
  if (isHere) return ['kubectl', '--kubeconfig', kubeconfig]
  const labelSelector = 'node-role.kubernetes.io/control-plane'
  const { items } = await cluster.kube.list<NodeObject>({ apiVersion: 'v1', kind: 'Node', labelSelector })
  const node = items[0]?.metadata?.name
  if (!node) throw new Error(`Cluster ${cluster.name}: has no control plane whose kubectl could be used`)
  return ['docker', 'exec', node, 'kubectl', '--kubeconfig', '/etc/kubernetes/admin.conf']
}

function kubectlWait({ stage, shape }: Workload, [program = 'kubectl', ...args]: string[]): Wait {
  const [root] = shape.roots
  const what = [
    'wait',
    '--for=condition=Available',
    `deployment/${root?.name}`,
    `--timeout=${withinMs / 1_000}s`,
  ]
  return {
    ...{ tool: `kubectl ${what.join(' ')}`, says: 'recovered' },
    async begin() {
      const { signal } = stage
      const all = [...args, '--namespace', stage.namespace, ...what]
      const { ok, stdout, stderr } = await tryRun(program, all, { signal, timeoutMs: withinMs + 30_000 })
      return { passed: ok, said: stdout || stderr }
    },
  }
}

/** What a script does that knows of the API: it asks every 50 ms whether the Deployment says that it is well. */
function poll({ stage, shape }: Workload): Wait {
  const { cluster, recording, namespace, signal } = stage
  const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: shape.roots[0]?.name ?? '' }
  return {
    tool: `a ${pollEveryMs} ms poll: condition Available, and readyReplicas == replicas`,
    says: 'recovered',
    async begin() {
      const untilMs = recording.now() + withinMs
      let said = 'nothing was seen'
      while (recording.now() < untilMs) {
        const { spec, status } = (await cluster.kube.get<DeploymentObject>(ref)) ?? {}
        const available = status?.conditions?.find(({ type }) => type === 'Available')?.status
        said = `Available ${available}, ${status?.readyReplicas ?? 0} of ${spec?.replicas} ready`
        if (available === 'True' && status?.readyReplicas === spec?.replicas) return { passed: true, said }
        await cluster.clock.sleep(pollEveryMs, signal)
      }
      return { passed: false, said }
    },
  }
}

/** A claim as a scenario makes it: the matcher does no more than call it. */
function claim(
  stage: Stage,
  says: Waited['says'],
  tool: string,
  make: (statement: string) => Promise<void>,
): Wait {
  return {
    ...{ tool, says },
    async begin() {
      await make(tool)
      const entry = ledgerOf(stage).entries.find(({ result }) => result.statement === tool)
      return { passed: entry?.result.verdict === 'passed', said: entry?.result.message ?? '' }
    },
  }
}
