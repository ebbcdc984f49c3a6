import { image } from '../../../../charts/apps/apps.ts'
import { lostNodeToleration } from '../../../../charts/toleration.ts'
import { webapl } from '../../../../charts/webapl/chart.ts'
import { judgeRecovered } from '../../../claims/to-recover.ts'
import { deleteNode } from '../../../faults/delete-node.ts'
import { stopNode } from '../../../faults/lose-node.ts'
import type { Behaviour } from '../../../model/behaviour.ts'
import type { ScenarioBody, ScenarioContext } from '../../../scenario/context.ts'
import { holdSteadyMs } from '../../../timeline/steady.ts'
import type { Workload } from '../../../workload/workload.ts'
import type { DeploymentObject, KubeObject } from '../../kube.ts'

/** What is played on a real cluster to be recorded, and in the model, where no scenario of the repository shows it. */
export const plays: Record<string, ScenarioBody> = {
  'back-off': backOff,
  'rolling-update-one-more': rollingUpdate(1, 0),
  'rolling-update-one-less': rollingUpdate(0, 1),
  scaling,
  'deleted-node': deletedNode,
  'stop-node': stoppedNode,
}

/** `exit <code>`: ends at once, by what it is told. */
const exits: Behaviour = ({ command, exit }) => exit(Number(command[2]?.split(' ')[1] ?? 0))

const exitingPod = (code: number) => ({
  containers: [{ name: 'app', image: image.name, command: ['sh', '-c', `exit ${code}`] }],
  automountServiceAccountToken: false,
})

/** A container that ends as soon as it has started, by each restart policy. */
async function backOff({ cluster, namespace, signal, hold }: ScenarioContext): Promise<void> {
  const labels = { app: 'crasher' }
  const behaviours = { [image.name]: exits }
  await cluster.provideImages({ built: [image], used: [image.name], behaviours }, { signal })
  const pod = (name: string, code: number, restartPolicy: string) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: { ...exitingPod(code), restartPolicy },
  })
  const objects: KubeObject[] = [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'crasher', namespace },
      spec: {
        ...{ replicas: 1, selector: { matchLabels: labels } },
        template: { metadata: { labels }, spec: exitingPod(1) },
      },
    } as DeploymentObject,
    pod('completes', 0, 'OnFailure'),
    pod('fails', 3, 'Never'),
  ]
  for (const object of objects) await cluster.kube.apply(object)
  await hold('70s', 'they are applied')
}

/** So long a pod takes to get ready, and to stop, that the steps of a rollout are no race. */
const slow = { quick: true, readyAfter: 4, drain: 3 }
const app = (replicas: number) => webapl({ ...slow, replicas, liveness: { failureThreshold: 10 } })

const deploymentOf = (namespace: string) => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'webapl' },
})

/** Another template: pods come and go one by one. */
function rollingUpdate(maxSurge: number, maxUnavailable: number): ScenarioBody {
  return async ({ deploy, cluster, namespace, hold }) => {
    await deploy(app(3), { traffic: false })
    const updating = cluster.kube.patch(deploymentOf(namespace), {
      spec: {
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
        template: { metadata: { annotations: { version: '2' } } },
      },
    })
    await hold('45s', 'it is updated')
    await updating
  }
}

/** More replicas, then fewer. */
async function scaling({ deploy, cluster, namespace, hold }: ScenarioContext): Promise<void> {
  await deploy(app(2), { traffic: false })
  const scale = (replicas: number) => cluster.kube.patch(deploymentOf(namespace), { spec: { replicas } })
  const up = scale(4)
  await hold('12s', 'two more')
  await up
  const down = scale(1)
  await hold('12s', 'three fewer')
  await down
}

/** Pods of one node are taken by PodGC, and come back on the other. */
async function deletedNode({ deploy, inject }: ScenarioContext): Promise<void> {
  const app = await deploy(webapl({ replicas: 4, quick: true }))
  const { record } = await inject(deleteNode(await app.pod()))
  await untilRecovered(app, record.injectedAtMs)
}

/** Pods of one node are evicted after its grace, and it comes back. */
async function stoppedNode({ deploy, inject }: ScenarioContext): Promise<void> {
  const app = await deploy(webapl({ replicas: 4, quick: true, ...lostNodeToleration() }))
  const fault = await inject(stopNode(await app.pod()))
  await untilRecovered(app, fault.record.injectedAtMs)
  await fault.revert()
}

const recoversWithinMs = 420_000

async function untilRecovered({ stage, shape }: Workload, sinceMs: number): Promise<void> {
  const { recording, signal, cluster } = stage
  const judge = judgeRecovered(shape)
  const recovered = () => judge(recording.timeline, sinceMs).is === 'held' || undefined
  await recording.waitFor(recovered, sinceMs + recoversWithinMs, signal)
  await cluster.clock.sleep(holdSteadyMs, signal)
}
