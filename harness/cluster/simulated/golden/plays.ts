import { image } from '../../../../charts/apps/apps.ts'
import { webapl } from '../../../../charts/webapl/chart.ts'
import type { Behaviour } from '../../../model/behaviour.ts'
import type { ScenarioBody } from '../../../scenario/play.ts'
import type { DeploymentObject, KubeObject } from '../../kube.ts'

/** What is played on a real cluster to be recorded, and in the model, where no scenario of the repository shows it. */
export const plays: Record<string, ScenarioBody> = {
  'back-off': backOff,
  'rolling-update': rollingUpdate,
  scaling,
}

/** `exit <code>`: ends at once, by what it is told. */
const exits: Behaviour = ({ command, exit }) => exit(Number(command[2]?.split(' ')[1] ?? 0))

const exitingPod = (code: number) => ({
  containers: [{ name: 'app', image: image.name, command: ['sh', '-c', `exit ${code}`] }],
  automountServiceAccountToken: false,
})

/** A container that ends as soon as it has started, by each restart policy. */
async function backOff({ cluster, namespace, signal, hold }: Parameters<ScenarioBody>[0]): Promise<void> {
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
  await hold('85s', 'they are applied')
}

/** So long a pod takes to get ready that the steps of a rollout are no race. */
const readyAfter = 4

const patient = webapl({
  ...{ replicas: 4, quick: true, readyAfter, drain: 3 },
  // As it is for the first few seconds anyway: no pod is to be restarted here.
  liveness: { failureThreshold: 10 },
})

const deploymentRef = (namespace: string) => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'webapl' },
})

/** Another template, once with one pod too many at most, once with two too few at most. */
async function rollingUpdate({ deploy, cluster, namespace, hold }: Parameters<ScenarioBody>[0]) {
  await deploy(patient, { traffic: false })
  const update = (version: string, maxSurge: number, maxUnavailable: number) =>
    cluster.kube.patch(deploymentRef(namespace), {
      spec: {
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
        template: { metadata: { annotations: { version } } },
      },
    })
  const byOneMore = update('2', 1, 0)
  await hold('45s', 'one more at most')
  await byOneMore
  const byTwoLess = update('3', 0, 2)
  await hold('30s', 'two less at most')
  await byTwoLess
}

/** More replicas, then fewer. */
async function scaling({ deploy, cluster, namespace, hold }: Parameters<ScenarioBody>[0]) {
  await deploy(patient, { traffic: false })
  const scale = (replicas: number) => cluster.kube.patch(deploymentRef(namespace), { spec: { replicas } })
  const up = scale(6)
  await hold('12s', 'two more')
  await up
  const down = scale(3)
  await hold('12s', 'three fewer')
  await down
}
