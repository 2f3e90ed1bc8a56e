"""Where a page works: without what never comes, and from a file."""

import pytest

from tests.host import until


@pytest.mark.parametrize("late", [["**/*.woff2"], ["**/*.woff2", "**/*.js"]])
def test_text_waits_three_seconds_at_most(browser, host, late):
    """Fonts, and scripts, that never come do not keep the text away."""
    page = browser.new_page()
    for pattern in late:
        page.route(pattern, lambda route: None)
    page.goto(f"{host}/book/notes.html", wait_until="commit")
    page.locator("h1").wait_for(state="visible", timeout=15_000)
    page.close()


def alive(page):
    assert page.locator(".zcmoe-figure:not([data-alive]), .zcl-still").count() == 0
    for slider in page.locator(".zcmoe-figure input[type=range]").all()[:1]:
        image = slider.locator("xpath=ancestor::figure//img")
        before = image.get_attribute("src")
        slider.press("ArrowLeft" if slider.evaluate("s => s.value === s.max") else "ArrowRight")
        until(page, "([image, before]) => image.getAttribute('src') !== before && image.naturalWidth > 0",
              [image.element_handle(), before])


def test_pages_work_from_a_file(browser, site, one_of_each_kind):
    for name in one_of_each_kind:
        page = browser.new_page()
        errors = []
        page.on("pageerror", lambda error, errors=errors: errors.append(str(error)))
        page.goto((site / f"{name}.html").as_uri(), wait_until="load")
        page.wait_for_timeout(100)
        alive(page)
        assert errors == [], name
        page.close()
