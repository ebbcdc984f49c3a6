import { webapl } from '../../charts/webapl/chart.ts'
import { toBeReplaced } from '../../harness/claims/to-be-replaced.ts'
import { toLog } from '../../harness/claims/to-log.ts'
import { toLoseRequests } from '../../harness/claims/to-lose-requests.ts'
import { toRecover } from '../../harness/claims/to-recover.ts'
import { toRestart } from '../../harness/claims/to-restart.ts'
import { deletePod } from '../../harness/faults/delete-pod.ts'
import { killContainer } from '../../harness/faults/kill-container.ts'
import type { ScenarioBody } from '../../harness/scenario/context.ts'

const pauseS = 25

/** One of those that come and go: it has all that a scenario can have open, and hurts a container and a pod. */
export const shortScenario: ScenarioBody = async ({ deploy, inject }) => {
  const app = await deploy(webapl({ replicas: 2, quick: true }))
  const pod = await app.pod()
  await inject(killContainer(pod))
  await toRestart(pod, {}, 'toRestart()')
  await toLog(pod, { text: 'listens on port' }, 'toLog()')
  await toRecover(app, {}, 'toRecover()')
  const [, other = pod] = await app.pods()
  await inject(deletePod(other))
  await toBeReplaced(other, {}, 'toBeReplaced()')
  await toLoseRequests(app, { atMost: 1_000 }, 'toLoseRequests()')
}

/** One that goes on until it is stopped: its watches are older than the API server lets any be, and its log long. */
export const longScenario: ScenarioBody = async ({ deploy, hold, inject, signal }) => {
  const app = await deploy(webapl({ replicas: 2, quick: true }), { traffic: false })
  while (!signal.aborted) {
    const pod = await app.pod()
    await hold(`${pauseS}s`, 'before a container is killed')
    await inject(killContainer(pod))
    await toRestart(pod, {}, 'toRestart()')
    await hold(`${pauseS}s`, 'before a pod is deleted')
    await inject(deletePod(pod))
    await toBeReplaced(pod, {}, 'toBeReplaced()')
  }
}
