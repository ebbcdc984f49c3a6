import { expect, test } from 'vitest'
import { nodeImagePins } from '../../cluster/kind/pins.ts'
import { judgeNodeImage, shortName } from './node-image.ts'

const [pin] = nodeImagePins
const own = `kindest/node:v${pin.version}@${pin.digest}`
const older = [{ reference: 'kindest/node:v1.34.4', id: 'sha256:1' }]

test('an image that is here is named with the reason for its choice, cgroup left to its own line', () => {
  const { judgement, choice } = judgeNodeImage(older, 1, {})
  expect(choice).toMatchObject({ image: 'kindest/node:v1.34.4', pull: false })
  expect(judgement.level).toBe('fine')
  expect(judgement.found).toMatch(/^kindest\/node:v1\.34\.4: it is the newest kindest\/node present/)
  expect(judgement.found).not.toContain('cgroup')
})

test('one that is not here is pulled by the first run, unless that is forbidden', () => {
  const remedy = `docker pull ${own}`
  expect(judgeNodeImage([], 2, {}).judgement).toMatchObject({ level: 'warning', remedy })
  expect(judgeNodeImage([], 2, { ROLYPOLY_OFFLINE: '0' }).judgement.level).toBe('warning')
  expect(judgeNodeImage([], 2, { ROLYPOLY_OFFLINE: '1' }).judgement).toMatchObject({ level: 'lack', remedy })
})

test('a name that cannot run here is a lack', () => {
  expect(judgeNodeImage([], 1, { ROLYPOLY_NODE_IMAGE: own })).toEqual({
    judgement: {
      level: 'lack',
      found: expect.stringContaining('ROLYPOLY_NODE_IMAGE names'),
      remedy: 'unset ROLYPOLY_NODE_IMAGE',
    },
  })
})

test('a digest is left out of a name that has a tag', () => {
  expect(shortName(own)).toBe(`kindest/node:v${pin.version}`)
  expect(shortName(`localhost:5000/node@${pin.digest}`)).toBe(`localhost:5000/node@${pin.digest}`)
  expect(shortName(`localhost:5000/node:v1@${pin.digest}`)).toBe('localhost:5000/node:v1')
})
