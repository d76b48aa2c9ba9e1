"""MLflow's pages in a real browser through the gateway: the list, an experiment, a run, and a refusal as a page."""
import base64
import hashlib
import os
import pathlib
import subprocess
import sys
import time

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from stand import Facts, Stand


def spki(certificate):
    """The browser is told to trust this one key, not to stop checking."""
    public = subprocess.run(["openssl", "x509", "-in", certificate, "-pubkey", "-noout"], check=True, capture_output=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"], input=public, check=True, capture_output=True).stdout
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


def browser(stand):
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for argument in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1400,1000",
        "--disable-background-networking", "--disable-component-update", "--no-first-run",
        f"--user-data-dir={stand.folder}/chromium", f"--ignore-certificate-errors-spki-list={spki(stand.folder / 'certs/stile.pem')}",
    ):
        options.add_argument(argument)
    return webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))


def text_within(window, wanted, seconds=60):
    ends = time.monotonic() + seconds
    body = ""
    while time.monotonic() < ends:
        try:
            body = window.find_element(By.TAG_NAME, "body").text
        except Exception:
            body = ""
        if all(word in body for word in wanted):
            return body
        time.sleep(0.2)
    return body


facts = Facts()
pictures = pathlib.Path(os.environ.get("STILE_PICTURES", "/nonexistent"))
with Stand(mlflow=sys.executable) as stand:
    def picture(window, name):
        if pictures.is_dir():
            window.save_screenshot(str(pictures / f"{name}.png"))

    window = browser(stand)
    try:
        # Signed in as by the browser's own dialog: from then on it sends the name and password by itself.
        window.get(f"https://anna:demo-anna@127.0.0.1:{stand.port}/mlflow/health")
        base = f"https://127.0.0.1:{stand.port}/mlflow/"
        window.get(base + "#/experiments")
        body = text_within(window, ["press4-forces-2026", "quality-surface-defects"])
        picture(window, "experiments")
        facts.hold("the list of experiments shows what Anna may see", "press4-forces-2026" in body and "quality-surface-defects" in body, body)
        facts.hold("and not what she may not", "energy-hall2" not in body, body)

        import json
        found = json.loads(stand.get("/mlflow/api/2.0/mlflow/experiments/get-by-name?experiment_name=press4-forces-2026")[2])
        experiment = found["experiment"]["experiment_id"]
        runs = json.loads(
            stand.get("/mlflow/api/2.0/mlflow/runs/search", method="POST", body=json.dumps({"experiment_ids": [experiment]}),
                      headers={"Content-Type": "application/json"})[2]
        )["runs"]
        run = runs[0]["info"]
        window.get(base + f"#/experiments/{experiment}/runs")
        body = text_within(window, ["trial-1", "trial-2"])
        picture(window, "runs")
        facts.hold("the experiment shows its runs", "trial-1" in body and "trial-2" in body, body)

        window.get(base + f"#/experiments/{experiment}/runs/{run['run_id']}")
        body = text_within(window, [run["run_name"], "window", "peak_force_kn"])
        picture(window, "run")
        facts.hold("a run opens with its parameter and its metric", "window" in body and "peak_force_kn" in body, body)

        window.get(base + f"#/experiments/{experiment}/runs/{run['run_id']}/artifacts")
        body = text_within(window, ["notes.txt"])
        picture(window, "artifacts")
        facts.hold("its artifacts are listed", "notes.txt" in body, body)
    finally:
        window.quit()

    window = browser(stand)
    try:
        window.get(f"https://ben:demo-ben@127.0.0.1:{stand.port}/mlflow/api/2.0/mlflow/experiments/get-by-name?experiment_name=press4-forces-2026")
        body = text_within(window, ["customer-x"], seconds=20)
        picture(window, "refusal")
        facts.hold("a refusal is a page that names what is missing, and the decision", "customer-x" in body and "01" in body, body)
    finally:
        window.quit()
facts.close()
