import { tryRun } from '../process.ts'

/**
 * A script for bash that runs its arguments, in a process group of their own, until they end or its standard input
 * closes. Whoever ends the client of `docker exec -i` ends nothing in the container but closes that input, as the
 * client's own death does, and on this machine that of the run, however it dies. The group first starts what watches that
 * input, and only then becomes the command: wherever this shell is ended, no command is there unwatched.
 */
export const untilInputCloses = `set -m; exec 3<&0
{ { cat <&3 >/dev/null; kill 0; } 2>/dev/null & exec "$@" 3<&- </dev/null; } & exec 2>/dev/null
wait $!; code=$?; kill -- -$!; exit $code`

/**
 * Runs a command in a node's container until it ends or the signal, and calls back with each line of both its outputs.
 *
 * @throws EnvironmentError where it fails before the signal, or the node is not there.
 */
export async function followInNode(
  node: string,
  command: string[],
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  await follow(
    'docker',
    ['exec', '-i', node, 'bash', '-c', untilInputCloses, 'follow', ...command],
    onLine,
    signal,
  )
}

/**
 * As {@link followInNode}, on this machine: a command that may have nothing to print for hours would not notice the death
 * of this process.
 *
 * @throws EnvironmentError where it fails before the signal.
 */
export async function followHere(
  command: string[],
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  await follow('bash', ['-c', untilInputCloses, 'follow', ...command], onLine, signal)
}

async function follow(
  command: string,
  args: string[],
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const outcome = await tryRun(command, args, { follow: true, onLine, signal })
  if (!outcome.ok && !signal.aborted) throw outcome.error
}
