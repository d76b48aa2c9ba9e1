#!/usr/bin/env python3
"""Fills the demo's MLflow with experiments of different labels.

    deploy/seed-mlflow.py SOCKET

Talks to MLflow's own Unix socket, as a company would that has had its experiments before it had a gateway. What is
there already is left alone. Standard library only.
"""
import http.client
import json
import math
import socket
import sys
import time


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=300)  # its first answers take long on a slow machine
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


EXPERIMENTS = {
    # name: (runs, what is measured)
    "press4-forces-2026": (3, "peak_force_kn"),
    "energy-hall2": (2, "kwh_per_part"),
    "quality-surface-defects": (2, "f1"),
}


def main(path):
    connection = UnixConnection(path)

    def call(method, route, body=None, raw=None):
        payload = raw if raw is not None else (json.dumps(body) if body is not None else None)
        connection.request(method, route, payload, {"Content-Type": "application/json"} if raw is None else {})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {route}: {answer.status} {text[:300].decode(errors='replace')}")
        return json.loads(text) if text.strip().startswith(b"{") else {}

    known = {e["name"] for e in call("GET", "/api/2.0/mlflow/experiments/search?max_results=1000").get("experiments", [])}
    for name, (runs, metric) in EXPERIMENTS.items():
        if name in known:
            continue
        experiment = call("POST", "/api/2.0/mlflow/experiments/create", {"name": name})["experiment_id"]
        for number in range(1, runs + 1):
            now = int(time.time() * 1000)
            run = call(
                "POST",
                "/api/2.0/mlflow/runs/create",
                {"experiment_id": experiment, "run_name": f"trial-{number}", "start_time": now},
            )["run"]["info"]["run_id"]
            call(
                "POST",
                "/api/2.0/mlflow/runs/log-batch",
                {
                    "run_id": run,
                    "params": [{"key": "window", "value": str(64 * number)}],
                    "metrics": [
                        {"key": metric, "value": 10 + number + math.sin(step), "timestamp": now, "step": step}
                        for step in range(20)
                    ],
                },
            )
            call(
                "PUT",
                f"/api/2.0/mlflow-artifacts/artifacts/{experiment}/{run}/artifacts/notes.txt",
                raw=f"{name}, trial {number}\n".encode(),
            )
            call("POST", "/api/2.0/mlflow/runs/update", {"run_id": run, "status": "FINISHED", "end_time": now + 60000})
        print(f"experiment {experiment}: {name}, {runs} runs")


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    main(sys.argv[1])
