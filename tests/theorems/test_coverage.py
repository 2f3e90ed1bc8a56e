"""Every theorem, lemma and corollary of the paper has a property."""

import re
from pathlib import Path

STATEMENTS = ["4.1", "4.2", "4.3", "5.1", "5.2", "5.3", "6.1", "6.2", "6.3", "6.4", "6.5", "C.1", "C.2"]


def test_every_statement_has_a_property():
    text = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    marks = re.findall(r'mark\.theorem\("([^"]+)"\)\n@given', text)
    assert set(STATEMENTS) <= set(marks)
