"""A page with all live figures, to look at: ``python -m zcmoe.show.engine``."""

import sys
from pathlib import Path

from zcmoe.show.engine import FIGURES, page_script, stylesheet

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Live figures</title><link rel="stylesheet" href="figure.css"><link rel="icon" href="data:,">
<style>body {{ margin: 0 auto; padding: 8px; max-width: 820px; background: var(--ground); color: var(--ink); }}
figure {{ margin: 0 0 56px; }}</style></head><body><main><h1>Live figures</h1>
{figures}
</main><script defer src="page.js"></script></body></html>
"""


def demo(folder: str | Path) -> Path:
    """Write the page, its script and its stylesheet; return the path of the page."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    figures = "\n".join(
        f'<figure id="{name}" data-zcmoe="{name}"><p>Without script no figure moves.</p></figure>' for name in FIGURES
    )
    (folder / "page.js").write_text(page_script(), encoding="utf-8")
    (folder / "figure.css").write_text(stylesheet(), encoding="utf-8")
    (folder / "index.html").write_text(_PAGE.format(figures=figures), encoding="utf-8")
    return folder / "index.html"


if __name__ == "__main__":
    print(demo(sys.argv[1] if len(sys.argv) > 1 else "_build/engine").resolve().as_uri())
