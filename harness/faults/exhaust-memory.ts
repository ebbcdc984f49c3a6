import { EnvironmentError } from '../model/errors.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Pod } from '../workload/workload.ts'
import type { Fault } from './fault.ts'
import { runningContainer } from './kill-container.ts'

export interface ExhaustMemoryOptions {
  /** Which container; needed where the pod has several. */
  container?: string
}

const receiptWithinMs = 30_000
const runsWithinMs = 20_000

/**
 * Uses up a container's memory until the kernel kills it for that, as a leak does in the end. Nothing is asked of the
 * app: on the node its cgroup's limit is set to a little more than it uses, and a process is put into it that fills the
 * rest. The limit and that process go with the cgroup; a container that is restarted has a new one.
 *
 * linux: of the processes of a cgroup without memory, the one with the highest score is killed, and 1000 is the highest
 * (https://docs.kernel.org/filesystems/proc.html, oom_score_adj).
 */
export function exhaustMemory(pod: Pod, options: ExhaustMemoryOptions = {}): Fault {
  const container = pod.container(options.container)
  const target = `${pod.subject}/${container}`
  return {
    ...{ kind: 'exhaustMemory', target, receiptWithinMs, lasting: false },
    effect: { does: 'signal', podUid: pod.uid, container, signal: 'SIGKILL' },
    requires: ['node.exec', 'pod.resources'],
    async inject({ cluster, recording }) {
      const running = runningContainer(recording.timeline, pod, container)
      if (!running) throw new EnvironmentError(`${target}: is not running, so its memory cannot be used up`)
      const id = running.detail.containerID
      const task = id.slice(id.indexOf('://') + 3)
      await cluster.nodes.exec(pod.nodeName, ['bash', '-c', fill, 'fill', task], { timeoutMs: runsWithinMs })
      return { receipt: (timeline) => seenOutOfMemory(timeline, pod.uid, id) }
    },
  }
}

/** kubernetes: the kubelet passes on the runtime's reason (containerd/internal/cri/server/events.go: OOMKilled). */
function seenOutOfMemory(timeline: Timeline, uid: string, containerID: string) {
  const ended = timeline
    .of('container-terminated', uid)
    .find(({ detail }) => detail.containerID === containerID && detail.reason === 'OOMKilled')
  if (!ended) return undefined
  const evidence = `container ${containerID.slice(-64, -52)} ended with exit code ${ended.detail.exitCode} (OOMKilled)`
  return { atMs: ended.fromMs, observedBy: 'watch of pods', evidence }
}

/**
 * Cgroups of version 1 and 2 have the same things under other names. `tail` keeps what has no newline, and so fills what
 * there is; it is killed too where that is not enough, and ends after ten seconds in any case.
 */
const fill = `
set -euo pipefail
pid=$(ctr -n k8s.io task ls | awk -v id="$1" '$1 == id { print $2 }')
[ -n "$pid" ] || { echo "no task $1 runs on this node" >&2; exit 1; }
if path=$(grep -m 1 -oP '^[0-9]+:memory:\\K.*' "/proc/$pid/cgroup"); then
  group=/sys/fs/cgroup/memory$path used=memory.usage_in_bytes limit=memory.limit_in_bytes
else
  path=$(grep -m 1 -oP '^0::\\K.*' "/proc/$pid/cgroup")
  group=/sys/fs/cgroup$path used=memory.current limit=memory.max
fi
[ -d "$group" ] || { echo "$group is not there" >&2; exit 1; }
for process in $(cat "$group/cgroup.procs"); do
  echo 1000 > "/proc/$process/oom_score_adj" || true
done
echo $(($(cat "$group/$used") + 4194304)) > "$group/$limit"
(
  echo $BASHPID > "$group/cgroup.procs"
  echo 0 > /proc/$BASHPID/oom_score_adj
  exec timeout 10 tail /dev/zero
) > /dev/null 2>&1 || true
`
