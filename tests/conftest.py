import os

import pytest

try:
    from hypothesis import HealthCheck, settings
except ImportError:  # the tests that need it are skipped
    pass
else:
    # Always the same few examples; `pytest --hypothesis-profile=search tests/test_search.py` looks for new ones.
    slow = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.filter_too_much]}
    settings.register_profile("ci", derandomize=True, max_examples=10, **slow)
    settings.register_profile("search", max_examples=100_000, **slow)
    settings.load_profile("ci")


@pytest.fixture(scope="session")
def demand():
    """Say that something of the machine is missing: skip, but never in CI."""

    def missing(what, remedy):
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"{what} is missing: {remedy}")

    return missing
