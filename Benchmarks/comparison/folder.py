"""The temporary folder, its templates, and the processes that run in it."""
import os
import pathlib
import shutil
import socket
import string
import subprocess
import tempfile
import time

TEMPLATES = pathlib.Path(__file__).parent / "templates"
REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent


class CannotRun(Exception):
    """Something is missing on this machine, or did not start."""


class Template(string.Template):
    """A place is written `%name`, since `$` belongs to nginx."""

    delimiter = "%"


def program(name):
    """The path of an installed program."""
    found = shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin")
    if not found:
        raise CannotRun(f"`{name}` is not installed; `deploy/prepare bench` installs what is needed")
    return found


def temporary(prefix):
    """A new folder on a real disk, in which making a file costs what it costs on a machine of its own.

    Not in `/tmp`: that may be memory, where a sync is free. And on ext4 without a journal whoever makes a file pays for each
    file that was removed near it within the last minutes (0.02 ms become 0.5 after a few test runs), so each folder asks
    for a neighbourhood of its own: chattr(1), `T`.
    """
    base = pathlib.Path(f"/var/tmp/stile-benchmarks-{os.getuid()}")
    base.mkdir(exist_ok=True)
    if base.stat().st_uid != os.getuid():
        raise CannotRun(f"`{base}` belongs to somebody else")
    # Other file systems do not have it, and need it no more than ext4 with a journal.
    subprocess.run(["chattr", "+T", str(base)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    root = tempfile.mkdtemp(prefix=prefix, dir=base)
    # Workers that give up root must be able to pass through.
    os.chmod(root, 0o755)
    return root


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Folder:
    """Where everything of one run lives."""

    def __init__(self, root):
        self.root = pathlib.Path(root)

    def write(self, file, template, **places):
        """Fills in a template and returns the path of the file."""
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        text = Template((TEMPLATES / template).read_text()).substitute(root=self.root, **places)
        path.write_text(text)
        return path

    def start(self, stack, name, command, port=None):
        """Starts a process that stays in the foreground, to be ended when `stack` is left, and waits for its port."""
        log = (self.root / f"{name}.log").open("wb")
        stack.callback(log.close)
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.root)
        stack.callback(self._end, process)
        deadline = time.monotonic() + 20
        while port is not None:
            if process.poll() is not None:
                raise CannotRun(f"{name} ended with {process.returncode}:\n{self._tail(name)}")
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise CannotRun(f"{name} does not listen on port {port}:\n{self._tail(name)}") from None
                time.sleep(0.02)
        return process.pid

    def _tail(self, name):
        return (self.root / f"{name}.log").read_text(errors="replace")[-2000:]

    @staticmethod
    def _end(process):
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
