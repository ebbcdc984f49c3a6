import { expect, test } from 'vitest'
import { EnvironmentError } from '../../model/errors.ts'
import { fine, settle } from './finding.ts'

test('a judgement gets the name of its check', async () => {
  expect(await settle('disk', () => fine('roomy'))).toEqual({ name: 'disk', level: 'fine', found: 'roomy' })
})

test('what a check throws is its lack, with evidence and remedy where there are any', async () => {
  const told = new EnvironmentError('kind is broken', { evidence: 'seen', remedy: 'Mend it.' })
  expect(await settle('kind', () => Promise.reject(told))).toEqual({
    ...{ name: 'kind', level: 'lack' },
    ...{ found: 'kind is broken', evidence: 'seen', remedy: 'Mend it.' },
  })
  const bug = () => {
    throw new TypeError('oh')
  }
  expect(await settle('kind', bug)).toMatchObject({
    level: 'lack',
    found: 'could not be checked: TypeError: oh',
  })
})

test('a check that hangs is a lack', async () => {
  const never = Promise.withResolvers<never>()
  expect(await settle('kind', () => never.promise, 20)).toMatchObject({
    level: 'lack',
    found: 'no answer within 0.02 s',
  })
})
