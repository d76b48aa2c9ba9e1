"""Stile doing its whole job."""
import argparse
import os
import pathlib
import shutil
import subprocess

from .folder import REPOSITORY, CannotRun, free_port
from .load import Peer

# How many policies are in force in all; the sample ones are filled up with rules about other projects.
POLICIES = 100


def build(say):
    """Makes a release build, as `deploy/demo` does, and returns the program."""
    command = ["swift", "build", "-c", "release", "--product", "stile", "--static-swift-stdlib"]
    say("building stile (the first time takes minutes)")
    if subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, check=False).returncode != 0:
        raise CannotRun(f"`{' '.join(command)}` failed")
    where = subprocess.run(command + ["--show-bin-path"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return str(pathlib.Path(where.stdout.strip()) / "stile")


def program(path):
    """The program that an argument names; from here on wherever it is started."""
    if not (os.path.isfile(path) and os.access(path, os.X_OK)):
        raise argparse.ArgumentTypeError(f"found `{path}`, expected a program")
    return os.path.abspath(path)


# ---------------------------------------------------------------------------------------------------------------------
# Everything that knows the form of Stile's configuration is between these lines.


def configure(folder, origin, directory, http, https, management, durability):
    """Writes the configuration and a copy of the sample policies; returns the configuration's path."""
    policies = folder.root / "policies"
    shutil.copytree(REPOSITORY / "policies", policies)
    written = sum(path.read_text().count("@id(") for path in policies.glob("*.cedar"))
    teams = range(max(POLICIES - written, 0))
    rules = (
        f'@id("BENCH-{team}")\n@reason("team {team} works with its data")\n'
        f'permit (principal in Group::"team-{team}", action in [Action::"read", Action::"list"], '
        f'resource in Project::"project-{team}");\n'
        for team in teams
    )
    (policies / "bench.cedar").write_text("\n".join(rules))
    projects = (f"  project-{team}: {{ title: Project {team}, owner: group:team-{team} }}\n" for team in teams)
    (policies / "catalog" / "bench.yaml").write_text("projects:\n" + "".join(projects))
    return folder.write(
        "stile.yaml",
        "stile.yaml",
        origin=origin,
        http=http,
        https=https,
        management=management,
        durability=durability,
        tls=directory.tls,
        ldaps=directory.port,
        account=directory.account,
        password=directory.password_file,
    )


def serve(binary, configuration):
    """The commands that prepare, and run, Stile."""
    initialise = [binary, "log", "init", "--configuration", str(configuration)]
    run = [binary, "serve", "--configuration", str(configuration)]
    return initialise, run


# ---------------------------------------------------------------------------------------------------------------------


def stile(folder, stack, origin, directory, binary, durability="commit"):
    """Starts one Stile and returns its two doors, over plain HTTP and over TLS."""
    if not os.access(binary, os.X_OK):
        raise CannotRun(f"`{binary}` is no program; build it, or name it with --stile")
    http, https, management = free_port(), free_port(), free_port()
    configuration = configure(folder, origin, directory, http, https, management, durability)
    initialise, run = serve(binary, configuration)
    result = subprocess.run(initialise, cwd=folder.root, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise CannotRun(f"`{' '.join(initialise)}` ended with {result.returncode}:\n{result.stdout}{result.stderr}")
    process = folder.start(stack, "stile", run, https)
    # Whoever asks this directory for credentials keeps it busy: its time counts here as it does for Apache.
    processes = {process, directory.process}
    return [
        Peer("full-job-http", http, processes, authenticates=True),
        Peer("full-job-tls", https, processes, tls=True, authenticates=True),
    ]
