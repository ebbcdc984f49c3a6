import {
  ApiException,
  type HttpMethod,
  KubernetesObjectApi,
  type RequestContext,
  type ResponseContext,
} from '@kubernetes/client-node'
import type { ListRef, ObjectRef } from './kube.ts'
import { refuseStrangeNames } from './path-segment.ts'

/**
 * The library's object API drops fields that its model does not know and turns times into Dates. This one sends and
 * answers the JSON as it is, and keeps the library's authentication, discovery and HTTP.
 */
export class JsonApi extends KubernetesObjectApi {
  /** How long one answer may take, in milliseconds: the library has no limit of its own. */
  answerMs = Number.POSITIVE_INFINITY

  async pathOf(ref: ListRef | ObjectRef): Promise<string> {
    const name = 'name' in ref ? ref.name : undefined
    refuseStrangeNames({ name: '', ...ref })
    const metadata = { ...(ref.namespace && { namespace: ref.namespace }), ...(name && { name }) }
    const spec = { apiVersion: ref.apiVersion, kind: ref.kind, metadata }
    return this.specUriPath(spec, name ? 'read' : 'list')
  }

  send(path: string, method: HttpMethod, query: Query, body?: object, contentType = 'application/json') {
    const request: RequestContext = this.configuration.baseServer.makeRequestContext(path, method)
    request.setHeaderParam('Accept', 'application/json')
    for (const [key, value] of Object.entries(query)) {
      if (value !== undefined) request.setQueryParam(key, String(value))
    }
    if (body) {
      request.setHeaderParam('Content-Type', contentType)
      request.setBody(JSON.stringify(body))
    }
    return this.requestPromise(request)
  }

  async isNamespaced(apiVersion: string, kind: string): Promise<boolean | undefined> {
    return (await this.resource(apiVersion, kind))?.namespaced
  }

  protected override requestPromise(context: RequestContext): Promise<never> {
    if (Number.isFinite(this.answerMs)) context.setSignal(AbortSignal.timeout(this.answerMs))
    return super.requestPromise(context) as Promise<never>
  }

  protected override async processResponse(response: ResponseContext): Promise<never> {
    const text = await response.body.text()
    if (response.httpStatusCode < 200 || response.httpStatusCode > 299) {
      throw new ApiException(response.httpStatusCode, 'refused', parseStatus(text), response.headers)
    }
    return (response.headers['content-type']?.includes('json') ? JSON.parse(text) : text) as never
  }
}

type Query = Record<string, string | number | boolean | undefined>

function parseStatus(text: string): { message?: string; reason?: string } {
  try {
    return JSON.parse(text) as { message?: string; reason?: string }
  } catch {
    return { message: text.trim() }
  }
}
