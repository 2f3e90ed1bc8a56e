"""Debian's Firefox over WebDriver BiDi, which Playwright cannot drive: what the tests of the figures need of it."""

import contextlib
import json
import os
import re
import signal
import subprocess
import time

PREFERENCES = {"app.normandy.enabled": False, "app.update.auto": False, "browser.safebrowsing.malware.enabled": False,
               "browser.safebrowsing.phishing.enabled": False, "datareporting.policy.dataSubmissionEnabled": False,
               "dom.min_background_timeout_value": 4, "network.captive-portal-service.enabled": False,
               "network.connectivity-service.enabled": False, "services.settings.server": "data:,",
               "toolkit.telemetry.enabled": False, "extensions.systemAddon.update.enabled": False,
               "dom.w3c_touch_events.enabled": 1}  # fmt: skip


class Firefox:
    """One browser with one page."""

    def __init__(self, command, profile):
        from websockets.sync.client import connect

        lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items())
        (profile / "user.js").write_text("".join(lines), encoding="utf-8")
        arguments = ["--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
        self.process = subprocess.Popen(
            [command, *arguments],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            env=os.environ | {"MOZ_REMOTE_SETTINGS_DEVTOOLS": "1"},
            start_new_session=True,
            encoding="utf-8",
        )
        said = []
        for line in self.process.stderr:
            said.append(line)
            if address := re.search(r"WebDriver BiDi listening on (ws://\S+)", line):
                break
        else:
            raise RuntimeError(f"Firefox ended: {''.join(said)[-1000:]}")
        self.stack = contextlib.ExitStack()
        self.socket = self.stack.enter_context(connect(f"{address[1]}/session", max_size=None))
        self.count, self.complaints = 0, []
        self.do("session.new", capabilities={})
        self.do("session.subscribe", events=["log.entryAdded"])
        self.page = self.do("browsingContext.getTree")["contexts"][0]["context"]

    def do(self, method, **parameters):
        """Send one command, and return what it answers; errors of the page are kept."""
        self.count += 1
        self.socket.send(json.dumps({"id": self.count, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv(timeout=60))
            if answer.get("method") == "log.entryAdded" and answer["params"]["level"] == "error":
                self.complaints.append(answer["params"]["text"])
            if answer.get("id") != self.count:
                continue
            if answer["type"] == "error":
                raise RuntimeError(f"{method}: {answer['message']}")
            return answer["result"]

    def open(self, address, width, height):
        self.do("browsingContext.setViewport", context=self.page, viewport={"width": width, "height": height})
        self.do("browsingContext.navigate", context=self.page, url=address, wait="complete")

    def evaluate(self, expression):
        """The value of an expression, by way of JSON."""
        answer = self.do(
            "script.evaluate",
            expression=f"JSON.stringify({expression})",
            awaitPromise=True,
            target={"context": self.page},
        )
        assert answer["type"] == "success", answer["exceptionDetails"]["text"]
        return json.loads(answer["result"].get("value", "null"))

    def until(self, expression):
        for _ in range(200):
            if self.evaluate(expression):
                return
            time.sleep(0.05)
        raise AssertionError(f"never true: {expression}")

    def drag(self, points, kind="mouse"):
        def move(point, duration):
            return {"type": "pointerMove", "x": round(point[0]), "y": round(point[1]), "duration": duration}

        actions = [
            move(points[0], 0),
            {"type": "pointerDown", "button": 0},
            *(move(p, 80) for p in points[1:]),
            {"type": "pointerUp", "button": 0},
        ]
        pointer = {"type": "pointer", "id": kind, "parameters": {"pointerType": kind}, "actions": actions}
        self.do("input.performActions", context=self.page, actions=[pointer])
        self.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))")

    def press(self, *keys):
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.do("input.performActions", context=self.page, actions=[{"type": "key", "id": "keys", "actions": actions}])

    def close(self):
        try:
            self.do("browser.close")
        finally:
            self.stack.close()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.stderr.close()
            self.process.wait()
