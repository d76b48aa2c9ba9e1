#!/usr/bin/env python3
"""Shows what Stile does, on a running demo, and checks that it does it.

    deploy/tour.py RUN-FOLDER        RUN-FOLDER as deploy/demo made it (it holds demo.json)

Every step says what it does, what it expects and what it saw. Exit 0 only when every step had its expected outcome.
Runs with the Python that has MLflow; people's calls are made by MLflow's own client, each in a process of its own with
nothing set but what a data scientist sets: the address, the name, the password and the CA.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

# ---------------------------------------------------------------------------------------------------------------------
# What the people do, with MLflow's client. Each prints one JSON line.


def client_experiments():
    import mlflow

    print(json.dumps(sorted(e.name for e in mlflow.search_experiments())))


def client_log_run(experiment):
    import mlflow

    mlflow.set_experiment(experiment)
    with mlflow.start_run(run_name="tour") as run:
        mlflow.log_param("window", 256)
        for step in range(5):
            mlflow.log_metric("peak_force_kn", 12.5 + step, step=step)
        with tempfile.TemporaryDirectory() as folder:
            notes = pathlib.Path(folder, "curve.csv")
            notes.write_text("t,force\n" + "".join(f"{t},{t * t % 17}\n" for t in range(2000)))
            mlflow.log_artifact(str(notes))
            copy = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="curve.csv", dst_path=folder + "/back")
            same = pathlib.Path(copy).read_bytes() == notes.read_bytes()
    found = mlflow.get_run(run.info.run_id)
    print(json.dumps({"run": run.info.run_id, "param": found.data.params["window"], "artifact_came_back": same}))


def client_read(experiment):
    import mlflow

    try:
        found = mlflow.get_experiment_by_name(experiment)
        print(json.dumps({"name": found.name if found else None}))
    except mlflow.exceptions.MlflowException as refusal:
        print(json.dumps({"refused": str(refusal)}))


CLIENT = {"experiments": client_experiments, "log-run": client_log_run, "read": client_read}


# ---------------------------------------------------------------------------------------------------------------------
# The tour


# For what never ends or never comes true, however slow and busy the machine, in seconds.
PATIENCE = 300


class Tour:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()
        self.demo = json.loads((self.folder / "demo.json").read_text())
        self.failed = []
        self.color = sys.stdout.isatty()

    def paint(self, code, text):
        return f"\x1b[{code}m{text}\x1b[0m" if self.color else text

    def title(self, text):
        print("\n" + self.paint("1", text), flush=True)

    def show(self, text):
        for line in str(text).rstrip().splitlines():
            print("    " + line, flush=True)

    def expect(self, what, holds, seen=None):
        if holds:
            print(f"  {self.paint('32', '✓')} {what}", flush=True)
        else:
            print(f"  {self.paint('31', '✗')} {what}" + (f"\n    saw: {seen}" if seen is not None else ""), flush=True)
            self.failed.append(what)

    def environment(self, person, password=None):
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "STILE_"))}
        return kept | {
            "MLFLOW_TRACKING_URI": self.demo["mlflow"],
            "MLFLOW_TRACKING_USERNAME": person,
            "MLFLOW_TRACKING_PASSWORD": password or f"demo-{person}",
            "MLFLOW_TRACKING_SERVER_CERT_PATH": self.demo["ca"],
            "REQUESTS_CA_BUNDLE": self.demo["ca"],
            "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
            "MLFLOW_ENABLE_ASYNC_LOGGING": "false",
            "STILE_URL": self.demo["console"],
            "STILE_USER": person,
            "STILE_PASSWORD": password or f"demo-{person}",
            "STILE_CA": self.demo["ca"],
        }

    def mlflow(self, person, what, *arguments, password=None):
        done = subprocess.run(
            [sys.executable, __file__, "--client", what, *arguments],
            env=self.environment(person, password), capture_output=True, text=True, timeout=2 * PATIENCE,
        )
        for line in reversed(done.stdout.splitlines()):
            if line.startswith(("{", "[")):
                return json.loads(line)
        return {"failed": (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no answer"]}

    def stile(self, person, *arguments):
        return subprocess.run(
            [self.demo["stile"], *arguments], env=self.environment(person) if person else None,
            capture_output=True, text=True, timeout=PATIENCE, cwd=self.folder,
        )

    def status(self, person, path, password=None):
        """The status of a plain request, without any client's politeness."""
        done = subprocess.run(
            ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", self.demo["ca"],
             "-u", f"{person}:{password or 'demo-' + person}", self.demo["mlflow"] + path],
            capture_output=True, text=True, timeout=PATIENCE,
        )
        return done.stdout

    def until(self, holds):
        """How many seconds it took until something came true; `None` when it never did."""
        started = time.monotonic()
        while time.monotonic() - started < PATIENCE:
            if holds():
                return time.monotonic() - started
            time.sleep(0.05)
        return None

    def run(self):
        self.allowed()
        refused = self.refused()
        self.unauthenticated()
        self.log(refused)
        self.verified()
        self.label_changes()
        self.review()
        self.tokens()
        print()
        if self.failed:
            print(self.paint("31", f"{len(self.failed)} of the tour's steps went wrong:"))
            for what in self.failed:
                print(f"  {what}")
            return 1
        print(self.paint("32", "Every step had its expected outcome."))
        return 0

    def allowed(self):
        self.title("1. Anna, analyst of press 4, works with MLflow as she always has")
        seen = self.mlflow("anna", "experiments")
        self.show(f"experiments she sees: {seen}")
        self.expect("her list holds press 4 and surface quality",
                    isinstance(seen, list) and {"press4-forces-2026", "quality-surface-defects"} <= set(seen), seen)
        self.expect("her list does not mention what she may not see", isinstance(seen, list) and "energy-hall2" not in seen, seen)
        run = self.mlflow("anna", "log-run", "press4-forces-2026")
        self.show(run)
        self.expect("a run with a parameter, metrics and an artifact, there and back", run.get("artifact_came_back") is True, run)

    def refused(self):
        self.title("2. Ben has no need-to-know for customer X: refused, and told why")
        answer = self.mlflow("ben", "read", "press4-forces-2026")
        sentence = answer.get("refused", "")
        self.show(sentence)
        self.expect("MLflow's client shows the sentence", "need-to-know" in sentence and "customer-x" in sentence, answer)
        page = subprocess.run(
            ["curl", "-s", "--cacert", self.demo["ca"], "-u", "ben:demo-ben",
             self.demo["mlflow"] + "/api/2.0/mlflow/experiments/get-by-name?experiment_name=press4-forces-2026"],
            capture_output=True, text=True, timeout=PATIENCE,
        ).stdout
        problem = json.loads(page) if page.startswith("{") else {}
        self.show(json.dumps(problem, indent=2, ensure_ascii=False))
        self.expect("programs get problem+json with the decision's id", bool(problem.get("decision")), page[:300])
        return problem.get("decision", "")

    def unauthenticated(self):
        self.title("3. A wrong password and a disabled account get the same answer")
        path = "/api/2.0/mlflow/experiments/get-by-name?experiment_name=press4-forces-2026"
        seen = [self.status("anna", path, "guess"), self.status("nobody", path, "guess"), self.status("dora", path)]
        self.show(f"wrong password {seen[0]}, unknown name {seen[1]}, disabled account {seen[2]}")
        self.expect("401 each time", seen == ["401"] * 3, seen)

    def log(self, refused):
        self.title("4. Alma, the auditor, finds Ben's refusal in the decision log")
        answer = self.until_found(refused)
        self.show(answer.stdout)
        self.expect("the decision is there, by its id", refused and refused in answer.stdout, answer.stdout + answer.stderr)
        nosy = self.stile("gina", "log", "query", "--person", "ben")
        self.show(nosy.stderr or nosy.stdout)
        self.expect("an engineer who asks the same is refused", nosy.returncode == 1, nosy.returncode)

    def until_found(self, decision):
        # The index follows the journal within moments; the answer says how fresh it is.
        answer = None

        def found():
            nonlocal answer
            answer = self.stile("alma", "log", "query", "--person", "ben", "--decision", "deny", "--limit", "5")
            return decision and decision in answer.stdout

        self.until(found)
        return answer

    def verified(self):
        self.title("5. Nothing in the log was changed, and a change shows")
        state = pathlib.Path(self.demo["log"])
        good = self.stile(None, "log", "verify", str(state))
        self.show(good.stdout or good.stderr)
        self.expect("the log verifies, offline, from its files", good.returncode == 0, good.stderr)
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            copy = pathlib.Path(folder, "log")
            bundle = None

            def copied():
                nonlocal bundle
                shutil.rmtree(copy, ignore_errors=True)
                try:
                    shutil.copytree(state, copy)
                except shutil.Error:
                    return False  # the log goes on, and what was complete meanwhile lies elsewhere
                if self.stile(None, "log", "verify", str(copy)).returncode != 0:
                    return False
                bundle = max((p for p in copy.rglob("*") if p.is_file() and "entries" in p.parts), key=lambda p: p.stat().st_size, default=None)
                return bundle is not None

            self.until(copied)
            if bundle is None:
                self.expect("a copy of the log verifies, and has a sealed entry to tamper with", False)
                return
            data = bytearray(bundle.read_bytes())
            place = data.find(b"deny")
            place = place if place >= 0 else len(data) // 2
            data[place] ^= 1
            bundle.chmod(0o600)
            bundle.write_bytes(data)
            bad = self.stile(None, "log", "verify", str(copy))
            self.show(bad.stdout or bad.stderr)
            self.expect("one flipped bit in a copy is found", bad.returncode == 1, bad.returncode)

    def label_changes(self):
        self.title("6. A changed label counts at once; what breaks a test or a file changes nothing")
        path = "/api/2.0/mlflow/experiments/get-by-name?experiment_name=press4-forces-2026"
        policies = pathlib.Path(self.demo["policies"])
        file, tests = policies / "catalog/press.yaml", policies / "tests/press4.yaml"
        before, tests_before = file.read_text(), tests.read_text()
        lowered = before.replace("categories: [customer-x]", "categories: []")
        expectation = "as: ben\n    action: read\n    resource: press4-forces\n    expect: deny\n    because: [CAT-1]"
        met = expectation.replace("deny", "allow").replace("CAT-1", "PRJ-press4")
        try:
            replaced(file, lowered)
            check = self.stile(None, "check", "--configuration", self.demo["configuration"])
            self.show(check.stderr)
            self.expect("taking customer-x off breaks a policy test, so it is not in force",
                        check.returncode == 1 and "does not" in check.stderr and self.status("ben", path) == "403", check.stderr)
            replaced(tests, tests_before.replace(expectation, met))
            spent = self.until(lambda: self.status("ben", path) == "200")
            self.show(f"with the expectation changed too, Ben's call is allowed after {spent if spent is None else round(spent, 2)} s")
            self.expect("Ben may read once label and test say so", spent is not None)
            log = self.folder / "stile.log"
            seen = log.stat().st_size
            replaced(file, lowered.replace("level: confidential", "level: confidentail"))
            check = self.stile(None, "check", "--configuration", self.demo["configuration"])
            self.show(check.stderr)
            self.expect("`stile check` names the file, the line and what was meant",
                        check.returncode == 1 and "press.yaml:" in check.stderr and "did you mean" in check.stderr, check.stderr)
            # The gateway has looked at the broken file when it complains about it.
            told = self.until(lambda: b"confidentail" in log.read_bytes()[seen:])
            self.expect("the last good policies stay in force", told is not None and self.status("ben", path) == "200", told)
        finally:
            replaced(tests, tests_before)
            replaced(file, before)
        spent = self.until(lambda: self.status("ben", path) == "403")
        self.expect("with the label back, Ben is refused again", spent is not None)

    def review(self):
        self.title("7. What is labelled too high? Five energy analysts need the meters of hall 2, and the label stands in the way")
        path = "/api/2.0/mlflow/experiments/get-by-name?experiment_name=energy-hall2"
        seen = {name: self.status(name, path) for name in ("fred", "gina", "hugo", "iris", "jon")}
        self.show(seen)
        self.expect("all of them are refused", set(seen.values()) <= {"403", "404"}, seen)
        queue = None

        def ranked():
            nonlocal queue
            queue = self.stile("eva", "review", "queue", "--output", "json")
            try:
                first = json.loads(queue.stdout)["items"][0]
                return first["resource"] == "hall2-energy" and first["people"] == len(seen)
            except (ValueError, KeyError, IndexError, TypeError):
                return False

        found = self.until(ranked)
        self.show(self.stile("eva", "review", "queue").stdout)
        self.expect("the meters of hall 2 stand first in the officer's queue", found is not None, queue and (queue.stdout + queue.stderr)[:500])


    def tokens(self):
        self.title("8. The nightly training job works with an access token of its own, good for reading alone")
        made = self.stile("svc-training", "token", "create", "--name", "nightly training", "--days", "90",
                          "--scope", "mlflow:read", "--scope", "mlflow:list")
        token = made.stdout.strip()
        self.show(made.stderr)
        self.expect("the token is shown, once", made.returncode == 0 and token.startswith("stile_"), made.stderr)
        seen = self.mlflow("svc-training", "experiments", password=token)
        self.expect("MLflow's client takes it for a password", isinstance(seen, list) and "quality-surface-defects" in seen, seen)
        denied = self.mlflow("svc-training", "log-run", "quality-surface-defects", password=token)
        self.show((denied.get("failed") or [""])[0])
        self.expect("it writes nothing, though the job itself may", "failed" in denied and "does not cover" in str(denied), denied)
        listed = self.stile("eva", "token", "list", "--all")
        self.show(listed.stdout)
        revoked = self.stile("eva", "token", "revoke", "--any", listed.stdout.splitlines()[-1].split()[0])
        self.show(revoked.stdout or revoked.stderr)
        path = "/api/2.0/mlflow/experiments/get-by-name?experiment_name=quality-surface-defects"
        self.expect("the officer takes it back, and the next call is refused",
                    revoked.returncode == 0 and self.status("svc-training", path, token) == "401", revoked.stderr)


def replaced(file, text):
    """Writes beside and renames, as editors do."""
    beside = file.with_name("." + file.name + ".new")
    beside.write_text(text)
    os.replace(beside, file)


if __name__ == "__main__":
    if len(sys.argv) >= 3 and sys.argv[1] == "--client":
        CLIENT[sys.argv[2]](*sys.argv[3:])
    elif len(sys.argv) == 2 and not sys.argv[1].startswith("-"):
        sys.exit(Tour(sys.argv[1]).run())
    else:
        sys.exit(__doc__)
