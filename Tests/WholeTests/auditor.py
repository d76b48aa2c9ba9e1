"""The log as auditors, officers, operators and the people in it see it: searched, proven, erased, exported, shipped and witnessed."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import threading

from stand import ROOT, Facts, Stand, eventually, free_port

HERE = pathlib.Path(__file__).parent
READ = "/mlflow/api/2.0/mlflow/experiments/get?experiment_id=1"
FORMATS = ["jsonl", "opa", "ocsf", "cef", "syslog", "otlp"]
ports = {name: free_port() for name in ("syslog", "http", "rsyslog", "witness")}
rsyslogd = shutil.which("rsyslogd", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
if rsyslogd and not pathlib.Path("/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_gtls.so").exists():
    rsyslogd = None

CONFIGURATION = f"""
log:
  witness-every: 1s
  ship:
    - {{ name: lines, format: jsonl, to: "file:shipped.jsonl" }}
    - {{ name: lake, format: ocsf, to: "http://127.0.0.1:{ports['http']}/ocsf" }}
    - {{ name: otel, format: otlp, to: "http://127.0.0.1:{ports['http']}/otlp" }}
    - {{ name: siem, format: cef, to: "syslog+tls://127.0.0.1:{ports['syslog']}", ca: certs/ca.pem }}
""" + (f"""    - {{ name: rsyslog, to: "syslog+tls://127.0.0.1:{ports['rsyslog']}", ca: certs/ca.pem }}
""" if rsyslogd else "")


class Receivers:
    """The other sides, as processes of their own."""

    def __init__(self, folder):
        self.folder, self.running = folder, []

    def start(self):
        certs = [self.folder / "certs/stile.pem", self.folder / "certs/stile.key"]
        script = [sys.executable, HERE / "receivers.py"]
        self.run(*script, "syslog", ports["syslog"], *certs, self.folder / "siem.cef")
        self.run(*script, "http", ports["http"], self.folder / "lake")
        if rsyslogd:
            (self.folder / "rsyslog.conf").write_text(f"""
main_queue(queue.type="Direct")
global(workDirectory="{self.folder}" maxMessageSize="256k" defaultNetstreamDriver="gtls"
  defaultNetstreamDriverCAFile="{self.folder}/certs/ca.pem" defaultNetstreamDriverCertFile="{certs[0]}" defaultNetstreamDriverKeyFile="{certs[1]}")
module(load="imtcp" StreamDriver.Name="gtls" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")
input(type="imtcp" address="127.0.0.1" port="{ports['rsyslog']}")
template(name="raw" type="string" string="%rawmsg%\\n")
action(type="omfile" file="{self.folder}/rsyslog.out" template="raw")
""")
            self.run(rsyslogd, "-n", "-f", self.folder / "rsyslog.conf", "-i", self.folder / "rsyslog.pid")

    def run(self, *command):
        log = open(self.folder / "receivers.log", "ab")
        self.running.append(subprocess.Popen([str(word) for word in command], stdout=log, stderr=log))

    def kill(self):
        for process in self.running:
            process.kill()
            process.wait()
        self.running = []


class Witness:
    def __init__(self, stand, key):
        self.stand, self.log_key, self.process, self.key = stand, key, None, None

    def start(self):
        self.process = subprocess.Popen(
            [self.stand.stile, "log", "witness", "--state", self.stand.folder / "witness", "--name", "witness.audit.example",
             "--log", self.log_key, "--port", str(ports["witness"])],
            stdout=subprocess.PIPE, text=True,
        )
        self.process.stdout.readline()
        self.key = self.process.stdout.readline().strip()
        self.process.stdout.readline()

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()


def load(stand, count, failures, under_way=None):
    connection = stand.connection()
    for number in range(count):
        if under_way and number == count // 4:
            under_way.set()
        name = ("anna", "ben", "carla")[number % 3]
        connection.request("GET", READ, headers={"Authorization": stand.basic(name)})
        answer = connection.getresponse()
        answer.read()
        if answer.status not in (200, 403):
            failures.append(answer.status)


def metric(stand, name):
    lines = [line for line in stand.metrics().splitlines() if line.startswith(f"stile_{name}")]
    return {line.rsplit(" ", 1)[0].removeprefix(f"stile_{name}"): int(line.rsplit(" ", 1)[1]) for line in lines}


def until(condition):
    return eventually(condition, 600)


def lines(path):
    """The lines that are whole: the last one may be on its way."""
    return path.read_text().rpartition("\n")[0].splitlines()


def verify(stand, *arguments, key):
    """Both verifiers over the log's folder."""
    folder = stand.folder / "state/log"
    ours = stand.run("log", "verify", folder, "--key", key, *arguments)
    theirs = subprocess.run(
        [sys.executable, ROOT / "deploy/verify-log.py", folder, "--key", key, *map(str, arguments)], capture_output=True, text=True
    )
    return ours.returncode, theirs.returncode, ours.stdout + ours.stderr + theirs.stdout + theirs.stderr


def opened(line, kind):
    return json.loads(line) if kind != "cef" else {"id": line.split("externalId=")[1].split(" ")[0]}


facts = Facts()
with Stand(configuration=CONFIGURATION) as stand:
    key = (stand.folder / "state/log/keys/verifier").read_text().strip()
    receivers, witness, failures = Receivers(stand.folder), Witness(stand, key), []
    try:
        witness.start()
        stand.process.terminate()
        stand.process.wait()
        text = (stand.folder / "stile.yaml").read_text()
        text += f"  witnesses:\n    - {{ key: \"{witness.key}\", url: \"http://127.0.0.1:{ports['witness']}/\" }}\n"
        (stand.folder / "stile.yaml").write_text(text)
        # A refusal at this level names the conditions and the owner, and no label.
        scheme = stand.folder / "policies/scheme.yaml"
        scheme.write_text(scheme.read_text().replace("  confidential: full", "  confidential: owner"))
        stand.start()

        # Receivers come, die in the middle of the load, and come back.
        receivers.start()
        load(stand, 200, failures)
        under_way = threading.Event()
        busy = threading.Thread(target=load, args=(stand, 600, failures, under_way))
        busy.start()
        under_way.wait(120)
        receivers.kill()
        busy.join()
        facts.hold("receivers that are down keep nobody waiting", failures == [], failures)
        facts.hold("what is wrong with them is said", until(lambda: sum(metric(stand, "log_ship_failures_total").values()) > 0),
                   metric(stand, "log_ship"))
        receivers.start()
        load(stand, 100, failures)
        everything = {row["id"] for row in stand.decisions()}
        settled = until(lambda: max(metric(stand, "log_ship_lag_entries").values()) == 0)
        facts.hold("shippers catch up", settled, metric(stand, "log_ship_lag_entries"))

        files = {"jsonl": "shipped.jsonl", "ocsf": "lake.ocsf", "otlp": "lake.otlp", "cef": "siem.cef"}
        for kind, name in files.items():
            ids = []
            for line in lines(stand.folder / name):
                if kind == "otlp":
                    for record in json.loads(line)["resourceLogs"][0]["scopeLogs"][0]["logRecords"]:
                        ids += [a["value"]["stringValue"] for a in record["attributes"] if a["key"] == "stile.decision.id"]
                else:
                    one = opened(line, kind)
                    ids.append(one["metadata"]["uid"] if kind == "ocsf" else one["id"])
            first = list(dict.fromkeys(ids))
            order = [row for row in first if row in everything]
            known = [row["id"] for row in stand.decisions() if row["id"] in set(order)]
            facts.hold(f"{kind}: everything arrived, {len(ids)} messages for {len(everything)} decisions", everything <= set(ids),
                       sorted(everything - set(ids))[:3])
            facts.hold(f"{kind}: in order", order == known)
        if rsyslogd:
            def arrived():
                text = (stand.folder / "rsyslog.out").read_text()
                return all(one in text for one in everything)

            found = until(arrived)
            facts.hold("rsyslog over TLS, killed in between, has every decision", found)
        else:
            print("skipped: rsyslog with gnutls is not installed")

        # The people in it.
        mine = json.loads(stand.run("log", "query", "--mine", "--output", "json", "--limit", "1000", name="ben", check=True).stdout)
        facts.hold("ben sees decisions about himself", len(mine["decisions"]) > 100 and "recorded" in mine, mine)
        denied = [row for row in mine["decisions"] if row["decision"] == "deny" and row["told"] != "full"]
        facts.hold("and no more of them than his refusals told him", denied and all("label" not in row and "flips" not in row for row in denied),
                   mine["decisions"][:2])
        facts.hold("and nobody else's", stand.run("log", "query", name="ben").returncode == 1)
        carlas = [row["id"] for row in stand.decisions("--person", "carla")]
        stranger = stand.run("log", "prove", carlas[0], name="ben")
        facts.hold("nor their receipts", stranger.returncode == 1 and "searchable" in stranger.stderr, stranger)

        # Receipts, which the other verifier accepts.
        annas = [row["id"] for row in stand.decisions("--person", "anna", "--decision", "allow")]
        for who, arguments, shows in [
            ("anna", [annas[0]], {"record", "person"}), ("ben", [denied[0]["id"]], {"record"}),
            ("alma", [annas[0], "--auditor"], {"record", "person", "explanation", "facts"}),
        ]:
            until(lambda: stand.run("log", "prove", *arguments, name=who).returncode == 0)
            receipt = stand.run("log", "prove", *arguments, name=who)
            (stand.folder / "receipt.json").write_text(receipt.stdout)
            checked = subprocess.run(
                [sys.executable, ROOT / "deploy/verify-log.py", "receipt", stand.folder / "receipt.json", "--key", key], capture_output=True, text=True
            )
            shown = set(json.loads(checked.stdout or "{}"))
            facts.hold(f"{who}'s receipt is accepted and shows {', '.join(sorted(shows))}", checked.returncode == 0 and shown == shows,
                       (receipt, checked))
        withheld = json.loads(stand.run("log", "prove", denied[0]["id"], name="ben", check=True).stdout)
        facts.hold("a receipt of what was withheld holds its hash alone", "leaf" not in withheld and withheld["parts"] == {}, withheld)

        # Exports.
        unreadable = lambda: len(stand.decisions("--cause", "error"))
        before = unreadable()
        stand.get("/mlflow/%0d%0aCEF:0%7Cforged%7C", name="anna", headers={"X-Request-Id": "a=b|c"})
        facts.hold("a request that cannot be read is searchable", until(lambda: unreadable() > before), before)
        exported = {}
        for kind in FORMATS:
            done = stand.run("log", "export", "--format", kind, "--since", "1h", name="alma", check=True)
            exported[kind] = done.stdout.splitlines()
        counts = {kind: len(lines) for kind, lines in exported.items()}
        facts.hold("every export has a line for each decision", max(counts.values()) - min(counts.values()) <= 30 and min(counts.values()) > 900, counts)
        facts.hold("no line is forged", all(line.startswith("CEF:0|Stile|Stile|1|") for line in exported["cef"]))
        facts.hold("export is for auditors", stand.run("log", "export", name="ben").returncode == 1)
        opa = [json.loads(line) for line in exported["opa"]]
        shape = {"decision_id": str, "timestamp": str, "labels": dict, "bundles": dict, "path": str, "input": dict, "result": dict, "metrics": dict}
        facts.hold("OPA's shape", all(isinstance(row.get(name), kind) for row in opa for name, kind in shape.items())
                   and all("revision" in bundle for row in opa for bundle in row["bundles"].values()), opa[:1])
        if os.environ.get("STILE_OCSF_PYTHON") and os.path.exists(os.environ["STILE_OCSF_PYTHON"]):
            (stand.folder / "ocsf.jsonl").write_text("\n".join(exported["ocsf"]))
            done = subprocess.run([os.environ["STILE_OCSF_PYTHON"], HERE / "ocsf.py", stand.folder / "ocsf.jsonl"], capture_output=True, text=True)
            facts.hold("OCSF fits the schema package", done.returncode == 0, done.stdout + done.stderr)
        else:
            print("skipped: py-ocsf-models is not installed")

        # Wrong questions.
        for arguments, words in [
            (["--since", "yesterday"], ["yesterday", "expected", "2026-02-01T08:00:00Z"]), (["--cause", "mood"], ["mood", "expected", "label"]),
            (["--mode", "loud"], ["loud", "enforce"]), (["--count-by", "mood"], ["mood", "expected", "resource"]),
        ]:
            done = stand.run("log", "query", *arguments, name="alma")
            facts.hold(f"{' '.join(arguments)} says what was found and expected", done.returncode == 2 and all(word in done.stderr for word in words), done)
        path = "/.stile/api/decisions?persn=anna"
        odd = stand.run("log", "query", "--count-by", "hour,decision", "--since", "1d", name="alma")
        facts.hold("counts say how fresh they are", odd.returncode == 0 and "entries" in odd.stderr, odd)

        # Erasing.
        facts.hold("an auditor erases nobody", stand.run("log", "erase", "--person", "ben", "--yes", name="alma").returncode == 1)
        before = len(stand.decisions("--person", "ben"))
        erased = stand.run("log", "erase", "--person", "ben", "--yes", name="eva")
        facts.hold("an officer does", erased.returncode == 0 and "keys destroyed" in erased.stdout, erased)
        facts.hold("nothing about them is found any more", before > 100 and until(lambda: len(stand.decisions("--person", "ben")) == 0))
        stand.get(READ, name="ben")
        facts.hold("what they do from now on is recorded and readable", until(lambda: len(stand.decisions("--person", "ben")) == 1),
                   len(stand.decisions("--person", "ben")))

        # The witness.
        facts.hold("the witness cosigns", until(lambda: list(metric(stand, "log_witness_up").values()) == [1]), metric(stand, "log_witness"))
        witness.stop()
        stand.get(READ)
        facts.hold("a witness that is down is said to be", until(lambda: list(metric(stand, "log_witness_up").values()) == [0]))
        facts.hold("and requests go on", stand.get(READ)[0] == 200)
        witness.start()
        facts.hold("it cosigns again", until(lambda: list(metric(stand, "log_witness_up").values()) == [1]), metric(stand, "log_witness"))
        facts.hold("a log that is open lets nobody change its key", stand.run(
            "log", "rotate-key", "--configuration", stand.folder / "stile.yaml").returncode == 3)
        stand.process.terminate()
        stand.process.wait()
        found = verify(stand, "--witness", witness.key, key=key)
        facts.hold("both verifiers find the log intact and witnessed", found[:2] == (0, 0), found)

        # An old state, put back by somebody who can write every file.
        old = stand.folder / "old"
        shutil.copytree(stand.folder / "state", old)
        stand.start()
        load(stand, 30, failures)
        size = int((old / "log/tree/checkpoint").read_text().splitlines()[1])
        facts.hold("the witness sees what came since", until(lambda: max(metric(stand, "log_witnessed_entries").values(), default=0) > size))
        stand.process.terminate()
        stand.process.wait()
        kept = next((stand.folder / "witness/logs").iterdir())
        found = verify(stand, "--since", kept, "--witness", witness.key, key=key)
        facts.hold("what the witness kept agrees with the log", found[:2] == (0, 0), found)
        shutil.rmtree(stand.folder / "state")
        shutil.copytree(old, stand.folder / "state")
        found = verify(stand, key=key)
        facts.hold("files alone do not show that an old state was put back", found[:2] == (0, 0), found)
        found = verify(stand, "--since", kept, key=key)
        facts.hold("what the witness kept does", found[:2] == (1, 1) and "newest were cut" in found[2], found)
        stand.start()
        facts.hold("and the gateway says so itself", until(lambda: list(metric(stand, "log_witness_contradicts").values()) == [1]),
                   metric(stand, "log_witness"))
        stand.process.terminate()
        stand.process.wait()

        # A change of keys, and damage.
        configuration = ["--configuration", stand.folder / "stile.yaml"]
        rotated = stand.run("log", "rotate-key", *configuration)
        ended = stand.run("log", "rotate-key", *configuration, "--end")
        fresh = rotated.stdout.splitlines()[-1]
        facts.hold("the key is changed", rotated.returncode == 0 and ended.returncode == 0, (rotated, ended))
        for name, one in [("old", key), ("new", fresh)]:
            found = verify(stand, key=one)
            facts.hold(f"both verifiers follow from the {name} key", found[:2] == (0, 0), found)
        segment = max((stand.folder / "state/log/journal").iterdir(), key=lambda file: file.stat().st_size)
        data = bytearray(segment.read_bytes())
        data[len(data) // 3] ^= 1
        segment.write_bytes(data)
        refused = stand.run("serve", *configuration)
        facts.hold("a damaged segment stops the start, with file, offset and the way out", refused.returncode == 3 and segment.name in refused.stderr
                   and "byte" in refused.stderr and "stile log quarantine" in refused.stderr, refused)
        done = stand.run("log", "quarantine", *configuration)
        facts.hold("the way out works", done.returncode == 0 and "recorded in the log" in done.stdout, done)
        found = verify(stand, key=key)
        facts.hold("and the log is intact after it", found[:2] == (0, 0), found)
    finally:
        receivers.kill()
        witness.stop()
facts.close()
