import { expect, test } from 'vitest'
import { UsageError } from '../../model/errors.ts'
import { chooseNodeImage, type NodeImageQuestion } from './node-image.ts'
import { nodeImagePins } from './pins.ts'

/** kind's own image of a minor version, by digest as kind's release notes name it. */
function own(minor: number): string {
  const pin = nodeImagePins.find(({ version }) => version.startsWith(`1.${minor}.`))
  if (!pin) throw new Error(`no pin of 1.${minor}`)
  return `kindest/node:v${pin.version}@${pin.digest}`
}
const byDigest = (reference: string) => reference.replace(/:v[^@]*@/, '@')
const refusal = 'Kubernetes from 1.35 on refuses cgroup v1, which this machine has'

function choose(present: string[], more: Partial<NodeImageQuestion> = {}) {
  const images = present.map((reference, i) => ({ reference, id: `sha256:${i}` }))
  return chooseNodeImage({ env: {}, present: images, cgroupVersion: 2, ...more })
}

test('--node-image comes first, then ROLYPOLY_NODE_IMAGE, then what is present', () => {
  const env = { ROLYPOLY_NODE_IMAGE: 'by/env:v1' }
  const present = [own(37), 'kindest/node:v1.34.4']
  expect(choose(present, { option: 'by/option:v1', env })).toEqual({
    image: 'by/option:v1',
    pull: true,
    because: '--node-image names it',
  })
  expect(choose(present, { env })).toEqual({
    image: 'by/env:v1',
    pull: true,
    because: 'ROLYPOLY_NODE_IMAGE names it',
  })
  expect(choose(present, { env: { ROLYPOLY_NODE_IMAGE: '' } }).image).toBe(own(37))
})

test.each([
  ['by its tag', 'kindest/node:v1.34.4-offline', ['kindest/node:v1.34.4-offline'], false],
  ['with the registry in full', 'docker.io/kindest/node:v1.34.4', ['kindest/node:v1.34.4'], false],
  ['of another name', 'team/node:dev', ['team/node:dev'], false],
  ['by its digest', own(36), [byDigest(own(36))], false],
  ['that is not present', 'kindest/node:v1.34.5', ['kindest/node:v1.34.4'], true],
])('an image named %s is taken as it is, and pulled if need be', (_, option, present, pull) => {
  expect(choose(present, { option })).toMatchObject({ image: option, pull })
})

test.each([
  ['kindest/node:v1.35.0'],
  ['kindest/node:v1.37.0-custom'],
  ['registry.example:5000/node:v1.36.4'],
  [own(35)],
  [byDigest(own(37))],
])('%s is refused on cgroup v1, with an image to choose', (option) => {
  for (const more of [{ option }, { env: { ROLYPOLY_NODE_IMAGE: option } }]) {
    const choice = () => choose([option], { ...more, cgroupVersion: 1 })
    expect(choice).toThrow(UsageError)
    expect(choice).toThrow(
      `${'option' in more ? '--node-image' : 'ROLYPOLY_NODE_IMAGE'} names ${option}, but ${refusal}`,
    )
    expect(choice).toThrow(expect.objectContaining({ remedy: expect.stringContaining(own(34)) }))
  }
  expect(choose([], { option }).image).toBe(option)
})

test.each([
  ['kindest/node:v1.34.4-offline'],
  [own(34)],
  ['team/node:dev'],
  ['team/node:v2.0.1'],
  ['kindest/node'],
])('%s is respected on cgroup v1', (option) => {
  expect(choose([], { option, cgroupVersion: 1 })).toMatchObject({ image: option, pull: true })
})

test.each([[''], ['  '], ['two words']])('--node-image %o is refused', (option) => {
  expect(() => choose([], { option })).toThrow(UsageError)
})

test.each([
  ['by tag and digest', own(37)],
  ['by digest alone', byDigest(own(37))],
  ['under another tag', own(37).replace('v1.37.0', 'mine')],
])('the pinned image that is present %s is used', (_, reference) => {
  expect(choose(['kindest/node:v1.40.0', reference])).toEqual({
    image: own(37),
    pull: false,
    because: "kind 0.33.0's own image of Kubernetes 1.37.0 is present",
  })
})

test('on cgroup v1 the pinned image is that of 1.34, which is said', () => {
  expect(choose([own(37), 'kindest/node:v1.34.20', own(34)], { cgroupVersion: 1 })).toEqual({
    image: own(34),
    pull: false,
    because: `kind 0.33.0's own image of Kubernetes 1.34.11 is present; ${refusal}`,
  })
})

test.each<[string, string[], 1 | 2, string]>([
  [
    'as numbers',
    ['kindest/node:v1.34.4', 'kindest/node:v1.34.11', 'kindest/node:v1.9.1'],
    2,
    'kindest/node:v1.34.11',
  ],
  ['of a later minor', ['kindest/node:v1.34.11', 'kindest/node:v1.36.0'], 2, 'kindest/node:v1.36.0'],
  ['that has no suffix', ['kindest/node:v1.36.0-rc.1', 'kindest/node:v1.36.0'], 2, 'kindest/node:v1.36.0'],
  [
    'that runs on cgroup v1',
    ['kindest/node:v1.36.0', 'kindest/node:v1.34.4-offline'],
    1,
    'kindest/node:v1.34.4-offline',
  ],
  ['by a digest that is known', ['kindest/node:v1.35.0', byDigest(own(36))], 2, byDigest(own(36))],
  ['whose name is a version', ['kindest/node:latest', 'kindest/node:v1.33.0'], 2, 'kindest/node:v1.33.0'],
  [
    'of kindest/node',
    ['team/node:v1.36.0', 'node:v1.36.0', 'kindest/node:v1.33.0'],
    2,
    'kindest/node:v1.33.0',
  ],
  [
    'in the same order always',
    ['kindest/node:v1.33.0-b', 'kindest/node:v1.33.0-a'],
    2,
    'kindest/node:v1.33.0-a',
  ],
])('without it, the newest present is used: the one %s', (_, present, cgroupVersion, image) => {
  const choice = choose(present, { cgroupVersion })
  expect(choice).toMatchObject({ image, pull: false })
  expect(choice.because).toMatch(/^it is the newest kindest\/node present/)
  expect(choice.because.includes(refusal)).toBe(cgroupVersion === 1)
})

test.each<[1 | 2, string[], string]>([
  [2, [], own(37)],
  [2, ['kindest/node:latest', 'team/node:v1.36.0'], own(37)],
  [1, [], own(34)],
  [1, ['kindest/node:v1.36.0', own(35)], own(34)],
])('on cgroup v%i with only %o, the pinned image is pulled', (cgroupVersion, present, image) => {
  const choice = choose(present, { cgroupVersion })
  expect(choice).toMatchObject({ image, pull: true })
  expect(choice.because).toMatch(/^no kindest\/node that runs here is present, so .* is pulled/)
  expect(choice.because.includes(refusal)).toBe(cgroupVersion === 1)
})
