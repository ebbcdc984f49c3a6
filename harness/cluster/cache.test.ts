import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { EnvironmentError } from '../model/errors.ts'
import { cacheFolder, makeCacheFolder } from './cache.ts'

const all = { ROLYPOLY_CACHE: '/own', XDG_CACHE_HOME: '/xdg', HOME: '/home/me' }

test.each([
  ['ROLYPOLY_CACHE comes first', all, '/own'],
  ['then XDG_CACHE_HOME', { ...all, ROLYPOLY_CACHE: undefined }, '/xdg/rolypoly'],
  ['then the home folder', { HOME: '/home/me' }, '/home/me/.cache/rolypoly'],
  [
    'what is empty does not count',
    { ROLYPOLY_CACHE: '', XDG_CACHE_HOME: '', HOME: '/h' },
    '/h/.cache/rolypoly',
  ],
  ['nor does a relative XDG_CACHE_HOME', { XDG_CACHE_HOME: 'xdg', HOME: '/h' }, '/h/.cache/rolypoly'],
  ['a relative ROLYPOLY_CACHE counts from here', { ROLYPOLY_CACHE: 'own' }, resolve('own')],
  ['no HOME', {}, join(homedir(), '.cache', 'rolypoly')],
])('the cache folder: %s', (_, env, folder) => {
  expect(cacheFolder(env, 'linux')).toBe(folder)
})

test('the cache folder on macOS is where its caches are, unless told otherwise', () => {
  expect(cacheFolder({ HOME: '/Users/me' }, 'darwin')).toBe('/Users/me/Library/Caches/rolypoly')
  expect(cacheFolder(all, 'darwin')).toBe('/own')
  expect(cacheFolder({ ...all, ROLYPOLY_CACHE: '' }, 'darwin')).toBe('/xdg/rolypoly')
})

test.runIf(process.platform === 'linux')(
  'a folder of it that cannot be made is told with what to do',
  async () => {
    const refused = makeCacheFolder('/proc/x/clusters', 'the journal')
    await expect(refused).rejects.toThrow(
      '/proc/x/clusters cannot be written, so the journal cannot be kept there',
    )
    await expect(refused).rejects.toBeInstanceOf(EnvironmentError)
  },
)
