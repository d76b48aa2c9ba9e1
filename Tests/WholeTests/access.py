"""Ways to sign in, and losing access, on a real directory: tokens, sessions, open transfers, and what guessing learns."""
import concurrent.futures
import html
import http.client
import http.server
import json
import random
import re
import statistics
import threading
import time
import urllib.parse

from stand import Facts, Stand, StubUpstream, eventually, long_remembered, replaced

EXPERIMENT = "/mlflow/api/2.0/mlflow/experiments/get?experiment_id=1"
RUN = "0123456789abcdef0123456789abcdef"
ARTIFACT = f"/mlflow/api/2.0/mlflow-artifacts/artifacts/1/{RUN}/artifacts/big.bin"
SIZE = 1 << 40  # more than any test waits for: who is not cut is still under way
PERSON = "dn: uid={},ou=people,dc=plant,dc=example\nchangetype: modify\n{}"


class EndlessUpstream(StubUpstream):
    """The stub, and besides an artifact that comes at a modest pace, some 20 MB a second, and does not end."""

    def __init__(self, path):
        super().__init__(path)
        plain = self.server.RequestHandlerClass

        class Handler(plain):
            def do_GET(self):
                if "/runs/get" in self.path:
                    return self.tell({"run": {"info": {"run_id": RUN, "experiment_id": "1", "artifact_uri": f"mlflow-artifacts:/1/{RUN}/artifacts"}}})
                if "/big.bin" not in self.path:
                    return self.answer()
                self.send_response(200)
                self.send_header("content-type", "application/octet-stream")
                self.send_header("content-length", str(SIZE))
                self.end_headers()
                piece = b"x" * (1 << 18)
                try:
                    for sent in range(0, SIZE, 1 << 18):
                        self.wfile.write(piece)
                        if sent >= 128 << 20:
                            time.sleep(0.01)
                except OSError:
                    pass  # the gateway has hung up, as it should

            def tell(self, document):
                text = json.dumps(document).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

        self.server.RequestHandlerClass = Handler


class Download(threading.Thread):
    """Takes the artifact until it is cut, and notes when that was and how much had come."""

    def __init__(self, stand, headers):
        super().__init__(daemon=True)
        self.stand, self.headers, self.taken, self.ended, self.status = stand, headers, 0, None, None
        self.start()

    def run(self):
        connection = self.stand.connection()
        try:
            connection.request("GET", ARTIFACT, headers=self.headers)
            answer = connection.getresponse()
            self.status = answer.status
            while piece := answer.read(1 << 16):
                self.taken += len(piece)
        except (http.client.HTTPException, OSError):
            pass
        self.ended = time.monotonic()
        connection.close()

    def reach(self, megabytes):
        """Waits until so much has come, or nothing more will."""
        while self.taken < megabytes << 20 and self.ended is None:
            time.sleep(0.002)

    def goes_on(self):
        """Whether more comes than could have been on its way."""
        seen = self.taken >> 20
        self.reach(seen + 32)
        return self.ended is None and self.status == 200

    def is_cut(self):
        return eventually(lambda: self.ended is not None)


class Browser:
    """Keeps cookies and sends what a browser sends."""

    def __init__(self, stand):
        self.stand, self.cookies, self.host = stand, {}, f"127.0.0.1:{stand.port}"

    def send(self, method, path, body=None, accept="text/html"):
        headers = {"Accept": accept, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        if body is not None:
            headers |= {"Origin": f"https://{self.host}", "Content-Type": "application/x-www-form-urlencoded"}
        connection = self.stand.connection()
        connection.request(method, path, urllib.parse.urlencode(body) if body is not None else None, headers)
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        for line in answer.headers.get_all("set-cookie") or []:
            name, value = line.split(";")[0].split("=", 1)
            self.cookies[name] = value
            if "Max-Age=0" in line:
                del self.cookies[name]
        connection.close()
        return answer.status, dict(answer.headers.items()), text

    def sign_in(self, name, password=None):
        page = self.send("GET", "/.stile/login?return=/mlflow/health")[2]
        form = html.unescape(re.search(r'name="form" value="([^"]+)"', page).group(1))
        return self.send("POST", "/.stile/login", {"form": form, "return": "/mlflow/health", "name": name, "password": password or "demo-" + name})

    def session(self):
        return {"Cookie": "__Host-stile=" + self.cookies["__Host-stile"]}


def status(stand, headers, path=EXPERIMENT, method="GET", body=None):
    connection = stand.connection()
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer.status, data.decode(errors="replace")


def until_refused(ask):
    """What is answered instead of 200, and after how long."""
    began = time.monotonic()
    answers = []

    def refused():
        try:
            answers.append(ask())
        except http.client.IncompleteRead:
            return False  # lost in the middle of an answer, which is cut off then: the next one tells
        return answers[-1] != 200

    eventually(refused)
    return answers[-1], time.monotonic() - began


def hear_of_everything(stand, mark):
    """Waits until the gateway has heard of every change in the directory so far.

    It is told of them in order, and the last one is to somebody whom it remembers: what they are called changes.
    """
    name = lambda: json.loads(stand.get("/.stile/whoami", name="jon", headers={"Accept": "application/json"})[2])["displayName"]
    name()
    stand.directory(PERSON.format("jon", f"replace: displayName\ndisplayName: {mark}\n"))
    if not eventually(lambda: name() == mark):
        raise RuntimeError("the gateway did not hear of a change in the directory")


def tokens(stand, facts):
    made = stand.run("token", "create", "--name", "nightly job", "--days", "90", "--scope", "mlflow:read", "--scope", "mlflow:list", name="anna")
    token = made.stdout.strip()
    facts.hold("a token is made on the command line, and alone on standard output", made.returncode == 0 and re.fullmatch(r"stile_[0-9A-Za-z]{38}", token), made)
    bearer = {"Authorization": "Bearer " + token}
    facts.hold("it opens what its owner may read, as Bearer", status(stand, bearer)[0] == 200)
    facts.hold("and as the password", stand.get(EXPERIMENT, password=token)[0] == 200)
    body = json.dumps({"experiment_id": "1", "key": "k", "value": "v"})
    write = ("/mlflow/api/2.0/mlflow/experiments/set-experiment-tag", "POST", body)
    seen = status(stand, bearer | {"Content-Type": "application/json"}, *write)
    facts.hold("what is not in its scope is refused, and told", seen[0] == 403 and "does not cover `mlflow:write`" in seen[1], seen)
    seen = stand.get(write[0], method="POST", body=body, headers={"Content-Type": "application/json"})
    facts.hold("though its owner may", seen[0] == 200, seen)
    facts.hold("it is not in the upstream's hands", not any(token in str(head) for head in stand.stub.seen))

    with_token = stand.environment("anna") | {"STILE_PASSWORD": token}
    for what in (["create", "--name", "x", "--scope", "*:*"], ["list"], ["revoke", "0123456789abcdef"]):
        done = stand.run("token", *what, environment=with_token)
        facts.hold(f"no token can `token {what[0]}`", done.returncode == 1 and "the scope of your token" in done.stderr, done)
    for what, says in {("mlfow:read",): "unknown service `mlfow`", ("mlflow:red",): "unknown action `red`", ("mlflow",): "expected `service:action`"}.items():
        done = stand.run("token", "create", "--name", "x", "--scope", *what, name="anna")
        facts.hold(f"the scope {what[0]} is refused and explained", done.returncode == 2 and says in done.stderr, done)
    done = stand.run("token", "create", "--name", "x", "--days", "1000", "--scope", "*:*", name="anna")
    facts.hold("a thousand days are too many", done.returncode == 2 and "expected 1 to 365" in done.stderr, done)
    done = stand.run("token", "create", "--name", "x", "--scope", "mlflow:read", name="carla")
    facts.hold("a contractor is given none", done.returncode == 1, done)
    facts.hold("the list of all is the officers'", stand.run("token", "list", "--all", name="anna").returncode == 1)
    listed = stand.run("token", "list", "--all", "--person", "anna", "--output", "json", name="eva")
    found = json.loads(listed.stdout)["tokens"]
    facts.hold("eva sees anna's, when it was used last, and not the token", len(found) == 1 and found[0]["lastUsed"] and token not in listed.stdout, listed)

    identity = found[0]["id"]
    download = Download(stand, bearer)
    download.reach(20)
    done = stand.run("token", "revoke", "--any", identity, name="eva")
    revoked = time.monotonic()
    seen = status(stand, bearer)[0]
    facts.hold("a token that is taken back is refused on the very next request", done.returncode == 0 and seen == 401, (done, seen))
    facts.hold("and its download, which was under way, is cut", download.is_cut() and download.taken >= 20 << 20, download.taken)
    print(f"the token's download was cut {max(0, (download.ended or 0) - revoked):.2f} s after the command was back")
    mine = stand.run("token", "list", "--ended", name="anna").stdout
    facts.hold("its owner sees that it is", identity in mine and "revoked" in mine, mine)
    rows = stand.decisions("--person", "anna")
    facts.hold("the log says which token it was", any(row.get("authentication") == "token:" + identity for row in rows))

    made = stand.run("token", "create", "--name", "training", "--days", "1", "--scope", "mlflow:read", name="svc-training").stdout.strip()
    training = {"Authorization": "Bearer " + made}
    facts.hold("a service account has a token of its own", status(stand, training, "/mlflow/health")[0] in (200, 403))
    facts.hold("and is itself with it", '"name":"svc-training"' in status(stand, training, "/.stile/whoami")[1])


def sessions(stand, facts):
    fred = Browser(stand)
    seen = fred.send("GET", "/mlflow/health")
    facts.hold("a browser is sent to the page", seen[0] == 303 and seen[1]["location"] == "/.stile/login?return=/mlflow/health", seen)
    facts.hold("name and password give a session", fred.sign_in("fred")[0] == 303 and "__Host-stile" in fred.cookies)
    facts.hold("with it the service is open", fred.send("GET", "/mlflow/health")[0] == 200)
    who = json.loads(fred.send("GET", "/.stile/whoami", accept="application/json")[2])
    facts.hold("who am I says so", (who["name"], who["authentication"]) == ("fred", "session"), who)
    hear_of_everything(stand, "one")  # what the directory noted at the sign-in itself (ppolicy's times) among it
    facts.hold("signing in did not end what it began", fred.send("GET", "/mlflow/health")[0] == 200)
    stand.get(EXPERIMENT, name="fred", password="a guess")
    hear_of_everything(stand, "two")
    facts.hold("nor does somebody else's guess at the password", fred.send("GET", "/mlflow/health")[0] == 200)
    stand.directory(PERSON.format("fred", "replace: userPassword\nuserPassword: another\n"))
    seen, spent = until_refused(lambda: fred.send("GET", "/mlflow/health")[0])
    print(f"a session ended {spent:.2f} s after its password was changed")
    facts.hold("a changed password ends the session", seen == 303, seen)

    iris = Browser(stand)
    iris.sign_in("iris")
    copy = dict(iris.cookies)
    facts.hold("signing out works", iris.send("POST", "/.stile/logout", {})[0] == 200)
    iris.cookies = copy
    facts.hold("and holds against a copy of the cookie", iris.send("GET", "/mlflow/health")[0] == 303)


def transfers(stand, facts):
    otto = Browser(stand)
    otto.sign_in("otto")
    by_session = Download(stand, otto.session())
    by_password = Download(stand, {"Authorization": stand.basic("anna")})
    for download in (by_session, by_password):
        download.reach(110)
    facts.hold("two downloads are under way, over 100 MB each", all(d.ended is None and d.taken > 100 << 20 for d in (by_session, by_password)))
    stand.directory(PERSON.format("otto", "add: pwdAccountLockedTime\npwdAccountLockedTime: 000001010000Z\n"))
    disabled = time.monotonic()
    facts.hold("a disabled account's download is cut", by_session.is_cut())
    print(f"that was {(by_session.ended or 0) - disabled:.3f} s after the account was disabled, at {by_session.taken >> 20} MB")
    facts.hold("another person's goes on", by_password.goes_on())
    stand.directory("dn: cn=customer-x,ou=groups,dc=plant,dc=example\nchangetype: modify\ndelete: member\nmember: uid=anna,ou=people,dc=plant,dc=example\n")
    removed = time.monotonic()
    facts.hold("who has left the group loses the download", by_password.is_cut())
    print(f"that was {(by_password.ended or 0) - removed:.3f} s after the person had left the group, at {by_password.taken >> 20} MB")
    rows = [row for row in stand.decisions("--path", "big.bin") if row["decision"] == "deny"]
    reasons = {(row["person"], row.get("refusal") or ",".join(row["policies"])) for row in rows}
    facts.hold("the log says how both ended", {("otto", "access-lost: disabled"), ("anna", "CAT-1")} <= reasons, reasons)


def guessing(stand, facts):
    """Whether the time of a refusal tells if the name exists: real name or made-up one, in random order."""
    stand.directory("dn: cn=default,ou=policies,dc=plant,dc=example\nchangetype: modify\nreplace: pwdLockout\npwdLockout: FALSE\n")
    tries = [("ben", i) for i in range(300)] + [("nobody", i) for i in range(300)]
    random.Random(4).shuffle(tries)
    local = threading.local()

    def refused(name, number):
        if not hasattr(local, "connection"):
            local.connection = http.client.HTTPConnection("127.0.0.1", stand.plain, timeout=300)
        who = name if name == "ben" else f"nobody{number}"
        began = time.perf_counter()
        local.connection.request("GET", "/mlflow/health", headers={"Authorization": stand.basic(who, f"guess-{number}")})
        answer = local.connection.getresponse()
        body = re.sub(r"[0-9A-HJKMNP-TV-Z]{26}", "ID", answer.read().decode())
        return name, time.perf_counter() - began, (answer.status, body)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(lambda t: refused(*t), tries))
    times = {name: sorted(spent for n, spent, _ in seen if n == name) for name in ("ben", "nobody")}
    # The probability that a try with a real name takes longer than one with a made-up name: one half when time says nothing.
    slower = sum(a > b for a in times["ben"] for b in times["nobody"]) / (300 * 300)
    for name, spent in times.items():
        quarter = statistics.quantiles(spent, n=4)
        print(f"{'real name' if name == 'ben' else 'no such name':12}: median {quarter[1] * 1000:.2f} ms, quartiles {quarter[0] * 1000:.2f} and {quarter[2] * 1000:.2f} ms")
    print(f"a real name takes longer than a made-up one with probability {slower:.3f}")
    facts.hold("600 guesses, one answer", len({answer for _, _, answer in seen}) == 1, {answer for _, _, answer in seen})
    soonest = min(spent for _, spent, _ in seen)
    facts.hold("none sooner than a tenth of a second, in which the directory has answered for either", soonest >= 0.099, soonest)
    # One half, give or take 0.05 by chance alone with 600; the rest of the width is for whatever else a busy machine does.
    facts.hold("and their times do not tell which names exist", 0.25 < slower < 0.75, slower)


def unlimited(stand, text):
    """Guesses are let through for once, or there would be nothing to measure."""
    text = replaced(replaced(text, "per-account: 3 ", "per-account: 1000 "), "per-source: 20 ", "per-source: 100000 ")
    return long_remembered(stand, text)


facts = Facts()
with Stand(upstream=EndlessUpstream, edit=unlimited) as stand:
    tokens(stand, facts)
    sessions(stand, facts)
    transfers(stand, facts)
    guessing(stand, facts)
    verified = stand.run("log", "verify", stand.folder / "state/log")
    facts.hold("the log verifies", verified.returncode == 0, verified)
facts.close()
