import { EnvironmentError } from '../../../model/errors.ts'
import { networkOf } from '../network/network.ts'
import { runtimeOf } from '../runtime/runtime.ts'
import type { Machine, World } from '../world.ts'
import { askedRoutes, isAsked, listLine } from './conntrack.ts'

type Program = (world: World, machine: Machine, command: readonly string[]) => string

const programs: Record<string, Program> = {
  ctr: killTask,
  journalctl: readJournal,
  conntrack: listRoutes,
  rm: removeOrder,
  bash: undo,
}

/**
 * Runs one of the programs that a simulated node has, and gives its standard output: `ctr` to signal a container,
 * `journalctl`, `conntrack -L`, `rm` of an order of the exec gate, and the scripts that let a container go on and mend a partition.
 *
 * @throws EnvironmentError where it fails, for any other program, and on a machine that does not run.
 */
export function runProgram(world: World, machine: Machine, command: readonly string[]): string {
  mustRun(machine)
  const program = programs[command[0] ?? '']
  if (!program) throw lacks(machine, command)
  return program(world, machine, command)
}

export function mustRun({ name, state }: Machine): void {
  if (state !== 'running') throw new EnvironmentError(`Node/${name}: is ${state}, so nothing is run on it`)
}

export function lacks({ name }: Machine, [program = '']: readonly string[]): EnvironmentError {
  return new EnvironmentError(`Node/${name}: a simulated node has no program ${program}`)
}

function refuse({ name }: Machine, command: readonly string[]): EnvironmentError {
  return new EnvironmentError(`Node/${name}: a simulated node cannot run \`${command.join(' ')}\``)
}

/** `ctr -n k8s.io task kill -s <signal> <id>` */
function killTask(world: World, machine: Machine, command: readonly string[]): string {
  const [, , , task, kill, option, signal = '', id = ''] = command
  if (task !== 'task' || kill !== 'kill' || option !== '-s') throw refuse(machine, command)
  const process = taskOf(world, machine, id)
  if (!process) throw new EnvironmentError(`Node/${machine.name}: ctr: task ${id} not found`)
  process.signal(signal)
  return ''
}

/**
 * `bash -c <script> thaw <id>`: of a task that is gone, nothing is left to do. `bash -c <script> mend`: a partition goes with
 * its keeper.
 */
function undo(world: World, machine: Machine, command: readonly string[]): string {
  if (command[3] === 'mend') return ''
  if (command[3] !== 'thaw') throw refuse(machine, command)
  taskOf(world, machine, command[4])?.signal('SIGCONT')
  return ''
}

/** What runs on this machine as that task. */
export function taskOf(world: World, machine: Machine, id = '') {
  const process = runtimeOf(world).byId(id)
  return process?.order.machine === machine && !process.exited ? process : undefined
}

/** `journalctl -u <unit> ... [--since=@<seconds>] [-g <pattern>]` */
function readJournal(_: World, machine: Machine, command: readonly string[]): string {
  const unit = command[command.indexOf('-u') + 1]
  if (unit === 'kubelet') return 'a simulated kubelet keeps no journal\n'
  if (unit !== 'containerd') throw refuse(machine, command)
  const since = command.find((word) => word.startsWith('--since=@'))?.slice('--since=@'.length) ?? '0'
  const at = command.indexOf('-g')
  const pattern = new RegExp(at === -1 ? '' : (command[at + 1] ?? ''))
  const sinceMs = Number(since) * 1_000
  return machine.journal
    .filter(({ epochMs, text }) => epochMs >= sinceMs && pattern.test(text))
    .map(({ text }) => `${text}\n`)
    .join('')
}

/** `conntrack -L -p tcp -s <ip> -d <ip>` */
function listRoutes(world: World, machine: Machine, command: readonly string[]): string {
  if (command[1] !== '-L') throw refuse(machine, command)
  const asked = askedRoutes(command)
  return networkOf(world)
    .openRoutes(machine)
    .filter((route) => isAsked(asked, route))
    .map((route) => `${listLine(route)}\n`)
    .join('')
}

/** `rm -f <orders>/<name>.order` */
function removeOrder(world: World, machine: Machine, command: readonly string[]): string {
  const [, option, path = ''] = command
  const name = /\/([^/]+)\.order$/.exec(path)?.[1]
  if (option !== '-f' || name === undefined || command.length !== 3) throw refuse(machine, command)
  runtimeOf(world).gates.remove(machine.name, name)
  return ''
}
