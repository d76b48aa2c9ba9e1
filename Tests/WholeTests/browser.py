"""A real browser through the gateway: signing in and out, MLflow's list, an experiment, a run, and a refusal as a page."""
import base64
import hashlib
import itertools
import json
import os
import pathlib
import subprocess
import sys
import time

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from stand import Facts, Stand, eventually


def spki(certificate):
    """The browser is told to trust this one key, not to stop checking."""
    public = subprocess.run(["openssl", "x509", "-in", certificate, "-pubkey", "-noout"], check=True, capture_output=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"], input=public, check=True, capture_output=True).stdout
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


NUMBERS = itertools.count()


def browser(stand):
    """Each has a folder of its own: the one before may still be closing its own."""
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for argument in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1400,1000",
        "--disable-background-networking", "--disable-component-update", "--no-first-run",
        f"--user-data-dir={stand.folder}/chromium-{next(NUMBERS)}", f"--ignore-certificate-errors-spki-list={spki(stand.folder / 'certs/stile.pem')}",
    ):
        options.add_argument(argument)
    return webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))


def text_within(window, wanted, seconds=300):
    """The page's text once it has all these words; what it has after minutes, when they never come."""
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


def sign_in(window, name, password=None):
    """As a person does: types, and presses Enter."""
    window.find_element(By.ID, "name").send_keys(name)
    field = window.find_element(By.ID, "password")
    field.send_keys(password or "demo-" + name)
    field.send_keys(Keys.ENTER)


def fits(window):
    """Whether nothing of the page lies beyond the window's right edge."""
    return window.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")


facts = Facts()
pictures = pathlib.Path(os.environ.get("STILE_PICTURES", "/nonexistent"))
with Stand(mlflow=sys.executable) as stand:
    def picture(window, name):
        if pictures.is_dir():
            window.save_screenshot(str(pictures / f"{name}.png"))

    window = browser(stand)
    try:
        base = f"https://127.0.0.1:{stand.port}/mlflow/"
        window.get(base)
        body = text_within(window, ["Sign in"])
        picture(window, "sign-in")
        facts.hold("who comes without a credential is sent to the page to sign in", "/.stile/login?return=/mlflow/" in window.current_url, (window.current_url, body))
        # The focus is set when the page is first painted.
        eventually(lambda: window.switch_to.active_element.get_attribute("id") == "name")
        focused = window.switch_to.active_element.get_attribute("id")
        labels = window.execute_script("return [...document.querySelectorAll('input:not([type=hidden])')].every(i => i.labels.length == 1)")
        facts.hold("the first field has the focus, and every field its label", focused == "name" and labels, (focused, labels))
        sign_in(window, "anna", "wrong")
        text_within(window, ["not accepted"])
        picture(window, "sign-in-refused")
        alert = window.find_element(By.CSS_SELECTOR, "[role=alert]").text
        described = window.find_element(By.ID, "name").get_attribute("aria-describedby")
        facts.hold("a wrong password is told on the same page, also to who cannot see it", "not accepted" in alert and described == "alert", (alert, described))
        # The narrowest that phones have.
        window.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True})
        picture(window, "sign-in-phone-refused")
        narrow = fits(window)
        window.get(base)
        picture(window, "sign-in-phone")
        facts.hold("the page fits on a phone", narrow and fits(window))
        window.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        window.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
        picture(window, "sign-in-dark")
        window.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
        sign_in(window, "anna")
        text_within(window, ["Experiments"])
        facts.hold("the right one leads to where the person wanted to go", window.current_url.startswith(base), window.current_url)
        cookies = {c["name"]: c for c in window.get_cookies()}
        session = cookies.get("__Host-stile", {})
        facts.hold("the session's cookie is out of every script's reach", session.get("httpOnly") and session.get("secure") and session.get("sameSite") == "Lax"
                   and "stile" not in window.execute_script("return document.cookie"), cookies)
        window.get(base + "#/experiments")
        body = text_within(window, ["press4-forces-2026", "quality-surface-defects"])
        picture(window, "experiments")
        facts.hold("the list of experiments shows what Anna may see", "press4-forces-2026" in body and "quality-surface-defects" in body, body)
        facts.hold("and not what she may not", "energy-hall2" not in body, body)

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

        window.get(f"https://127.0.0.1:{stand.port}/.stile/whoami")
        body = text_within(window, ["Clearance"])
        picture(window, "who-am-i")
        facts.hold("who am I tells name, clearance, how and until when", all(w in body for w in ("Anna Lindgren", "confidential", "sign-in page", "20")), body)
        window.find_element(By.TAG_NAME, "button").click()
        body = text_within(window, ["signed out"])
        picture(window, "signed-out")
        window.get(base)
        facts.hold("signed out is signed out", "/.stile/login" in window.current_url and "signed out" in body, (window.current_url, body))
    finally:
        window.quit()

    window = browser(stand)
    try:
        window.get(f"https://127.0.0.1:{stand.port}/mlflow/api/2.0/mlflow/experiments/get-by-name?experiment_name=press4-forces-2026")
        sign_in(window, "ben")
        body = text_within(window, ["customer-x"])
        picture(window, "refusal")
        facts.hold("a refusal is a page that names what is missing, and the decision", "customer-x" in body and "01" in body, body)
    finally:
        window.quit()
facts.close()
