import { describe, expect, test } from 'vitest'
import { pod, timelineOf, watched } from './testing.ts'

describe('the pod that had an IP', () => {
  const ip = '10.244.1.12'
  const seen = (atMs: number, name: string, type?: 'DELETED') =>
    watched('Pod', atMs, pod({ name, ip, ...(type && { grace: 0 }) }), type)
  const had = (atMs: number, ...observations: Parameters<typeof timelineOf>) =>
    timelineOf(...observations).podAt(ip, atMs)?.detail.name

  test('is whoever had it then, though another has it now', () => {
    const both = [seen(1_000, 'a'), seen(20_000, 'a', 'DELETED'), seen(30_000, 'b')]
    expect(had(10_000, ...both)).toBe('a')
    expect(had(40_000, ...both)).toBe('b')
  })

  test('is the one that was still there, though another had it within the second', () => {
    const both = [seen(1_000, 'a'), seen(10_400, 'a', 'DELETED'), seen(10_500, 'b')]
    expect(had(10_000, ...both)).toBe('a')
    expect(had(10_450, ...both)).toBe('a')
    expect(had(10_500, ...both)).toBe('b')
  })

  test('is the last that had it, where it has gone and nobody has it since', () => {
    expect(had(9_000, seen(1_000, 'a'), seen(2_000, 'a', 'DELETED'))).toBe('a')
  })

  test('may be asked up to a second before the watch tells of it, and no sooner', () => {
    expect(had(9_000, seen(10_000, 'a'))).toBe('a')
    expect(had(8_999, seen(10_000, 'a'))).toBeUndefined()
    const gone = [seen(1_000, 'a'), seen(2_000, 'a', 'DELETED'), seen(10_000, 'b')]
    expect(had(9_500, ...gone)).toBe('b')
  })

  test('is not the one that is told of again on its way out, when another has its IP already', () => {
    const again = [seen(1_000, 'a'), seen(5_000, 'b'), seen(5_100, 'a'), seen(5_200, 'a', 'DELETED')]
    expect(had(6_000, ...again)).toBe('b')
  })

  test('may get it a second time', () => {
    const other = watched('Pod', 3_000, pod({ name: 'a', ip: '10.244.1.99' }))
    const back = [seen(1_000, 'a'), other, seen(5_000, 'b'), seen(6_000, 'b', 'DELETED'), seen(9_000, 'a')]
    expect(had(2_000, ...back)).toBe('a')
    expect(had(5_500, ...back)).toBe('b')
    expect(had(9_500, ...back)).toBe('a')
  })
})
