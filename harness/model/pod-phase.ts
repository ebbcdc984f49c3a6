/** A pod that has ended for good, as IsPodTerminal of Kubernetes has it: kubernetes/pkg/api/v1/pod/util.go. */
export function isTerminalPhase(phase: string | undefined): boolean {
  return phase === 'Failed' || phase === 'Succeeded'
}
