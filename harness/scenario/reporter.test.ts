import { expect, test } from 'vitest'
import { EnvironmentError } from '../model/errors.ts'
import { andLeft } from './reporter.ts'

const left = new EnvironmentError('Namespace/a: is still there', { remedy: 'Look at it.' })

test('what could not be undone is the failure of a run that had none', () => {
  expect(andLeft(undefined, left)).toEqual({
    failure: { message: 'Namespace/a: is still there', remedy: 'Look at it.' },
  })
})

test('it is told beside the failure that a run had, and no interruption makes it less than an error', () => {
  const cut = { failure: { message: 'The run was interrupted' }, interrupted: true, hurried: true }
  expect(andLeft(cut, left)).toEqual({
    failure: {
      message: 'The run was interrupted. Besides, Namespace/a: is still there',
      remedy: 'Look at it.',
    },
    hurried: true,
  })
})
