#!/usr/bin/env python3
"""Client certificates, Kerberos tickets, signed assertions and time stamps, on real servers: slapd, OpenSSL's responder and
time-stamp authority, an MIT KDC, curl, and Python's `cryptography` as the service that checks."""
import base64
import http.client
import http.server
import json
import os
import pathlib
import re
import ssl
import subprocess
import threading
import time

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from stand import ROOT, Facts, Stand, eventually, free_port

SUPPORT = ROOT / "Tests/OpenSSLTrustTests/Support"
REALM = ROOT / "Tests/Programs/realm"
PATH = "/mlflow/api/2.0/mlflow/experiments/get?experiment_id=1"
CERTIFICATES = """
client-certificates:
  ca: @PEOPLE@/ca.pem
  intermediates: @PEOPLE@/issuing.pem
  crl: ["@PEOPLE@/root.crl", "@PEOPLE@/issuing.crl"]
  ocsp: require
  ocsp-timeout: 120s
  map: ["mail={mail}", "dn={subject}", "userCertificate={certificate}"]
kerberos:
  keytab: @REALM@/http.keytab
  realms: [PLANT.TEST]
  map: ["uid={name}"]
log:
  time-stamp: { authority: "@STAMPER@/", ca: "@PEOPLE@/ca.pem", timeout: 120s }
"""


class Servers:
    """The responder, the KDC and the time-stamp authority; ended by process id."""

    def __init__(self):
        self.processes = []

    def start(self, arguments, log, ready, **more):
        process = subprocess.Popen([str(a) for a in arguments], stdout=open(log, "wb"), stderr=subprocess.STDOUT, **more)
        self.processes.append(process)
        ends = time.monotonic() + 120
        while time.monotonic() < ends:
            text = pathlib.Path(log).read_text() + (ready[1].read_text() if ready[1] and ready[1].exists() else "")
            if ready[0] in text:
                return text
            if process.poll() is not None:
                break
            time.sleep(0.01)
        raise RuntimeError(f"{arguments[0]} did not start: {pathlib.Path(log).read_text()}")

    def stop(self):
        for process in self.processes:
            process.kill()
            process.wait()


servers = Servers()


def edit(stand, text):
    stand.people, stand.realm = stand.folder / "people", stand.folder / "realm"
    responder = free_port()
    subprocess.run([SUPPORT / "authority", stand.people, f"http://127.0.0.1:{responder}/"], check=True)
    servers.start(
        ["openssl", "ocsp", "-port", responder, "-index", "issuing.txt", "-CA", "issuing.pem", "-rsigner", "responder.pem",
         "-rkey", "responder.key", "-rmd", "sha256", "-nmin", "1"],
        stand.folder / "responder.log", ("waiting for OCSP", None), cwd=stand.people,
    )
    subprocess.run([REALM, "make", stand.realm, str(free_port())], check=True)
    servers.start([REALM, "serve", stand.realm], stand.folder / "kdc.log", ("commencing operation", stand.realm / "kdc.log"))
    for name in ["anna", "stranger"]:
        subprocess.run([REALM, "ticket", stand.realm, name], check=True)
    said = servers.start([SUPPORT / "stamper", stand.people], stand.folder / "stamper.log", ("\n", None))
    stand.asking, stand.requiring = free_port(), free_port()
    listeners = "".join(
        f"  - {{ address: 127.0.0.1, port: {port}, certificate: {stand.ca.parent}/stile.pem, key: {stand.ca.parent}/stile.key, "
        f"client-certificates: {what} }}\n"
        for port, what in [(stand.asking, "request"), (stand.requiring, "require")]
    )
    text = text.replace("console:\n", listeners + "\nconsole:\n", 1)
    text = text.replace("    profile: mlflow\n", "    profile: mlflow\n    assertion: { audience: \"https://mlflow.plant.example\", clearance: true }\n", 1)
    stand.stamper = f"http://127.0.0.1:{said.split()[1]}"
    for name, value in {"PEOPLE": stand.people, "REALM": stand.realm, "STAMPER": stand.stamper}.items():
        text_part = value
        text = text.replace(f"@{name}@", str(text_part))
    return text


def curl(stand, port, *arguments, host="127.0.0.1", path=PATH, environment=None):
    done = subprocess.run(
        ["curl", "-s", "-S", "--max-time", "300", "--cacert", stand.ca, "-o", "/dev/null", "-w", "%{http_code}\\n", "-D", "-",
         *map(str, arguments), f"https://{host}:{port}{path}"],
        capture_output=True, text=True, env=os.environ | (environment or {}),
    )
    status = int(done.stdout.strip().splitlines()[-1] or 0) if done.stdout.strip() else 0
    return status, done.stdout + done.stderr


def certificate(stand, name):
    return ["--cert", stand.people / f"{name}-chain.pem", "--key", stand.people / f"{name}.key"]


def user(stand):
    return {k.lower(): v for k, v in stand.stub.seen[-1][2].items()}.get("x-stile-user")


def certificates(stand, facts):
    administrator = f"ldapi://{str(stand.folder / 'directory/run/ldapi').replace('/', '%2F')}"
    der = subprocess.run(["openssl", "x509", "-in", stand.people / "long.pem", "-outform", "DER"], check=True, capture_output=True).stdout
    change = "dn: uid=ben,ou=people,dc=plant,dc=example\nchangetype: modify\nadd: userCertificate;binary\nuserCertificate;binary:: "
    subprocess.run(
        ["ldapmodify", "-Q", "-Y", "EXTERNAL", "-H", administrator], input=change + base64.b64encode(der).decode() + "\n", text=True, check=True,
        capture_output=True,
    )
    for fact, name, expected in [
        ("a certificate's mail address is somebody's", "anna", "anna"),
        ("a certificate is somebody's, octet for octet", "long", "ben"),
        ("a certificate's subject is somebody's place", "placed", "eva"),
    ]:
        status, text = curl(stand, stand.asking, *certificate(stand, name))
        facts.hold(fact, status in (200, 403) and (status == 403 or user(stand) == expected), text)
    status, text = curl(stand, stand.asking, *certificate(stand, "anna"), "-H", "X-Stile-User: ben", "-H", "X_Stile_User: ben")
    facts.hold("nobody changes who they are by a header", status == 200 and user(stand) == "anna", text)
    for fact, name in [
        ("nobody without a certificate", None), ("a revoked one", "revoked"), ("an expired one", "expired"), ("one of the future", "future"),
        ("another authority's", "stranger"), ("a server's", "server"), ("one that two people could mean", "both"),
        ("somebody who is switched off", "dora"), ("somebody whom nobody knows", "lucic"),
    ]:
        status, text = curl(stand, stand.asking, *(certificate(stand, name) if name else []))
        facts.hold(f"asked for a certificate: not {fact}", status == 401, text)
        status, text = curl(stand, stand.requiring, *(certificate(stand, name) if name else []))
        # TLS ends; who is believed and not known is answered.
        expected = 401 if name in ("both", "dora", "lucic") else 0
        facts.hold(f"a certificate is required: not {fact}", status == expected, (status, text))
    (stand.people / "endless-chain.pem").write_text((stand.people / "anna.pem").read_text() + 12 * (stand.people / "issuing.pem").read_text())
    for port in (stand.asking, stand.requiring):
        status, text = curl(stand, port, "--cert", stand.people / "endless-chain.pem", "--key", stand.people / "anna.key")
        facts.hold("a chain that takes no end is not looked at", status == 0, (status, text))
    status, text = curl(stand, stand.requiring, *certificate(stand, "anna"))
    facts.hold("a certificate is required: anna", status == 200 and user(stand) == "anna", text)
    status, text = curl(stand, stand.asking, *certificate(stand, "revoked"), "-u", "anna:demo-anna")
    facts.hold("what a request shows itself counts before the connection's certificate", status == 200 and user(stand) == "anna", text)
    status, text = curl(stand, stand.requiring, "-u", "anna:demo-anna")
    facts.hold("a password is no certificate where one is required", status == 0, text)

    # A TLS session that is taken up again shows no certificate, and so proves nothing.
    session, request = stand.folder / "session", f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    for port, version in [(stand.asking, "-tls1_3"), (stand.asking, "-tls1_2"), (stand.requiring, "-tls1_3"), (stand.requiring, "-tls1_2")]:
        client = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-CAfile", stand.ca, "-quiet", "-ign_eof", version]
        mine = ["-cert", stand.people / "anna.pem", "-key", stand.people / "anna.key", "-cert_chain", stand.people / "issuing.pem"]
        session.unlink(missing_ok=True)
        first = subprocess.run([*client, *mine, "-sess_out", session], input=request.encode(), capture_output=True, timeout=300)
        facts.hold(f"a session of anna's ({version})", b"HTTP/1.1 200" in first.stdout, first.stdout + first.stderr)
        again = subprocess.run([*client, *(["-sess_in", session] if session.exists() else [])], input=request.encode(), capture_output=True, timeout=300)
        facts.hold("taken up again without her key it is nobody's", b"HTTP/1.1 200" not in again.stdout, again.stdout)


def revocation(stand, facts):
    context = ssl.create_default_context(cafile=stand.ca)
    context.load_cert_chain(stand.people / "anna-chain.pem", stand.people / "anna.key")
    connection = http.client.HTTPSConnection("127.0.0.1", stand.asking, context=context, timeout=300)

    def ask():
        connection.request("GET", PATH)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    facts.hold("anna, on a connection that stays open", ask() == 200)
    for arguments in [["-revoke", "anna.pem"], ["-gencrl", "-crl_lastupdate", "20200101000000Z", "-crl_nextupdate", "20491231235959Z", "-out", "new.crl"]]:
        subprocess.run(["openssl", "ca", "-config", "openssl.cnf", "-name", "ca_issuing", "-md", "sha256", *arguments], cwd=stand.people, check=True, capture_output=True)
    os.replace(stand.people / "new.crl", stand.people / "issuing.crl")
    began = time.monotonic()
    is_refused = eventually(lambda: ask() == 401)
    print(f"      a revoked certificate is refused {time.monotonic() - began:.2f} s after its list was renewed")
    facts.hold("a certificate that is revoked is refused on the open connection", is_refused)


def kerberos(stand, facts):
    def ticket(name):
        return {"KRB5_CONFIG": f"{stand.realm}/krb5.conf", "KRB5CCNAME": f"{stand.realm}/{name}.cc"}

    negotiate = ["--negotiate", "-u", ":"]
    status, text = curl(stand, stand.port, *negotiate, host="localhost", environment=ticket("anna"))
    facts.hold("a ticket is somebody's", status == 200 and user(stand) == "anna", text)
    facts.hold("the gateway proves who it is, too", re.search(r"(?i)www-authenticate: Negotiate \S{20}", text) is not None, text)
    status, text = curl(stand, stand.port, *negotiate, host="localhost", environment=ticket("nobody"))
    facts.hold("without a ticket nobody is let in, and Negotiate is offered", status == 401 and re.search(r"(?im)^www-authenticate: Negotiate\s*$", text), text)
    status, text = curl(stand, stand.port, *negotiate, host="localhost", environment=ticket("stranger"))
    facts.hold("a ticket of somebody whom the directory does not know", status == 401, text)

    # curl's tokens, taken by a server that keeps them.
    tokens = []

    class Keeper(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            tokens.append(self.headers.get("authorization"))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *arguments):
            pass

    keeper = http.server.HTTPServer(("127.0.0.1", 0), Keeper)
    threading.Thread(target=keeper.serve_forever, daemon=True).start()
    for _ in range(3):
        subprocess.run(
            ["curl", "-s", *negotiate, f"http://localhost:{keeper.server_port}/"], check=True, env=os.environ | ticket("anna")
        )
    keeper.shutdown()

    connection = stand.connection()

    def ask(**fields):
        connection.request("GET", PATH, headers={"Host": "localhost"} | fields)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    facts.hold("a token", ask(Authorization=tokens[0]) == 200)
    facts.hold("the connection then stands for her", ask() == 200 and user(stand) == "anna")
    facts.hold("but not for what came through a proxy", ask(Via="1.1 proxy") == 401)
    facts.hold("nor for what shows something else", ask(Authorization=stand.basic("anna", "wrong")) == 401)
    connection.close()
    facts.hold("nor does another connection", ask() == 401)
    facts.hold("a token counts once", ask(Authorization=tokens[0]) == 401)
    connection.close()
    facts.hold("through a proxy a token counts for its request", ask(Authorization=tokens[1], Via="1.1 proxy") == 200)
    facts.hold("and for no other", ask() == 401 and ask(Via="1.1 proxy") == 401)
    connection.close()
    for fact, token in [("NTLM", base64.b64encode(b"NTLMSSP\0" + bytes(32)).decode()), ("half a token", tokens[2].split()[1][:80]), ("no base64", "!!!")]:
        facts.hold(f"{fact} is nobody's", ask(Authorization="Negotiate " + token) == 401)
    connection.close()


def assertions(stand, facts):
    def octets(text):
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

    def key_set():
        connection = stand.connection()
        connection.request("GET", "/.stile/jwks.json")
        answer = connection.getresponse()
        return json.loads(answer.read())["keys"]

    # One connection, and so one event loop: each signs for itself.
    connection = stand.connection()

    def token():
        connection.request("GET", PATH, headers={"Authorization": stand.basic("anna")})
        connection.getresponse().read()
        return {k.lower(): v for k, v in stand.stub.seen[-1][2].items()}["x-stile-assertion"]

    def claims(token, keys):
        head, body, signature = token.split(".")
        key = next(k for k in keys if k["kid"] == json.loads(octets(head))["kid"])
        public = ec.EllipticCurvePublicNumbers(
            int.from_bytes(octets(key["x"]), "big"), int.from_bytes(octets(key["y"]), "big"), ec.SECP256R1()
        ).public_key()
        raw = octets(signature)
        der = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        public.verify(der, f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256()))
        return json.loads(octets(body))

    keys = key_set()
    mine = token()
    said = claims(mine, keys)
    facts.hold("a service checks who asks with the published key alone", said["preferred_username"] == "anna" and said["sub"].startswith("uuid:"), said)
    facts.hold("an assertion is for one service, and soon over",
               said["aud"] == "https://mlflow.plant.example" and 0 < said["exp"] - time.time() <= 300 and said["iss"] == "demo", said)
    facts.hold("it says what the service asked for", said["level"] == "confidential" and "customer-x" in said["categories"] and said["amr"] == ["basic"], said)
    # The first one may have been about to end.
    tokens = [mine, token(), token()]
    facts.hold("it is signed once for many requests", len(set(tokens)) <= 2, tokens)
    head, body, signature = mine.split(".")
    changed = base64.urlsafe_b64encode(octets(body).replace(b"anna", b"eva!")).rstrip(b"=").decode()
    try:
        claims(f"{head}.{changed}.{signature}", keys)
        facts.hold("another name under the same signature is noticed", False)
    except InvalidSignature:
        facts.hold("another name under the same signature is noticed", True)
    files = list((stand.folder / "state/assertion").iterdir())
    facts.hold("its key is readable for its owner only", len(files) == 1 and all(f.stat().st_mode & 0o777 == 0o600 for f in files), files)
    done = stand.run("assertion", "rotate", "--configuration", stand.folder / "stile.yaml")
    facts.hold("a key is made", done.returncode == 0 and "next" in done.stdout and "signs" in done.stdout, done.stdout + done.stderr)
    eventually(lambda: len(key_set()) == 2)
    facts.hold("the gateway publishes it by itself, and signs with the old one for now",
               len(key_set()) == 2 and claims(token(), key_set())["sub"] == said["sub"], key_set())


def stamps(stand, facts):
    configuration = stand.folder / "stile.yaml"
    folder = stand.folder / "state/log/stamps"
    # One a day: two, where midnight comes meanwhile.
    facts.hold("the gateway has a checkpoint stamped by itself", eventually(lambda: any(folder.glob("*.checkpoint"))))
    stamped = sorted(folder.glob("*.checkpoint"))[-1]
    facts.hold("it counts them", eventually(lambda: re.search(r"(?m)^stile_time_stamps_total [12]$", stand.metrics())), stand.metrics()[-800:])
    stand.get(PATH)
    # What was sealed since is another checkpoint, and a stamp is named after its second.
    eventually(lambda: (stand.folder / "state/log/tree/checkpoint").read_bytes() != stamped.read_bytes())
    eventually(lambda: time.strftime("%Y-%m-%dT%H-%M-%SZ", time.gmtime()) > stamped.stem)
    done = stand.run("log", "stamp", "--configuration", configuration, "--output", "json")
    facts.hold("and when it is told to", done.returncode == 0 and "serial" in json.loads(done.stdout), done.stdout + done.stderr)
    newest = sorted(folder.glob("*.tsr"))[-1]
    said = subprocess.run(
        ["openssl", "ts", "-verify", "-data", newest.with_suffix(".checkpoint"), "-in", newest, "-CAfile", stand.people / "ca.pem"],
        capture_output=True, text=True,
    )
    facts.hold("OpenSSL's own command agrees", "Verification: OK" in said.stdout + said.stderr, said.stdout + said.stderr)
    authority = ["--stamp-ca", stand.people / "ca.pem"]
    least = len(list(folder.glob("*.checkpoint")))
    done = stand.run("log", "verify", stand.folder / "state/log", *authority)
    told = done.stdout.count("entries were there at 20")
    facts.hold("`stile log verify` says what was there when",
               done.returncode == 0 and 2 <= least <= told <= len(list(folder.glob("*.checkpoint"))), done.stdout + done.stderr)
    done = stand.run("log", "verify", stand.folder / "state/log", "--stamp-ca", stand.people / "other.pem")
    facts.hold("stamps of an authority that is not trusted", done.returncode == 1 and "WRONG time stamp" in done.stdout, done.stdout)
    for fact, path, change in [
        ("a stamp that was changed", newest, lambda b: b[:-40] + bytes([b[-40] ^ 1]) + b[-39:]),
        ("a stamp that was cut", newest, lambda b: b[:100]),
        ("a stamped checkpoint that was changed", newest.with_suffix(".checkpoint"), lambda b: b.replace(b"\n", b"\n1", 1)),
        ("the stamp of another checkpoint", newest, lambda b: sorted(folder.glob("*.tsr"))[0].read_bytes()),
    ]:
        kept = path.read_bytes()
        path.write_bytes(change(kept))
        done = stand.run("log", "verify", stand.folder / "state/log", *authority)
        facts.hold(fact + " is found", done.returncode == 1 and "WRONG time stamp" in done.stdout, done.stdout + done.stderr)
        path.write_bytes(kept)
    servers.processes[-1].kill()
    # The library tries until its time is over.
    hurried = stand.folder / "hurried.yaml"
    hurried.write_text(configuration.read_text().replace("timeout: 120s }", "timeout: 1s }"))
    done = stand.run("log", "stamp", "--configuration", hurried)
    facts.hold("without the authority there is none, and it is said", done.returncode == 3 and "cannot be reached" in done.stderr, done.stdout + done.stderr)


def records(stand, facts):
    decisions = stand.decisions()
    refusals = {d.get("refusal") for d in decisions}
    wanted = {
        "certificate-revoked", "certificate-expired", "certificate-not-yet-valid", "certificate-untrusted", "certificate-wrong-purpose",
        "certificate-too-large", "ambiguous-user", "disabled", "unknown-user", "negotiate-replayed", "negotiate-malformed",
    }
    facts.hold("the log says why each was refused", wanted <= refusals, (sorted(wanted - refusals), sorted(filter(None, refusals))))
    ways = {(d.get("person"), d.get("authentication")) for d in decisions if d["decision"] == "allow"}
    facts.hold("and by what each was let in", {("anna", "certificate"), ("anna", "negotiate"), ("anna", "basic")} <= ways, ways)


def main():
    facts = Facts()
    try:
        with Stand(edit=edit, configuration=CERTIFICATES) as stand:
            done = stand.run("check", "--configuration", stand.folder / "stile.yaml")
            facts.hold("the configuration is good", done.returncode == 0, done.stdout + done.stderr)
            certificates(stand, facts)
            kerberos(stand, facts)
            assertions(stand, facts)
            stamps(stand, facts)
            revocation(stand, facts)
            records(stand, facts)
    finally:
        servers.stop()
    facts.close()


main()
