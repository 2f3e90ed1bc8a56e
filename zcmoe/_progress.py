"""What takes long says so: a line on the standard error once a loop has lasted three seconds, and none before."""

import sys
import time

PATIENCE = 3.0  # seconds
_WIDTH = 60  # a shorter line covers a longer one


def with_progress(steps, name, total=None):
    """Pass on the steps of a loop, and say how far it is once it has lasted three seconds.

    Programs that run and store notebooks get no line, so that none is ever stored or compared.

    Parameters
    ----------
    steps : iterable
    name : str
        Of what is done.
    total : int, optional
        Number of steps; that of `steps` where it has a length.
    """
    total = len(steps) if total is None and hasattr(steps, "__len__") else total
    begun, said = time.monotonic(), 0.0
    try:
        for count, step in enumerate(steps):
            now = time.monotonic() - begun
            if now > PATIENCE + said and _is_read():
                said, share = now, f"step {count + 1}" if total is None else f"{count / total:.0%}"
                print(f"\r{name}: {share}, {now:.0f} s".ljust(_WIDTH), end="", file=sys.stderr, flush=True)
            yield step
    finally:  # a loop may end early
        if said:
            print(f"\r{name}: done, {time.monotonic() - begun:.0f} s".ljust(_WIDTH), file=sys.stderr)


def _is_read():
    """Whether a person may read the line: in a notebook only one who could answer a prompt."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    kernel = getattr(shell, "kernel", None)
    return kernel is None or bool(getattr(kernel, "_allow_stdin", False))
