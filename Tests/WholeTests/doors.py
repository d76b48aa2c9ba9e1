"""Every call of the real MLflow, with what a person may have in all of its arguments but one.

The person may work in a sandbox and has no need-to-know for an experiment of press 4. In that experiment, and in all that
hangs on it, stands a mark that nobody but its people may see. Each call that MLflow declares is made with the sandbox's ids
in all arguments; then, argument by argument, with that of the press in its place, in every way in which an argument can be
given. No answer may hold the mark, and nothing of the press may have changed.

Run by MLflow's own Python, since the calls and their arguments are taken from its protocol descriptions.
"""
import http.client
import json
import os
import socket
import sys
import urllib.parse

from mlflow.protos import databricks_pb2
from mlflow.protos.mlflow_artifacts_pb2 import MlflowArtifactsService
from mlflow.protos.model_registry_pb2 import ModelRegistryService
from mlflow.protos.service_pb2 import MlflowService

from stand import Facts, Stand

MARK = "only-for-customer-x"
V2, V3 = "/api/2.0/mlflow", "/api/3.0/mlflow"


class Socket(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=600)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Things:
    """An experiment with one of everything that MLflow keeps in one, made past the gateway as in the years before it."""

    made = 0

    def __init__(self, mlflow, prefix, mark):
        self.mlflow = mlflow
        Things.made += 1
        self.experiment_name = f"{prefix}-doors-{Things.made}"
        self.model_name, self.prompt_name = f"{prefix}-model-{Things.made}", f"{prefix}-prompt-{Things.made}"
        self.experiment = self.post(V2, "experiments/create", {"name": self.experiment_name, "tags": [{"key": "k", "value": mark}]})["experiment_id"]
        self.run = self.post(V2, "runs/create", {"experiment_id": self.experiment, "tags": [{"key": "k", "value": mark}]})["run"]["info"]["run_id"]
        self.post(V2, "runs/log-batch", {
            "run_id": self.run, "params": [{"key": "p", "value": mark}],
            "metrics": [{"key": "m", "value": 1, "timestamp": 1, "step": 1}],
        })
        self.ask("PUT", f"/api/2.0/mlflow-artifacts/artifacts/{self.experiment}/{self.run}/artifacts/notes.txt", mark)
        self.model = self.post(V2, "logged-models", {
            "experiment_id": self.experiment, "name": "m", "source_run_id": self.run, "tags": [{"key": "k", "value": mark}]})["model"]["info"]["model_id"]
        self.post(V2, "registered-models/create", {"name": self.model_name, "description": mark})
        self.post(V2, "model-versions/create", {
            "name": self.model_name, "source": f"mlflow-artifacts:/{self.experiment}/{self.run}/artifacts", "run_id": self.run, "description": mark})
        self.post(V2, "registered-models/alias", {"name": self.model_name, "alias": "best", "version": "1"})
        prompt = [{"key": "mlflow.prompt.is_prompt", "value": "true"}]
        self.post(V2, "registered-models/create", {"name": self.prompt_name, "tags": prompt})
        self.post(V2, "model-versions/create", {
            "name": self.prompt_name, "source": "prompt-template", "tags": prompt + [{"key": "mlflow.prompt.text", "value": mark}]})
        self.trace = f"tr-{Things.made:032x}"
        self.post(V3, "traces", {"trace": {"trace_info": {
            "trace_id": self.trace, "request_time": "2026-01-01T00:00:00Z", "state": "OK", "request_preview": mark, "tags": {"k": mark},
            "trace_location": {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": self.experiment}}}}})
        self.assessment = self.post(V3, f"traces/{self.trace}/assessments", {"assessment": {
            "assessment_name": "a", "trace_id": self.trace, "rationale": mark, "feedback": {"value": True},
            "source": {"source_type": "HUMAN", "source_id": "x"}, "create_time": "2026-01-01T00:00:00Z",
            "last_update_time": "2026-01-01T00:00:00Z"}})["assessment"]["assessment_id"]
        self.dataset = self.post(V3, "datasets/create", {"name": f"{prefix}-data-{Things.made}", "experiment_ids": [self.experiment]})["dataset"]["dataset_id"]
        self.post(V3, f"datasets/{self.dataset}/records", {"records": json.dumps([{"inputs": {"q": mark}}])})
        self.post(V3, "scorers/register", {"experiment_id": self.experiment, "name": "s", "serialized_scorer": json.dumps({"mark": mark})})

    def ask(self, method, path, body=None):
        # MLflow ends a connection that rests for five seconds, without a word.
        self.mlflow.close()
        self.mlflow.request(method, path, body, {"Content-Type": "application/json"})
        answer = self.mlflow.getresponse()
        data = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {data[:300]}")
        return data

    def post(self, family, route, body):
        return json.loads(self.ask("POST", f"{family}/{route}", json.dumps(body)))

    def state(self):
        """All of it, as MLflow tells it."""
        asked = [
            self.ask("GET", f"{V2}/experiments/get?experiment_id={self.experiment}"),
            self.ask("GET", f"{V2}/runs/get?run_id={self.run}"),
            self.ask("GET", f"{V2}/metrics/get-history?run_id={self.run}&metric_key=m"),
            self.ask("POST", f"{V2}/runs/search", json.dumps({"experiment_ids": [self.experiment]})),
            self.ask("GET", f"/api/2.0/mlflow-artifacts/artifacts?path={self.experiment}/{self.run}/artifacts"),
            self.ask("GET", f"{V2}/logged-models/{self.model}"),
            self.ask("GET", f"{V2}/registered-models/get?name={self.model_name}"),
            self.ask("GET", f"{V2}/model-versions/get?name={self.prompt_name}&version=1"),
            self.ask("GET", f"{V2}/registered-models/alias?name={self.model_name}&alias=best"),
            self.ask("GET", f"{V3}/traces/{self.trace}"),
            self.ask("GET", f"{V3}/datasets/{self.dataset}"),
            self.ask("GET", f"{V3}/datasets/{self.dataset}/records"),
            self.ask("GET", f"{V3}/scorers/list?experiment_id={self.experiment}"),
            self.ask("POST", f"{V3}/traces/search", json.dumps({"locations": [{"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": self.experiment}}]})),
        ]
        return b"\n".join(asked)

    def value(self, field):
        """What an argument of this name names, in any call."""
        artifacts = f"{self.experiment}/{self.run}/artifacts/notes.txt"
        return {
            "experiment_id": self.experiment, "experiment_ids": self.experiment, "run_id": self.run, "run_uuid": self.run,
            "run_ids": self.run, "source_run_id": self.run, "model_id": self.model, "logged_model_id": self.model, "trace_id": self.trace,
            "trace_ids": self.trace, "request_id": self.trace, "request_ids": self.trace, "dataset_id": self.dataset, "assessment_id": self.assessment,
            "overrides": self.assessment, "experiment_name": self.experiment_name, "alias": "best", "version": "1",
            "source": f"runs:/{self.run}/x", "artifact_path": artifacts, "artifact_location": f"mlflow-artifacts:/{self.experiment}",
        }.get(field)


NAMES = {"experiments": "experiment_name", "registered-models": "model_name", "model-versions": "model_name", "prompts": "prompt_name"}


def named(things, field, route):
    """`name` and `new_name` are those of whatever the call is about."""
    if field in ("name", "new_name"):
        kind = next((attribute for word, attribute in NAMES.items() if word in route), None)
        return getattr(things, kind) if kind else None
    if field == "path":
        return things.value("artifact_path") if "mlflow-artifacts" in route else "notes.txt"
    return things.value(field)


def plain(field):
    """Something that a field takes which names nothing."""
    kinds = type(field)
    if field.type in (kinds.TYPE_STRING, kinds.TYPE_BYTES):
        return {"key": "k", "filter": "", "order_by": None, "page_token": None, "stage": "None", "serialized_scorer": "{}", "records": "[]",
                "tags": "{}", "metric_key": "m", "user_id": None}.get(field.name, "x")
    if field.type == kinds.TYPE_BOOL:
        return True
    if field.type == kinds.TYPE_ENUM:
        return field.enum_type.values[-1].name
    return 1


def arguments(descriptor, route, person, secret, at, depth=0, path=""):
    """The arguments of a call, all of them the person's but the one at this place; `None` leaves it out."""
    made = {}
    for field in descriptor.fields:
        here = f"{path}.{field.name}" if path else field.name
        if field.type == type(field).TYPE_MESSAGE:
            if depth > 3 or field.message_type.full_name.startswith("google.protobuf") or field.message_type.GetOptions().map_entry:
                continue
            value = arguments(field.message_type, route, person, secret, at, depth + 1, here)
        else:
            value = named(secret if here == at else person, field.name, route) or plain(field)
        if value is None or value == {}:
            continue
        made[field.name] = [value] if field.is_repeated else value
    return made


def places(descriptor, route, things, depth=0, path=""):
    """Where a call names things."""
    for field in descriptor.fields:
        here = f"{path}.{field.name}" if path else field.name
        if field.type == type(field).TYPE_MESSAGE:
            if depth <= 3 and not field.message_type.full_name.startswith("google.protobuf") and not field.message_type.GetOptions().map_entry:
                yield from places(field.message_type, route, things, depth + 1, here)
        elif named(things, field.name, route):
            yield here


def camel(value):
    if isinstance(value, list):
        return [camel(element) for element in value]
    if not isinstance(value, dict):
        return value
    words = {name: name.split("_") for name in value}
    return {words[name][0] + "".join(word.title() for word in words[name][1:]): camel(member) for name, member in value.items()}


def query(made):
    pairs = [(name, element) for name, value in made.items() for element in (value if isinstance(value, list) else [value])]
    return urllib.parse.urlencode([(name, json.dumps(value) if isinstance(value, (dict, list)) else value) for name, value in pairs])


def ways(method, made, others):
    """Every way in which the arguments can be given: query, body and content type."""
    text = json.dumps(made)
    yield query(made), None, None
    if method == "GET":
        yield query(camel(made)), None, None
        yield "", text, "application/json"
        yield query(others) + "&" + query(made), None, None
        return
    yield "", text, "application/json"
    yield "", json.dumps(camel(made)), "application/json"
    yield query(others), text, "application/json"
    yield query(made), json.dumps(others), "application/json"
    yield "", json.dumps(text), "application/json"
    yield "", json.dumps(others)[:-1] + "," + text[1:], "application/json"
    yield "", text[:-1] + "," + json.dumps(camel(others))[1:], "application/json"
    yield "", query(made), "application/x-www-form-urlencoded"
    yield "", text, "text/plain"
    yield "", "".join(f"\\u{ord(c):04x}" if c == "_" else c for c in text), "application/json"


def calls():
    """The calls that MLflow declares, readers first, and the few that it declares nowhere."""
    declared = []
    for service in (MlflowService, ModelRegistryService, MlflowArtifactsService):
        for method in service.DESCRIPTOR.methods:
            for endpoint in method.GetOptions().Extensions[databricks_pb2.rpc].endpoints:
                declared.append((endpoint.method, f"/api/{endpoint.since.major}.0{endpoint.path}", method.input_type))
    order = {"GET": 0, "POST": 1, "PATCH": 2, "PUT": 3, "DELETE": 4}
    return sorted(declared, key=lambda call: ("delete" in call[1], order.get(call[0], 5), call[1]))


UNDECLARED = [
    ("GET", "/get-artifact", "run_id={run}&path=notes.txt"), ("GET", "/get-artifact", "run_uuid={run}&path=notes.txt"),
    ("GET", "/model-versions/get-artifact", "name={model_name}&version=1&path=notes.txt"),
    ("POST", "/ajax-api/2.0/mlflow/upload-artifact", "run_uuid={run}&path=notes.txt"),
    ("GET", "/ajax-api/2.0/mlflow/metrics/get-history-bulk", "run_id={run}&metric_key=m"),
    ("GET", "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval", "run_ids={run}&metric_key=m"),
    ("GET", "/ajax-api/2.0/mlflow/get-trace-artifact", "request_id={trace}"),
    ("GET", "/ajax-api/3.0/mlflow/get-trace-artifact", "request_id={trace}"),
    ("GET", "/ajax-api/2.0/mlflow/logged-models/{model}/artifacts/files", "artifact_file_path=x"),
    ("GET", "/ajax-api/2.0/mlflow-artifacts/artifacts", "path={experiment}"),
    ("GET", "/ajax-api/2.0/mlflow-artifacts/artifacts", "path={experiment}/{run}"),
    ("GET", "/api/2.0/mlflow-artifacts/artifacts", ""),
    ("PUT", "/api/2.0/mlflow-artifacts/artifacts/{experiment}/{run}/artifacts/notes.txt", ""),
    ("GET", "/static-files/api/2.0/mlflow/runs/get", "run_id={run}"),
]
GRAPHQL = {
    "mlflowGetRun": ("MlflowGetRunInput", {"runId": "run"}, "run{info{runId}data{params{value}tags{value}}}"),
    "mlflowGetExperiment": ("MlflowGetExperimentInput", {"experimentId": "experiment"}, "experiment{name tags{value}}"),
    "mlflowSearchRuns": ("MlflowSearchRunsInput", {"experimentIds": ["experiment"]}, "runs{data{params{value}}}"),
    "mlflowListArtifacts": ("MlflowListArtifactsInput", {"runId": "run"}, "files{path}"),
}

facts = Facts()
with Stand(mlflow=sys.executable, configuration="\nlimits: { denials-per-person: 1000000 }\n") as stand:
    mlflow = Socket(str(stand.folder / "mlflow/socket"))
    secret = Things(mlflow, "press4", MARK)
    before = secret.state()
    facts.hold("the mark stands in what is guarded", before.count(MARK.encode()) > 10, before)
    connection = stand.connection(timeout=600)
    authorization = {"Authorization": stand.basic("ben")}
    asked = served = 0
    shown, changed, failed = [], [], []

    def knock(method, path, text, body=None, content_type=None, headers=None):
        global asked, served, connection
        target = "/mlflow" + path + ("?" + text if text else "")
        fields = authorization | ({"Content-Type": content_type} if content_type else {}) | (headers or {})
        try:
            connection.request(method, target, body, fields)
            answer = connection.getresponse()
            data = answer.read()
        except (http.client.HTTPException, OSError):
            connection.close()
            return
        asked += 1
        served += answer.status < 300
        if MARK.encode() in data:
            shown.append((method, target, body, data[:200]))
        if answer.status >= 500 and data.startswith(b'{"type":"urn:stile'):
            failed.append((method, target, body, data[:200]))

    def unchanged(call):
        global before
        after = secret.state()
        if after != before:
            changed.append(call)
            before = after

    person = Things(mlflow, "sandbox", "anybody")
    for method, path, message in calls():
        if method != "GET":
            person = Things(mlflow, "sandbox", "anybody")
        segments = [part[1:-1] for part in path.split("/") if part[:1] in "{<" and part]
        others = arguments(message, path, person, secret, "")

        def filled(things):
            made = path
            for name in segments:
                value = named(things, name.split(".")[-1].split(":")[-1], path) or "x"
                made = made.replace("{" + name + "}", value).replace("<" + name + ">", value)
            return made

        for place in ["", *places(message, path, secret)]:
            made = arguments(message, path, person, secret, place)
            for text, body, content_type in list(ways(method, made, others))[:4]:
                knock(method, filled(person), text, body, content_type)
        everything = arguments(message, path, secret, secret, "")
        for text, body, content_type in ways(method, everything, others):
            knock(method, filled(secret), text, body, content_type)
        for text, body, content_type in ways(method, others, others) if segments else []:
            knock(method, filled(secret), text, body, content_type)
        # The twin reaches the same code.
        for text, body, content_type in list(ways(method, everything, others))[:2]:
            knock(method, filled(secret).replace("/api/", "/ajax-api/", 1), text, body, content_type)
        if method != "GET":
            unchanged((method, path))

    for method, path, text in UNDECLARED:
        for twin in (path, path.replace("/ajax-api/", "/api/")):
            knock(method, twin.format(**vars(secret)), text.format(**vars(secret)), "x" if method != "GET" else None)
            both = f"{text.format(**vars(person))}&{text.format(**vars(secret))}"
            knock(method, twin.format(**vars(person)), both, "x" if method != "GET" else None)
    for method in ("HEAD", "OPTIONS", "TRACE", "PROPFIND", "get", "POST"):
        knock(method, f"{V2}/runs/get", f"run_id={secret.run}")
        knock(method, f"{V2}/experiments/delete", "", json.dumps({"experiment_id": secret.experiment}), "application/json")
    for field in ("X-HTTP-Method-Override: POST", "X-Original-URL: /api/2.0/mlflow/runs/get", "SCRIPT_NAME: /static-files", "X-MLflow-Workspace: default"):
        name, value = field.split(": ")
        knock("GET", f"/static-files{V2}/runs/get", f"run_id={secret.run}", headers={name: value})
    for name, (kind, input, selection) in GRAPHQL.items():
        given = {key: [vars(secret)[value[0]]] if isinstance(value, list) else vars(secret)[value] for key, value in input.items()}
        own = {key: [vars(person)[value[0]]] if isinstance(value, list) else vars(person)[value] for key, value in input.items()}
        literal = json.dumps(given).replace('"' + next(iter(given)) + '"', next(iter(given)))
        for document, variables in [
            (f"query Q($i: {kind}!){{{name}(input: $i){{{selection}}}}}", {"i": given}),
            (f"query Q($i: {kind}!, $j: {kind}!){{a: {name}(input: $i){{{selection}}} b: {name}(input: $j){{{selection}}}}}", {"i": own, "j": given}),
            (f"query Q($i: {kind}!, $j: {kind}!){{{name}(input: $i){{{selection}}} {name}(input: $j){{{selection}}}}}", {"i": own, "j": given}),
            (f"query Q{{{name}(input: {literal}){{{selection}}}}}", {}),
            (f"query Q($i: {kind} = {literal}){{{name}(input: $i){{{selection}}}}}", {}),
            (f"query Q($i: {kind}!){{...F}} fragment F on Query {{{name}(input: $i){{{selection}}}}}", {"i": given}),
            (f"query A($i: {kind}!){{{name}(input: $i){{{selection}}}}} query B($j: {kind}!){{{name}(input: $j){{{selection}}}}}", {"i": own, "j": given}),
        ]:
            for operation in ("Q", "B", None):
                knock("POST", "/graphql", "", json.dumps({"query": document, "variables": variables, "operationName": operation}), "application/json")
        knock("GET", "/graphql", urllib.parse.urlencode({"query": document, "variables": json.dumps({"i": given})}))

    # Through a trace of one's own one may not reach an assessment in another: MLflow takes its id, and that of the one it overrides,
    # as they are given, writes over the first and sets the second one's flag when the overriding one is deleted.
    person = Things(mlflow, "sandbox", "anybody")
    secret.post(V3, f"traces/{secret.trace}/assessments", {"assessment": {
        "assessment_name": "a", "trace_id": secret.trace, "feedback": {"value": False}, "overrides": secret.assessment,
        "source": {"source_type": "HUMAN", "source_id": "x"}, "create_time": "2026-01-01T00:00:00Z", "last_update_time": "2026-01-01T00:00:00Z"}})
    before = secret.state()
    for number, (field, other) in enumerate([("overrides", "assessment_id"), ("assessment_id", "overrides")]):
        trace, own = f"tr-{number + 1:030x}aa", f"a-{number + 1:030x}aa"
        for spelled in (field, "".join(word.title() if place else word for place, word in enumerate(field.split("_")))):
            assessment = {"assessment_name": "a", "feedback": {"value": True}, "source": {"source_type": "HUMAN", "source_id": "x"},
                          "create_time": "2026-01-01T00:00:00Z", "last_update_time": "2026-01-01T00:00:00Z", spelled: secret.assessment}
            if other == "assessment_id":
                assessment["assessment_id"] = own
            # The first one makes the trace; a second one is merged into it.
            for assessments in ([], [assessment]):
                knock("POST", V3 + "/traces", "", json.dumps({"trace": {"trace_info": {
                    "trace_id": trace, "request_time": "2026-01-01T00:00:00Z", "state": "OK", "assessments": assessments,
                    "trace_location": {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": person.experiment}}}}}), "application/json")
            for assessment_id in (own, secret.assessment):
                knock("DELETE", f"{V3}/traces/{trace}/assessments/{assessment_id}", "")
            unchanged(("POST", "traces", spelled))

    # A search that matches only what is hidden answers like one that matches nothing, page by page.
    searches = {
        "experiments/search": [f"tags.k LIKE '{MARK[:4]}%'", "tags.k LIKE 'nothing%'"],
        "registered-models/search": [f"name = '{secret.model_name}'", "name = 'nothing'"],
        "model-versions/search": [f"run_id = '{secret.run}'", "run_id = 'nothing'"],
    }
    for route, filters in searches.items():
        answers = set()
        for text in filters:
            connection.request("GET", f"/mlflow{V2}/{route}?" + urllib.parse.urlencode({"filter": text, "max_results": 1}), headers=authorization)
            answer = connection.getresponse()
            answers.add((answer.status, answer.read(), answer.headers.get("content-length")))
        facts.hold(f"{route}: what is hidden is searched for in vain, and nothing tells", len(answers) == 1, answers)
    unchanged("the rest")

    print(f"{asked} calls, {served} of them served")
    facts.hold("the person's own things are served", served > 100, served)
    facts.hold("no answer shows what is guarded", not shown, shown[:5])
    facts.hold("nothing of it was changed", not changed, changed[:5])
    facts.hold("no call makes the gateway fail", not failed, failed[:5])
facts.close()
