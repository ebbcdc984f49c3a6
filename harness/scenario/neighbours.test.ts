import { expect, test } from 'vitest'
import { UsageError } from '../model/errors.ts'
import { openNeighbours } from './neighbours.ts'

function open() {
  const done: string[] = []
  const makeNamespace = async (name: string) => void done.push(`made ${name}`)
  const watchNamespace = async (name: string, alias: string) => void done.push(`watched ${name} as ${alias}`)
  const neighbours = openNeighbours({
    ...{ recorder: { watchNamespace }, namespace: 'rolypoly-shop-1aa20d', makeNamespace },
  })
  return { neighbours, done }
}

test("a chart goes into the scenario's own namespace, which is there", async () => {
  const { neighbours, done } = open()
  expect(await neighbours.home()).toEqual({ namespace: 'rolypoly-shop-1aa20d' })
  expect([done, neighbours.names]).toEqual([[], []])
})

test('another is made when it is asked for first, and is watched before anything is in it', async () => {
  const { neighbours, done } = open()
  const homes = await Promise.all([neighbours.home('neighbour'), neighbours.home('neighbour')])
  const home = { namespace: 'rolypoly-neighbour-1aa20d', alias: 'neighbour' }
  expect(homes).toEqual([home, home])
  expect(done).toEqual(['watched rolypoly-neighbour-1aa20d as neighbour', 'made rolypoly-neighbour-1aa20d'])
  await neighbours.home('other')
  expect(neighbours.names).toEqual(['rolypoly-neighbour-1aa20d', 'rolypoly-other-1aa20d'])
})

test.each(['', 'Shop', '-a', 'a-', 'a/b', 'a'.repeat(41)])('none is called %j', async (alias) => {
  const { neighbours, done } = open()
  await expect(neighbours.home(alias)).rejects.toThrow(UsageError)
  expect(done).toEqual([])
})
