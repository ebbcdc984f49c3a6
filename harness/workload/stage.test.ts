import { expect, test } from 'vitest'
import { NotCapableError } from '../model/errors.ts'
import { helperImageOf } from './stage.ts'

test('where nobody named the image of rolypoly’s own pods, what needs one is refused with how to name it', () => {
  expect(helperImageOf({ helperImage: 'helper:1' }, 'Traffic')).toBe('helper:1')
  expect(() => helperImageOf({}, 'Traffic to Deployment/shop/web')).toThrow(NotCapableError)
  expect(() => helperImageOf({}, 'Traffic to Deployment/shop/web')).toThrow('--helper-image names it')
})
