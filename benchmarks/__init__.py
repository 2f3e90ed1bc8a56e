"""Side-by-side measurements against other libraries: ``python -m benchmarks [--quick] [name ...]``.

A module here whose name has no underscore in front yields its rows from ``rows()``, which may take ``quick`` and
``rounds``. A row is a dict: `task`; `ours` in seconds; `peer`; `ratio`, the peer's time over ours, above 1 where we are
faster (None when there is none); `limit`, our time over a bare pass through the data, or None; `target`, such
as ">= 10 x, <= 4 x copy", of which the first is on `ratio` and the second on `limit`; optionally `note` and `met`.
"""

import importlib

from ._timing import interleaved


def compare(task, ours, peers, bare, targets, note="", rounds=7, tenth=()):
    """Yield a row a peer.

    `peers`: name -> function, or None when not installed; those named in `tenth` do a tenth of the work (in their
    favour: it fits the cache) and their time counts ten times. `bare`: the pass through the
    data that `limit` is relative to.
    """
    functions = {name: peer for name, peer in peers.items() if peer}
    seconds = interleaved({"ours": ours, "bare": bare, **functions}, rounds)
    for name, peer in peers.items():
        if name in tenth and peer:
            seconds[name] *= 10
        yield {"task": task, "ours": seconds["ours"], "peer": name if peer else f"{name}: not installed",
               "ratio": seconds[name] / seconds["ours"] if peer else None, "limit": seconds["ours"] / seconds["bare"],
               "target": targets.get(name, ""), "note": note}
        note = ""


def optional(name):
    """The module, or None when it is not installed."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return None
