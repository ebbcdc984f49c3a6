import { expect, test } from 'vitest'
import { compareVersions, isSameImage, parseReference, versionOfTag } from './image-reference.ts'

const digest = `sha256:${'a'.repeat(64)}`

test.each([
  ['kindest/node:v1.34.4', { repository: 'kindest/node', tag: 'v1.34.4' }],
  ['kindest/node', { repository: 'kindest/node', tag: 'latest' }],
  [`kindest/node@${digest}`, { repository: 'kindest/node', digest }],
  [`kindest/node:v1@${digest}`, { repository: 'kindest/node', tag: 'v1', digest }],
  ['registry.example:5000/team/node', { repository: 'registry.example:5000/team/node', tag: 'latest' }],
  ['registry.example:5000/node:v1', { repository: 'registry.example:5000/node', tag: 'v1' }],
  ['docker.io/kindest/node:v1', { repository: 'kindest/node', tag: 'v1' }],
  ['docker.io/library/busybox', { repository: 'busybox', tag: 'latest' }],
])('%s is taken apart', (reference, parts) => {
  expect(parseReference(reference)).toEqual(parts)
})

test.each([
  ['kindest/node:v1', 'kindest/node:v1', true],
  ['docker.io/kindest/node:v1', 'kindest/node:v1', true],
  ['kindest/node:v1', `kindest/node:v1@${digest}`, true],
  ['kindest/node:v1', 'kindest/node:v2', false],
  ['kindest/node:v1', 'other/node:v1', false],
  ['kindest/node', 'kindest/node:latest', true],
  [`kindest/node:v1@${digest}`, `kindest/node@${digest}`, true],
  [`kindest/node:v1@${digest}`, `kindest/node:other@${digest}`, true],
  [`kindest/node:v1@${digest}`, 'kindest/node:v1', false],
  [`kindest/node:v1@${digest}`, `other/node@${digest}`, false],
])('%s is %s: %s', (asked, present, same) => {
  expect(isSameImage(asked, present)).toBe(same)
})

test.each([
  ['v1.34.4', { minor: 34, patch: 4 }],
  ['v1.34.4-offline', { minor: 34, patch: 4, suffix: 'offline' }],
  ['v1.37.0-alpha.1', { minor: 37, patch: 0, suffix: 'alpha.1' }],
  ['latest', undefined],
  ['v2.3.1', undefined],
  ['1.34.4', undefined],
  ['v1.34', undefined],
  [undefined, undefined],
])('the tag %s names version %o', (tag, version) => {
  expect(versionOfTag(tag)).toEqual(version)
})

test('versions are compared as numbers, and a suffix is older than none', () => {
  const tags = ['v1.34.4', 'v1.34.11', 'v1.9.20', 'v1.34.11-rc.1', 'v1.35.0']
  const versions = tags.flatMap((tag) => versionOfTag(tag) ?? [])
  expect(versions.sort(compareVersions)).toEqual(
    ['v1.9.20', 'v1.34.4', 'v1.34.11-rc.1', 'v1.34.11', 'v1.35.0'].map(versionOfTag),
  )
})
