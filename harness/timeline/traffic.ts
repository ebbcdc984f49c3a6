import type { RouteObservation, TrafficObservation } from '../model/observation.ts'

/** One request of the prober's, and where it went. */
export interface Asked {
  service: string
  sentMs: number
  /** When it was answered, or failed. */
  endMs: number
  connection: 'new' | 'reused'
  /** How long a reused connection had been open. */
  ageMs?: number
  /** It asked an endpoint itself, and not the Service. */
  direct: boolean
  /** The pod IP that it was sent to: the endpoint's own, or the one that its connection was routed to. */
  address?: string
  /** The pod that answered, or that the connection had answered from before, by its own word. */
  pod?: string
  /** The prober's own port. */
  port?: number
  /** Why it had no good answer. */
  lost?: string
}

/** The prober's clock and that of the node's connection tracking are one; their words come rounded. */
const sameTimeMs = 100
/** The prober's ports come round no sooner: there are 36,000, and it sends 1,000 requests a second at most. */
const portAgainMs = 20_000

/** Routes are told within moments, so that they are missing for the last few at most. */
const lastLosses = 20

/** What the prober has asked, and where its node sent each connection. */
export class Traffic {
  /** Every request, in the order in which they were told of. */
  readonly asked: Asked[] = []
  /** Those of them through Services that were lost. */
  readonly losses: Asked[] = []
  /** How many went through Services. */
  requests = 0
  /** The longest stretch between two good answers of one Service, in milliseconds. */
  longestGapMs = 0
  private readonly answeredAt = new Map<string, number>()
  private readonly routes = new Map<string, RouteObservation>()
  private readonly unrouted = new Map<string, Asked[]>()

  /** Whether the routes of connections are followed here, so that one without a route was sent nowhere. */
  get isRouted(): boolean {
    return this.routes.size > 0
  }

  /** Whether one of the last losses may still be told its route; one that was sent nowhere never is. */
  get awaitsRoutes(): boolean {
    return this.isRouted && this.losses.slice(-lastLosses).some(({ address }) => address === undefined)
  }

  add(observation: TrafficObservation): void {
    const { service, atMs: sentMs, tookMs, connection, address, port, pod, ageMs, lost } = observation
    const asked: Asked = {
      ...{ service, sentMs, endMs: sentMs + tookMs, connection, direct: address !== undefined },
      ...(address !== undefined && { address }),
      ...(port !== undefined && { port }),
      ...(pod !== undefined && { pod }),
      ...(ageMs !== undefined && { ageMs }),
      ...(lost !== undefined && { lost }),
    }
    this.asked.push(asked)
    if (asked.direct) return
    this.requests += 1
    if (lost === undefined) this.answered(service, asked.endMs)
    else this.losses.push(asked)
    this.findRoute(asked)
  }

  /** A route may be told of before its first request or after it. */
  route(route: RouteObservation): void {
    const key = `${route.service} ${route.port}`
    this.routes.set(key, route)
    for (const asked of this.unrouted.get(key) ?? []) if (isOf(route, asked)) asked.address = route.address
    this.unrouted.delete(key)
  }

  private findRoute(asked: Asked): void {
    if (asked.port === undefined) return
    const key = `${asked.service} ${asked.port}`
    const route = this.routes.get(key)
    if (route && isOf(route, asked)) {
      asked.address = route.address
      return
    }
    const waiting = this.unrouted.get(key)
    if (waiting) waiting.push(asked)
    else this.unrouted.set(key, [asked])
  }

  private answered(service: string, atMs: number): void {
    const before = this.answeredAt.get(service) ?? atMs
    this.longestGapMs = Math.max(this.longestGapMs, atMs - before)
    this.answeredAt.set(service, Math.max(atMs, before))
  }
}

/** Whether this is the route of that request's connection, and not of one that had its port before or after it. */
function isOf({ atMs }: RouteObservation, { connection, sentMs, endMs, ageMs }: Asked): boolean {
  const openedMs = connection === 'new' ? sentMs : sentMs - (ageMs ?? Number.POSITIVE_INFINITY)
  // A connection that was open before routes were followed is listed later, as of that time.
  return atMs >= openedMs - sameTimeMs && atMs <= endMs + portAgainMs
}
