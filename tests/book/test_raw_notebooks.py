"""A chapter opened in JupyterLab or VS Code: how much of it stands there raw.

Links such as ``[(23)](#eq-23)`` and answers in ``<details>`` read well there and on the pages alike. What is left of
the other forms is counted below: the number of a chapter may fall, never rise.
"""

import json
import re

import pytest

ROLES = r"\{(?:eq|prf:ref|doc|download|ref|numref|math)\}`"  # a citation has no plain form
ANSWERS = r"(?m)^\s*(?::{3,}|`{3,})\{(?:dropdown|admonition)\}\s*(?:Answer|What is true)"
LEFT = {}
NOTEBOOKS = sorted((pytest.ROOT / "book").glob("*.ipynb"))


def counted(text):
    """Return the numbers of roles that stand raw and of answers that do not fold.

    Examples
    --------
    >>> counted("{eq}`eq-23`, [(23)](#eq-23), {cite:p}`dar`\\n```{dropdown} Answer\\n")
    (1, 1)
    """
    return len(re.findall(ROLES, text)), len(re.findall(ANSWERS, text))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_reads_well_raw(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    found = counted("\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"))
    allowed = LEFT.get(path.stem, (0, 0))
    assert found[0] <= allowed[0] and found[1] <= allowed[1], f"{found}: more than {allowed} (roles, open answers)"
