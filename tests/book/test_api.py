"""The page of functions forgets none."""

import pkgutil

import pytest

import zcmoe

MODULES = [module.name for module in pkgutil.iter_modules(zcmoe.__path__) if not module.name.startswith("_")]


@pytest.fixture(scope="module")
def built(site):
    return (site / "book" / "api.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MODULES)
def test_every_public_module_is_on_the_page(built, name):
    assert f'id="module-zcmoe.{name}"' in built


@pytest.mark.parametrize("name", zcmoe.__all__)
def test_every_public_name_is_on_the_page(built, name):
    assert f'id="zcmoe.{zcmoe._MODULE[name]}.{name}"' in built


def test_no_name_is_told_by_its_number_alone(built):
    """What a named tuple says of its fields by itself; its class tells what they are."""
    assert "Alias for field number" not in built
