import { readEpochAtZero } from '../cluster/clock.ts'
import type { KubeObject } from '../cluster/kube.ts'
import { EnvironmentError } from '../model/errors.ts'
import { managedBy, roleLabel } from '../model/limits.ts'
import { helperImageOf, type Stage } from '../workload/stage.ts'
import { HelperLines } from './helper-lines.ts'
import { orReverted } from './or-reverted.ts'

export interface HelperPodOptions {
  stage: Stage
  /** The node that it runs on. */
  node: string
  /** Its program, a file of the helper image. */
  program: string
  /** What the program is told; `table` is the name of an nft table that is its own. */
  order(table: string): object
  /** It has failed a probe, at this time of the recording. */
  onFailed(atMs: number): void
}

const startsWithinMs = 30_000
const goneWithinMs = 15_000

/**
 * Runs a privileged pod on a node that fails probes, and waits until it is in place. Gives what takes it away again,
 * and waits until it is gone.
 *
 * @throws EnvironmentError where it does not come into its place; nothing of it is left then.
 */
export async function startHelperPod(options: HelperPodOptions): Promise<() => Promise<void>> {
  const { stage, node, onFailed } = options
  const { cluster, namespace, recording, signal } = stage
  const name = `rolypoly-probe-${cluster.newSuffix()}`
  const subject = `Pod/${namespace}/${name}`
  await cluster.kube.create(helperPod(name, options))

  const epochAtZero = readEpochAtZero(cluster.clock, recording)
  const lines = new HelperLines({ recording, name: subject, node, epochAtZero, onFailed })
  const following = new AbortController()
  const isThere = () => recording.timeline.of('pod').find(({ detail }) => detail.name === name)
  const undo = async () => {
    lines.dismiss()
    await cluster.kube.delete({ apiVersion: 'v1', kind: 'Pod', namespace, name })
    const isGone = () => (isThere()?.toMs === null ? undefined : true)
    const seenGone = await recording.waitFor(isGone, recording.now() + goneWithinMs)
    following.abort()
    if (!seenGone) throw new EnvironmentError(`${subject}: what fails probes was deleted, and is still there`)
  }
  const running = () => {
    const pod = isThere()
    return pod && recording.timeline.of('container-running', pod.uid).length > 0 ? true : undefined
  }
  const inPlace = async () => {
    const untilMs = recording.now() + startsWithinMs
    if (!(await recording.waitFor(running, untilMs, signal)))
      throw new EnvironmentError(`${subject}: what fails probes did not start on ${node}`)
    const ref = { namespace, name, container: 'helper' }
    cluster.kube
      .followLogs(ref, (text) => lines.read(text), following.signal)
      .then(
        () => lines.lost(),
        (error: unknown) => lines.lost(error instanceof Error ? error.message : String(error)),
      )
    await lines.inPlace(startsWithinMs, signal)
  }
  await orReverted(undo, inPlace)
  return undo
}

function helperPod(name: string, { stage, node, program, order }: HelperPodOptions): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: stage.namespace,
      labels: { [managedBy.key]: managedBy.value, [roleLabel]: 'probe-proxy' },
    },
    spec: {
      nodeName: node,
      hostNetwork: true,
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 5,
      automountServiceAccountToken: false,
      tolerations: [{ operator: 'Exists' }],
      containers: [
        {
          name: 'helper',
          image: helperImageOf(stage, 'What fails probes'),
          imagePullPolicy: 'IfNotPresent',
          command: ['node', program, JSON.stringify(order(name.replaceAll('-', '_')))],
          securityContext: { privileged: true, runAsUser: 0 },
          volumeMounts: [{ name: 'host', mountPath: '/host' }],
        },
      ],
      volumes: [{ name: 'host', hostPath: { path: '/' } }],
    },
  } as KubeObject
}
