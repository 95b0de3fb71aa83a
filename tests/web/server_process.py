"""`explorer serve` as a process of its own, for the tests that ask it as anyone would."""

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 90  # seconds until a test that hangs fails
ROOT = str(Path(__file__).parents[2])


@contextmanager
def serving(folder, *options, stdin=None):
    """The server in a folder, and the address that it prints; it is stopped at the end in any case."""
    command = [sys.executable, "-m", "explorer", "serve", "--port", "0", "--explorations", "runs", *options]
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdin=stdin,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": ROOT},
    )
    try:
        line = process.stdout.readline()
        yield process, re.search(r"http://\S+", line)[0].replace("localhost", "127.0.0.1")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def ask(address, body=None, method=None, **headers):
    """Status and JSON of an answer."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json", **headers}
    request = urllib.request.Request(address, data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())
