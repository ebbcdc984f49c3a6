import { expect, test } from 'vitest'
import { judgeCgroup } from './cgroup.ts'
import { type EngineProbe, judgeEngine, probeEngine, readInfo, withEngine } from './engine.ts'
import { fine } from './finding.ts'

const answer = {
  ServerVersion: '29.1.3',
  CgroupVersion: '2',
  SecurityOptions: ['name=seccomp,profile=builtin', 'name=rootless'],
  OperatingSystem: 'Debian GNU/Linux 13',
  Name: 'host',
  NCPU: 4,
  MemTotal: 8 * 1024 ** 3,
  DockerRootDir: '/var/lib/docker',
}
const engine = {
  ...{ serverVersion: '29.1.3', cgroupVersion: 2 as const, rootless: true, system: 'Debian GNU/Linux 13' },
  ...{ host: 'host', processors: 4, memoryBytes: 8 * 1024 ** 3, dataFolder: '/var/lib/docker' },
}
const around = { platform: 'linux', systemd: true, env: {} } as const

test("an engine's answer is read", () => {
  expect(readInfo(JSON.stringify(answer), '')).toEqual({ engine })
  expect(judgeEngine({ engine }, around).found).toBe(
    'Docker 29.1.3 answers, on Debian GNU/Linux 13, rootless',
  )
})

test.each([
  [
    'permission',
    'permission denied while trying to connect to the docker API at unix:///var/run/docker.sock',
  ],
  ['engine', 'Cannot connect to the Docker daemon at unix:///x.sock. Is the docker daemon running?'],
  ['answer', 'something else'],
])('an answer without an engine is told apart: %s', (lack, words) => {
  const older = JSON.stringify({ ...answer, ServerVersion: '', CgroupVersion: '', ServerErrors: [words] })
  expect(readInfo(older, '')).toMatchObject({ lack })
  expect(readInfo('', words)).toMatchObject({ lack, words: expect.stringContaining(words) })
})

test.each<[EngineProbe, Partial<Parameters<typeof judgeEngine>[1]>, string]>([
  [{ lack: 'client', words: '' }, {}, 'curl -fsSL https://get.docker.com | sudo sh'],
  [{ lack: 'client', words: '' }, { platform: 'darwin' }, 'brew install --cask docker-desktop'],
  [{ lack: 'permission', words: 'no' }, {}, 'sudo usermod -aG docker "$USER" && newgrp docker'],
  [{ lack: 'engine', words: 'no' }, {}, 'sudo systemctl start docker'],
  [{ lack: 'engine', words: 'no' }, { systemd: false }, 'sudo service docker start'],
  [{ lack: 'engine', words: 'no' }, { platform: 'darwin' }, 'open -a Docker'],
  [{ lack: 'engine', words: 'no' }, { env: { DOCKER_HOST: 'tcp://x' } }, 'unset DOCKER_HOST'],
  [{ lack: 'permission', words: 'no' }, { env: { DOCKER_CONTEXT: 'x' } }, 'unset DOCKER_CONTEXT'],
  [{ lack: 'answer', words: 'no' }, {}, 'docker version'],
])('%o with %o has a remedy of its own', (probe, more, remedy) => {
  expect(judgeEngine(probe, { ...around, ...more })).toMatchObject({ level: 'lack', remedy })
})

test('a missing client and an engine that is not there are told apart for real', async () => {
  expect(await probeEngine({ PATH: '/nonexistent' })).toMatchObject({ lack: 'client' })
  // Without a docker command here, the second is the first.
  const probe = await probeEngine({ DOCKER_HOST: 'unix:///nonexistent.sock' })
  expect(probe).toMatchObject({ lack: expect.stringMatching(/^(engine|client)$/) })
})

test('what rests on an engine is not known without one', async () => {
  const judge = () => fine('yes')
  expect(await withEngine(Promise.resolve({ engine }), judge)).toEqual(fine('yes'))
  expect(await withEngine(Promise.resolve({ lack: 'client', words: '' }), judge)).toMatchObject({
    level: 'unknown',
  })
})

test('cgroup v1 limits Kubernetes, and keeps kind from a rootless engine', () => {
  expect(judgeCgroup({ cgroupVersion: 2, rootless: true }).level).toBe('fine')
  expect(judgeCgroup({ cgroupVersion: 1, rootless: false })).toMatchObject({
    level: 'fine',
    found: expect.stringContaining('1.34 at the newest'),
  })
  expect(judgeCgroup({ cgroupVersion: 1, rootless: true })).toMatchObject({
    level: 'lack',
    remedy: 'docker context use default',
  })
})
