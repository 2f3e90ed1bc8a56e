"""A reader's hand in Chromium: what the tests of the live figures share."""

WIDE = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}

# A page loads once for many tests. This makes anew what a hand has touched there; the rest is as it came.
AFRESH = """(() => {
    for (const host of document.querySelectorAll("[data-touched]")) {
        host.zcmoe.destroy();
        host.zcmoe = new host.zcmoe.constructor(host, JSON.parse(host.dataset.state ?? "{}"));
        delete host.dataset.touched;
    }
    document.documentElement.removeAttribute("style");
    if (location.hash) history.replaceState(null, "", location.pathname);
})()"""
TOUCH = """((host) => {
    host.dataset.touched = "";
    host.scrollIntoView({block: "start", behavior: "instant"});
})"""


class Hand:
    """A page, and what a reader does to one of its figures."""

    def __init__(self, page, name):
        self.page, self.name = page, name
        page.evaluate(f"{TOUCH}(document.getElementById('{name}'))")

    def ask(self, expression):
        return self.page.evaluate(f"(f => {expression})(document.getElementById('{self.name}').zcmoe)")

    def point(self, panel, x, pixel):
        """Pixels on the screen of the share x of a panel's width and a height in the drawing."""
        left, top = self.ask("{const r = f.svg.getBoundingClientRect(); return [r.left, r.top]}")
        start, end = self.ask(f"[f.{panel}.left, f.{panel}.right]")
        return left + start + x * (end - start), top + pixel

    def drag(self, panel, points):
        mouse = self.page.mouse
        for i, (x, pixel) in enumerate(points):
            mouse.move(*self.point(panel, x, pixel), steps=1 if i == 0 else 6)
            if i == 0:
                mouse.down()
        mouse.up()
        self.page.wait_for_timeout(50)

    def swipe(self, panel, start, end):
        session = self.page.context.new_cdp_session(self.page)
        (x0, y0), (x1, y1) = self.point(panel, *start), self.point(panel, *end)

        def touch(kind, *points):
            session.send(
                "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]}
            )

        touch("touchStart", (x0, y0))
        for i in range(1, 13):
            touch("touchMove", (x0 + (x1 - x0) * i / 12, y0 + (y1 - y0) * i / 12))
            self.page.wait_for_timeout(16)
        touch("touchEnd")
        self.page.wait_for_timeout(300)

    def press(self, text):
        self.page.locator(f"#{self.name}").get_by_role("button", name=text, exact=True).click()
        self.page.wait_for_timeout(50)

    def press_named(self, label):
        self.page.locator(f"#{self.name}").get_by_label(label, exact=True).click()
        self.page.wait_for_timeout(50)

    def number(self):
        return self.page.locator(f"#{self.name} .zcl-number").text_content()

    def verdict(self):
        return self.page.locator(f"#{self.name} .zcl-verdict").text_content()

    def height(self):
        return self.page.locator(f"#{self.name} .zcl").bounding_box()["height"]
