"""Receivers of decisions for tests, made to be killed: `receivers.py syslog PORT CERT KEY FILE` or `receivers.py http PORT FILE`.

What arrives is appended to FILE, one line each, before anybody is told that it was taken. Standard library only.
"""
import http.server
import os
import socket
import ssl
import sys
import threading


def append(path, data):
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(descriptor, data)
    os.close(descriptor)


def syslog(port, certificate, key, path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", int(port)), reuse_port=False)

    def serve(raw):
        try:
            connection = context.wrap_socket(raw, server_side=True)
            data = b""
            while True:
                piece = connection.recv(65536)
                if not piece:
                    break
                data += piece
                while b" " in data[:12]:
                    length, rest = data.split(b" ", 1)
                    if len(rest) < int(length):
                        break
                    append(path, rest[: int(length)] + b"\n")
                    data = rest[int(length) :]
            connection.unwrap().close()
        except (OSError, ValueError):
            raw.close()

    while True:
        raw, _ = listener.accept()
        threading.Thread(target=serve, args=(raw,), daemon=True).start()


def collector(port, path):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            append(path + self.path.replace("/", "."), body if body.endswith(b"\n") else body + b"\n")
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *arguments):
            pass

    http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Handler).serve_forever()


if __name__ == "__main__":
    {"syslog": syslog, "http": collector}[sys.argv[1]](*sys.argv[2:])
