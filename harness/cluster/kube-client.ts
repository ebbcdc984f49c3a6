import { PassThrough } from 'node:stream'
import { HttpMethod, type KubeConfig, Log, PatchStrategy, Watch } from '@kubernetes/client-node'
import { JsonApi } from './json-api.ts'
import type {
  EvictionAnswer,
  ExecResult,
  Kube,
  KubeObject,
  ListRef,
  ObjectList,
  ObjectRef,
  PodRef,
  WatchEnd,
  WatchEvent,
} from './kube.ts'
import { nameOf, refOf } from './kube.ts'
import { toKubeError } from './kube-client-error.ts'
import { budgetRefusal, isAlreadyThere, isNotFound } from './kube-error.ts'
import { execIn } from './kube-exec.ts'
import { type Patience, untilAnswered, usualPatience } from './kube-retry.ts'
import { readKubeconfig, refuseClusterless } from './kubeconfig.ts'
import { eachLine } from './lines.ts'
import { refuseStrangeNames } from './path-segment.ts'

const fieldManager = 'rolypoly'

/**
 * A watch that hears nothing for this long is dead: bookmarks come about every 60 s.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#watch-bookmarks
 */
const watchSilenceMs = 150_000

/**
 * Connects by a kubeconfig file and, where given, one of its contexts. Sends nothing yet.
 *
 * @throws UsageError where it is no kubeconfig, or the context leads to no cluster.
 */
export function connectKube(path: string, context?: string, patience?: Patience): Kube {
  const config = readKubeconfig(path)
  if (context !== undefined) config.setCurrentContext(context)
  refuseClusterless(config, path)
  return kubeOf(config, patience)
}

/** Connects by a kubeconfig's current context. Sends nothing yet. */
export function kubeOf(config: KubeConfig, patience: Patience = usualPatience): Kube {
  return new KubeClient(config, patience)
}

class KubeClient implements Kube {
  private readonly config: KubeConfig
  private readonly api: JsonApi
  private readonly patience: Patience

  constructor(config: KubeConfig, patience: Patience) {
    this.config = config
    this.patience = patience
    this.api = config.makeApiClient(JsonApi as never)
    this.api.answerMs = patience.answerMs
  }

  apply<T extends KubeObject>(object: T, options: { dryRun?: boolean } = {}): Promise<T> {
    const query = {
      fieldManager,
      force: true,
      fieldValidation: 'Strict',
      dryRun: options.dryRun ? 'All' : undefined,
    }
    return this.request(nameOf(object), async () =>
      this.api.send(
        await this.api.pathOf(refOf(object)),
        HttpMethod.PATCH,
        query,
        object,
        PatchStrategy.ServerSideApply,
      ),
    )
  }

  create<T extends KubeObject>(object: T): Promise<T> {
    const { apiVersion, kind, namespace } = refOf(object)
    const collection = { apiVersion, kind, ...(namespace && { namespace }) }
    return this.request(nameOf(object), async (isAgain) => {
      const path = await this.api.pathOf(collection)
      try {
        return await this.api.send(path, HttpMethod.POST, { fieldManager, fieldValidation: 'Strict' }, object)
      } catch (error) {
        // It was made by the attempt whose answer was lost.
        if (!isAgain || !isAlreadyThere(toKubeError(nameOf(object), error))) throw error
        return this.api.send(await this.api.pathOf(refOf(object)), HttpMethod.GET, {})
      }
    })
  }

  async get<T extends KubeObject>(ref: ObjectRef): Promise<T | undefined> {
    try {
      return await this.request(nameOf(ref), async () =>
        this.api.send(await this.api.pathOf(ref), HttpMethod.GET, {}),
      )
    } catch (error) {
      if (isNotFound(error)) return undefined
      throw error
    }
  }

  async list<T extends KubeObject>(ref: ListRef): Promise<ObjectList<T>> {
    const { labelSelector, fieldSelector } = ref
    const answer = await this.request<{ metadata: { resourceVersion: string }; items: T[] }>(
      `${ref.apiVersion}/${ref.kind}`,
      async () => this.api.send(await this.api.pathOf(ref), HttpMethod.GET, { labelSelector, fieldSelector }),
    )
    return { items: answer.items, resourceVersion: answer.metadata.resourceVersion }
  }

  async watch(
    ref: ListRef,
    resourceVersion: string,
    onEvent: (event: WatchEvent) => void,
    signal: AbortSignal,
  ): Promise<WatchEnd> {
    if (signal.aborted) return { why: 'closed' }
    const watch = new Watch(this.config)
    // Private in the library's types, yet the one way past its 30 s of silence.
    Reflect.set(watch, 'requestTimeoutMs', watchSilenceMs)
    const { labelSelector, fieldSelector } = ref
    const query = { resourceVersion, allowWatchBookmarks: true, labelSelector, fieldSelector }
    const { promise, resolve } = Promise.withResolvers<WatchEnd>()
    let end: WatchEnd | undefined
    // The library swallows what this callback throws, so an error here is kept and ends the watch.
    const callback = (type: string, object: KubeObject & { code?: number; message?: string }) => {
      if (end) return
      try {
        if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') onEvent({ type, object })
        else if (type === 'BOOKMARK')
          onEvent({ type, resourceVersion: object.metadata?.resourceVersion ?? '' })
        else if (object.code === 410) end = { why: 'expired' }
        else end = { why: 'failed', error: new Error(object.message ?? `watch event ${type}`) }
      } catch (error) {
        end = { why: 'failed', error }
      }
      if (end) resolve(end)
    }
    try {
      const path = await this.api.pathOf(ref)
      const controller = await watch.watch(path, query, callback, (error: unknown) => {
        if (end) return
        if (error === null || error === undefined || signal.aborted) resolve({ why: 'closed' })
        else if ((error as { statusCode?: number }).statusCode === 410) resolve({ why: 'expired' })
        else resolve({ why: 'failed', error })
      })
      const abort = () => {
        resolve({ why: 'closed' })
        controller.abort()
      }
      if (signal.aborted) abort()
      signal.addEventListener('abort', abort, { once: true })
      const why = await promise
      signal.removeEventListener('abort', abort)
      controller.abort()
      return why
    } catch (error) {
      return { why: 'failed', error }
    }
  }

  patch<T extends KubeObject>(ref: ObjectRef, patch: object): Promise<T> {
    return this.request(nameOf(ref), async () =>
      this.api.send(
        await this.api.pathOf(ref),
        HttpMethod.PATCH,
        { fieldManager },
        patch,
        PatchStrategy.MergePatch,
      ),
    )
  }

  async delete(
    ref: ObjectRef,
    options: { gracePeriodSeconds?: number; uid?: string } = {},
  ): Promise<boolean> {
    const { gracePeriodSeconds, uid } = options
    const body = {
      gracePeriodSeconds,
      propagationPolicy: 'Background',
      ...(uid && { preconditions: { uid } }),
    }
    let wasAway = false
    try {
      await this.request(nameOf(ref), async (isAgain) => {
        wasAway = isAgain
        return this.api.send(await this.api.pathOf(ref), HttpMethod.DELETE, {}, body)
      })
      return true
    } catch (error) {
      // It was deleted by the attempt whose answer was lost.
      if (isNotFound(error)) return wasAway
      throw error
    }
  }

  async evict(
    pod: { namespace: string; name: string },
    options: { gracePeriodSeconds?: number; uid?: string } = {},
  ): Promise<EvictionAnswer> {
    const { namespace, name } = pod
    const { gracePeriodSeconds, uid } = options
    const body = {
      ...{ apiVersion: 'policy/v1', kind: 'Eviction', metadata: { namespace, name } },
      deleteOptions: { gracePeriodSeconds, ...(uid && { preconditions: { uid } }) },
    }
    refuseStrangeNames({ ...pod, apiVersion: 'v1', kind: 'Pod' })
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`
    try {
      await this.request(`Pod/${namespace}/${name}`, () => this.api.send(path, HttpMethod.POST, {}, body))
      return { is: 'evicted' }
    } catch (error) {
      if (isNotFound(error)) return { is: 'gone' }
      const why = budgetRefusal(error)
      if (why === undefined) throw error
      return { is: 'refused', why }
    }
  }

  async exec(pod: PodRef, command: string[]): Promise<ExecResult> {
    refuseStrangeNames({ ...pod, apiVersion: 'v1', kind: 'Pod' })
    return execIn(this.config, pod, command, this.patience.answerMs)
  }

  async logs(
    pod: PodRef,
    options: { previous?: boolean; tailLines?: number; timestamps?: boolean } = {},
  ): Promise<string> {
    refuseStrangeNames({ ...pod, apiVersion: 'v1', kind: 'Pod' })
    const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/log`
    return this.request(`Pod/${pod.namespace}/${pod.name}`, () =>
      this.api.send(path, HttpMethod.GET, { container: pod.container, ...options }),
    )
  }

  async followLogs(
    pod: PodRef,
    onLine: (line: string) => void,
    signal: AbortSignal,
    options: { timestamps?: boolean } = {},
  ): Promise<void> {
    refuseStrangeNames({ ...pod, apiVersion: 'v1', kind: 'Pod' })
    const stream = new PassThrough()
    // The library pipes the response here and leaves its errors to whoever listens; without one they end the process.
    stream.on('pipe', (response) => response.on('error', () => stream.end()))
    const lines = eachLine(stream, onLine)
    const controller = await new Log(this.config).log(pod.namespace, pod.name, pod.container, stream, {
      ...{ follow: true, ...options },
    })
    const stop = () => {
      controller.abort()
      stream.end()
    }
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    await lines
    signal.removeEventListener('abort', stop)
  }

  isNamespaced(apiVersion: string, kind: string): Promise<boolean | undefined> {
    return this.request(`${apiVersion}/${kind}`, () => this.api.isNamespaced(apiVersion, kind))
  }

  raw(path: string): Promise<string> {
    return this.request(path, async () => {
      const answer: unknown = await this.api.send(path, HttpMethod.GET, {})
      return typeof answer === 'string' ? answer : JSON.stringify(answer)
    })
  }

  /** Sends, and again while what went wrong is transient. */
  private request<T>(subject: string, send: (isAgain: boolean) => Promise<unknown>): Promise<T> {
    return untilAnswered(async (isAgain) => {
      try {
        return (await send(isAgain)) as T
      } catch (error) {
        throw toKubeError(subject, error)
      }
    }, this.patience)
  }
}
