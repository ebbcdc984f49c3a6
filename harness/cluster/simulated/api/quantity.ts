const factors: Record<string, number> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
}

/**
 * A quantity as Kubernetes writes it, as `100m`, `64Mi`, `1e3` or `2`; undefined for anything else, and for less than
 * nothing. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function quantityOf(value: string | number): number | undefined {
  const parts = /^\+?(\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/.exec(String(value))
  if (!parts) return undefined
  const [, digits = '', exponent, suffix = ''] = parts
  return exponent === undefined ? Number(digits) * (factors[suffix] ?? 1) : Number(`${digits}e${exponent}`)
}
