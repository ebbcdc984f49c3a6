import { isIP } from 'node:net'
import type { Link, LinkEvents } from '../../../model/behaviour.ts'
import type { Random } from '../random.ts'
import type { ContainerOrder, Exit, World } from '../world.ts'
import type { AppListener, Connection, Server } from './listener.ts'

/** The process that begins a connection, as far as that needs it. */
export interface Client extends Server {
  readonly order: ContainerOrder
  onExit(listener: (exit: Exit) => void): void
}

/** What a port of an IP comes to, for a new connection; undefined where a Service has no endpoint. */
export type Reach = (
  client: Client,
  ip: string,
  port: number,
) => AppListener | 'refused' | 'unreachable' | 'silent' | undefined

/** To find a name and to be connected, and from a text to its arrival, in milliseconds. */
const opensMs = [1.5, 5] as const
const arrivesMs = [0.2, 0.8] as const
/** Linux asks for a connection seven times: https://docs.kernel.org/networking/ip-sysctl.html, tcp_syn_retries. */
const givesUpMs = 127_000

/** The connections that apps begin to other apps. */
export class Links {
  private readonly world: World
  private readonly random: Random
  private readonly reach: Reach

  constructor(world: World, reach: Reach) {
    this.world = world
    this.random = world.random.fork('links')
    this.reach = reach
  }

  begin(client: Client, host: string, port: number, on: LinkEvents): Link {
    let connection: Connection | undefined
    let isOver = false
    const over = () => {
      if (isOver) return
      isOver = true
      client.after(this.random.between(...arrivesMs), () => on.ended())
    }
    client.after(this.random.between(...opensMs), () => {
      if (isOver) return
      const ip = this.ipOf(client, host)
      const reached = ip === undefined ? undefined : this.reach(client, ip, port)
      if (reached === 'silent') return client.after(givesUpMs, over)
      if (reached === undefined || reached === 'refused' || reached === 'unreachable') return over()
      connection = reached.connect()
      connection.onEnd = over
      on.opened()
    })
    const close = () => {
      if (connection?.state === 'open') connection.listener.close(connection)
    }
    // Of a machine that was turned off nobody hears.
    client.onExit(() => client.order.machine.state !== 'stopped' && close())
    return {
      send: (text) => {
        const to = connection
        if (isOver || to?.state !== 'open') return
        const answered = (answer: string) =>
          client.after(this.random.between(...arrivesMs), () => {
            if (!isOver) on.heard(answer)
          })
        this.world.clock.after(this.random.between(...arrivesMs), () => to.listener.say(to, text, answered))
      },
      end: () => {
        close()
        over()
      },
    }
  }

  /** As a pod's resolver finds it: https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/ */
  private ipOf({ order }: Client, host: string): string | undefined {
    if (isIP(host) !== 0) return host
    const namespace = order.pod.metadata?.namespace ?? ''
    return this.world.store.get('Service', host, namespace)?.spec?.clusterIP
  }
}
