"""A full disk under a running gateway: nobody passes unrecorded, everybody is told, and the door opens by itself."""
import http.client
import json
import shutil
import subprocess
import threading
import time

from stand import Facts, Stand, eventually

TARGET = "/mlflow/api/2.0/mlflow/experiments/get?experiment_id=1"
ROUNDS = 3
mounted = []


def small_disk(stand, text):
    """The log's folder on a file system of eight megabytes, and segments that fit it."""
    folder = stand.folder / "state/log"
    folder.mkdir(parents=True, mode=0o700)
    if not shutil.which("mount"):
        raise PermissionError("there is no `mount`")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m,mode=700", "tmpfs", folder], capture_output=True, text=True)
    if done.returncode != 0:
        raise PermissionError(done.stderr.strip())
    mounted.append(folder)
    return text + "\nlog:\n  segment: 1MiB\n"


def fill(folder):
    """Gives all that is free to somebody else's file."""
    with open(folder / "filler", "ab", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError:
                pass


class Load:
    """Four clients that ask again and again, and count what they are answered."""

    def __init__(self, stand):
        self.stand, self.stopped, self.lock, self.seen = stand, threading.Event(), threading.Lock(), {}
        self.turns = [0] * 4
        self.clients = [threading.Thread(target=self.ask, args=(number,), daemon=True) for number in range(4)]
        for client in self.clients:
            client.start()

    def ask(self, number):
        while not self.stopped.is_set():
            try:
                connection = self.stand.connection()
                while not self.stopped.is_set():
                    connection.request("GET", TARGET, headers={"Authorization": self.stand.basic("anna")})
                    answer = connection.getresponse()
                    answer.read()
                    with self.lock:
                        self.seen[answer.status] = self.seen.get(answer.status, 0) + 1
                        self.turns[number] += 1
                    if answer.status != 200:
                        time.sleep(0.005)
            except (OSError, http.client.HTTPException):
                time.sleep(0.01)  # the gateway is being started again

    def settle(self):
        """Waits until what each client had under way when this was called is answered."""
        with self.lock:
            turns = list(self.turns)
        return eventually(lambda: all(now > before for now, before in zip(self.turns, turns)))

    def stop(self):
        self.stopped.set()
        for client in self.clients:
            client.join()


def management(stand, path):
    connection = http.client.HTTPConnection("127.0.0.1", stand.management, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def shut(stand):
    return "stile_journal_full 1" in stand.metrics()


def forwarded(stand):
    with stand.stub.lock:
        return [head.get("x-stile-decision") for method, path, head, body in stand.stub.seen if "x-stile-user" in head]


def check_round(facts, stand, load, number):
    folder = mounted[0]
    fill(folder)
    facts.hold(f"round {number}: the door closes when the disk is full", eventually(lambda: shut(stand), 600), stand.metrics())
    # Sealing may have given space back since, less than the door needs; now it cannot give any more.
    fill(folder)
    # What was recorded just before may still be on its way to the upstream.
    facts.hold("everybody is answered", load.settle(), load.turns)
    before = len(forwarded(stand))
    answers = [stand.get(TARGET) for _ in range(20)]
    facts.hold("each request is answered 503", {status for status, _, _ in answers} == {503}, [status for status, _, _ in answers])
    head, body = answers[0][1], answers[0][2]
    kind = {name.lower(): value for name, value in head.items()}.get("content-type", "")
    problem = json.loads(body) if "json" in kind else {}
    facts.hold("the answer is a problem document that says so", kind == "application/problem+json" and problem.get("status") == 503, (head, body))
    facts.hold("nothing is forwarded", len(forwarded(stand)) == before, len(forwarded(stand)) - before)
    metrics, ready, health = stand.metrics(), management(stand, "/ready"), management(stand, "/health")
    facts.hold("the metrics say so", "stile_journal_open 0" in metrics and "stile_journal_full 1" in metrics, metrics)
    facts.hold("`/ready` says so", ready[0] == 503 and "journal: disk full" in ready[1], ready)
    facts.hold("the process is alive nevertheless", health[0] == 200, health)
    return folder / "filler"


def main(facts):
    try:
        stand = Stand(edit=small_disk)
    except PermissionError as error:
        print(f"skipped: this machine lets nobody mount a small file system ({error})")
        raise SystemExit(0)
    with stand:
        load = Load(stand)
        eventually(lambda: len(forwarded(stand)) > 50, 600)
        for number in range(1, ROUNDS + 1):
            filler = check_round(facts, stand, load, number)
            opens = len(forwarded(stand))
            filler.unlink()
            facts.hold("the door opens by itself when there is space", eventually(lambda: not shut(stand) and len(forwarded(stand)) > opens), stand.metrics())
            facts.hold("`/ready` says so", eventually(lambda: management(stand, "/ready")[0] == 200), management(stand, "/ready"))

        # Killed and started with the disk full, and ended in good order with it full.
        filler = check_round(facts, stand, load, ROUNDS + 1)
        stand.kill()
        # Sealing may have given space back since.
        fill(filler.parent)
        refused = stand.run("serve", "--configuration", stand.folder / "stile.yaml")
        facts.hold("a gateway that is started on a full disk says so and ends", refused.returncode == 3 and "no space left" in refused.stderr,
                   (refused.returncode, refused.stdout, refused.stderr))
        filler.unlink()
        stand.start()
        eventually(lambda: stand.get(TARGET)[0] == 200)
        filler = check_round(facts, stand, load, ROUNDS + 2)
        load.stop()
        begun = time.monotonic()
        stand.process.terminate()
        try:
            ended = stand.process.wait(300)
        except subprocess.TimeoutExpired:
            ended = None
        facts.hold("it ends in good order while the disk is full", ended == 0, ended)
        print(f"it took {time.monotonic() - begun:.2f} s; answers: {load.seen}")
        filler.unlink()
        stand.start()

        ids, recorded = forwarded(stand), {decision["id"] for decision in stand.decisions()}
        print(f"{len(ids)} forwarded requests, {len(recorded)} recorded decisions")
        facts.hold("requests were forwarded, each with a decision's id", len(ids) > 100 and None not in ids, len(ids))
        facts.hold("every forwarded request is in the log", set(ids) <= recorded, sorted(set(ids) - recorded)[:5])
        facts.hold("no decision was forwarded twice", len(set(ids)) == len(ids))
        stand.process.terminate()
        stand.process.wait()
        verified = stand.run("log", "verify", mounted[0])
        facts.hold("the log verifies", verified.returncode == 0, verified.stdout + verified.stderr)


facts = Facts()
try:
    main(facts)
finally:
    for folder in mounted:
        subprocess.run(["umount", "-l", folder], capture_output=True)
facts.close()
