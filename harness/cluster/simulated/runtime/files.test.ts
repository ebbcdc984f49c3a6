import { describe, expect, test } from 'vitest'
import type { PodObject } from '../../kube.ts'
import { PodVolumes } from './files.ts'

const mount = (name: string, mountPath: string, readOnly = false) => ({
  ...{ name, mountPath, ...(readOnly && { readOnly }) },
})
const pod: PodObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  spec: {
    volumes: [
      { name: 'cache', emptyDir: {} },
      { name: 'deep', emptyDir: {} },
      { name: 'config', configMap: { name: 'config' } },
    ],
    containers: [
      {
        ...{ name: 'app', image: 'app' },
        volumeMounts: [mount('cache', '/cache'), mount('deep', '/cache/deep/'), mount('config', '/config')],
      },
      { name: 'side', image: 'side', volumeMounts: [mount('cache', '/shared', true)] },
    ],
    initContainers: [{ name: 'init', image: 'init', volumeMounts: [mount('cache', '/')] }],
  },
}

describe('the files of a pod', () => {
  test("a container's own end with its incarnation, and those of an emptyDir do not", () => {
    const volumes = new PodVolumes()
    const first = volumes.filesOf({ pod, name: 'app' })
    for (const path of ['/tmp/one', '/cache/one', '/cachet', '/config/one']) first.set(path, path)
    expect(first.get('/tmp/one')).toBe('/tmp/one')
    const second = volumes.filesOf({ pod, name: 'app' })
    const seen = ['/tmp/one', '/cache/one', '/cachet', '/config/one'].map((path) => second.get(path))
    expect(seen).toEqual([undefined, '/cache/one', undefined, undefined])
  })

  test('what one container writes to a volume another reads, wherever it is mounted', () => {
    const volumes = new PodVolumes()
    volumes.filesOf({ pod, name: 'init' }).set('/made/first', 'by init')
    const side = volumes.filesOf({ pod, name: 'side' })
    expect(volumes.filesOf({ pod, name: 'app' }).get('/cache/made/first')).toBe('by init')
    expect(side.get('/shared/made/first')).toBe('by init')
    expect(() => side.set('/shared/made/first', '')).toThrow('EROFS: read-only file system')
  })

  test('a volume below another is not in it', () => {
    const volumes = new PodVolumes()
    volumes.filesOf({ pod, name: 'app' }).set('/cache/deep/one', 'deep')
    expect(volumes.filesOf({ pod, name: 'app' }).get('/cache/deep/one')).toBe('deep')
    expect(volumes.filesOf({ pod, name: 'side' }).get('/shared/deep/one')).toBeUndefined()
  })

  test("another pod's volumes are others", () => {
    new PodVolumes().filesOf({ pod, name: 'app' }).set('/cache/one', '1')
    expect(new PodVolumes().filesOf({ pod, name: 'app' }).get('/cache/one')).toBeUndefined()
  })
})
