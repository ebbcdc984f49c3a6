import { onNode } from '../cluster/kind/on-node.ts'

const table = `${onNode.tables}partition`

/**
 * Cuts a node off from the API server that its kubelet talks to, says once a packet was dropped, and takes that back when
 * it is told to end. Behind kube-proxy's own rules, which send what is for the Service `kubernetes` to the same address;
 * 10250 is the kubelet's port (https://kubernetes.io/docs/reference/networking/ports-and-protocols).
 */
export const partition = `
set -uo pipefail
server=$(awk '$1 == "server:" { print $2 }' /etc/kubernetes/kubelet.conf)
host=\${server#https://} port=\${server##*:}
host=\${host%:*} host=\${host#[} host=\${host%]}
addresses=$(getent ahosts "$host" | awk '!seen[$1]++ { print $1 }')
[ -n "$addresses" ] || { echo "$server, which is in /etc/kubernetes/kubelet.conf, has no address" >&2; exit 1; }
# Which of them the kubelet has chosen is its own affair.
sent= received= forwarded=
for ip in $addresses; do
  case $ip in *:*) family=ip6 ;; *) family=ip ;; esac
  sent+="    $family daddr $ip tcp dport $port counter name dropped drop
    $family daddr $ip tcp sport 10250 counter name dropped drop
"
  received+="    $family saddr $ip tcp sport $port drop
    $family saddr $ip tcp dport 10250 drop
"
  forwarded+="    $family daddr $ip tcp dport $port drop
    $family saddr $ip tcp sport $port drop
"
done
mend() { nft delete table inet ${table} 2>/dev/null; }
trap 'mend; exit 0' TERM INT HUP
mend
nft -f - <<RULES || exit 1
table inet ${table} {
  counter dropped {
  }
  chain sent {
    type filter hook output priority 0; policy accept;
$sent  }
  chain received {
    type filter hook input priority 0; policy accept;
$received  }
  chain forwarded {
    type filter hook forward priority 0; policy accept;
$forwarded  }
}
RULES
packets() { nft list counter inet ${table} dropped | awk '$1 == "packets" { print $2 }'; }
(exec 3<>"/dev/tcp/$host/$port") 2>/dev/null &
asking=$!
until [ "$(packets)" -gt 0 ]; do sleep 0.05; done
kill "$asking" 2>/dev/null
echo "dropped $(packets) $host:$port"
while :; do sleep 0.3; done
`

export const mend = `nft delete table inet ${table} 2>/dev/null; ! nft list table inet ${table} >/dev/null 2>&1`
