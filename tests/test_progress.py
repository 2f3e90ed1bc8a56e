"""What takes long says so, and nothing else does."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from zcmoe import _progress
from zcmoe._progress import with_progress
from zcmoe.optimum import optimal_partition


@pytest.fixture
def slow(monkeypatch):
    """A clock on which every look takes two seconds."""
    clock = iter(np.arange(0.0, 1e6, 2.0))
    monkeypatch.setattr(_progress.time, "monotonic", lambda: next(clock))


def test_what_is_quick_says_nothing(capsys):
    assert list(with_progress(range(5), "task")) == [0, 1, 2, 3, 4]
    assert capsys.readouterr().err == ""


def test_what_is_slow_says_how_far_it_is(slow, capsys):
    assert list(with_progress(range(5), "task")) == [0, 1, 2, 3, 4]
    lines = [line.strip() for line in capsys.readouterr().err.replace("\n", "\r").split("\r")]
    assert lines == ["", "task: 20%, 4 s", "task: 60%, 8 s", "task: done, 12 s", ""]
    list(with_progress(iter("abc"), "letters"))
    assert "letters: step 2, " in capsys.readouterr().err


@pytest.mark.parametrize("seconds, said", [(2.9, False), (3.0, False), (3.1, True)])
def test_a_line_waits_for_three_seconds(monkeypatch, capsys, seconds, said):
    clock = iter([0.0, seconds, seconds])
    monkeypatch.setattr(_progress.time, "monotonic", lambda: next(clock))
    list(with_progress("a", "task"))
    assert bool(capsys.readouterr().err) == said


@pytest.mark.parametrize("person", [True, False])
def test_notebooks_that_are_only_stored_hold_no_line(slow, capsys, monkeypatch, person):
    shell = SimpleNamespace(kernel=SimpleNamespace(_allow_stdin=person))
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    list(with_progress(range(5), "task"))
    assert bool(capsys.readouterr().err) == person


def test_a_programme_says_it(slow, capsys):
    optimal_partition(np.random.default_rng(0).random(70), np.ones(70), 3)
    assert "optimal partition: done" in capsys.readouterr().err
