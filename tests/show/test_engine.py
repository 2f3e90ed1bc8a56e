"""The engine computes what zcmoe computes: golden vectors, made here, that Node holds it to."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("anywidget")
import zcmoe  # noqa: E402
from show.in_node import HOME, printed, run, value, wrong_twin  # noqa: E402
from zcmoe import Intervals  # noqa: E402
from zcmoe.show import engine  # noqa: E402
from zcmoe.show.live import START, cuts_of, playground, problem_of  # noqa: E402

SUITE = Path(__file__).with_suffix(".mjs")
AT = np.array([0.03, 0.25, 0.47, 0.61, 0.9])
DRAWN = [
    0.9,
    0.9,
    0.75,
    0.3,
    -0.2,
    -0.6,
    -0.65,
    -0.4,
    0.1,
    0.5,
    0.55,
    0.55,
    0.55,
    0.55,
    0.55,
    0.2,
    -0.3,
    -0.8,
    -0.9,
    -0.7,
    -0.5,
    -0.1,
    0.35,
    0.4,
    0.2,
]
HAND = {"kind": "hand", "at": [0.05, 0.11, 0.3, 0.31, 0.5, 0.72, 0.95]}
BELL, UNIFORM = START["inputs"], {"kind": "uniform"}


def state(beta, m=16, cuts="uniform", inputs=BELL, n=1000, seed=7, noise=0.5):
    named = {"kind": "drawn", "y": DRAWN} if beta == "drawn" else {"kind": beta} if isinstance(beta, str) else beta
    return {
        "beta": named,
        "inputs": inputs,
        "noise": noise,
        "m": m,
        "cuts": {"kind": cuts} if isinstance(cuts, str) else cuts,
        "n": n,
        "seed": seed,
    }


def chosen():
    """Every kind of β, inputs and cuts; zeros of λ*, flats, one expert and 64."""
    states = [
        state(beta, m, cuts)
        for beta in ("cos", "piecewise", "square", "exp", "drawn")
        for m, cuts in ((10, "uniform"), (8, "optimum"), (64, "density"))
    ]
    painted = {"kind": "painted", "heights": (1 + np.arange(96) % 7).tolist()}
    return [
        *states,
        state("drawn", 64, "optimum"),
        state("drawn", 8, HAND),
        state("cos", 8, HAND, UNIFORM, 50, 0),
        state("exp", 12, "density", {"kind": "linear", "slope": 1.2}),
        state("cos", 12, "density", {"kind": "linear", "slope": -2}),
        state("square", 12, "density", {"kind": "beta", "a": 2, "b": 5}),
        state("cos", 12, "optimum", {"kind": "beta", "a": 3, "b": 3}),
        state("cos", 12, "density", {"kind": "normal", "mean": 0.7, "width": 0.03}),
        state("piecewise", 12, "density", {"kind": "normal", "mean": 0.9, "width": 0.05}),
        state("step", 4, "uniform", UNIFORM),
        *(
            state({"kind": "typed", "text": text}, m, cuts, inputs)
            for text, m, cuts, inputs in [
                ("cos(6*pi*x)", 16, "density", BELL),
                ("exp(8*(x-1))", 12, "optimum", UNIFORM),
                ("2*abs(x - 0.3)*sqrt(x + 1) - 0.5", 9, "density", BELL),
                ("sin(20*x^2)", 20, "uniform", UNIFORM),
                ("tanh(20*(x-.6)) + x**3 - (x-1/2)^3", 8, HAND, BELL),
                ("-x^2^.5*cosh(x)/(1+atan(x))", 5, "density", {"kind": "linear", "slope": 1.2}),
                ("x/(x+2)", 7, "density", UNIFORM),
                ("(x+1)^(x+1) - tan(x) + log(2+x)*sinh(-π*x)/9e0", 6, "density", UNIFORM),
            ]
        ),
        state("step", 5, "density"),
        state("cos", 1),
        state("square", 1, "optimum"),
        state("cos", 64, "optimum", n=4000, seed=2**40 + 5, noise=0.1),
        state("cos", 30, "inputs"),
        state("cos", 16, {"kind": "power", "s": 0.5}),
        state("cos", 16, {"kind": "power", "s": 0.2}),
        state("cos", 20, painted),
    ]


def anything(rng):
    """A state that no one chose."""
    beta = {"kind": str(rng.choice(["drawn", "drawn", "drawn", "cos", "piecewise", "square", "exp"]))}
    if beta["kind"] == "drawn":
        y = np.clip(np.cumsum(rng.normal(0, 0.35, 25)), -1.25, 1.25)
        if rng.random() < 0.5:  # a flat
            start = rng.integers(0, 18)
            y[start : start + rng.integers(2, 8)] = y[start]
        beta["y"] = (y.round(3) + 0.0).tolist()  # no -0
    inputs = [
        UNIFORM,
        {"kind": "linear", "slope": round(rng.uniform(-2, 2), 2)},
        {"kind": "normal", "mean": round(rng.uniform(0, 1), 3), "width": round(rng.uniform(0.03, 0.6), 3)},
        {"kind": "beta", "a": int(rng.integers(1, 9)), "b": int(rng.integers(1, 9))},
    ][rng.integers(4)]
    m = int(rng.choice([1, 2, 3, 5, 8, 12, 20, 33, 50, 64]))
    cuts = str(rng.choice(["uniform", "density", "hand", "inputs"]))
    if cuts == "hand":
        at = np.unique(rng.uniform(0.002, 0.998, m - 1).round(3)).tolist()
        m, cuts = len(at) + 1, {"kind": "hand", "at": at}
    return state(
        beta, m, cuts, inputs, int(rng.integers(1, 2000)), int(rng.integers(0, 2**53)), round(rng.uniform(0.05, 1), 2)
    )


def numbers(given, deep):
    """What zcmoe says of a state; with the optimum and the best m if it is to go deep."""
    problem, m, n = problem_of(given), given["m"], given["n"]
    s2, coefficient = problem.noise_variance, zcmoe.high_rate_coefficient(problem)
    out = {
        "beta": problem.beta(AT),
        "slope": problem.gradient(AT),
        "pdf": problem.inputs.pdf(AT),
        "coefficient": coefficient,
        "minimal": coefficient / m**2,
        "density": None,
        "optimum": None,
        "edges": None,
        "best": None,
        "number": zcmoe.number_of_experts(problem, n),
    }
    density = zcmoe.optimal_density(problem)
    out |= {"density": density.pdf(AT), "compander": Intervals.from_density(density, m).edges}
    if deep:
        out["optimum"] = zcmoe.approximation_error(problem, zcmoe.optimal_intervals(problem, m)) - s2
        out["best"] = zcmoe.best_number_of_experts(problem, n, range(1, 65)).m
    if given["cuts"]["kind"] == "optimum":
        return out
    cuts = cuts_of(given)
    moments, level = zcmoe.region_moments(problem, cuts), 1 / (m * np.diff(cuts.edges))
    inner = cuts.edges[1:-1]
    implied = zcmoe.SegmentDensity(lambda x: level[cuts.route(x)], breakpoints=inner)  # (20)
    told = zcmoe.Problem(
        problem.beta,
        problem.inputs,
        problem.noise,
        gradient=problem.gradient,
        breakpoints=np.union1d(problem.breakpoints, inner),
    )  # where that density jumps
    x, y = problem.sample(n, rng=given["seed"])
    learned = zcmoe.fit_experts(cuts, x, y)
    parts = zcmoe.learning.expected_estimation_error(problem, cuts, n)
    return (
        out
        | parts._asdict()
        | {
            "edges": cuts.edges,
            "probability": moments.probability,
            "mean": moments.mean,
            "variance": moments.variance,
            "approximation": zcmoe.approximation_error(problem, cuts) - s2,
            "small_region": zcmoe.small_region_error(problem, cuts) - s2,
            "high_rate": zcmoe.high_rate_error(told, implied, m) - s2,
            "expected": zcmoe.expected_test_error(problem, cuts, n) - s2,
            "x": x[:20],
            "y": y[:20],
            "learned": learned.constants,
            "test": zcmoe.test_error(problem, learned) - s2,
        }
    )


def write(path, states):
    path.write_text(json.dumps({"states": states}, default=lambda array: np.asarray(array).tolist()), encoding="utf-8")
    return path


def failures(done):
    return "\n".join(line for line in done.stdout.splitlines() if re.search("not ok|off by|error:", line))[:3000]


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    states = [
        {"state": given, "numbers": numbers(given, k % 2 == 0 or given["cuts"]["kind"] == "optimum")}
        for k, given in enumerate(chosen())
    ]
    return write(tmp_path_factory.mktemp("golden") / "few.json", states)


def test_chosen_states(node, few):
    done = run(node, SUITE, few)
    print(done.stdout[-2500:])
    assert done.returncode == 0, failures(done)


def test_states_that_no_one_chose(node, tmp_path):
    rng, states, refused = np.random.default_rng(2510_03151), [], []
    while len(states) < 30:
        given = anything(rng)
        try:
            states.append({"state": given, "numbers": numbers(given, len(states) % 8 == 0)})
        except ValueError as error:
            refused.append(error)
    assert len(refused) <= 1, refused  # where rounding leaves g(1) below 1
    done = run(node, SUITE, write(tmp_path / "many.json", states))
    print(done.stdout[-2500:])
    assert done.returncode == 0, failures(done)


MUTATIONS = {  # one a file: what a wrong sign or factor would be
    "quadrature": ("(1 - z * z) * slope * slope", "(1 - z * z) * slope * slope * 1.0000001"),
    "spline": ("Math.abs(m[i + 1] + m[i]) / 2", "Math.abs(m[i + 1] + m[i]) / 3"),
    "problem": ("cosine.slope(x) : 0", "cosine.slope(x) : 1e-6"),
    "density": ("const FLOOR = 1e-6", "const FLOOR = 1e-4"),
    "moments": ("probability[i] > 0 ? mean[i] / probability[i] : average", "mean[i]"),
    "errors": ("** 3) / 12;", "** 3) / 12.000001;"),
    "optimum": ("const CELLS = 24", "const CELLS = 3"),
    "learning": ("rest ** n", "rest ** (n + 1)"),
    "state": ("cuts.s)", "cuts.s + 1e-6)"),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_wrong_twin_is_found(node, few, tmp_path, name):
    cases = json.loads(few.read_text(encoding="utf-8"))["states"]
    some = write(tmp_path / "some.json", [cases[3], cases[14], cases[38]])
    home = wrong_twin(tmp_path, name, *MUTATIONS[name])
    assert run(node, SUITE, some, home).returncode != 0


def javascript(node, code):
    """What a module that imports the engine prints, as JSON."""
    return json.loads(printed(node, code, ("state", "python", "problem", "spline")))


def test_one_running_example(node):
    assert javascript(node, "console.log(JSON.stringify([state.START, state.PAINTED, spline.KNOTS]))") == [
        START,
        96,
        25,
    ]


def test_a_preset_turned_into_knots_keeps_its_extrema(node):
    y = javascript(node, "console.log(JSON.stringify(state.toKnots(problem.makeProblem(state.START))))")
    assert y[0] == 1 and y[4] == y[12] == -1
    beta = problem_of({"beta": {"kind": "drawn", "y": y}})
    assert abs(beta.gradient([1 / 6])[0]) < 1e-12


def test_the_lines_of_python_say_the_same(node, few, capsys):
    """Each of them is run."""
    given = [case for case in json.loads(few.read_text(encoding="utf-8"))["states"] if case["numbers"]["edges"]]
    codes = javascript(
        node, f"console.log(JSON.stringify({json.dumps([case['state'] for case in given])}.map(python.pythonCode)))"
    )
    for code, case in zip(codes, given, strict=True):
        exec(code, {})
        printed = dict(line.split() for line in capsys.readouterr().out.splitlines())
        s2, numbers = case["state"]["noise"] ** 2 / 3, case["numbers"]
        for name, expected in (
            ("excess", numbers["approximation"]),
            ("learned", numbers["test"] + s2),
            ("expected", numbers["expected"] + s2),
        ):
            assert abs(float(printed[name]) - expected) < 2e-9, code


BAD = [
    {"m": 201},
    {"n": 10_001},
    {"inputs": {"kind": "beta", "a": 1.5, "b": 2}},
    {"inputs": {"kind": "beta", "a": 2, "b": 10}},
    {"beta": {"kind": "drawn", "y": [101] * 25}},
    {"m": 0},
    {"m": 2.5},
    {"noise": 0},
    {"noise": float("nan")},
    {"n": -1},
    {"beta": {"kind": "sine"}},
    {"inputs": {"kind": "constructor"}},
    {"inputs": {"kind": "normal", "mean": 0.4, "width": 0}},
    {"cuts": {"kind": "hand", "at": [0.5]}},
    {"cuts": {"kind": "power", "s": 0.7}},
    {"m": 3, "cuts": {"kind": "hand", "at": [0.5, 0.4]}},
    {"m": 3, "cuts": {"kind": "hand", "at": [0.5, 1.5]}},
    {"beta": {"kind": "drawn", "y": [1, 2]}},
    {"cuts": {"kind": "painted", "heights": [1.0] * 95 + [0]}},
]


def test_both_refuse_what_is_not_a_state(node):
    """By the name of what is wrong."""
    code = f"""console.log(JSON.stringify({json.dumps(BAD)}.map((bad) => {{
        try {{ state.checkState({{...state.START, ...bad}}); return null }}
        catch (error) {{ return [error.constructor.name, error.message] }} }})))"""
    for bad, said in zip(BAD, javascript(node, code), strict=True):
        name = "cuts" if "cuts" in bad else next(iter(bad))
        with pytest.raises(ValueError, match=name):
            problem_of(bad)
        assert said and said[0] == "Refused" and name in said[1], bad


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ('inputs: {kind: "normal", mean: 0.4, width: 1e-7}', "the inputs' density integrates to"),
        ('inputs: {kind: "normal", mean: 2, width: 0.01}', "no mass on"),
        ('beta: {kind: "wrong"}', "β' integrates to"),
        ('beta: {kind: "wild"}', "does not converge near"),
    ],
)
def test_what_does_not_close_is_not_computed(node, spec, reason):
    said = javascript(
        node,
        """
        problem.BETAS.wrong = () => ({value: Math.exp, slope: (x) => 1.00001 * Math.exp(x)});
        problem.BETAS.wild = () => ({value: (x) => Math.sin(1 / (x - 0.3)),
            slope: (x) => -Math.cos(1 / (x - 0.3)) / (x - 0.3) ** 2});
        """
        + f"try {{ problem.makeProblem({{...state.START, {spec}}}); console.log(null) }}"
        "catch (error) { console.log(JSON.stringify(error.message)) }",
    )
    assert said and reason in said


def truth(node, code):
    """The same, with the running example as `P` and every function of the engine by its name."""
    names = ("quadrature", "density", "moments", "errors", "optimum", "learning")
    more = [f'import * as {name} from "{(HOME / "compute" / name).as_uri()}.mjs";' for name in names]
    merged = (
        "const {uniformCuts, optimalDensity, fromDensity, regionMoments, approximationExcess, testExcess, "
        "minimalExcess, hoelderRatio, highRateCoefficient, optimalIntervals, expectedEstimationError, numberOfExperts, "
        f"bestNumberOfExperts}} = {{...{', ...'.join(names)}}}; const P = problem.makeProblem(state.START); "
    )
    return javascript(node, "\n".join([*more, merged, f"console.log(JSON.stringify({code}))"]))


def test_truth_of_cut_it_yourself(node):
    of = "(cuts => approximationExcess(regionMoments(P, cuts)))"
    errors = truth(
        node,
        f"[{of}(uniformCuts(8)), {of}(fromDensity(optimalDensity(P), 8)), optimalIntervals(P, 8).excess, "
        "minimalExcess(P, 8)]",
    )
    assert [round(e, 5) for e in errors] == [0.18806, 0.11275, 0.06605, 0.13099]
    cuts = truth(node, "Array.from(optimalIntervals(P, 8).cuts.slice(1, -1))")
    assert [round(a, 4) for a in cuts] == [0.0893, 0.2316, 0.2736, 0.3933, 0.4348, 0.5807, 0.7463]


def test_truth_of_level_the_bars(node):
    ratios = truth(node, "[0, 0.2, 1 / 3, 0.5, 0.6].map(s => hoelderRatio(P, optimalDensity(P, undefined, s)))")
    assert [round(r, 3) for r in ratios] == [1.770, 1.099, 1.000, 1.208, 1.792]


def test_truth_of_how_many_is_many(node):
    ratios = truth(node, "[4, 8, 64].map(m => minimalExcess(P, m) / optimalIntervals(P, m).excess)")
    assert [round(r, 2) for r in ratios] == [2.94, 1.98, 1.11]


def test_truth_of_feed_the_experts(node):
    parts = truth(node, "[10, 62, 120].map(m => expectedEstimationError(P, regionMoments(P, uniformCuts(m)), 1000))")
    wanted = [(0.00087, 0.00135, 0), (0.00527, 0.00024, 0.00160), (0.01003, 0.00012, 0.00498)]
    assert [tuple(round(part[name], 5) for name in ("noise", "within", "empty")) for part in parts] == wanted
    best = truth(node, "bestNumberOfExperts(P, 1000, Array.from({length: 200}, (_, i) => i + 1))")
    assert best["m"] == 62 and round(best["excess"] + 1 / 12, 5) == 0.09429
    flat = "{pdf: () => 1, cells: [0, 1]}"
    assert round(truth(node, f"numberOfExperts(P, 1000, highRateCoefficient(P, {flat}))"), 1) == 70.9


def test_truth_of_one_constant(node):
    """Against `test_error` for any constants, and `best_experts` for the lowest."""
    problem = problem_of({})
    for edges, constants in ([0, 1], [0.7]), ([0, 1], [-0.3]), ([0, 0.4, 1], [0.2, -0.1]):
        moe = zcmoe.ZeroComputeMoE(Intervals(edges), constants)
        ours = truth(node, f"testExcess(regionMoments(P, Float64Array.of(...{edges})), {constants})")
        assert abs(ours + problem.noise_variance - zcmoe.test_error(problem, moe)) < 1e-12
        means = truth(node, f"Array.from(regionMoments(P, Float64Array.of(...{edges})).mean)")
        np.testing.assert_allclose(means, zcmoe.best_experts(problem, Intervals(edges)).constants, atol=1e-12)


def test_a_name_may_stand_in_one_module_only(tmp_path):
    home = shutil.copytree(HOME, tmp_path / "engine")
    (home / "compute" / "errors.mjs").open("a", encoding="utf-8").write("\nfunction drawn() {}\n")
    with pytest.raises(ValueError, match="drawn must be defined once"):
        engine.page_script(home)


def test_the_scripts_are_sound(node, tmp_path):
    for name, text in ("page.js", engine.page_script()), ("widget.mjs", engine.widget_script()):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert subprocess.run([node, "--check", tmp_path / name], capture_output=True).returncode == 0
        assert not re.search(r"^import |%STYLESHEET%", text, re.MULTILINE)


def test_the_script_stays_small():
    import gzip

    assert len(gzip.compress(engine.page_script().encode(), 9)) <= 60_000


def test_the_widget():
    live = playground(m=8, cuts=HAND)
    assert repr(live) == "<playground: β cos, 8 experts, cuts hand>"
    assert live.cuts.edges.tolist() == [0, *HAND["at"], 1]
    assert live.problem.noise_variance == pytest.approx(1 / 12)
    live.state = live.state | {"m": 4, "cuts": {"kind": "uniform"}, "noise": 0.3}
    assert (live.cuts.n_regions, round(live.problem.noise_variance, 9)) == (4, 0.03)
    before = live.state
    with pytest.raises(ValueError, match="m must be an integer"):
        live.state = live.state | {"m": 0}
    assert live.state == before
    assert repr(playground("cut", noise=0.1)) == "<cut: β cos, 8 experts, cuts uniform>"
    with pytest.raises(ValueError, match="figure must be one of playground"):
        playground("nothing")
    with pytest.raises(ValueError, match="got colour"):
        playground(colour="red")


@pytest.mark.parametrize("name", engine.FIGURES)
def test_the_first_picture(node, name):
    """Well-formed at both widths, with the number in words, and alone in the world."""
    import xml.etree.ElementTree as tree

    wide, phone = (tree.fromstring(engine.first_picture(name, width=width)) for width in (820, 374))
    assert (wide.get("width"), phone.get("width")) == ("820", "374")
    assert engine.first_frame(name)["number"] in wide.get("aria-label")
    text = engine.first_picture(name)
    assert len(text) < 40_000 and "url(#zcl" not in text and not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)
    assert not re.search(r"\bNaN\b|undefined", text)


def test_the_first_picture_of_a_state(node):
    assert "0.11275" in engine.first_picture("cut", {"cuts": {"kind": "density"}})
    wave = {"beta": {"kind": "typed", "text": "9*sin(20*x^2)"}}
    assert engine.first_frame("playground", wave)["svg"] != engine.first_frame("playground")["svg"]
    with pytest.raises(ValueError, match="m must be an integer"):
        engine.first_picture("cut", {"m": 0})
    with pytest.raises(ValueError, match="expected a number, x or .* at position 7"):
        engine.first_picture("playground", {"beta": {"kind": "typed", "text": "9*sin("}})
    with pytest.raises(ValueError, match="name must be one of playground"):
        engine.first_picture("nothing")


FORMULAS = [
    "x",
    "2x",
    "x^-2 + 3",
    "-x^2",
    "2**3**2*x",
    "abs(x-0.3)*sqrt(x+1)",
    "sin(",
    "x+",
    "foo(x)",
    "x)",
    "",
    "é",
    "log(x-0.5)",
    "exp(-12*(x-.3)^2)",
    "@",
    "1..2",
    "x x",
    "x^x",
    "sin x",
    "(" * 50 + "x",
    "-" * 50 + "x",
    "x" * 201,
    "__import__('os')",
    "constructor(x)",
    "1/(x+1)/(x+2)",
    "sqrt(x)",
    "abs(abs(x-.5)-.2)",
    "e^x*pi",
    "tan(atan(x))",
]


@pytest.fixture(scope="module")
def readings(node):
    """What the engine makes of each formula: values, slopes and breaks, or why it refuses."""
    code = f"""{json.dumps(FORMULAS)}.map((text) => {{ try {{
        const {{value, slope, breaks}} = formula.typed({{text}});
        return [{AT.tolist()}.map(value), {AT.tolist()}.map(slope), breaks];
    }} catch (error) {{
            return error.constructor.name === "Refused" ? error.message : "a fault: " + error.message; }} }})"""
    return dict(zip(FORMULAS, value(node, code, ["formula"]), strict=True))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_typed_formula_is_read_alike(readings, text):
    """Values and slopes agree, and so do refusals with their positions; the slope is that of differences of β."""
    from zcmoe.show.formula import typed

    said = readings[text]
    if isinstance(said, str):
        with pytest.raises(ValueError, match=r"beta\['text'\]") as refused:
            typed(text)
        at = re.search(r"at position (\d+)", said)
        assert not at or at[0] in str(refused.value), (said, refused.value)
        return
    beta, slope, breaks = typed(text)
    np.testing.assert_allclose(beta(AT), said[0], rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(slope(AT), said[1], rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(breaks, said[2], atol=1e-12)
    np.testing.assert_allclose(slope(AT), (beta(AT + 1e-6) - beta(AT - 1e-6)) / 2e-6, rtol=1e-6, atol=1e-7)


def test_a_stored_notebook_keeps_no_script():
    """As Jupyter stores a figure's models: what it shows stays, and the rest is small."""
    from zcmoe.show.live import without_scripts

    live = playground("cut", m=5)
    state = {key: value for key, value in live.get_state().items() if not key.startswith("layout")}
    stored = {"model_module": "anywidget", "model_name": "AnyModel", "state": state}
    kind = "application/vnd.jupyter.widget-state+json"
    notebook = {"cells": [], "metadata": {"widgets": {kind: {"state": {live.model_id: stored}}}}}
    assert "openDoors" in stored["state"]["_esm"] and without_scripts(notebook) == 1 and without_scripts(notebook) == 0
    assert stored["state"]["figure"] == "cut" and stored["state"]["state"]["m"] == 5
    assert len(json.dumps(notebook)) < 2000 and without_scripts({"metadata": {}}) == 0
