import { EnvHttpProxyAgent, fetch as fetchThrough } from 'undici'
import { UsageError } from '../model/errors.ts'

/** What is asked for, and who may ask: the credentials of an address go into a header, and into no message. */
export interface Request {
  /** Without credentials. */
  url: string
  headers: Record<string, string>
}

/** An answer, as far as a download needs it. */
export type Answer = Pick<Response, 'ok' | 'status' | 'statusText' | 'headers'> & {
  body: ReadableStream<Uint8Array> | null
}

/** fetch refuses an address that has a user and a password in it. */
export function requestOf(address: string): Request {
  const url = new URL(address)
  const { username, password } = url
  url.username = ''
  url.password = ''
  if (username === '' && password === '') return { url: address, headers: {} }
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { url: url.href, headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } }
}

/**
 * Asks through the proxy that the environment names for that address: HTTPS_PROXY, HTTP_PROXY and NO_PROXY, in capitals
 * or not, as curl reads them. Node's own fetch looks at them only where NODE_USE_ENV_PROXY is set; and to set it for all
 * would send what is for the API server there too.
 *
 * @throws UsageError for a proxy that is no http or https address.
 */
export async function fetchByEnv(
  { url, headers }: Request,
  signal: AbortSignal,
  env: NodeJS.ProcessEnv,
): Promise<Answer> {
  const httpProxy = proxyIn(env, 'HTTP_PROXY')
  const httpsProxy = proxyIn(env, 'HTTPS_PROXY')
  if (!httpProxy && !httpsProxy) return fetch(url, { signal, headers })
  const noProxy = env.no_proxy ?? env.NO_PROXY ?? ''
  const dispatcher = new EnvHttpProxyAgent({ httpProxy, httpsProxy, noProxy })
  return (await fetchThrough(url, { signal, headers, dispatcher })) as unknown as Answer
}

function proxyIn(env: NodeJS.ProcessEnv, name: 'HTTP_PROXY' | 'HTTPS_PROXY'): string {
  const given = env[name.toLowerCase()] ?? env[name] ?? ''
  if (given === '') return ''
  // curl takes a host and a port alone for an http proxy.
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `http://${given}`
  if (/^https?:$/.test(URL.parse(address)?.protocol ?? '')) return address
  // It may have a password in it, so it is not shown.
  throw new UsageError(`${name} is no http or https address`, {
    remedy: `Give one such as http://proxy.example:3128, or unset ${name}.`,
  })
}
