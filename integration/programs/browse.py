#!/usr/bin/env python3
"""browse.py END...: for each END a browser of the chromedriver that listens on port 4444 shows four pages of a web server of
our own. END tells what becomes of it then: it is left by `quit`, killed by `kill` as the kernel does it when memory runs out,
and stays open with `stay`, its profile in /work. Prints how many pages were shown."""

import contextlib
import http.server
import json
import os
import signal
import sys
import threading
import urllib.error
import urllib.request

OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]

# A page has what Chromium gives to processes of their own: a frame of another site, a worker, the network, a picture.
PAGE = """<!doctype html><title>loading</title><h1>page {number}</h1>
<iframe src="http://localhost:{port}/frame"></iframe><canvas id="canvas"></canvas>
<script>
    const worker = new Worker("/worker.js");
    worker.onmessage = async message => {{
        const text = await (await fetch("/text")).text();
        document.getElementById("canvas").getContext("2d").fillRect(0, 0, 100, 100);
        document.title = `${{text}} ${{message.data}}`;
    }};
    worker.postMessage({number});
</script>"""


class Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        kind, content = "text/html", "<p>frame"
        if self.path.startswith("/page/"):
            content = PAGE.format(number=self.path.removeprefix("/page/"), port=self.server.server_port)
        elif self.path == "/worker.js":
            kind, content = "text/javascript", "onmessage = message => postMessage(message.data)"
        elif self.path == "/text":
            kind, content = "text/plain", "shown"
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        # A browser that is killed, or leaves a page early, closes the connection of a frame that it still waited for.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(content.encode())

    def log_message(self, *_):
        pass


def driver(method, path, content=None):
    """One command of the WebDriver protocol."""
    data = None if content is None else json.dumps(content).encode()
    request = urllib.request.Request(f"http://127.0.0.1:4444{path}", data, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]
    except urllib.error.HTTPError as error:
        sys.exit(f"browse.py: {method} {path}: {error.read().decode()}")


def show(session, address, number):
    driver("POST", f"{session}/url", {"url": f"{address}/page/{number}"})
    # The script is polled by the driver itself, which gives up after its own time limit.
    title = driver("POST", f"{session}/execute/async", {"args": [], "script": """
        const done = arguments[0];
        const look = () => document.title == "loading" ? setTimeout(look, 5) : done(document.title);
        look();"""})
    if title != f"shown {number}":
        sys.exit(f"browse.py: page {number} has the title '{title}'")


def main():
    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{site.server_port}"
    pages = 0
    for end in sys.argv[1:]:
        # In a folder that is not the driver's own, and that the driver takes longer to leave.
        profile = ["--user-data-dir=/work/profile"] if end == "stay" else []
        options = {"args": OPTIONS + profile}
        opened = driver("POST", "/session", {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}})
        session = f"/session/{opened['sessionId']}"
        for _ in range(4):
            pages += 1
            show(session, address, pages)
        if end == "kill":
            os.kill(opened["capabilities"]["goog:processID"], signal.SIGKILL)
        if end != "stay":
            driver("DELETE", session)
    print(f"{pages} pages")


main()
