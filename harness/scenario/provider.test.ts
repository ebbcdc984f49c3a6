import { expect, test } from 'vitest'
import type { DockerFacts } from '../cluster/kind/docker.ts'
import { EnvironmentError } from '../model/errors.ts'
import { chooseProvider } from './provider.ts'
import type { ClusterChoice } from './run.ts'

const facts: DockerFacts = { cgroupVersion: 2, serverVersion: '28', nodeImages: [] }
const answers = async () => facts
const silent = async (): Promise<DockerFacts> => {
  throw new EnvironmentError('No Docker engine answers', { evidence: 'docker is not there' })
}
const { signal } = new AbortController()
const choose = (cluster: ClusterChoice, env: NodeJS.ProcessEnv, ask = answers, nodeImage?: string) =>
  chooseProvider({ cluster, signal, ...(nodeImage && { nodeImage }) }, env, ask)

test('where an engine answers it is kind', async () => {
  expect(await choose('auto', {})).toEqual({ provider: 'kind', facts })
  expect(await choose('auto', { CI: 'true' })).toEqual({ provider: 'kind', facts })
})

test('simulated is taken where it is asked for, without a look at Docker', async () => {
  const never = async (): Promise<DockerFacts> => expect.unreachable('Docker was asked')
  const asked = { provider: 'simulated', because: 'it was asked for' }
  expect(await choose('simulated', { CI: 'true' }, never)).toEqual(asked)
})

test('a node image of a simulated cluster is refused', async () => {
  await expect(choose('simulated', {}, answers, 'kindest/node:v1.34.0')).rejects.toThrow(
    '--node-image kindest/node:v1.34.0: a simulated cluster has no node image',
  )
})

test('where none answers it is a simulated one, but not in CI, and not where a node image was named', async () => {
  const because = 'no Docker engine answers here'
  expect(await choose('auto', {}, silent)).toEqual({ provider: 'simulated', because })
  const inCi = choose('auto', { CI: '1' }, silent)
  await expect(inCi).rejects.toThrow(
    'No Docker engine answers, and in CI a simulated cluster has to be asked',
  )
  await expect(inCi).rejects.toMatchObject({ remedy: expect.stringContaining('--cluster simulated') })
  await expect(choose('auto', {}, silent, 'kindest/node:v1.34.0')).rejects.toThrow('No Docker engine answers')
})

test('kind that was asked for is taken, whether an engine answers or not', async () => {
  expect(await choose('kind', {}, silent)).toEqual({ provider: 'kind' })
})

test('what is wrong with the question is no lack of an engine', async () => {
  const broken = async (): Promise<DockerFacts> => {
    throw new TypeError('broken')
  }
  await expect(choose('auto', {}, broken)).rejects.toThrow('broken')
})
