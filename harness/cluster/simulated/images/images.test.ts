import { expect, test } from 'vitest'
import { SimulatedImages } from './images.ts'

const app = () => undefined

test('an image is known by any of its names', () => {
  const images = new SimulatedImages()
  images.add('nginx', app)
  images.add('registry:5000/shop/web:1', app)
  for (const name of ['nginx', 'nginx:latest', 'docker.io/library/nginx:latest', 'registry:5000/shop/web:1'])
    expect(images.behaviourOf(name)).toBe(app)
  expect(images.behaviourOf('nginx:1.22')).toBeUndefined()
})

test('an image that does not exist is known, and cannot be had', () => {
  const images = new SimulatedImages()
  images.add('no-such:1.0', 'does not exist')
  expect([images.knows('no-such:1.0'), images.knows('other:1.0')]).toEqual([true, false])
  expect(images.behaviourOf('no-such:1.0')).toBeUndefined()
})

test('an image is stopped by SIGTERM, unless it says otherwise', () => {
  const images = new SimulatedImages()
  images.add('web:dev', app)
  images.add('proxy:dev', app, { stopSignal: 'SIGUSR1' })
  images.add('nginx:1.22', app)
  images.add('rolypoly-nginx-sigterm:dev', app)
  const all = ['web:dev', 'proxy:dev', 'nginx:1.22', 'rolypoly-nginx-sigterm:dev', 'other:dev']
  expect(all.map((name) => images.stopSignalOf(name))).toEqual([
    ...['SIGTERM', 'SIGUSR1', 'SIGQUIT', 'SIGTERM', 'SIGTERM'],
  ])
})
