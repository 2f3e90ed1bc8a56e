"""Side-by-side timing: only ratios taken in one process, round by round, carry over to another machine.

Run with OPENBLAS_NUM_THREADS=1; threads do not pay at these sizes.
"""

import statistics
import time


def interleaved(functions, rounds=7):
    """Return the median seconds of each function of a dict; every round calls each of them once."""
    seconds = {name: [] for name in functions}
    for function in functions.values():
        function()  # warm caches, and the allocator
    for _ in range(rounds):
        for name, function in functions.items():
            start = time.perf_counter()
            function()
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}
