import { expect, test } from 'vitest'
import { NotCapableError } from '../model/errors.ts'
import { FakeRecording, fakeStage } from '../timeline/testing.ts'
import { deployChart } from './deploy.ts'

const template = {
  metadata: { labels: { app: 'report' } },
  spec: { containers: [{ name: 'report', image: 'r' }] },
}
const cronJob = {
  ...{ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'report' } },
  spec: { schedule: '* * * * *', jobTemplate: { spec: { template } } },
}
const chart = { name: 'report', images: [], objects: [cronJob] }

/** A cluster that takes whatever is applied, and gives it a UID. */
function stage(...capabilities: string[]) {
  const recording = new FakeRecording()
  const kube = {
    isNamespaced: async () => true,
    apply: async (object: { metadata: object }) => ({
      ...object,
      metadata: { ...object.metadata, uid: 'c' },
    }),
  }
  const used: string[][] = []
  const provideImages = async (supply: { used: string[] }) => void used.push(supply.used)
  const clock = recording.clock
  const cluster = { provider: 'kind', kube, clock, provideImages, capabilities: new Set(capabilities) }
  return { used, recording, stage: { ...fakeStage(recording), cluster: cluster as never } }
}

test('a CronJob is steady when it is there, its image provided', async () => {
  const { stage: on, used } = stage('controller.cronjob')
  const app = await deployChart(on, chart, '1s')
  expect(app.subject).toBe('CronJob/shop/report')
  expect(app.cronJob?.metadata?.uid).toBe('c')
  expect(app.job).toBeUndefined()
  expect(app.podSpec).toEqual(template.spec)
  expect(used).toEqual([['r']])
})

test('a chart is deployed once to a namespace, and a second time to another, each by a name of its own', async () => {
  const { stage: on } = stage('controller.cronjob')
  const home = { namespace: 'shop-annex', alias: 'neighbour' }
  const [app, neighbour] = [await deployChart(on, chart, '1s'), await deployChart(on, chart, '1s', home)]
  expect([app.subject, neighbour.subject]).toEqual(['CronJob/shop/report', 'CronJob/shop-annex/report'])
  expect([app.name, neighbour.name]).toEqual(['report', 'neighbour/report'])
  expect(neighbour.objects[0]?.metadata?.namespace).toBe('shop-annex')
  await expect(deployChart(on, chart, '1s', home)).rejects.toThrow(
    'Chart neighbour/report: is deployed already',
  )
})

test('a CronJob is not deployed where nothing makes its Jobs', async () => {
  const refused = deployChart(stage().stage, chart, '1s')
  await expect(refused).rejects.toThrow(NotCapableError)
  await expect(refused).rejects.toThrow('batch/v1/CronJob/report: a cluster by kind lacks')
})
