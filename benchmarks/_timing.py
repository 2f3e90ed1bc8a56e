"""Side-by-side timing: only ratios taken in one process, round by round, carry over to another machine.

Processor time, so that a busy machine counts less; with OPENBLAS_NUM_THREADS=1, threads do not pay at these sizes.
"""

import statistics
import time


def interleaved(functions, rounds=7):
    """Return the median processor seconds of each function of a dict; every round calls each of them once."""
    seconds = {name: [] for name in functions}
    for function in functions.values():
        function()  # warm caches, and the allocator
    for _ in range(rounds):
        for name, function in functions.items():
            start = time.process_time()
            function()
            seconds[name].append(time.process_time() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}
