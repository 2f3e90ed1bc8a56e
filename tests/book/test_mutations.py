"""Every measurement of the ledger notices a wrong formula: an exponent, a constant, a sign."""

import re
from collections import Counter

import pytest

import ledger
from ledger.agreement import Disagreement
from ledger.measurements import KINDS, MEASURES
from mutate import caches, mutated, replaced

NAMED = {measure.__name__: measure for measure in MEASURES.values()}
CASES = [tuple(each.values()) for each in ledger.mutations()]


def path_of(name, place):
    if not place:
        return f"{NAMED[name].__module__}.{name}"
    return place if place.startswith("ledger.") else f"zcmoe.{place}"


def test_every_measurement_has_wrong_formulas():
    number = Counter(name for name, *_ in CASES)
    assert set(number) == set(NAMED)
    assert all(many >= 2 for name, many in number.items() if name[:3] != "sug")
    assert len(set(CASES)) == len(CASES)
    assert set(KINDS) == set(MEASURES)


@pytest.fixture(scope="module")
def forget():
    return caches("zcmoe", "ledger")


@pytest.mark.parametrize(("name", "place", "old", "new"), CASES, ids=[
    re.sub(r"\s+", " ", f"{name}: {new}") for name, _, _, new in CASES])
def test_it_is_noticed(forget, name, place, old, new):
    with mutated(path_of(name, place), replaced(old, new), forget), pytest.raises(Disagreement):
        NAMED[name]()


def test_nothing_stays_changed():
    """Measurements made wrong, made again, say what the ledger says: every sixth here, all in test_ledger.py."""
    stored = {row["number"]: row["agreement"] for row in ledger.read()}
    for measure in list(NAMED.values())[::6]:
        assert {stored[number] for number, each in MEASURES.items() if each is measure} == {measure()}
