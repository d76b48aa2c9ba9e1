"""A whole Stile for a test: certificates, a directory, an upstream and the gateway, in a folder of its own on free ports.

Used by the scripts beside it; standard library only. Everything it starts it ends, by process id.
"""
import base64
import contextlib
import http.client
import http.server
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import socketserver
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]

# What is asked here is on this machine, and for no proxy that the environment may name.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost,.localhost"

GIVEN = set()


def ports_for_servers():
    """The ports that the system gives to no connection."""
    try:
        first, last = map(int, pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    except (OSError, ValueError):
        first, last = 32_768, 60_999
    ports = [port for port in range(10_000, 65_536) if not first <= port <= last]
    return ports if len(ports) > 1_000 else range(10_000, 65_536)


PORTS = ports_for_servers()


def free_port():
    """A port that the system gives to no connection, and this to nobody else, since what listens on it is started a while later."""
    while True:
        port = random.choice(PORTS)
        if port in GIVEN:
            continue
        with socket.socket() as s, contextlib.suppress(OSError):
            s.bind(("127.0.0.1", port))
            GIVEN.add(port)
            return port


def new_folder(prefix):
    """A folder of one's own in which the path of a Unix socket fits (108 bytes), no server's configuration has to quote a space, and
    PostgreSQL's user can look."""
    base = pathlib.Path(tempfile.gettempdir()).resolve()
    is_plain = len(str(base)) <= 40 and re.fullmatch(r"[-\w./]+", str(base), re.ASCII)
    is_open = all(folder.stat().st_mode & 0o001 for folder in (base, *base.parents))
    return pathlib.Path(tempfile.mkdtemp(prefix=prefix, dir=base if is_plain and is_open else "/tmp"))


def carried_out(*words, **options):
    """Runs a program to its good end; when it ends otherwise, the error says what it said."""
    words = [str(word) for word in words]
    done = subprocess.run(words, capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(words)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done


# Under `directory:`: nobody is answered that the directory is away because the machine has much else to do.
PATIENT = "  limits: { connect: 60s, operation: 60s, total: 120s, probe: 60s }\n"


def replaced(text, old, new):
    """The text with one passage replaced, which has to be there: or a test would go on without what it set."""
    if old not in text:
        raise RuntimeError(f"`{old}` does not stand in the demo's configuration")
    return text.replace(old, new, 1)


def long_remembered(stand, text):
    """An edit: a sign-in is remembered for as long as any test takes, so that what ends it before is the word of the directory."""
    return replaced(text, "verified-for: 60s", "verified-for: 10h")


def eventually(condition, seconds=300):
    """Whether something comes true: the limit is for what never does, however slow and busy the machine."""
    ends = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > ends:
            return False
        time.sleep(0.05)
    return True


class StubUpstream:
    """An MLflow of one experiment, on a Unix socket; it keeps the heads of what reaches it."""

    def __init__(self, path):
        self.seen = []
        self.lock = threading.Lock()
        stub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                length = int(self.headers.get("content-length") or 0)
                body = self.rfile.read(length) if length else b""
                with stub.lock:
                    stub.seen.append((self.command, self.path, dict(self.headers.items()), body))
                text = json.dumps(
                    {"experiment": {"experiment_id": "1", "name": "press4-forces-2026", "artifact_location": "mlflow-artifacts:/1",
                                    "lifecycle_stage": "active"}}
                ).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(text)

            do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = do_PATCH = answer

            def log_message(self, *arguments):
                pass

            def address_string(self):
                return "unix"

        class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, request, client_address):
                pass  # a gateway that was killed leaves broken connections behind; that is the point of the test

        self.server = Server(str(path), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Stand:
    def __init__(self, mlflow=None, configuration="", edit=None, upstream=StubUpstream):
        """`edit` is called with the stand and the text of stile.yaml, and returns what stands there instead."""
        self.stile = os.environ["STILE_BINARY"]
        self.folder = new_folder("stile-whole-")
        self.process = None
        self.mlflow_process = None
        self.stub = None
        try:
            self.start_servers(mlflow, configuration, edit, upstream)
        except BaseException:
            self.stop()
            raise

    def start_servers(self, mlflow, configuration, edit, upstream):
        folder = self.folder
        certs = folder / "certs"
        carried_out(ROOT / "certs/make", certs)
        self.ca = certs / "ca.pem"
        self.port, self.plain, self.management, ldap, ldaps = (free_port() for _ in range(5))
        carried_out(ROOT / "deploy/slapd", "start", folder / "directory", "--ldap", ldap, "--ldaps", ldaps, "--tls", certs)
        (folder / "mlflow").mkdir()
        if mlflow:
            self.start_mlflow(mlflow)
        else:
            self.stub = upstream(folder / "mlflow/socket")
        shutil.copytree(ROOT / "policies", folder / "policies")
        text = (ROOT / "deploy/demo.yaml").read_text()
        for name, value in {"ROOT": "", "FOLDER": folder, "PORT": self.port, "MANAGEMENT": self.management, "LDAPS": ldaps}.items():
            if name == "ROOT":
                text = text.replace("@ROOT@/certs", str(certs))
            else:
                text = text.replace(f"@{name}@", str(value))
        text = replaced(text, "console:\n", f"  - {{ address: 127.0.0.1, port: {self.plain}, insecure-basic: true }}\n\nconsole:\n")
        text = replaced(text, "\ndirectory:\n", "\ndirectory:\n" + PATIENT)
        text = edit(self, text + configuration) if edit else text + configuration
        (folder / "stile.yaml").write_text(text)
        self.run("log", "init", "--configuration", folder / "stile.yaml", check=True)
        self.start()

    def start_mlflow(self, python):
        log = open(self.folder / "mlflow/log", "wb")
        environment = os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
        environment["PATH"] = f"{pathlib.Path(python).parent}:{environment['PATH']}"
        self.mlflow_process = subprocess.Popen(
            [pathlib.Path(python).parent / "mlflow", "server", "--workers", "1",
             "--backend-store-uri", f"sqlite:///{self.folder}/mlflow/mlflow.db",
             "--artifacts-destination", f"{self.folder}/mlflow/artifacts",
             "--uvicorn-opts", f"--uds {self.folder}/mlflow/socket --no-access-log"],
            stdout=log, stderr=log, env=environment, start_new_session=True,
        )
        # It takes ten seconds, or minutes on a machine that does much else.
        ends = time.monotonic() + 600
        while subprocess.run(
            ["curl", "-fs", "--max-time", "60", "--unix-socket", self.folder / "mlflow/socket", "http://localhost/health"],
            capture_output=True,
        ).returncode != 0:
            if self.mlflow_process.poll() is not None or time.monotonic() > ends:
                raise RuntimeError("MLflow did not start:\n" + (self.folder / "mlflow/log").read_text()[-2000:])
            time.sleep(0.3)
        carried_out(ROOT / "deploy/seed-mlflow.py", self.folder / "mlflow/socket")

    def start(self):
        log = open(self.folder / "stile.log", "ab")
        self.process = subprocess.Popen(
            [self.stile, "serve", "--configuration", self.folder / "stile.yaml"], stdout=log, stderr=log
        )
        ends = time.monotonic() + 300
        while time.monotonic() < ends:
            if self.process.poll() is not None:
                raise RuntimeError("stile did not start:\n" + (self.folder / "stile.log").read_text()[-3000:])
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.management, timeout=300)
                connection.request("GET", "/ready")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.02)
        raise RuntimeError("stile was not ready in time:\n" + (self.folder / "stile.log").read_text()[-3000:])

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def connection(self, timeout=300):
        return http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=timeout, context=ssl.create_default_context(cafile=self.ca)
        )

    @staticmethod
    def basic(name, password=None):
        return "Basic " + base64.b64encode(f"{name}:{password or 'demo-' + name}".encode()).decode()

    def get(self, path, name="anna", password=None, method="GET", body=None, headers=None):
        connection = self.connection()
        connection.request(method, path, body, {"Authorization": self.basic(name, password)} | (headers or {}))
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, dict(answer.headers.items()), data

    def directory(self, ldif):
        """Changes the directory, as its administrator."""
        socket = urllib.parse.quote(str(self.folder / "directory/run/ldapi"), safe="")
        carried_out("ldapmodify", "-Q", "-Y", "EXTERNAL", "-H", "ldapi://" + socket, input=ldif)

    def environment(self, name):
        return os.environ | {
            "STILE_URL": f"https://console.localhost:{self.port}", "STILE_USER": name, "STILE_PASSWORD": f"demo-{name}",
            "STILE_CA": str(self.ca),
            "MLFLOW_TRACKING_URI": f"https://127.0.0.1:{self.port}/mlflow",
            "MLFLOW_TRACKING_USERNAME": name, "MLFLOW_TRACKING_PASSWORD": f"demo-{name}",
            "MLFLOW_TRACKING_SERVER_CERT_PATH": str(self.ca), "REQUESTS_CA_BUNDLE": str(self.ca),
            "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
        }

    def run(self, *arguments, name=None, check=False, environment=None):
        done = subprocess.run(
            [self.stile, *map(str, arguments)], capture_output=True, text=True, timeout=600,
            env=environment or (self.environment(name) if name else None),
        )
        if check and done.returncode != 0:
            raise RuntimeError(f"stile {' '.join(map(str, arguments))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def metrics(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.management, timeout=300)
        connection.request("GET", "/metrics")
        return connection.getresponse().read().decode()

    def decisions(self, *filters):
        """Every decision that matches, page by page, once the index holds what this gateway had recorded; other gateways see to theirs."""
        wanted = None
        ends = time.monotonic() + 600
        while time.monotonic() < ends:
            found, after = [], None
            while True:
                more = ["--after", after] if after else []
                page = json.loads(
                    self.run("log", "query", "--output", "json", "--limit", "1000", "--oldest", *more, *filters, name="alma", check=True).stdout
                )
                found += page["decisions"]
                after = page.get("next")
                if not after:
                    break
            # What was recorded when the first answer was made holds all that was decided before the question.
            wanted = wanted or page["recorded"]
            if page["indexed"] >= wanted:
                return found
            time.sleep(0.1)
        raise RuntimeError("the index did not catch up")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.mlflow_process and self.mlflow_process.poll() is None:
            os.killpg(self.mlflow_process.pid, signal.SIGTERM)
            try:
                self.mlflow_process.wait(10)
            except subprocess.TimeoutExpired:
                pass
            # Its workers are of its group, and now and then one of them does not take the hint.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.mlflow_process.pid, signal.SIGKILL)
            self.mlflow_process.wait()
        if self.stub:
            self.stub.stop()
        subprocess.run([ROOT / "deploy/slapd", "stop", self.folder / "directory"], capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if error[0] is not None and (self.folder / "stile.log").exists():
            print((self.folder / "stile.log").read_text()[-3000:])
        self.stop()


class Facts:
    """Named facts, checked one by one; the script's exit code says whether all held."""

    def __init__(self):
        self.failed = 0
        self.checked = 0

    def hold(self, fact, holds, seen=""):
        self.checked += 1
        self.failed += not holds
        print(("ok    " if holds else "WRONG ") + fact + ("" if holds else f"; saw: {str(seen)[:600]}"), flush=True)

    def close(self):
        print(f"{self.checked - self.failed} of {self.checked} facts hold")
        raise SystemExit(0 if self.failed == 0 and self.checked > 0 else 1)
