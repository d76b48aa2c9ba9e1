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

# a_free_port [FIRST]: a TCP port on the loopback interface that nobody listens on.
a_free_port() {
    python3 - "${1:-0}" <<'PYTHON'
import socket, sys
first = int(sys.argv[1])
for port in [first] if first else [0]:
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        s.bind(("127.0.0.1", port))
    except OSError:
        s = socket.socket(); s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])
    s.close()
PYTHON
}
