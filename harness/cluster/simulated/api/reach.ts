import { EnvironmentError } from '../../../model/errors.ts'
import type { Machine, World } from '../world.ts'

/** A machine that is off answers nobody: Linux gives up on its address after three requests, one a second (arp(7)). */
const unreachableMs = 3_000
/** What is dropped on its way to it: k8s.io/apimachinery/pkg/util/net/http.go: DialContext. */
const droppedMs = 30_000
/** One that is frozen takes connections and says nothing: k8s.io/apimachinery/pkg/util/net/http.go: TLSHandshakeTimeout. */
const silentMs = 10_000

/**
 * Asks a kubelet, as the API server does for logs and commands.
 *
 * @throws EnvironmentError where it does not answer, once the API server would give up.
 */
export async function reachKubelet(
  world: World,
  subject: string,
  node: string,
  signal?: AbortSignal,
): Promise<Machine> {
  const machine = world.machines.get(node)
  const give = (why: string) =>
    new EnvironmentError(`${subject}: the kubelet of ${node} could not be asked: ${why}`)
  if (!machine) throw give('no such host')
  if (machine.state !== 'running') {
    const isOff = machine.state === 'stopped'
    await world.clock.sleep(isOff ? unreachableMs : silentMs, signal)
    throw give(isOff ? 'connect: no route to host' : 'net/http: TLS handshake timeout')
  }
  if (machine.link.isCut) {
    await world.clock.sleep(droppedMs, signal)
    throw give('i/o timeout')
  }
  if (world.kubelets.get(node)?.unit !== 'active') throw give('connect: connection refused')
  return machine
}
