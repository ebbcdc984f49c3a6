import { expect, test } from 'vitest'
import { baseOf, judgeBaseImage, judgeBuild } from './build.ts'

test('a build that works says with what', () => {
  expect(judgeBuild({ buildx: 'v0.30.1' })).toEqual({ level: 'fine', found: 'works, with buildx v0.30.1' })
  expect(judgeBuild({ buildx: undefined }).found).toMatch(/^works, .* no buildx$/)
})

test('one that does not is a lack with its own words', () => {
  expect(judgeBuild({ buildx: 'v0.30.1', failed: 'ERROR: x' })).toMatchObject({
    ...{ level: 'lack', evidence: 'ERROR: x', remedy: 'docker buildx use default' },
  })
  expect(judgeBuild({ buildx: undefined, failed: 'unknown' }).remedy).toMatch(/install docker-buildx/)
})

test('a builder that keeps its images to itself is a lack', () => {
  const foreign = { builder: 'mine', driver: 'docker-container' }
  expect(judgeBuild({ buildx: 'v0.30.1', foreign })).toMatchObject({
    level: 'lack',
    found: expect.stringContaining('BUILDX_BUILDER=mine is a docker-container builder'),
    remedy: 'unset BUILDX_BUILDER',
  })
})

test("the base image is a Dockerfile's last", () => {
  expect(baseOf('# FROM a\nFROM --platform=linux/amd64 node:24 AS build\nRUN x\nfrom busybox:1\n')).toBe(
    'busybox:1',
  )
  expect(() => baseOf('RUN x')).toThrow(RangeError)
})

test.each([
  [true, true, 'fine'],
  [false, false, 'warning'],
  [false, true, 'lack'],
])('a base image (here: %s, offline: %s) is %s', (present, offline, level) => {
  expect(judgeBaseImage('node:24', present, offline)).toMatchObject({ level })
})
