"""A chapter opened in JupyterLab or VS Code reads well.

Links such as ``[(23)](#eq-23)`` and answers in ``<details>`` read well there and on the pages alike.
"""

import json
import re

import pytest

# A citation has no plain form, nor has a Markdown file that is not a page.
ROLES = r"\{(?:eq|prf:ref|doc|download(?!\}`[^`]*\.md>`)|ref|numref|math)\}`"
ANSWERS = r"(?m)^\s*(?::{3,}|`{3,})\{(?:dropdown|admonition)\}\s*(?:Answer|What is true)"
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
    assert found == (0, 0), f"{found}: roles, open answers"
