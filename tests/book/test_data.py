"""The data that the book ships are what their README says."""

import csv
import hashlib
import re
from pathlib import Path

import numpy as np
import pytest
from pytest import approx

DATA = pytest.ROOT / "book" / "data"
FILES = {"motorcycle.csv": "a92857e86b892f762bdc1a93442dbc3f22c6f46326379af41bcdd3db354aa170",
         "swath.csv.gz": "33de76aa3ffbea29089d670fd2ea29bc67c5aed7fb25f9f8461169ab967d5fd7",
         "training.csv": "585459d3b2911836e13ddf4668dda91cc63231086661aed7e93ead49533057da",
         "gating.csv": "ee9c8071f334b5ac8b7eeab0472fdf0c4f37f300906a24f929bc8fb4718dcd4a",
         "peers.csv": None}  # times differ at each run


def load(name):
    return np.loadtxt(DATA / name, delimiter=",", skiprows=1, unpack=True)


@pytest.mark.parametrize("name", FILES)
def test_the_file_is_the_one_described(name):
    content = (DATA / name).read_bytes()
    assert FILES[name] in (None, hashlib.sha256(content).hexdigest()) and len(content) < 2**20
    section = (DATA / "README.md").read_text(encoding="utf-8").split(f"## {name}")[1].split("\n## ")[0]
    assert "**Source.**" in section and "**Licence.**" in section


def test_nothing_else_is_shipped():
    assert {path.name for path in DATA.iterdir()} - {".ipynb_checkpoints"} == {*FILES, "README.md"}


def test_motorcycle():
    """Facts that books and packages state of these data."""
    time, acceleration = load("motorcycle.csv")
    assert time.size == 133 and np.unique(time).size == 94
    assert (time.min(), time.max()) == (2.4, 57.6) and (acceleration.min(), acceleration.max()) == (-134, 75)
    assert np.all(np.diff(time) >= 0) and acceleration.mean() == approx(-25.5459, abs=1e-4)


def test_the_swath_is_made_as_its_readme_says():
    cbook = pytest.importorskip("matplotlib.cbook")
    if not Path(cbook.get_sample_data("jacksboro_fault_dem.npz", asfileobj=False)).is_file():
        pytest.skip("Matplotlib without its sample data")
    (code,) = re.findall(r"```python\n(.*?)```", (DATA / "README.md").read_text(encoding="utf-8"), re.S)
    made = {}
    exec(code, made)
    distance, elevation = load("swath.csv.gz")
    assert distance.size == 42_720 and np.array_equal(elevation, made["elevation"])
    assert np.abs(distance - made["distance"]).max() < 0.0011  # the last digit may round the other way


def test_the_peers_table_keeps_its_promise():
    """At or above the tuned tree on every set, within a standard error of the difference; in time from 10^4 rows on."""
    with (DATA / "peers.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 10
    for row in rows:
        value = {name: float(text) for name, text in row.items() if name != "set"}
        assert value["experts"] >= value["tuned_tree"] - value["difference_error"] - 5e-4, row["set"]
        limit = 10 * value["s_tree"] if value["rows"] >= 1e4 else value["s_tuned_tree"]
        assert value["s_experts"] <= limit, row["set"]
