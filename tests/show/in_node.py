"""The engine under Node: what the tests of its golden vectors share."""

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

from zcmoe.show import engine

HOME = Path(engine.__file__).parent


def run(node, suite, golden, home=HOME):
    """A suite of Node's, over golden vectors and the engine in `home`."""
    process = subprocess.Popen(
        [node, "--test", str(suite)],
        env=os.environ | {"GOLDEN": str(golden), "ENGINE": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=300)
    except subprocess.TimeoutExpired:  # the suite is a process of Node's own, which would go on for ever
        os.killpg(process.pid, signal.SIGKILL)
        raise
    return subprocess.CompletedProcess(process.args, process.returncode, said)


def wrong_twin(folder, name, right, wrong):
    """A copy of the engine of which one module is wrong."""
    home = shutil.copytree(HOME, folder / "engine")
    path = home / "compute" / f"{name}.mjs"
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    return home


def printed(node, code, names=()):
    """What a module prints that imports these parts of `compute`."""
    lines = [f'import * as {name} from "{(HOME / "compute" / name).as_uri()}.mjs";' for name in names]
    asked = [node, "--input-type=module", "-e", "\n".join([*lines, code])]
    done = subprocess.run(asked, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


def value(node, code, names):
    """The value of an expression, by way of JSON."""
    return json.loads(printed(node, f"console.log(JSON.stringify({code}))", names))
