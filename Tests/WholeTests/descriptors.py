"""Running out of file descriptors: the gateway waits without spinning, serves whom it has, acts on nothing that it cannot record,
and goes on when there are some again.
"""
import contextlib
import http.client
import os
import resource
import socket
import ssl
import time

from stand import Facts, Stand, eventually

PATH = "/mlflow/api/2.0/mlflow/experiments/get?experiment_id=1"
CLOCK = os.sysconf("SC_CLK_TCK")


def open_files(process):
    return len(os.listdir(f"/proc/{process.pid}/fd"))


def processor(process):
    """Seconds of processor time that the gateway has used."""
    words = open(f"/proc/{process.pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / CLOCK


def ask(connection, name="anna"):
    connection.request("GET", PATH, headers={"Authorization": Stand.basic(name)})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def forwarded(stand):
    """The decisions by which the upstream was asked for people."""
    with stand.stub.lock:
        heads = [{name.lower(): value for name, value in head.items()} for _, _, head, _ in stand.stub.seen]
    return {head["x-stile-decision"] for head in heads if "x-stile-decision" in head}


facts = Facts()
# Small segments, so that the log itself has to open files while there are none.
with Stand(configuration="\nlog: { segment: 1MiB }\n") as stand:
    process = stand.process
    kept = stand.connection()
    facts.hold("a connection is served before", ask(kept) == 200)
    soft, hard = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)
    limit = open_files(process) + 12
    resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (limit, hard))
    idle = []
    for _ in range(60):
        one = socket.create_connection(("127.0.0.1", stand.port), timeout=60)
        idle.append(one)
    facts.hold("its descriptors run out", eventually(lambda: open_files(process) >= limit), (open_files(process), limit))

    # Sixty connections wait to be accepted, and none can be.
    used, began = processor(process), time.monotonic()
    time.sleep(3)
    share = (processor(process) - used) / (time.monotonic() - began)
    print(f"out of descriptors: {100 * share:.0f} % of a processor")
    facts.hold("it waits and does not spin", share < 0.5, share)
    facts.hold("it lives", process.poll() is None)
    statuses, ends = [], time.monotonic() + 600
    with contextlib.suppress(OSError, http.client.HTTPException):
        while 503 not in statuses and time.monotonic() < ends:
            statuses.append(ask(kept))
    counts = {status: statuses.count(status) for status in set(statuses)}
    facts.hold("whom it has is served, until the log can open no file; from then on nobody", set(statuses) <= {200, 502, 503} and 503 in statuses, counts)
    print(f"answers while there were none: {counts}")

    for one in idle:
        one.close()
    resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (soft, hard))

    def serves():
        with contextlib.suppress(OSError, http.client.HTTPException, ssl.SSLError):
            return stand.get(PATH)[0] == 200
        return False

    facts.hold("it goes on when there are some again", eventually(serves))
    facts.hold("by itself", process.poll() is None and process is stand.process)
    recorded = {decision["id"] for decision in stand.decisions() if decision["decision"] == "allow"}
    facts.hold("nothing was forwarded that is not recorded", len(forwarded(stand)) > 1 and forwarded(stand) <= recorded, forwarded(stand) - recorded)
    done = stand.run("log", "verify", stand.folder / "state/log")
    facts.hold("the log is whole", done.returncode == 0, done.stdout + done.stderr)
facts.close()
