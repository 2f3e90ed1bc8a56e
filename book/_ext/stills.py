"""A picture of each figure's first state, for readers of a stored notebook: there no kernel runs, and no widget shows.

A figure of frames brings its own (`zcmoe.show.explore`); that of a live figure is the engine's first drawing, of which
Chromium makes a PNG, for nbval leaves a PNG alone and compares an SVG. What is stored stays as long as it looks the
same, so that another machine's letters, a hair apart from those here, change no notebook. A figure of measured seconds
is another one in every run: ``"measured": true`` in its cell's metadata keeps the picture that there is.
"""

import hashlib
import io
from base64 import b64decode

from PIL import Image, ImageChops
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import sync_playwright

from node_lines import chromium
from zcmoe.show import engine
from zcmoe.show.explore import small_png

STATE, VIEW = (f"application/vnd.jupyter.widget-{part}+json" for part in ("state", "view"))
WIDTH = 820


def opened(png):
    return Image.open(io.BytesIO(b64decode(png)))


def alike(one, other):
    """Whether two pictures look the same: averages over squares of eight pixels differ by a sixth at most.

    Examples
    --------
    >>> from base64 import b64encode
    >>> def bars(*heights):
    ...     image, file = Image.new("L", (80, 80), 255), io.BytesIO()
    ...     for i, height in enumerate(heights):
    ...         image.paste(0, (40 * i, 80 - height, 40 * i + 20, 80))
    ...     image.save(file, format="png")
    ...     return b64encode(file.getvalue()).decode()
    >>> alike(bars(40, 20), bars(40, 20)), alike(bars(40, 20), bars(40, 22)), alike(bars(40), bars(40, 20))
    (True, False, False)
    """
    one, other = (opened(png).convert("RGB") for png in (one, other))
    if one.size != other.size:
        return False
    apart = ImageChops.difference(one.reduce(8), other.reduce(8))
    return max(most for _, most in apart.getextrema()) <= 255 / 6


def photograph(svg, path):
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(color_scheme="light")
        page.set_content(f'<body style="margin: 0; width: {WIDTH}px; background: white">{svg}')
        image = page.locator("svg").first.screenshot()
        browser.close()
    return image


def drawn(figure, state, old):
    """Return the first state of a live figure: the old picture, if it is of the same drawing or none can be made."""
    if engine.node() is None or (path := chromium()) is None:
        return old
    svg = engine.first_picture(figure, state, width=WIDTH)
    of = hashlib.sha256(svg.encode()).hexdigest()[:12]
    if old and opened(old).info.get("of") == of:
        return old
    about = PngInfo()
    about.add_text("of", of)
    return small_png(photograph(svg, path), pnginfo=about)


def stored(notebook):
    """Return {cell's id: picture} of a stored notebook."""
    return {cell.id: output.data["image/png"] for cell in notebook.cells for output in cell.get("outputs", [])
            if "image/png" in output.get("data", {})}


def keep(notebook, before):
    """Leave of each figure in a notebook that has just run its words and its picture; `before`: those stored so far."""
    models = notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    for cell in notebook.cells:
        old = before.get(cell.id)
        for data in (output.data for output in cell.get("outputs", []) if VIEW in output.get("data", {})):
            own = models[data.pop(VIEW)["model_id"]]["state"]
            still = data.pop("image/png", None)
            if "figure" in own:
                still = drawn(own["figure"], own["state"], old)
            elif still and old and (cell.metadata.get("measured") or alike(old, still)):
                still = old
            if still:
                data["image/png"] = still
