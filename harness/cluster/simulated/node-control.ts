import { EnvironmentError } from '../../model/errors.ts'
import type { NodeControl } from '../cluster.ts'
import { followProgram } from './programs/follow.ts'
import { runProgram } from './programs/programs.ts'
import type { World } from './world.ts'

/** What a command on a node's machine takes, in milliseconds, as `docker exec` does. */
const commandMs = [40, 120] as const

/** The ways to a node that do not go through the API server. */
export function nodeControl(world: World): NodeControl {
  const { clock } = world
  const random = world.random.fork('node control')
  const machineOf = async (node: string) => {
    await clock.sleep(random.between(...commandMs))
    const machine = world.machines.get(node)
    if (machine) return machine
    throw new EnvironmentError(`Node/${node}: there is no such machine`)
  }
  return {
    state: async (node) => (await machineOf(node)).state,
    stop: async (node) => (await machineOf(node)).set('stopped'),
    start: async (node) => (await machineOf(node)).set('running'),
    pause: async (node) => (await machineOf(node)).set('paused'),
    unpause: async (node) => (await machineOf(node)).set('running'),
    async followPauses(nodes, onPause, signal) {
      const { promise, resolve } = Promise.withResolvers<void>()
      signal.addEventListener('abort', () => resolve(), { once: true })
      if (signal.aborted) return
      for (const machine of await Promise.all(nodes.map(machineOf))) {
        machine.onState((state) => {
          if (state === 'paused' && !signal.aborted) onPause(machine.name)
        })
      }
      await promise
    },
    async kubelet(node, act) {
      await machineOf(node)
      const kubelet = world.kubelets.get(node)
      if (act === 'stop') kubelet?.stop()
      else kubelet?.start()
      return kubelet?.unit ?? 'unknown'
    },
    async exec(node, command) {
      const machine = await machineOf(node)
      if (machine.state === 'running') return runProgram(world, machine, command)
      throw new EnvironmentError(
        `Node/${node}: ${command[0]} cannot run there: its machine is ${machine.state}`,
      )
    },
    async follow(node, command, onLine, signal) {
      const machine = await machineOf(node)
      await followProgram(world, machine, command, onLine, signal)
    },
  }
}
