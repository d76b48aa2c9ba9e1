"""200 MB up and down through the gateway with MLflow's own client, in flat memory."""
import os
import pathlib
import re
import subprocess
import sys
import time

from stand import Facts, Stand

SIZE = 200 << 20

CLIENT = """
import hashlib, mlflow, os, pathlib, sys, tempfile
folder = pathlib.Path(sys.argv[1])
mlflow.set_experiment("press4-forces-2026")
with mlflow.start_run() as run:
    mlflow.log_artifact(str(folder / "big.bin"))
back = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="big.bin", dst_path=str(folder / "back"))
def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
assert digest(back) == digest(folder / "big.bin"), "it came back changed"
print("same")
"""


def resident(pid, field):
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(rf"{field}:\s+(\d+) kB", status.read()).group(1)) >> 10


facts = Facts()
python = os.environ["STILE_MLFLOW_PYTHON"]
with Stand(mlflow=python) as stand:
    big = stand.folder / "big"
    big.mkdir()
    with open(big / "big.bin", "wb") as file:
        for _ in range(SIZE >> 20):
            file.write(os.urandom(1 << 20))
    # A first small exchange, so that everything is loaded.
    stand.get("/mlflow/api/2.0/mlflow/experiments/get?experiment_id=1")
    # The most that it has held so far, at its start perhaps, is not what the transfer took.
    pathlib.Path(f"/proc/{stand.process.pid}/clear_refs").write_text("5")
    before = resident(stand.process.pid, "VmRSS")
    started = time.monotonic()
    done = subprocess.run([python, "-c", CLIENT, big], env=stand.environment("anna"), capture_output=True, text=True, timeout=1800)
    peak = resident(stand.process.pid, "VmHWM")
    print(f"{SIZE >> 20} MB up and down in {time.monotonic() - started:.1f} s; resident {before} MB before, {peak} MB at most")
    facts.hold("what went up comes down the same", "same" in done.stdout, done.stderr[-800:])
    facts.hold("the gateway's memory grew by less than a tenth of it", peak - before < (SIZE >> 20) / 10, (before, peak))
facts.close()
