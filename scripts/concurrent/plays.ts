import { deletePod, expect, killContainer, killPod, type ScenarioBody } from '@rolypoly/harness'
import { webapl } from '@rolypoly/harness/charts/webapl'

/** A title says what its scenario must come to, as those of the broken twins do. */
export interface ConcurrentPlay {
  title: string
  body: ScenarioBody
}

const quiet = { traffic: false } as const
/** So many at once are no calm machine: what is looked for here is cross-talk, and no lateness. */
const within = '2m'

/**
 * Healthy ones and broken twins, all of them alike in names, labels and ports: where one were judged by what is another's,
 * a broken one would pass by a healthy one's recovery, or a healthy one fail by a broken one's loss.
 */
export const plays: ConcurrentPlay[] = [
  {
    title: 'a deleted pod is replaced, and the other stays up',
    async body({ deploy, inject }) {
      const app = await deploy(webapl({ replicas: 2, quick: true }), quiet)
      const [pod = await app.pod(), other = pod] = await app.pods()
      await inject(deletePod(pod))
      await expect(pod).toBeReplaced({ within })
      await expect(other).toStayUp()
      await expect(app).toRecover({ within })
    },
  },
  {
    title: 'a killed container comes back, once, and its requests are its own',
    async body({ deploy, inject }) {
      const app = await deploy(webapl({ replicas: 1, quick: true }), { traffic: { requestsPerSecond: 10 } })
      const pod = await app.pod()
      await inject(killContainer(pod))
      await expect(pod).toRestart({ times: 1, exitCode: 137, within })
      await expect(app).toRecover({ within })
    },
  },
  {
    title: 'a killed pod is replaced, and leaves its Service',
    async body({ deploy, inject }) {
      const app = await deploy(webapl({ replicas: 2, quick: true }), quiet)
      const pod = await app.pod()
      await inject(killPod(pod))
      await expect(pod).toLeaveEndpoints({ within })
      await expect(pod).toBeReplaced({ within })
    },
  },
  {
    title: 'violates toBeReplaced: a killed pod that nothing owns',
    async body({ deploy, inject }) {
      const app = await deploy(webapl({ barePod: 'Always', quick: true }), quiet)
      const pod = await app.pod()
      await inject(killPod(pod))
      await expect(pod).toBeReplaced()
    },
  },
  {
    title: 'violates toRestart: a pod whose restart policy is Never',
    async body({ deploy, inject }) {
      const app = await deploy(webapl({ barePod: 'Never', quick: true }), quiet)
      const pod = await app.pod()
      await inject(killContainer(pod))
      await expect(pod).toRestart()
    },
  },
  {
    title: 'violates toKeepAvailable: the one replica there is',
    async body({ deploy, inject }) {
      const app = await deploy(webapl({ replicas: 1, quick: true }), quiet)
      const pod = await app.pod()
      await inject(deletePod(pod))
      await expect(pod).toBeReplaced({ within })
      await expect(app).toKeepAvailable({ atLeast: 1 })
    },
  },
]
