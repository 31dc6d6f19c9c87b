"""A small program that greets over HTTP: started by a command, told by its environment and a file.

greeter.py ADDRESS PORT FOLDER [--rude]: GREETING is in the environment, greeter.json in FOLDER.
"""

from __future__ import annotations

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SERVED = {"greetings": 0}


class Greeter(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/metrics":
            self.answer(f"greetings_total {SERVED['greetings']}\n")
            return
        SERVED["greetings"] += 1
        told = json.loads(Path(sys.argv[3], "greeter.json").read_text())
        name = "you" if "--rude" in sys.argv else told["name"]
        self.answer(f"{os.environ['GREETING']}, {name}!")

    def answer(self, text: str) -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        print(f"{self.command} {self.path}", flush=True)


if __name__ == "__main__":
    server = ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), Greeter)
    print("ready to greet", flush=True)
    server.serve_forever()
