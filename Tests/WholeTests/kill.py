"""Kill -9 at a hundred random moments under load: no decision whose request was forwarded is missing from the log."""
import os
import random
import threading
import time

from stand import Facts, Stand, eventually

ROUNDS = int(os.environ.get("STILE_KILLS", "100"))
TARGET = "/mlflow/api/2.0/mlflow/experiments/get?experiment_id=1"


def load(stand, stopped):
    while not stopped.is_set():
        try:
            connection = stand.connection()
            while not stopped.is_set():
                connection.request("GET", TARGET, headers={"Authorization": stand.basic("anna")})
                connection.getresponse().read()
        except Exception:
            time.sleep(0.01)  # between two lives of the gateway there is nobody to talk to


def passed(stand):
    """The decisions of the requests that reached the upstream for somebody."""
    with stand.stub.lock:
        return [head.get("x-stile-decision") for method, path, head, body in stand.stub.seen if "x-stile-user" in head]


facts = Facts()
started = time.monotonic()
with Stand() as stand:
    stopped = threading.Event()
    clients = [threading.Thread(target=load, args=(stand, stopped), daemon=True) for _ in range(4)]
    for client in clients:
        client.start()
    seed = int(os.environ.get("STILE_SEED", random.randrange(1 << 30)))
    chance = random.Random(seed)
    for number in range(ROUNDS):
        # Every other life is under load when it ends, however long it takes to get there; the rest end wherever they are.
        if number % 2 == 0:
            wanted = len(passed(stand)) + 4
            if not eventually(lambda: len(passed(stand)) >= wanted, 600):
                break
        time.sleep(chance.uniform(0.0, 0.25))
        stand.kill()
        stand.start()
    stopped.set()
    for client in clients:
        client.join()
    forwarded = set(passed(stand))
    recorded = {decision["id"] for decision in stand.decisions()}
    print(f"seed {seed}: {ROUNDS} kills, {len(forwarded)} forwarded requests, {len(recorded)} recorded decisions, "
          f"{time.monotonic() - started:.1f} s")
    facts.hold("requests were forwarded, each with its decision's id", len(forwarded) > ROUNDS and None not in forwarded, len(forwarded))
    facts.hold("every one of them is in the log", forwarded <= recorded, sorted(forwarded - recorded)[:5])
    stand.process.terminate()
    stand.process.wait()
    verified = stand.run("log", "verify", stand.folder / "state/log")
    facts.hold("the log verifies", verified.returncode == 0, verified.stdout + verified.stderr)
facts.close()
