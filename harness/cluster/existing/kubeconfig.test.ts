import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { UsageError } from '../../model/errors.ts'
import { kubeconfigFiles, readContext } from './kubeconfig.ts'

const folder = await mkdtemp(join(tmpdir(), 'rolypoly-kubeconfig-'))
afterAll(() => rm(folder, { recursive: true }))

async function fileOf(name: string, contexts: string[], server = 'https://10.0.0.1'): Promise<string> {
  const path = join(folder, name)
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': contexts[0] },
    clusters: [{ name: 'main', cluster: { server } }],
    users: [{ name: 'me', user: { token: 'sesame' } }],
    contexts: contexts.map((context) => ({ name: context, context: { cluster: 'main', user: 'me' } })),
  }
  await writeFile(path, JSON.stringify(config))
  return path
}
const home = await fileOf('home', ['prod', 'stage'])

test('a file that is named comes before $KUBECONFIG, and that before the home folder', () => {
  const env = { KUBECONFIG: '/a:/b', HOME: '/home/me' }
  expect(kubeconfigFiles('/c', env)).toEqual(['/c'])
  expect(kubeconfigFiles(undefined, env)).toEqual(['/a', '/b'])
  expect(kubeconfigFiles(undefined, { KUBECONFIG: '', HOME: '/home/me' })).toEqual(['/home/me/.kube/config'])
})

test('the context is the one that was named, whatever the current one is', () => {
  expect(readContext({ context: 'stage', kubeconfig: home }, {}).getCurrentContext()).toBe('stage')
})

test('without a name the current one is not taken, and the refusal lists those that there are', () => {
  const read = () => readContext({ kubeconfig: home }, {})
  expect(read).toThrow('--cluster existing: no context is named, and the current one is not taken for it')
  expect(read).toThrow(expect.objectContaining({ evidence: `${home} has the contexts:\nprod\nstage` }))
})

test('a name that is not there is refused', () => {
  expect(() => readContext({ context: 'pord', kubeconfig: home }, {})).toThrow(
    '--context pord: there is no such context',
  )
})

test('of several files the first that has a name says what it means, and one may be missing', async () => {
  const other = await fileOf('other', ['prod', 'test'], 'https://10.0.0.2')
  const env = { KUBECONFIG: [join(folder, 'gone'), home, other].join(':') }
  const config = readContext({ context: 'test' }, env)
  expect(config.getContexts().map(({ name }) => name)).toEqual(['prod', 'stage', 'test'])
  expect(config.getCurrentCluster()?.server).toBe('https://10.0.0.1')
})

test('a file that was named must be there', () => {
  const gone = join(folder, 'gone')
  expect(() => readContext({ context: 'a', kubeconfig: gone }, {})).toThrow(
    `--kubeconfig ${gone}: there is no such file`,
  )
})

test('nothing is waited for, nor read without end', async () => {
  const [pipe, huge] = [join(folder, 'pipe'), join(folder, 'huge')]
  execFileSync('mkfifo', [pipe])
  await writeFile(huge, '')
  await truncate(huge, 17 * 1024 * 1024)
  const read = (kubeconfig: string) => () => readContext({ context: 'a', kubeconfig }, {})
  expect(read(pipe)).toThrow(`${pipe}: is no kubeconfig that can be read: it is no file`)
  expect(read(folder)).toThrow('it is a folder')
  expect(read(huge)).toThrow('it is larger than 16 MiB')
})

test('what cannot be read is told without a line of it', async () => {
  const path = join(folder, 'torn')
  await writeFile(path, 'users:\n- name: me\n  user: {token: sesame\ncontexts: [')
  const read = () => readContext({ context: 'a', kubeconfig: path }, {})
  expect(read).toThrow(UsageError)
  expect(read).toThrow('is no kubeconfig that can be read')
  expect(read).not.toThrow('sesame')
})
