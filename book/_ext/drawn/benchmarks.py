"""The tables of the page on speed as one picture."""

import re
from pathlib import Path

import matplotlib.pyplot as plt

from zcmoe.show.style import EDGES, EXACT, UNIFORM

PAGE = Path(__file__).parents[2] / "benchmarks.md"
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ([\d.]+) \|", re.M)  # task, peer, peer ÷ ours
LEAST, MOST = 0.3, 3000


def measured(text):
    """Return {table: {peer: [ratio, ...]}} of what compares times with a peer's.

    Examples
    --------
    >>> measured("## Learning, in memory: a table\\n| task | peer |\\n| learn, m = 4 | a loop | 8.5 | 2.0 |\\n"
    ...          "| memory to learn | at once | 142 | |\\n")
    {'Learning': {'a loop': [8.5]}}
    """
    found = {}
    for part in re.split(r"^(?:##|`{3,}\{dropdown\}) ", text, flags=re.M)[1:]:
        title = re.split(r"[,:]| against | with ", part.partition("\n")[0])[0]
        for task, peer, ratio in ROW.findall(part):
            if not task.startswith("memory"):
                found.setdefault(title, {}).setdefault(peer.strip(), []).append(float(ratio))
    return found


def speed():
    tables = measured(PAGE.read_text(encoding="utf-8"))
    rows = sum(1.3 + len(peers) for peers in tables.values())
    fig, ax = plt.subplots(figsize=(4.6, 0.4 * rows))
    y, ahead, total = 0.0, 0, 0
    for title, peers in tables.items():
        y += 1.3
        ax.text(LEAST, y - 0.5, title, fontweight="bold", va="center")
        for peer, ratios in peers.items():
            ax.hlines(y + 0.62, LEAST, MOST, color=EDGES, linewidth=0.6)
            ax.text(LEAST, y + 0.22, peer, va="center", color=UNIFORM)
            ax.vlines(1, y + 0.42, y + 0.82, color=EXACT, linewidth=1.5)
            for ratio in ratios:
                ax.plot(max(ratio, LEAST), y + 0.62, "o" if ratio > LEAST else "<", color=EXACT, markersize=6,
                        markerfacecolor="none", clip_on=False)
            ahead, total, y = ahead + sum(ratio > 1 for ratio in ratios), total + len(ratios), y + 1
    ax.set(xscale="log", xlim=(LEAST, MOST), ylim=(y + 0.2, 0.3), yticks=[])
    ax.set_xticks([1, 10, 100, 1000], ["as fast", "10 ×", "100 ×", "1000 ×"])
    ax.minorticks_off()
    ax.spines["left"].set_visible(False)
    return fig, (f"{total} comparisons with {sum(map(len, tables.values()))} peers, as times of the peer over ours on "
                 f"a logarithmic axis. In {ahead} of them zcmoe is faster.")
