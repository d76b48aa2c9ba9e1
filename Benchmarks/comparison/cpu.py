"""CPU time of processes and everything they have started."""
import os
import pathlib
import time

TICK = 1_000_000 / os.sysconf("SC_CLK_TCK")


def microseconds(roots):
    """User and system time of these processes and their descendants, in microseconds.

    Children that ended are counted through the parent that waited for them. Sums come from the scheduler's own account
    of run time; only their resolution is the clock tick, so a load must last seconds.
    """
    times, parents = {}, {}
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            # The name, in brackets, may hold anything; what follows it is numbers.
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(entry.name)] = int(fields[1])
        times[int(entry.name)] = sum(int(field) for field in fields[11:15])

    def belongs(process):
        while process > 1:
            if process in roots:
                return True
            process = parents.get(process, 0)
        return False

    return TICK * sum(time for process, time in times.items() if belongs(process))


def settled(roots, atmost=10):
    """The same, once the processes rest: what they put off during a load is part of its price.

    At rest is who takes no more than one clock tick in 0.3 s; after `atmost` seconds nobody waits on.
    """
    deadline = time.monotonic() + atmost
    spent = microseconds(roots)
    while time.monotonic() < deadline:
        time.sleep(0.3)
        before, spent = spent, microseconds(roots)
        if spent - before <= TICK:
            break
    return spent
