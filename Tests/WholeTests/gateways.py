"""Two gateways over one PostgreSQL, reached over TLS: what is taken back at one is refused at the other, and what both record is one log to search.

PostgreSQL refuses to run as root; then it runs as the user `postgres` that Debian's package makes.
"""
import json
import os
import pathlib
import re
import secrets
import shutil
import subprocess

import governance
from stand import ROOT, Facts, Stand, carried_out, eventually, free_port, new_folder, replaced

EXPERIMENT = "/mlflow/api/2.0/mlflow/experiments/get?experiment_id=1"


class Database:
    """A server of this test's own, with TLS and passwords, as a company runs one."""

    def __init__(self):
        # A version of which only the client is installed has no such program.
        versions = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
        self.programs = versions[-1].parent
        self.folder = new_folder("stile-gateways-")
        self.port = free_port()
        self.process = None
        self.ca = self.folder / "certs/ca.pem"
        self.password_file = self.folder / "client.pgpass"
        password = secrets.token_hex(16)
        carried_out(ROOT / "certs/make", self.folder / "certs")
        (self.folder / "password").write_text(password)
        self.password_file.write_text(f"127.0.0.1:{self.port}:*:stile:{password}\n")
        self.password_file.chmod(0o600)
        # The folder is the server's, so what clients read has to be readable past it.
        self.folder.chmod(0o755)
        (self.folder / "certs").chmod(0o755)
        server = self.folder / "server"
        server.mkdir()
        for name in ("pem", "key"):
            shutil.copy(self.folder / f"certs/server.{name}", server)
        shutil.copy(self.folder / "password", server)
        (server / "server.key").chmod(0o600)
        if os.geteuid() == 0:
            carried_out("chown", "-R", "postgres", server)
        self.data = server / "data"
        self.run("initdb", "-D", self.data, "-A", "scram-sha-256", "-U", "stile", "--pwfile", server / "password", "-N", "-E", "UTF8", "--locale=C.UTF-8")
        self.settings = {
            "listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": "", "ssl": "on",
            "ssl_cert_file": server / "server.pem", "ssl_key_file": server / "server.key",
        }
        self.start()

    def as_user(self, *words):
        words = [str(word) for word in words]
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *words] if os.geteuid() == 0 else words

    def run(self, program, *arguments):
        carried_out(*self.as_user(self.programs / program, *arguments), cwd="/")

    def start(self):
        words = [word for name, value in self.settings.items() for word in ("-c", f"{name}={value}")]
        log = self.folder / "log"
        with open(log, "ab") as output:
            self.process = subprocess.Popen(self.as_user(self.programs / "postgres", "-D", self.data, *words), stdout=output, stderr=output, cwd="/")
        answers = [self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        eventually(lambda: self.process.poll() is not None or subprocess.run(answers).returncode == 0)
        if self.process.poll() is not None:
            raise RuntimeError("PostgreSQL did not start:\n" + log.read_text()[-3000:])

    def halt(self):
        if self.process:
            self.run("pg_ctl", "stop", "-w", "-t", "300", "-m", "fast", "-D", self.data)
            self.process.wait()
            self.process = None

    def sql(self, text):
        """What somebody does who can write into the database."""
        environment = os.environ | {"PGPASSFILE": str(self.password_file), "PGSSLMODE": "verify-full", "PGSSLROOTCERT": str(self.ca)}
        carried_out(
            self.programs / "psql", "-qAt", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", self.port, "-U", "stile", "-d", "postgres", "-c", text,
            env=environment,
        )

    def section(self, verifiers=()):
        lines = [
            "\nindex:",
            f'  postgresql: "host=127.0.0.1 port={self.port} dbname=postgres user=stile"',
            f"  password-file: {self.password_file}",
            f"  ca: {self.ca}",
        ]
        if verifiers:
            lines += ["  gateways:", *(f'    - "{verifier}"' for verifier in verifiers)]
        return "\n".join(lines) + "\n"

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.halt()
        shutil.rmtree(self.folder, ignore_errors=True)


DIRECTORY = re.compile(r"^directory:\n(?:  .*\n)+", re.MULTILINE)


def named(name, database, like=None):
    """Edits a gateway's configuration; `like` is one whose directory it shares, since people are known by the ids of their entries."""

    def edit(stand, text):
        if like:
            section = DIRECTORY.search((like.folder / "stile.yaml").read_text()).group(0)
            text = DIRECTORY.sub(lambda _: section, text, count=1)
        return governance.published(replaced(text, "gateway: demo", f"gateway: {name}")) + database.section()

    return edit


def introduce(stands, database):
    """Gives each gateway the other's public key, and both the key that token rows are sealed with."""
    verifiers = [(stand.folder / "state/log/keys/verifier").read_text().strip() for stand in stands]
    for stand in stands:
        stand.process.terminate()
        stand.process.wait()
    first, second = stands
    shutil.copy(first.folder / "state/tokens.key", second.folder / "state/tokens.key")
    for stand, other in zip(stands, reversed(verifiers)):
        path = stand.folder / "stile.yaml"
        path.write_text(replaced(path.read_text(), database.section(), database.section([other])))
        stand.start()


def token_status(stand, token):
    return stand.get(EXPERIMENT, headers={"Authorization": "Bearer " + token})[0]


def revocation(first, second, facts):
    token = first.run("token", "create", "--name", "nightly job", "--days", "90", "--scope", "mlflow:read", name="anna", check=True).stdout.strip()
    facts.hold("a token that was made at one gateway opens there", token_status(first, token) == 200)
    facts.hold("and at the other", token_status(second, token) == 200)
    listed = json.loads(second.run("token", "list", "--output", "json", name="anna", check=True).stdout)
    identifier = (listed["tokens"] if isinstance(listed, dict) else listed)[0]["id"]
    first.run("token", "revoke", identifier, name="anna", check=True)
    took = governance.until(lambda: token_status(second, token) == 401)
    print(f"taken back at one gateway, refused at the other {governance.told(took)}")
    facts.hold("what is taken back at one is refused at the other", took is not None)
    facts.hold("and at the one itself", token_status(first, token) == 401)


def one_log(first, second, facts):
    for stand, path in ((first, "first"), (second, "second")):
        for number in range(5):
            stand.get(f"/mlflow/{path}-{number}", name="otto")
        # Each gateway knows what it has recorded, and waits until that can be searched: then the other finds it, too.
        stand.decisions("--path", f"{path}-")
    seen = first.decisions("--path", "first-") + first.decisions("--path", "second-")
    facts.hold("each finds what both have recorded", len(seen) == 10, len(seen))


def outage(first, second, database, facts):
    database.halt()
    answers = {stand.get(EXPERIMENT)[0] for stand in (first, second) for _ in range(20)}
    facts.hold("without the database requests go on", answers == {200}, answers)
    for number in range(7):
        second.get(f"/mlflow/outage-{number}", name="otto")
    database.start()
    found = []

    def all_found():
        done = first.run("log", "query", "--output", "json", "--path", "outage-", name="alma")
        found[:] = json.loads(done.stdout)["decisions"] if done.returncode == 0 else []
        return len(found) >= 7

    eventually(all_found)
    facts.hold("what was recorded meanwhile is found when it is back, each once", len(found) == 7, len(found))


def main():
    facts = Facts()
    with Database() as database:
        with Stand(edit=named("plant-1", database)) as first:
            with Stand(edit=named("plant-2", database, like=first)) as second:
                introduce([first, second], database)
                revocation(first, second, facts)
                governance.second_officer(first)
                governance.publishing(first, second, facts)
                governance.granting(first, second, facts)
                governance.hostile(first, second, database, facts)
                one_log(first, second, facts)
                outage(first, second, database, facts)
                governance.outage(first, second, database, facts)
                governance.key_change(first, second, facts)
                for stand in (first, second):
                    done = stand.run("log", "verify", stand.folder / "state/log")
                    facts.hold("its log verifies", done.returncode == 0, done.stdout + done.stderr)
    facts.close()


main()
