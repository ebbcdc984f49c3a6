import { deleteNode, expect, scenario } from '@rolypoly/harness'
import { kubia } from '../charts/kubia/chart.ts'
import { reportJob } from '../charts/report-job/chart.ts'

/** PodGC takes the pods of a deleted node 80 s after it at the latest: the Job must be at work until then. */
const workBeginsMs = 90_000

scenario(
  "a deleted node's pods come back on another, and its Job finishes there",
  async ({ deploy, inject, cluster }) => {
    const app = await deploy(kubia({ replicas: 5 }))
    const report = await deploy(reportJob({ work: 10, from: cluster.clock.epoch() + workBeginsMs }))
    const work = await report.pod()
    const pods = await app.pods()
    const pod = pods.find(({ nodeName }) => nodeName === work.nodeName) ?? (await app.pod())

    await inject(deleteNode(work))

    await expect(pod).toBeReplaced({ onAnotherNode: true })
    await expect(pod).toLeaveEndpoints()
    await expect(app).toRecover()
    await expect(work).toBeReplaced({ onAnotherNode: true })
    await expect(report).toComplete({ work: '10s' })
  },
)
