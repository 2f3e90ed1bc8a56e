"""The wheel in empty environments: alone, its doctests, and each extra with what it promises (`make dist`)."""

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

PACKAGES = Path(__file__).resolve().parents[1] / "_build" / "dist" / "packages"
ALONE = """
import sys, zcmoe
from importlib.metadata import distributions
names = {each.metadata["Name"].lower() for each in distributions()}
assert names <= {"zcmoe", "numpy", "scipy", "pip", "setuptools"}, names
missing = [name for name in zcmoe.__all__ if name not in ("ZeroComputeMoERegressor", "ZeroComputeMoETransformer")
           and not hasattr(zcmoe, name)]
assert not missing, missing
"""
FIT = """
import numpy as np, zcmoe
x = np.linspace(0, 1, 200)
model = zcmoe.ZeroComputeMoERegressor().fit(x[:, None], np.cos(6 * x))
assert abs(model.predict(x[:, None]) - np.cos(6 * x)).max() < 1
"""
DRAW = """
import matplotlib; matplotlib.use("agg")
import matplotlib.pyplot as plt
from zcmoe import show
def draw(m):
    figure, axes = plt.subplots()
    axes.plot([0, 1], [0, m])
    return figure, f"a line up to {m}"
show.explore(draw, m=[1, 2])
show.playground()
"""
STREAM = """
import dask.array as da, numpy as np, zcmoe
x = np.random.default_rng(0).random(1000)
regions = zcmoe.Intervals.uniform(4)
blocks = [da.from_array(each, chunks=250) for each in (x, x**2)]
whole = zcmoe.fit_experts(regions, x, x**2).constants
assert np.allclose(zcmoe.learning.fit_dask(regions, *blocks).constants, whole)
"""
READ = """
import numpy as np, pyarrow, pyarrow.parquet, zcmoe
x = np.linspace(0, 1, 200)
pyarrow.parquet.write_table(pyarrow.table({"x": x, "y": x**2}), "curve.parquet")
blocks = [(rows[:, 0], y) for rows, y in zcmoe.learning.in_parquet("curve.parquet", "y", size=64)]
regions = zcmoe.Intervals.uniform(4)
whole = zcmoe.fit_experts(regions, x, x**2).constants
assert len(blocks) > 1 and np.allclose(zcmoe.learning.fit_stream(regions, blocks).constants, whole)
"""
EXTRAS = {"sklearn": FIT, "show": DRAW, "dask": STREAM, "parquet": READ}


def environment(folder, *requirements):
    """Return the Python of a new environment."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    quiet = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*quiet, *requirements], check=True)
    return python


def main():
    (wheel,) = PACKAGES.glob("*.whl")
    with tempfile.TemporaryDirectory() as place:
        place = Path(place)

        def run(python, *command):
            subprocess.run([python, *command], cwd=place, check=True)

        alone = environment(place / "alone", wheel)
        run(alone, "-c", ALONE)
        print("alone: imports", flush=True)
        subprocess.run([alone, "-m", "pip", "install", "--quiet", "pytest"], check=True)
        for extra, code in EXTRAS.items():
            run(environment(place / extra, f"{wheel}[{extra}]"), "-c", code)
            print(f"{extra}: does what it promises", flush=True)
        everything = environment(place / "all", f"{wheel}[{','.join(EXTRAS)}]", "pytest")
        run(everything, "-m", "pytest", "-q", "--doctest-modules", "-p", "no:cacheprovider",
            "-o", "doctest_optionflags=NORMALIZE_WHITESPACE ELLIPSIS", "--pyargs", "zcmoe")


if __name__ == "__main__":
    sys.exit(main())
