"""Asking a proxy: once to see that it does its job, then with wrk."""
import base64
import http.client
import re
import ssl
import statistics
import subprocess
from dataclasses import dataclass, field

from . import cpu
from .folder import program

PERSON, PASSWORD = "anna", "demo-anna"
PATH = "/mlflow/api/2.0/mlflow/experiments/get?experiment_id=1"
CONNECTIONS = 64


class WrongAnswer(Exception):
    """A proxy did not do what it is measured for."""


@dataclass
class Measurement:
    """What one load gave."""

    requests: int
    cpu: float
    rate: float
    p50: float
    p99: float


@dataclass
class Peer:
    """One proxy: where it listens, and the processes whose time counts."""

    name: str
    port: int
    processes: set
    tls: bool = False
    authenticates: bool = False
    measurements: list = field(default_factory=list)

    @property
    def cpu(self):
        """Microseconds of CPU per request, over all rounds."""
        return sum(m.cpu for m in self.measurements) / sum(m.requests for m in self.measurements)

    def median(self, name):
        return statistics.median(getattr(m, name) for m in self.measurements)


def credential(password=PASSWORD):
    return "Basic " + base64.b64encode(f"{PERSON}:{password}".encode()).decode()


def _ask(peer, password):
    if peer.tls:
        context = ssl.create_default_context()
        context.check_hostname = False
        # The certificate is seconds old and nobody's secret travels; that it is TLS is what matters here.
        context.verify_mode = ssl.CERT_NONE
        connection = http.client.HTTPSConnection("127.0.0.1", peer.port, timeout=10, context=context)
    else:
        connection = http.client.HTTPConnection("127.0.0.1", peer.port, timeout=10)
    try:
        connection.request("GET", PATH, headers={"Authorization": credential(password)})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise WrongAnswer(f"{peer.name}: {error!r}") from None
    finally:
        connection.close()


def check(peer):
    """Sees that the right credential gets the upstream's answer and, where it matters, a wrong one does not."""
    status, body = _ask(peer, PASSWORD)
    if status != 200 or not body.startswith(b'{"experiment"'):
        raise WrongAnswer(f"{peer.name} answered {status}, expected 200 and an experiment: {body[:400]!r}")
    if peer.authenticates:
        status, _ = _ask(peer, "wrong")
        if status != 401:
            raise WrongAnswer(f"{peer.name} answered {status} to a wrong password, expected 401")


def load(peer, seconds):
    """Loads a proxy and keeps what it took."""
    command = [
        program("wrk"), "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "--timeout", "5s",
        "-H", f"Authorization: {credential()}",
        f"{'https' if peer.tls else 'http'}://127.0.0.1:{peer.port}{PATH}",
    ]  # fmt: skip
    before = cpu.settled(peer.processes)
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    spent = cpu.settled(peer.processes) - before
    found = re.search(r"(\d+) requests in", result.stdout)
    if result.returncode != 0 or not found or int(found[1]) == 0:
        raise WrongAnswer(f"{peer.name} under load:\n{result.stdout}{result.stderr}")
    for complaint in (r"Non-2xx or 3xx responses: \d+", r"Socket errors: .*"):
        if trouble := re.search(complaint, result.stdout):
            raise WrongAnswer(f"{peer.name} under load: {trouble[0]}")
    peer.measurements.append(
        Measurement(
            requests=int(found[1]),
            cpu=spent,
            rate=float(re.search(r"Requests/sec:\s*([\d.]+)", result.stdout)[1]),
            p50=_milliseconds(result.stdout, "50%"),
            p99=_milliseconds(result.stdout, "99%"),
        )
    )


def _milliseconds(text, percentile):
    number, unit = re.search(rf"{percentile}\s+([\d.]+)(us|ms|s)\b", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]
