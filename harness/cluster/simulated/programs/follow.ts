import { EnvironmentError } from '../../../model/errors.ts'
import { networkOf } from '../network/network.ts'
import { runtimeOf } from '../runtime/runtime.ts'
import type { Machine, World } from '../world.ts'
import { askedRoutes, eventLine, isAsked } from './conntrack.ts'
import { lacks, mustRun, taskOf } from './programs.ts'

/** Says a line from inside the model. */
type Say = (line: string) => void
/** Begins to say lines; gives what ends that. */
type Program = (world: World, machine: Machine, command: readonly string[], say: Say) => () => void

/** From a line to whoever reads it, in milliseconds; those that are said meanwhile come with it. */
const batchMs = 1
const gateArmsMs = 400
/** To find the processes of a container, and to see them stopped. */
const freezesMs = 120
const cutsMs = 150
/** From the end of a partition to a kubelet that talks to the API server again, after what kind showed. */
const reachesMs = [500, 3_000] as const

/**
 * Runs `conntrack -E`, the keeper of an exec gate, of a frozen container or of a partition on a simulated node until the signal, and calls back with each line
 * that it prints.
 *
 * @throws EnvironmentError for any other program, and where the machine does not run or is turned off meanwhile.
 */
export async function followProgram(
  world: World,
  machine: Machine,
  command: readonly string[],
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  mustRun(machine)
  const program = programOf(command)
  if (!program) throw lacks(machine, command)
  if (signal.aborted) return
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let isOver = false
  let lines: string[] = []
  const deliver = () => {
    const said = lines
    lines = []
    if (isOver) return
    world.clock.stir()
    for (const line of said) onLine(line)
  }
  const say = (line: string) => {
    if (isOver) return
    if (lines.length === 0) world.clock.after(batchMs, deliver)
    lines.push(line)
  }
  const stop = program(world, machine, command, say)
  const end = (settle: () => void) => {
    if (isOver) return
    isOver = true
    stop()
    world.clock.stir()
    settle()
  }
  const abort = () => end(resolve)
  const lost = () => end(() => reject(new EnvironmentError(`Node/${machine.name}: was turned off`)))
  const endings = endingsOf(machine)
  signal.addEventListener('abort', abort, { once: true })
  endings.add(lost)
  return promise.finally(() => {
    signal.removeEventListener('abort', abort)
    endings.delete(lost)
  })
}

/** What is told when a machine is turned off: a machine has no end to those who listen to it. */
const allEndings = new WeakMap<Machine, Set<() => void>>()

function endingsOf(machine: Machine): Set<() => void> {
  const known = allEndings.get(machine)
  if (known) return known
  const endings = new Set<() => void>()
  allEndings.set(machine, endings)
  machine.onState((state) => {
    if (state === 'stopped') for (const end of [...endings]) end()
  })
  return endings
}

function programOf(command: readonly string[]): Program | undefined {
  if (command[0] === 'conntrack' && command[1] === '-E') return followRoutes
  return command[0] === 'bash' ? keepers[command[3] ?? ''] : undefined
}

const keepers: Record<string, Program> = {
  'gate-keeper': keepGate,
  freezer: keepFrozen,
  partition: keepCutOff,
}

function followRoutes(world: World, machine: Machine, command: readonly string[], say: Say): () => void {
  const asked = askedRoutes(command)
  return networkOf(world).onRoute(machine, (route) => {
    if (isAsked(asked, route)) say(eventLine(route, world.clock.epoch()))
  })
}

/** `bash -c <script> gate-keeper <library> <orders> <name> <gate> <podUid> <container> <args> <exitCode or hangs>` */
function keepGate(world: World, machine: Machine, command: readonly string[], say: Say): () => void {
  const [name = '', , podUid = '', container = '', args = '[]', exitCode = '1'] = command.slice(6)
  const { gates } = runtimeOf(world)
  const arming = world.clock.after(gateArmsMs, () => {
    gates.add(machine.name, name, {
      ...{ podUid, container, command: JSON.parse(args) as string[] },
      exitCode: exitCode === 'hangs' ? undefined : Number(exitCode),
      onFailed: (id) => say(JSON.stringify({ failed: id })),
    })
    say('{"armed":"gate"}')
  })
  return () => {
    arming.cancel()
    gates.remove(machine.name, name)
  }
}

/** `bash -c <script> freezer <id>` */
function keepFrozen(world: World, machine: Machine, command: readonly string[], say: Say): () => void {
  const process = taskOf(world, machine, command[4])
  if (!process) throw new EnvironmentError(`Node/${machine.name}: no task ${command[4]} runs on this node`)
  const freezing = world.clock.after(freezesMs, () => {
    process.signal('SIGSTOP')
    say('stopped 1')
  })
  return () => {
    freezing.cancel()
    process.signal('SIGCONT')
  }
}

/** `bash -c <script> partition` */
function keepCutOff(world: World, machine: Machine, _: readonly string[], say: Say): () => void {
  const { clock, machines } = world
  const { link } = machine
  const [plane] = machines.values()
  const cutting = clock.after(cutsMs, () => {
    link.cutOff()
    say(`dropped 1 ${plane?.name}:6443`)
  })
  const random = world.random.fork(`partition of ${machine.name}`)
  return () => {
    cutting.cancel()
    clock.after(random.between(...reachesMs), () => link.mend())
  }
}
