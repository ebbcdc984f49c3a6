import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { EnvironmentError } from '../../model/errors.ts'
import { dockerFacts, parseImages, parseInfo } from './docker.ts'

const folder = mkdtempSync(join(tmpdir(), 'rolypoly-docker-'))
afterAll(() => rmSync(folder, { recursive: true }))

const digest = `sha256:${'d'.repeat(64)}`
const images = [
  `"kindest/node" "v1.34.4-offline" "\\u003cnone\\u003e" "sha256:1"`,
  `"kindest/node" "\\u003cnone\\u003e" "${digest}" "sha256:2"`,
  `"kindest/node" "v1.37.0" "${digest}" "sha256:2"`,
  `"\\u003cnone\\u003e" "\\u003cnone\\u003e" "\\u003cnone\\u003e" "sha256:3"`,
  `"team/node" "dev" "\\u003cnone\\u003e" "sha256:4"`,
  `"busybox" "1.35" "\\u003cnone\\u003e" "sha256:5"`,
].join('\n')

/** Puts a docker on the PATH that answers info and image ls with these scripts. */
function fakeDocker(info: string, list: string): { PATH: string } {
  writeFileSync(join(folder, 'images'), images)
  const path = join(folder, 'docker')
  writeFileSync(path, `#!/bin/sh\ncase $1 in info) ${info};; image) ${list};; esac\n`)
  chmodSync(path, 0o755)
  return { PATH: `${folder}:/usr/bin:/bin` }
}
const goodInfo = `echo '{"cgroupVersion":"2","serverVersion":"29.1.3"}'`
const goodList = `cat ${folder}/images`

async function errorOf(promise: Promise<unknown>): Promise<EnvironmentError> {
  const error: unknown = await promise.catch((reason: unknown) => reason)
  if (!(error instanceof EnvironmentError)) throw new Error(`an EnvironmentError was expected: ${error}`)
  return error
}

test('the engine is asked for its versions and its node images', async () => {
  const env = fakeDocker(goodInfo, goodList)
  const nodeImages = [
    { reference: 'kindest/node:v1.34.4-offline', id: 'sha256:1' },
    { reference: `kindest/node@${digest}`, id: 'sha256:2' },
    { reference: `kindest/node:v1.37.0@${digest}`, id: 'sha256:2' },
  ]
  expect(await dockerFacts({ env })).toEqual({ cgroupVersion: 2, serverVersion: '29.1.3', nodeImages })
  const withNamed = await dockerFacts({ env, named: 'docker.io/team/node:dev' })
  expect(withNamed.nodeImages).toEqual([...nodeImages, { reference: 'team/node:dev', id: 'sha256:4' }])
})

test("an engine that does not answer is an error with the client's own words, and what to do", async () => {
  const refused = 'echo "Cannot connect to the Docker daemon" >&2; exit 1'
  for (const env of [fakeDocker(refused, goodList), { PATH: '/nonexistent' }]) {
    const error = await errorOf(dockerFacts({ env }))
    expect(error.message).toBe('No Docker engine answers')
    expect(error.evidence).toMatch(/Cannot connect to the Docker daemon$|docker is not there$/)
    expect(error.remedy).toContain('--cluster simulated')
  }
  expect((await errorOf(dockerFacts({ env: fakeDocker(goodInfo, refused) }))).evidence).toContain('image ls')
})

test('an abort is not taken for a missing engine', async () => {
  const env = fakeDocker('sleep 60', goodList)
  const error = await errorOf(dockerFacts({ env, signal: AbortSignal.timeout(100) }))
  expect(error.message).toMatch(/^docker info .* was aborted/)
})

test('an answer that makes no sense is told', () => {
  expect(parseInfo('{"cgroupVersion":"1","serverVersion":"26.1.5"}')).toEqual({
    cgroupVersion: 1,
    serverVersion: '26.1.5',
  })
  for (const answer of ['', '{}', '{"cgroupVersion":"","serverVersion":""}', 'hello']) {
    expect(() => parseInfo(answer), answer).toThrow(EnvironmentError)
  }
})

test('no images are no images', () => {
  expect(parseImages('')).toEqual([])
})
