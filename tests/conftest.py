import os

import pytest


@pytest.fixture(scope="session")
def demand():
    """Say that something of the machine is missing: skip, but never in CI."""

    def missing(what, remedy):
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"{what} is missing: {remedy}")

    return missing
