"""The figures in the plane and beyond: golden vectors made by zcmoe, that Node holds the engine to."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from scipy import integrate, stats

pytest.importorskip("anywidget")
import zcmoe  # noqa: E402
from show.in_node import HOME, printed, run, value, wrong_twin  # noqa: E402
from zcmoe import Boxes, Independent, Intervals, Problem, RunningExperts, Voronoi, quantization  # noqa: E402
from zcmoe.lattices import LATTICES, cell_second_moment, product_second_moment, sphere_bound  # noqa: E402
from zcmoe.learning import plug_in  # noqa: E402
from zcmoe.learning.left_out import leave_one_out  # noqa: E402
from zcmoe.show import engine  # noqa: E402
from zcmoe.show.live import playground  # noqa: E402
from zcmoe.show.worlds import check_world, plane_cuts, plane_problem, worlds  # noqa: E402

SUITE = Path(__file__).with_suffix(".mjs")
LAWS = {
    "uniform": stats.uniform(-np.sqrt(3), 2 * np.sqrt(3)),
    "normal": stats.norm(),
    "laplace": stats.laplace(scale=np.sqrt(0.5)),
}
AT, SHARE = np.array([-3.1, -1.2, -0.4, 0.0, 0.3, 1.1, 2.7]), np.array([0.01, 0.2, 0.45, 0.5, 0.77, 0.995])


def plane(name, given):
    state = check_world(name, given)
    problem, cuts = plane_problem(name, state), plane_cuts(name, state)
    geometry, moments = zcmoe.region_geometry(problem, cuts), zcmoe.region_moments(problem, cuts)
    out = {
        "volume": geometry.volume,
        "centroid": geometry.centroid,
        "inertia": geometry.inertia,
        "probability": moments.probability,
        "mean": moments.mean,
        "excess": zcmoe.approximation_excess(problem, cuts),
        "bound": zcmoe.small_region_error(problem, cuts),
        "anisotropic": zcmoe.anisotropic_error(problem, cuts),
        "coefficient": None,
    }
    if name == "voronoi":
        rule = cuts.cubature(problem, "volume")
        mass = rule.weights * problem.weight(rule.nodes)
        sums = [np.bincount(rule.regions, mass * each, cuts.n_regions) for each in (1, *rule.nodes.T)]
        out |= {
            "coefficient": zcmoe.high_rate_coefficient(problem),
            "heavy": np.stack(sums[1:], axis=1) / sums[0][:, None],
        }
    return {"name": name, "state": state, "numbers": out}


def planes():
    rng = np.random.default_rng(28)
    slabs = [
        {},
        {"turn": 0},
        {"turn": 0, "m": 5, "waves": 3},
        {"turn": 37.5, "m": 24, "waves": 2},
        {"turn": -120, "m": 3},
        {"turn": 45, "m": 64},
        {"m": 1},
        {"turn": 178.5, "m": 7, "waves": 4},
    ]
    yield from (plane("slabs", given) for given in slabs)
    yield from (plane("voronoi", {"beta": beta}) for beta in ("cosine", "bump"))
    for m in (2, 4, 9, 24):
        for beta in "cosine", "bump":
            yield plane("voronoi", {"beta": beta, "centers": rng.random((m, 2)).round(3).tolist()})


def companders():
    for law, distribution in LAWS.items():
        compander, constant = quantization.compander(distribution), quantization.panter_dite(distribution)
        for m in 2, 5, 8, 32:
            edges = compander.ppf(np.arange(m + 1) / m)
            cells = [
                [
                    integrate.quad(
                        lambda x, k=k, pdf=distribution.pdf: x**k * pdf(x), a, b, epsabs=1e-13, epsrel=1e-12, limit=200
                    )[0]
                    for k in range(3)
                ]
                for a, b in zip(edges[:-1], edges[1:], strict=True)
            ]
            p, first, second = np.transpose(cells)
            yield {
                "law": law,
                "m": m,
                "numbers": {
                    "cdf": compander.cdf(AT),
                    "ppf": compander.ppf(SHARE),
                    "pdf": distribution.pdf(AT),
                    "thresholds": edges[1:-1],
                    "levels": first / p,
                    "distortion": np.sum(second - first**2 / p),
                    "constant": constant,
                },
            }


def rows():
    """Two columns as readers have them, with their text."""
    problem = Problem(lambda x: np.sin(9 * x**2), stats.beta(2, 1.5), stats.uniform(-0.3, 0.6))
    x, y = problem.sample(400, rng=3)
    yield x, y, "x,y\n" + "\n".join(f"{a!r},{b!r}" for a, b in zip(x.tolist(), y.tolist(), strict=True))
    x, y = np.round(1000 * x + 50, 1), 1e4 + 30 * y
    yield x, y, "\r\n".join(f"{a!r}\t{b!r}" for a, b in zip(x.tolist(), y.tolist(), strict=True)) + "\r\n\r\n"
    x = np.arange(40.0)
    yield x, np.where(x < 20, -1.0, 2.5), "\n".join(f'"{a}" ; "{-1.0 if a < 20 else 2.5}"' for a in x.tolist())
    yield x, 3 * x - 1, "\n".join(f"  {a} {3 * a - 1}" for a in x.tolist())  # no noise: as many as you like
    yield np.array([3.0, 1.0, 2.0]), np.array([0.0, 1.0, -1.0]), "3,0\n1,1e0\n2,−1"
    rng = np.random.default_rng(0)
    x, y = rng.random(40).round(3), rng.normal(size=40).round(3)  # noise alone: the widest bandwidth is the best
    yield x, y, "\n".join(f"{a} {b}" for a, b in zip(x.tolist(), y.tolist(), strict=True))


def left_out(cuts, x, y):
    """Each example predicted by the mean of the others of its region; where it is alone, by the nearest region's.

    Regions are as far apart as their midpoints, and of two as near the left one answers.
    """
    at, middle = cuts.route(x), (cuts.edges[1:] + cuts.edges[:-1]) / 2

    def answer(j):
        others = (at == at[j]) & (np.arange(y.size) != j)
        if not others.any():
            away = {i: np.abs(middle[i] - middle[at[j]]).round(9) for i in set(at) - {at[j]}}
            others = at == min(away, key=lambda i: (away[i], i))
        return y[others].mean()

    return np.mean([(each - answer(j)) ** 2 for j, each in enumerate(y)])


def data():
    for x, y, text in rows():
        found = plug_in(x, y)
        m = max(1, round(min(found.number_of_experts, np.unique(x).size)))
        cuts = Intervals(np.r_[x.min(), found.density.ppf(np.arange(1, m) / m), x.max()])
        equal = Intervals(np.linspace(x.min(), x.max(), 2 * m + 1))  # many are empty or hold one, between two as near
        experts = found.number_of_experts if np.isfinite(found.number_of_experts) else None
        yield {
            "text": text,
            "x": x,
            "y": y,
            "numbers": {
                "noise": found.noise_variance,
                "bandwidth": found.bandwidth,
                "coefficient": found.coefficient,
                "experts": experts,
                "cuts": cuts.edges,
                "left_out": left_out(cuts, x, y),
                "equal": equal.edges,
                "equal_left_out": left_out(equal, x, y),
            },
        }


REFUSED = [
    ("1,2\n3,4\n5;6;7", "line 3 must hold two numbers, got 3 entries: 5;6;7"),
    ("1,2\n3,four\n5,6", "line 2"),
    ("1,2\n\n3,\n", "line 3"),
    ("a,b\nc,d", "line 2"),
    ("1,2\n1,3\n2,4", "got 2"),
    ("1,2\n2,nan\n3,4", "line 2"),
    ("1,2\n2,1e999\n3,4", "line 2"),
    ("x\ny", "line 2"),
    ("1,2\n2,0x10\n3,1", "line 2"),
    ("", "got 0"),
    ("1.5,2,5\n3,4", "line 1"),
]


def write(path):
    hexagon, box = LATTICES["A2"].normalized_second_moment, 1 / 12
    solids = {
        "cube": box,
        "dodecahedron": LATTICES["A3"].normalized_second_moment,
        "octahedron": LATTICES["A3*"].normalized_second_moment,
        "prism": product_second_moment((hexagon, 2), (box, 1)),
    }
    rng = np.random.default_rng(5)
    circles = [np.sort(rng.uniform(0, 2 * np.pi, k)) for k in (3, 4, 5, 8)]
    corners = [np.column_stack([3 + 2 * np.cos(t), np.sin(t) - 7]) for t in circles]
    path.write_text(
        json.dumps(
            {
                "planes": list(planes()),
                "companders": list(companders()),
                "data": list(data()),
                "refused": REFUSED,
                "solids": solids,
                "ball": sphere_bound(3),
                "at": AT,
                "share": SHARE,
                "polygons": [{"corners": c, "moment": cell_second_moment(c)} for c in corners],
            },
            default=lambda array: np.asarray(array).tolist(),
        ),
        encoding="utf-8",
    )
    return path


@pytest.fixture(scope="module")
def golden(tmp_path_factory):
    return write(tmp_path_factory.mktemp("golden") / "plane.json")


def test_the_engine_says_what_zcmoe_says(node, golden):
    done = run(node, SUITE, golden)
    assert done.returncode == 0, "\n".join(re.findall(r".*(?:not ok|off by|rror).*", done.stdout))[:3000]


MUTATIONS = {
    "polygon": ("2 * a * b + a * d", "2 * a * b + b * d"),
    "plane": ("2 * a * b * xy", "a * b * xy"),
    "solids": ("dot(r, p))) / 10", "dot(r, p))) / 9.99999"),
    "compander": ("ROOT3 * solve", "1.7 * solve"),
    "plug_in": ("0.9 * v", "0.90001 * v"),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_wrong_twin_is_found(node, golden, tmp_path, name):
    home = wrong_twin(tmp_path, name, *MUTATIONS[name])
    assert run(node, SUITE, golden, home).returncode != 0


def test_truth_of_one_cell(node):
    """M of the shapes, and the three grids of β = x₁ + 4x₂ with their errors and bounds."""
    moments = value(
        node,
        names=["polygon"],
        code="[4, 6, 3, 96].map(k => polygon.normalizedMoment(polygon.polygonGeometry(polygon.regularPolygon(k))))",
    )
    assert [f"{m:.6f}" for m in moments] == ["0.083333", "0.080188", "0.096225", "0.079577"]
    square = Independent(stats.uniform(), stats.uniform())
    tilted = Problem(
        lambda x: x @ [1.0, 4.0], square, None, dimension=2, gradient=lambda x: np.tile([1.0, 4.0], (len(x), 1))
    )
    for shape, (error, bound) in {
        (20, 20): (0.00354, 0.00708),
        (10, 40): (0.00167, 0.01505),
        (40, 10): (0.01339, 0.01505),
    }.items():
        assert round(zcmoe.approximation_excess(tilted, Boxes(shape)), 5) == error
        assert round(zcmoe.small_region_error(tilted, Boxes(shape)), 5) == bound
        stretch = {10: 1, 20: 0, 40: -1}[shape[0]]
        frame = engine.first_frame("cell", {"stretch": stretch, "slope": [1, 4]})
        assert f"error {error:.5f}, bound {bound:.5f}" in frame["verdict"]
        assert abs(float(frame["number"]) - bound / error) < 0.02


def test_truth_of_slabs(node):
    """Along the crests the error is ½ while the sum says 0."""
    frame = engine.first_frame("slabs", {"turn": 0})
    assert frame["number"] == "0.50000" and "says 0.00000" in frame["verdict"]


def test_page_and_python_hold_a_state_to_the_same_rules(node):
    bad = [
        ("cell", {"shape": "star"}),
        ("cell", {"slope": [1]}),
        ("cell", {"corners": [[0, 9]]}),
        ("slabs", {"m": 0}),
        ("slabs", {"m": 2.5}),
        ("slabs", {"turn": None}),
        ("voronoi", {"centers": [[0, 0]]}),
        ("solid", {"turn": 400}),
        ("voronoi", {"centers": [[0, 0], [0.5]]}),
        ("compander", {"x": float("nan")}),
        ("compander", {"law": "beta"}),
    ]
    code = f"""{json.dumps(bad)}.map(([name, part]) => {{
        try {{ worlds.checkWorld(name, {{...worlds.WORLDS[name].start, ...part}}); return null }}
        catch (error) {{ return error.message }} }})"""
    for (name, part), said in zip(bad, value(node, code, ["worlds"]), strict=True):
        key = next(iter(part))
        with pytest.raises(ValueError, match=key):
            check_world(name, part)
        assert said and key in said
    assert value(node, names=["worlds"], code="worlds.WORLDS") == worlds()


def test_the_package_leaves_out_as_the_figure_does():
    for x, y, _ in rows():
        cuts = Intervals(np.linspace(x.min(), x.max(), x.size // 2 + 1))
        sums = RunningExperts(cuts).update(x, y).sums
        deviations = np.bincount(cuts.route(x), (y - sums.mean[cuts.route(x)]) ** 2, cuts.n_regions)
        place = (cuts.edges[1:] + cuts.edges[:-1])[:, None] / 2
        found = leave_one_out(sums.mass, sums.mean[:, None], deviations, place)
        assert found == pytest.approx(left_out(cuts, x, y), rel=1e-9, abs=1e-12)


def test_the_lines_for_your_numbers_run(node, tmp_path, monkeypatch, capsys):
    x, y, text = next(rows())
    (tmp_path / "numbers.csv").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    home = (HOME / "figures" / "numbers.mjs").as_uri()
    code = printed(node, f'import {{ numbersCode }} from "{home}"; process.stdout.write(numbersCode(7, true))')
    exec(code, {})
    first, second = capsys.readouterr().out.splitlines()
    found = plug_in(x, y)
    assert first == f"400 examples, {found.number_of_experts:.6g} experts" and len(second.split()) == 7


@pytest.mark.parametrize("name", worlds())
def test_the_widget(name):
    live = playground(name)
    assert (
        repr(live)
        == f"<{name}: "
        + ", ".join(f"{k} {v}" for k, v in worlds()[name]["start"].items() if not isinstance(v, list))
        + ">"
    )
    if name in ("slabs", "voronoi"):
        assert live.problem.dimension == 2 and live.cuts == plane_cuts(name, {})
    else:
        with pytest.raises(ValueError, match="holds no problem"):
            _ = live.problem
    with pytest.raises(ValueError, match="got colour"):
        playground(name, colour="red")


def test_a_voronoi_state_in_python():
    live = playground("voronoi", centers=[[0.2, 0.2], [0.7, 0.8]])
    assert live.cuts == Voronoi([[0.2, 0.2], [0.7, 0.8]])
