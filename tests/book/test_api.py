"""The page of functions forgets none."""

import pkgutil
import re

import pytest

import zcmoe

PAGE = (pytest.ROOT / "book" / "api.md").read_text()


def test_every_public_module_is_on_the_page():
    modules = {module.name for module in pkgutil.iter_modules(zcmoe.__path__) if not module.name.startswith("_")}
    assert set(re.findall(r"automodule:: zcmoe\.(\w+)", PAGE)) == modules


@pytest.fixture(scope="module")
def built(site):
    return (site / "book" / "api.html").read_text()


@pytest.mark.parametrize("name", zcmoe.__all__)
def test_every_public_name_is_on_the_page(built, name):
    assert f'id="zcmoe.{zcmoe._MODULE[name]}.{name}"' in built


def test_no_name_is_left_out_by_hand():
    assert not set(re.findall(r"\w+", " ".join(re.findall(r":exclude-members:(.*)", PAGE)))) & set(zcmoe.__all__)
