"""What a clumsy or hostile person tries, on a real directory and a real MLflow."""
import json
import os
import time

from stand import Facts, Stand, eventually, long_remembered

API = "/mlflow/api/2.0/mlflow"
JSON = {"Content-Type": "application/json"}

facts = Facts()
with Stand(mlflow=os.environ["STILE_MLFLOW_PYTHON"], edit=long_remembered) as stand:

    def post(path, body, name):
        return stand.get(API + path, name=name, method="POST", body=json.dumps(body), headers=JSON)

    found = json.loads(stand.get(API + "/experiments/get-by-name?experiment_name=press4-forces-2026")[2])
    secret = found["experiment"]["experiment_id"]

    renamed = post("/experiments/update", {"experiment_id": secret, "new_name": "sandbox-free"}, "otto")
    seen = stand.get(f"{API}/experiments/get?experiment_id={secret}", name="ben")
    facts.hold("an experiment renamed by its owner keeps its label", renamed[0] == 200 and seen[0] == 403, (renamed, seen))

    spoofed = {"X-Stile-User": "anna", "X_Stile_User": "anna", "X-Forwarded-User": "anna"}
    seen = stand.get(f"{API}/experiments/get?experiment_id={secret}", name="ben", headers=spoofed)
    facts.hold("a spoofed identity changes nothing", seen[0] in (400, 403), seen)

    artifacts = "/mlflow/api/2.0/mlflow-artifacts/artifacts"
    for what, path in {
        "dots lead nowhere": f"{artifacts}/2/../{secret}/x",
        "encoded dots lead nowhere": f"{artifacts}/2/%2e%2e/{secret}/x",
        "a dot does not list everybody's artifacts": f"{artifacts}/.",
        "a doubled slash is decided on as it is forwarded": f"/mlflow//api/2.0/mlflow/experiments/get?experiment_id={secret}",
        "an id said twice in the query is refused": f"{API}/experiments/get?experiment_id=3&experiment_id={secret}",
        "an id written otherwise is refused": f"{API}/experiments/get?experiment_id=0{secret}",
    }.items():
        seen = stand.get(path, name="ben")
        facts.hold(what, seen[0] in (400, 403, 404), seen)

    seen = stand.get(API + "/runs/search", name="ben", method="POST", headers=JSON,
                     body=f'{{"experiment_ids":["3"],"experiment_ids":["{secret}"]}}')
    facts.hold("an id said twice in the body is refused", seen[0] in (400, 403), seen)

    seen = post("/runs/create", {"tags": [{"key": 1}], "experiment_id": "3"}, "gina")
    facts.hold("an experiment that MLflow would leave out is not decided on", seen[0] == 400 and b"urn:stile:refusal:malformed" in seen[2], seen)
    seen = post("/experiments/create", {"name": "sandbox-a", "artifact_location": f"mlflow-artifacts:/{secret}"}, "gina")
    facts.hold("a client does not choose where artifacts lie", seen[0] in (400, 403), seen)
    seen = post("/experiments/create", {"name": "sandbox-b"}, "gina")
    facts.hold("an experiment under a labelled name is made", seen[0] == 200, seen)
    seen = post("/experiments/create", {"name": "my-stuff"}, "gina")
    facts.hold("an experiment that nobody has labelled is refused", seen[0] == 403, seen)
    facts.hold("a blank password is none", stand.get("/mlflow/health", name="anna", password=" ")[0] == 401)

    run = json.loads(post("/runs/search", {"experiment_ids": [secret]}, "otto")[2])["runs"][0]["info"]
    post("/registered-models/create", {"name": "quality-m"}, "gina")
    version = {"name": "quality-m", "source": run["artifact_uri"], "run_id": run["run_id"], "description": "17 kN"}
    made = post("/model-versions/create", version, "otto")
    facts.hold("a version is made from a run that its maker may read", made[0] == 200, made)
    for what, method, path, body in [
        ("asked for", "GET", "get?name=quality-m", None),
        ("changed", "PATCH", "update", json.dumps({"name": "quality-m", "description": "mine"})),
    ]:
        seen = {name: stand.get(f"{API}/registered-models/{path}", name=name, method=method, body=body, headers=JSON) for name in ("otto", "gina")}
        facts.hold(f"a model that is {what} shows its version to who may read the run, and to nobody else",
                   [answer[0] for answer in seen.values()] == [200, 200] and b"17 kN" in seen["otto"][2] and b"17 kN" not in seen["gina"][2], seen)

    guesses = [post("/model-versions/create", {"name": "quality-m", "source": "s3://elsewhere/x", "run_id": guess}, "gina")
               for guess in (run["run_id"], "0" * 32)]
    facts.hold("a place of one's own does not tell which runs there are",
               [seen[0] for seen in guesses] == [403, 403] and len({json.loads(seen[2])["detail"] for seen in guesses}) == 1, guesses)

    # More often than there are event loops, each of which remembers what targets mean.
    search = [stand.get(API + "/experiments/search", name="gina", body=body, headers=JSON)[0] for body in [None] * 12 + ['{"max_results": 1}'] * 12]
    facts.hold("arguments in the body of a GET are refused, also where the same was asked for without", search == [200] * 12 + [400] * 12, search)

    for path in ("a/../%CC%81b", "a/../%E2%80%8D../b"):
        seen = stand.get(f"/mlflow/get-artifact?run_id={run['run_id']}&path={path}", name="otto")
        facts.hold(f"`{path}` is read as MLflow reads it, and refused", seen[0] == 400 and b"urn:stile:refusal:malformed" in seen[2], seen)

    quality = API + "/experiments/get-by-name?experiment_name=quality-surface-defects"
    before = stand.get(quality, name="hugo")[0]
    stand.directory("dn: uid=hugo,ou=people,dc=plant,dc=example\nchangetype: modify\n"
                    "add: pwdAccountLockedTime\npwdAccountLockedTime: 000001010000Z\n")
    disabled = time.monotonic()
    after = []
    eventually(lambda: after.append(stand.get(quality, name="hugo")[0]) or after[-1] != 200)
    status = after[-1]
    print(f"a disabled account was refused {time.monotonic() - disabled:.2f} s after it was disabled")
    facts.hold("a disabled account is refused while its password is still remembered", (before, status) == (200, 401), (before, status))

    wrong = stand.run("log", "query", "--cause", "bogus", name="alma")
    facts.hold("a wrong question names what was expected", wrong.returncode == 2 and "expected some of label" in wrong.stderr, wrong.stderr)
facts.close()
