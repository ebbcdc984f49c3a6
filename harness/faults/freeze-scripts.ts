/** Sets `group` to the cgroup of a task, where it runs. Cgroups of version 1 and 2 list their processes alike. */
const find = `
set -uo pipefail
pid=$(ctr -n k8s.io task ls | awk -v id="$1" '$1 == id { print $2 }')
group=
if [ -n "$pid" ]; then
  if path=$(grep -m 1 -oP '^[0-9]+:memory:\\K.*' "/proc/$pid/cgroup"); then group=/sys/fs/cgroup/memory$path
  elif path=$(grep -m 1 -oP '^0::\\K.*' "/proc/$pid/cgroup"); then group=/sys/fs/cgroup$path
  fi
fi
processes() { cat "$group/cgroup.procs" 2>/dev/null; }
send() { for process in $(processes); do kill "$1" "$process" 2>/dev/null; done; }
`

/** Which of them are in one of these states, as /proc has them (https://man7.org/linux/man-pages/man5/proc_pid_status.5.html). */
const those = `
those() { for process in $(processes); do awk -v is="$1" '$1 == "State:" && index(is, $2)' "/proc/$process/status" 2>/dev/null; done; }
`

/**
 * Stops each process of a task, says how many, and lets them go on when it is told to end. Ends by itself with the last of
 * them.
 */
export const freezer = `${find}${those}
[ -n "$pid" ] || { echo "no task $1 runs on this node" >&2; exit 1; }
[ -n "$(processes)" ] || { echo "$group has no processes" >&2; exit 1; }
trap 'send -CONT; exit 0' TERM INT HUP
for i in $(seq 100); do
  send -STOP
  [ -n "$(those RSD)" ] || break
  sleep 0.05
done
[ -z "$(those RSD)" ] || { send -CONT; echo "a process of $1 does not stop" >&2; exit 1; }
echo "stopped $(those T | wc -l)"
while [ -n "$(processes)" ]; do sleep 0.3; done
echo gone
`

/** A task that is gone is no error. */
export const thaw = `${find}${those}
[ -n "$group" ] || exit 0
for i in $(seq 100); do
  send -CONT
  [ -n "$(those T)" ] || exit 0
  sleep 0.05
done
echo "a process of $1 does not go on" >&2
exit 1
`
