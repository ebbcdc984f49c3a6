/** What an order has in the place of an exit code, where the command is not to end. */
export const hangs = 'hangs'

/**
 * Stands before runc on a node, as bash: every call of runc comes by here, with the path that was called before its
 * arguments. One that would run an ordered command in an ordered container ends as was ordered, or hangs until whoever
 * asked for it has it killed; all others are passed on to the true runc as they are.
 *
 * containerd's shim calls runc for a command so, and takes the process of that pid to be the command; its exit code is
 * the command's, and what it prints is what the command printed (containerd/go-runc/runc.go: Exec):
 *
 *     runc --log <bundle>/log.json ... exec --process <spec of the process> --detach --pid-file <file> <container's id>
 */
export const gate = (runc: string, orders: string) => `shift
if [[ $* == is-gated ]]; then echo gated; exit; fi
if [[ " $* " == *' exec '*' --detach '* && " $* " != *' --console-socket '* ]]; then
  for word; do
    case $before in
      --log) bundle=\${word%/*} ;;
      --process) process=$word ;;
      --pid-file) pidFile=$word ;;
    esac
    before=$word
  done
  for order in ${orders}/*.order; do
    { read -r keeper; read -r pod; read -r container; IFS= read -r args; read -r exitCode; } 2>/dev/null <"$order" || continue
    # An order is as good as its keeper is alive.
    kill -0 "$keeper" 2>/dev/null || continue
    config=$(<"$bundle/config.json")
    [[ $config == *"\\"io.kubernetes.cri.sandbox-uid\\":\\"$pod\\""* ]] || continue
    [[ $config == *"\\"io.kubernetes.cri.container-name\\":\\"$container\\""* ]] || continue
    [[ $(<"$process") == *"\\"args\\":$args"* ]] || continue
    # This shell would take note of its end in the shim's place, and what ended before its pid was known would be missed.
    {
      while kill -0 $$ 2>/dev/null; do sleep 0.02; done
      sleep 0.1
      [[ $exitCode != ${hangs} ]] || exec sleep 3600
      echo 'failed on purpose by rolypoly'
      exit "$exitCode"
    } &
    printf %s "$!" >"$pidFile"
    echo "{\\"t\\":$((\${EPOCHREALTIME//[.,]/} / 1000)),\\"failed\\":\\"$word\\"}" >>"\${order%.order}.log"
    exit 0
  done
fi
exec ${runc} "$@"
`

/**
 * Puts the gate before runc, sees that it is there, gives an order, and tells of each command that it failed, until it is
 * ended; then takes the order away, and the gate with the last one. A bind mount: the true runc is untouched, and a
 * restart of the node clears it away. A folder that is only there while the node is up holds the orders; the other is
 * executable.
 */
export const gateKeeper = `set -eu
library=$1 orders=$2 name=$3 gate=$4
shift 4
order=$orders/$name.order log=$orders/$name.log
mkdir -p "$library" "$orders"
runc=$(readlink -f "$(command -v runc)")
isMounted() { awk -v path="$1" '$5 == path { found = 1 } END { exit !found }' /proc/self/mountinfo; }
isKept() {
  for other in "$orders"/*.order; do
    { read -r keeper; } 2>/dev/null <"$other" && kill -0 "$keeper" 2>/dev/null && return 0
  done
  return 1
}
leave() {
  flock 9
  rm -f "$order" "$log"
  isKept || ! isMounted "$runc" || umount --lazy "$runc"
}
exec 9>"$orders/lock"
trap leave EXIT
trap 'exit 0' TERM INT HUP
flock 9
: >"$log"
printf '%s\\n' $$ "$@" >"$order"
if ! isMounted "$runc"; then
  # A copy: a second mount of the same file would be covered along with the first.
  cp "$runc" "$library/runc.part"
  mv "$library/runc.part" "$library/runc"
  printf '%s' "$gate" >"$library/gate"
  # What is read is the gate's own file, and not runc's path, which may be the true runc again by then.
  printf '#!/bin/bash %s\\n' "$library/gate" >"$library/entry"
  chmod 755 "$library/entry"
  mount --bind "$library/entry" "$runc"
fi
flock -u 9
if [[ $("$runc" is-gated) != gated ]]; then
  echo "{\\"error\\":\\"the gate is not what $runc leads to\\"}"
  exit 1
fi
echo '{"armed":"gate"}'
tail -n +1 -s 0.1 -f "$log" 9>&- &
wait $!
`
