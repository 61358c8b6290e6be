"""Stands in for a language's order-processor: the standard library only, so that the tests need no set-up."""
import contextlib
import json
import os
from http.server import BaseHTTPRequestHandler, HTTPServer


class Orders(BaseHTTPRequestHandler):
    def do_POST(self):
        order = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        print("Order received: " + json.dumps(order), flush=True)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


with contextlib.suppress(KeyboardInterrupt):
    HTTPServer(("127.0.0.1", int(os.environ["APP_PORT"])), Orders).serve_forever()
