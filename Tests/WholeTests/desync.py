"""One reading of every request: what Stile decided on is what gunicorn, uvicorn, Werkzeug, aiohttp and nginx read.

Crooked and merely odd requests go through Stile to one server after the other. What is let through must reach each of them
as exactly one request, and all must read the same method, path, query, body and person in it; whoever asks next on a
connection of his own must get his own answer. With `serve SERVER SOCKET LOG` the script is one of those servers.
"""
import asyncio
import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.parse

SERVERS = ["gunicorn", "uvicorn", "werkzeug", "aiohttp", "nginx"]
RUN = "/api/2.0/mlflow-artifacts/artifacts/1/r1/artifacts/"


def answer(log, method, raw, path, user, body):
    """Writes down what was read, and answers look-ups as MLflow does."""
    if raw == "/ready":
        return {}  # also one whose asker went away, and which is read late
    if raw.startswith("/api/2.0/mlflow/runs/get"):
        return {"run": {"info": {"run_id": "r1", "experiment_id": "1", "artifact_uri": "mlflow-artifacts:/1/r1/artifacts"}}}
    if raw.startswith("/api/2.0/mlflow/experiments/get"):
        return {"experiment": {"experiment_id": "1", "name": "sandbox-1", "lifecycle_stage": "active"}}
    # ASGI has no way to tell an empty query from none.
    seen = {"method": method, "raw": raw.removesuffix("?"), "path": path, "user": user, "body": hashlib.sha256(body).hexdigest()}
    with open(log, "a") as file:
        file.write(json.dumps(seen) + "\n")
    return seen


def wsgi(log):
    def app(environ, start):
        body = b""
        if environ.get("CONTENT_LENGTH"):
            body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        elif "HTTP_TRANSFER_ENCODING" in environ:
            body = environ["wsgi.input"].read()
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
        data = json.dumps(answer(log, environ["REQUEST_METHOD"], raw, path, environ.get("HTTP_X_STILE_USER"), body)).encode()
        start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(data)))])
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else data]
    return app


def asgi(log):
    async def app(scope, receive, send):
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        raw = scope["raw_path"].decode() + ("?" + scope["query_string"].decode() if scope["query_string"] else "")
        user = dict(scope["headers"]).get(b"x-stile-user", b"").decode()
        data = json.dumps(answer(log, scope["method"], raw, scope["path"], user, body)).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(data)).encode())]})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else data})
    return app


def serve(server, path, log):
    if server == "gunicorn":
        from gunicorn.app.base import BaseApplication

        class Application(BaseApplication):
            def load_config(self):
                for name, value in {"bind": f"unix:{path}", "workers": 1, "threads": 2, "timeout": 0, "keepalive": 3600, "control_socket_disable": True}.items():
                    with contextlib.suppress(AttributeError):
                        self.cfg.set(name, value)

            def load(self):
                return wsgi(log)

        Application().run()
    elif server == "uvicorn":
        import uvicorn
        uvicorn.run(asgi(log), uds=path, log_level="error", timeout_keep_alive=3600)
    elif server == "werkzeug":
        from werkzeug.serving import WSGIRequestHandler, run_simple
        WSGIRequestHandler.protocol_version = "HTTP/1.1"
        run_simple(f"unix://{path}", 0, wsgi(log), threaded=True)
    elif server == "aiohttp":
        from aiohttp import web

        async def handle(request):
            body = await request.read()
            raw = request.raw_path
            return web.json_response(answer(log, request.method, raw, urllib.parse.unquote(raw.split("?")[0]), request.headers.get("X-Stile-User"), body))

        application = web.Application(client_max_size=1 << 24)
        application.router.add_route("*", "/{tail:.*}", handle)
        web.run_app(application, path=path, print=None, keepalive_timeout=3600)


NGINX = """
{user}
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log stderr;
events {{ worker_connections 64; }}
http {{
  access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen unix:{socket}; keepalive_timeout 3600; client_max_body_size 0; merge_slashes off;
    location / {{ proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $http_host; proxy_request_buffering on; proxy_pass http://unix:{behind}; }}
  }}
}}
"""

# What follows the request line; `{host}` and `{who}` are filled in. Each is sent as it stands.
BODIES = {
    "a length": "PUT {path} HTTP/1.1\r\n{fields}Content-Length: 5\r\n\r\nhello",
    "no body": "PUT {path} HTTP/1.1\r\n{fields}Content-Length: 0\r\n\r\n",
    "chunks": "PUT {path} HTTP/1.1\r\n{fields}Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
    "a coding in capitals": "PUT {path} HTTP/1.1\r\n{fields}Transfer-Encoding: CHUNKED\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "extensions": "PUT {path} HTTP/1.1\r\n{fields}Transfer-Encoding: chunked\r\n\r\n5;a=\"b;c\"\r\nhello\r\n0;x\r\n\r\n",
    "leading zeros": "PUT {path} HTTP/1.1\r\n{fields}Transfer-Encoding: chunked\r\n\r\n0005\r\nhello\r\n000\r\n\r\n",
    "capital digits": "PUT {path} HTTP/1.1\r\n{fields}Transfer-Encoding: chunked\r\n\r\nA\r\nhellohello\r\n0\r\n\r\n",
    "a trailer": "PUT {path} HTTP/1.1\r\n{fields}Transfer-Encoding: chunked\r\nTrailer: x-sum\r\n\r\n5\r\nhello\r\n0\r\nx-sum: 1\r\n\r\n",
    "a request as a body": "PUT {path} HTTP/1.1\r\n{fields}Content-Length: 44\r\n\r\nGET /static-files/evil HTTP/1.1\r\nHost: evil\r\n\r\n",
    "a request in a chunk": "PUT {path} HTTP/1.1\r\n{fields}Transfer-Encoding: chunked\r\n\r\n2c\r\nGET /static-files/evil HTTP/1.1\r\nHost: evil\r\n\r\n\r\n0\r\n\r\n",
    "two codings": "PUT {path} HTTP/1.1\r\n{fields}Transfer-Encoding: chunked, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "length and coding": "PUT {path} HTTP/1.1\r\n{fields}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "a length with an underscore": "PUT {path} HTTP/1.1\r\n{fields}Content_Length: 99\r\nContent-Length: 5\r\n\r\nhello",
    "a coding with an underscore": "PUT {path} HTTP/1.1\r\n{fields}Transfer_Encoding: chunked\r\nContent-Length: 5\r\n\r\nhello",
    "a nominated length": "PUT {path} HTTP/1.1\r\n{fields}Connection: content-length\r\nContent-Length: 5\r\n\r\nhello",
    "a coding with a tab": "PUT {path} HTTP/1.1\r\n{fields}Transfer-Encoding:\tchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "an expectation": "PUT {path} HTTP/1.1\r\n{fields}Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
    "a body of DELETE": "DELETE {path} HTTP/1.1\r\n{fields}Content-Length: 5\r\n\r\nhello",
    "an old client": "PUT {path} HTTP/1.0\r\n{fields}Content-Length: 5\r\n\r\nhello",
}
PATHS = [
    "a", "a/", "a//b", "./a", "b/../a", "%61", "a%20b", "a+b", "a%2Bb", "a%3Fb", "a%23b", "a%25b", "a%26b", "a%3Db", "a%3Ab", "a:b", "a@b",
    "a%40b", "a,b", "a%2Cb", "a'b", "a!b", "a*b", "a(b)", "a$b", "a&b", "a=b", "a~b", "a%7Eb", "%C3%A4", "%E2%82%AC", "e%CC%81", "%F0%9F%98%80",
    "a?x=%2F..%2F", "a?x;y", "a??", "a?x=a+b&x=%2B", "a?%61=1", "a?", "a?=", "a?x=%0D%0AX-Stile-User:%20evil", "a?x=%00", "a[b]", "a|b", "a^b", "a{b}", "a%5Bb%5D",
    "a%2Fb", "a%5Cb", "a\\b", "a;b", "a%3Bb", "%2e%2e/a", "%252e%252e/a", "a%00", "a%0A", "a%c0%af", "a#b", "%u0061", "a%zz", "..%2fa",
]


def main():
    from stand import Facts, Stand

    facts = Facts()
    with Stand() as stand:
        stand.stub.stop()
        path = stand.folder / "mlflow/socket"
        readings = {}
        for server in SERVERS:
            if server == "nginx" and not pathlib.Path("/usr/sbin/nginx").exists():
                print("skipped nginx, which is not installed")
                continue
            readings[server] = through(stand, facts, server, path)
    first = readings[SERVERS[0]]
    print(f"{len(first)} requests were let through, {len(PATHS) * 2 + len(BODIES) - len(first)} refused")
    facts.hold("some are let through and some are refused", 60 < len(first) < len(PATHS) * 2 + len(BODIES) - 20, len(first))
    for server, reading in readings.items():
        odd = {what: (reading.get(what), first.get(what)) for what in reading | first if reading.get(what) != first.get(what)}
        facts.hold(f"{server} reads each of them as {SERVERS[0]} does", not odd, dict(list(odd.items())[:4]))
    facts.close()


@contextlib.contextmanager
def running(server, path, log, folder):
    path.unlink(missing_ok=True)
    processes = []
    behind = folder / "behind"
    behind.unlink(missing_ok=True)
    own = ["aiohttp", str(behind)] if server == "nginx" else [server, str(path)]
    output = open(folder / f"{server}.log", "wb")
    processes.append(subprocess.Popen([sys.executable, __file__, "serve", *own, str(log)], stdout=output, stderr=output, start_new_session=True))
    if server == "nginx":
        text = NGINX.format(user="user root;" if os.geteuid() == 0 else "", folder=folder, socket=path, behind=behind)
        (folder / "nginx.conf").write_text(text)
        processes.append(subprocess.Popen(["/usr/sbin/nginx", "-c", folder / "nginx.conf", "-e", folder / "nginx-errors"], stdout=output, stderr=output, start_new_session=True))
    try:
        from stand import eventually

        log.write_text("")
        if not eventually(lambda: all(answers(each) for each in [path] + ([behind] if server == "nginx" else []))):
            raise RuntimeError(f"{server} did not start:\n" + (folder / f"{server}.log").read_text()[-3000:])
        yield
    finally:
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def answers(path):
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as one:
        one.settimeout(60)
        one.connect(str(path))
        one.sendall(b"GET /ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return one.recv(12).endswith(b"200")
    return False


def through(stand, facts, server, path):
    """Sends everything through Stile to one server; what was let through, and how it was read."""
    log = stand.folder / f"{server}.seen"
    base = f"Host: 127.0.0.1:{stand.port}\r\nAuthorization: {stand.basic('ben')}\r\n"
    requests = {}
    for odd in PATHS:
        requests[f"GET {odd}"] = f"GET /mlflow/static-files/{odd} HTTP/1.1\r\n{base}\r\n"
        requests[f"PUT {odd}"] = f"PUT /mlflow{RUN}{odd} HTTP/1.1\r\n{base}Content-Length: 5\r\n\r\nhello"
    for what, text in BODIES.items():
        requests[what] = text.format(path="/mlflow" + RUN + "body", fields=base)
    seen = {}
    wrong = []
    answered = 0
    with running(server, path, log, stand.folder):
        after = stand.connection()
        for what, text in requests.items():
            before = len(log.read_text().splitlines())
            status = send(stand, text)
            lines = [json.loads(line) for line in log.read_text().splitlines()[before:]]
            answered += (status < 400) + 1
            if len(lines) > 1 or (lines == []) != (status >= 400):
                wrong.append((what, status, lines))
            elif lines:
                seen[what] = lines[0]
            # The next person, on a connection of the same pool.
            try:
                after.request("GET", "/mlflow/static-files/mine", headers={"Authorization": stand.basic("anna")})
                own = json.loads(after.getresponse().read())
            except (OSError, http.client.HTTPException, ValueError) as error:
                own = {"error": repr(error)}
                after.close()
            if (own.get("user"), own.get("raw")) != ("anna", "/static-files/mine"):
                wrong.append((what, "the next one got", own))
        # One that was smuggled in may have been read behind the answers.
        facts.hold(f"{server}: nothing else has reached it", len(log.read_text().splitlines()) == answered, (len(log.read_text().splitlines()), answered))
    facts.hold(f"{server}: each request that is let through is one, and the next person gets an answer of their own", not wrong, wrong[:4])
    facts.hold(f"{server}: all are Ben's", {line["user"] for line in seen.values()} == {"ben"}, {line["user"] for line in seen.values()})
    return seen


def send(stand, text):
    """Sends exactly these bytes; the status of the final answer."""
    context = ssl.create_default_context(cafile=stand.ca)
    with socket.create_connection(("127.0.0.1", stand.port), 300) as raw, context.wrap_socket(raw, server_hostname="127.0.0.1") as wire:
        wire.sendall(text.encode())
        response = http.client.HTTPResponse(wire, method=text.split(" ")[0])
        response.begin()
        status = response.status
        response.read()
        return status


if len(sys.argv) == 5 and sys.argv[1] == "serve":
    serve(*sys.argv[2:])
else:
    main()
