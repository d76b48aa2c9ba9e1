# How the scripts here speak: one line a step, with a count of seconds while it runs. Sourced, not run.

if [ -t 2 ]; then green=$'\e[32m' red=$'\e[31m' bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; else green='' red='' bold='' dim='' plain=''; fi

say() { printf '%s\n' "$*" >&2; }
title() { printf '\n%s%s%s\n' "$bold" "$*" "$plain" >&2; }
fail() {
    printf '%s✗ %s%s\n' "$red" "$*" "$plain" >&2
    exit 3
}

# step "what" command...: runs it with its output kept; shows seconds from the second one on; shows the output when it fails.
step() {
    local what=$1 log status=0 started=$SECONDS shown=0
    shift
    log=$(mktemp "${TMPDIR:-/tmp}/stile-step.XXXXXX")
    "$@" >"$log" 2>&1 &
    local process=$!
    while kill -0 "$process" 2>/dev/null; do
        read -rt 0.2 <> <(:) || true
        local spent=$((SECONDS - started))
        if [ "$spent" -ge 2 ]; then
            if [ -t 2 ]; then
                printf '\r  … %s %s%ds%s' "$what" "$dim" "$spent" "$plain" >&2
            elif [ $((spent / 20)) -ge "$shown" ]; then
                shown=$((spent / 20 + 1))
                printf '  … %s (%ds)\n' "$what" "$spent" >&2
            fi
        fi
    done
    wait "$process" || status=$?
    [ -t 2 ] && printf '\r\e[K' >&2
    if [ "$status" = 0 ]; then
        printf '  %s✓%s %s %s%ds%s\n' "$green" "$plain" "$what" "$dim" $((SECONDS - started)) "$plain" >&2
    else
        printf '  %s✗ %s%s (exit %d)\n' "$red" "$what" "$plain" "$status" >&2
        tail -n 40 "$log" >&2
    fi
    rm -f "$log"
    return "$status"
}

# free_ports COUNT [WANTED]: so many TCP ports of the loopback interface on which nobody listens, on one line. None of them is one that
# the system gives to connections, since what listens on them is started a while later. The first is WANTED, where that can be had.
free_ports() {
    python3 - "$@" <<'PYTHON'
import random, socket, sys

def is_free(port):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True

try:
    with open("/proc/sys/net/ipv4/ip_local_port_range") as file:
        first, last = map(int, file.read().split())
except (OSError, ValueError):
    first, last = 32768, 60999
ports = [port for port in range(10000, 65536) if not first <= port <= last]
if len(ports) < 1000:
    ports = list(range(10000, 65536))
random.shuffle(ports)
found = [port for port in map(int, sys.argv[2:]) if is_free(port)]
while len(found) < int(sys.argv[1]):
    port = ports.pop()
    if port not in found and is_free(port):
        found.append(port)
print(*found)
PYTHON
}
