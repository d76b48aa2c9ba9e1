"""The upstream, the directory, and the proxies that Stile is held against."""
import json
import os
import pwd
import pathlib
import subprocess

from .folder import REPOSITORY, CannotRun, free_port, program
from .load import Peer, credential


def answer():
    """About 1 KiB of JSON that holds an experiment, as MLflow would say it."""
    experiment = {
        "experiment_id": "1",
        "name": "press4-forces-2026",
        "artifact_location": "mlflow-artifacts:/1",
        "lifecycle_stage": "active",
        "last_update_time": 1767225600000,
        "creation_time": 1767225600000,
        "tags": [{"key": f"station-{number}", "value": f"press 4, column {number}"} for number in range(14)],
    }
    return json.dumps({"experiment": experiment}, separators=(",", ":"))


def _nginx(folder, stack, name, template, **places):
    port = free_port()
    configuration = folder.write(f"{name}.conf", template, name=name, port=port, **places)
    command = [program("nginx"), "-c", str(configuration), "-e", str(folder.root / f"{name}.err"), "-g", "daemon off;"]
    return port, folder.start(stack, name, command, port)


def upstream(folder, stack):
    """The origin server; its time counts for nobody. Returns its port."""
    port, _ = _nginx(folder, stack, "upstream", "upstream.conf", answer=answer())
    return port


def nginx(folder, stack, origin, tls=None):
    """nginx as a plain proxy, over TLS if there is a folder with a certificate."""
    name = "nginx-tls" if tls else "nginx"
    if tls:
        port, process = _nginx(folder, stack, name, "nginx-tls.conf", origin=origin, tls=tls)
    else:
        port, process = _nginx(folder, stack, name, "nginx.conf", origin=origin)
    return Peer(name, port, {process}, tls=tls is not None)


def nginx_auth_request(folder, stack, origin):
    """nginx that asks another server about every request, and that server."""
    doorman, doorman_process = _nginx(folder, stack, "doorman", "doorman.conf", credential=credential())
    port, process = _nginx(
        folder, stack, "nginx-auth-request", "nginx-auth-request.conf", origin=origin, doorman=doorman
    )
    return Peer("nginx-auth-request", port, {process, doorman_process}, authenticates=True)


def haproxy(folder, stack, origin):
    """HAProxy as a plain proxy."""
    port = free_port()
    configuration = folder.write("haproxy.cfg", "haproxy.cfg", port=port, origin=origin)
    process = folder.start(stack, "haproxy", [program("haproxy"), "-db", "-f", str(configuration)], port)
    return Peer("haproxy", port, {process})


def apache(folder, stack, origin, directory):
    """Apache httpd with mod_authnz_ldap, and the directory it asks."""
    modules = pathlib.Path("/usr/lib/apache2/modules")
    if not modules.is_dir():
        raise CannotRun(f"`{modules}` is missing, expected the modules of Debian's apache2")
    identity = ""
    if os.getuid() == 0:
        worker = pwd.getpwnam("www-data")
        identity = f"User #{worker.pw_uid}\nGroup #{worker.pw_gid}"
    port = free_port()
    configuration = folder.write(
        "apache.conf",
        "apache.conf",
        port=port,
        origin=origin,
        modules=modules,
        identity=identity,
        ldaps=directory.port,
        ca=directory.ca,
        bind=directory.account,
        password=directory.password_file,
    )
    command = [program("apache2"), "-DFOREGROUND", "-f", str(configuration)]
    process = folder.start(stack, "apache", command, port)
    return Peer("apache-ldap", port, {process, directory.process}, authenticates=True)


class Directory:
    """A slapd with the sample company, run by `deploy/slapd` in the temporary folder."""

    account = "cn=stile,ou=services,dc=plant,dc=example"

    def __init__(self, folder, stack):
        self.root = folder.root / "directory"
        self.port = free_port()
        self.tls = self.root / "tls"
        self.ca = self.tls / "ca.pem"
        self.password_file = self.root / "stile.password"
        program("slapd")
        # Before the start: a server that came up but could not be filled is stopped too.
        stack.callback(self._control, "stop")
        self._control("start", "--ldap", "0", "--ldaps", str(self.port))
        self.process = int((self.root / "run" / "slapd.pid").read_text())

    def _control(self, action, *options):
        command = [str(REPOSITORY / "deploy" / "slapd"), action, str(self.root), *options]
        # The server outlives this command, so its output must not be a pipe that is waited for.
        with (self.root.parent / "directory.log").open("ab") as log:
            result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False)
        if result.returncode != 0:
            log = (self.root.parent / "directory.log").read_text(errors="replace")
            raise CannotRun(f"`{' '.join(command)}` ended with {result.returncode}:\n{log[-2000:]}")
