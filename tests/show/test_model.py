"""What the figures of the data model show is what they were given."""

import numpy as np
import pytest

plt = pytest.importorskip("matplotlib.pyplot")
pytest.importorskip("ipywidgets")
from settings import COS6  # noqa: E402
from zcmoe import Intervals, LevelSets, ZeroComputeMoE, best_experts  # noqa: E402
from zcmoe.show import explore, model  # noqa: E402

MOE = best_experts(COS6, Intervals([0, 0.3, 0.45, 1]))


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def steps(ax, label):
    """(left, right, height) of the horizontal lines with this label."""
    [lines] = [c for c in ax.collections if c.get_label() == label]
    return [(a, b, y) for (a, y), (b, _) in lines.get_segments()]


def test_every_constant_stands_on_its_region():
    fig, alt = model.predictor(COS6, MOE, "0.1 excess")
    top, strip = fig.axes
    assert steps(top, "constants") == list(zip([0, 0.3, 0.45], [0.3, 0.45, 1], MOE.constants, strict=True))
    [borders] = [c for c in top.collections if len(c.get_segments()) == 4]
    assert [segment[0][0] for segment in borders.get_segments()] == [0, 0.3, 0.45, 1]
    x, y = top.lines[0].get_data()
    np.testing.assert_allclose(y, np.cos(6 * np.pi * x), atol=1e-12)
    x, y = strip.collections[0].get_paths()[0].vertices.T
    np.testing.assert_allclose(y[y > 0], COS6.inputs.pdf(x[y > 0]))
    assert "3 regions" in alt and alt.endswith("0.1 excess.")
    assert fig.get_suptitle() == "0.1 excess"


def test_the_bar_is_the_sum_of_its_parts():
    parts = {"noise": 0.25, "in the regions": 0.5, "wrong constants": 0.125}
    wrong = ZeroComputeMoE(MOE.segmentation, MOE.constants + 1)
    fig, alt = model.decomposition(COS6, wrong, MOE, parts, limit=2)
    top, bar = fig.axes
    assert [(p.get_x(), p.get_width()) for p in bar.patches] == [(0, 0.25), (0.25, 0.5), (0.75, 0.125)]
    assert [y for *_, y in steps(top, "constants")] == list(MOE.constants + 1)
    assert [y for *_, y in steps(top, "best constants")] == list(MOE.constants)
    assert fig.get_suptitle().startswith("0.8750") and "wrong constants 0.1250" in alt


def test_the_chain_is_marked_at_its_m():
    fig, alt = model.excess_by_experts([0.5, 0.4, 0.45, 0.2], [2, 4, 8], most=16)
    line, chain = fig.axes[0].lines
    assert list(line.get_xdata()) == [1, 2, 3, 4] and list(chain.get_xdata()) == [2, 4]
    assert list(chain.get_ydata()) == [0.4, 0.2]
    assert alt.endswith("0.4000 at m = 2, 0.2000 at m = 4.")


def test_no_choice_moves_the_axes():
    """Of the best constants for few and for many regions."""
    drawn = [model.predictor(COS6, best_experts(COS6, Intervals.uniform(m)), "") for m in (1, 12)]
    assert len({(ax.get_xlim(), ax.get_ylim()) for fig, _ in drawn for ax in fig.axes[:1]}) == 1
    shown = [model.excess_by_experts(np.linspace(0.5, 0.01, m), [3], most=32)[0].axes[0] for m in (4, 32)]
    assert len({(ax.get_xlim(), ax.get_ylim()) for ax in shown}) == 1


def test_an_expert_has_a_row_where_it_answers():
    level = best_experts(COS6, LevelSets(COS6.beta, [-np.inf, 0, np.inf]))
    fig, alt = model.pieces(COS6, level, "0.1 excess")
    top, rows = fig.axes
    bars = [(bar.get_x(), bar.get_x() + bar.get_width(), round(bar.get_y() + bar.get_height() / 2))
            for bar in rows.patches]
    ends = [0, *(np.arange(1, 12, 2) / 12), 1]  # zeros of the cosine
    np.testing.assert_allclose(bars, list(zip(ends, ends[1:], [1, 0] * 4, strict=False)), atol=1 / 600)
    heights = [line.get_segments()[0][0][1] for line in top.collections]
    np.testing.assert_allclose(heights, [level.constants[row] for *_, row in bars])
    assert "2 constants" in alt and "7 pieces" in alt and fig.get_suptitle() == "0.1 excess"


def test_explore_takes_them():
    assert repr(explore(lambda m: model.predictor(COS6, MOE, f"{m}"), m=[1, 2])) == "<explore m: 2 frames>"
