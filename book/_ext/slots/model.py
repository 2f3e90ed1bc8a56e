from ._problems import EXPONENTIAL, PROBLEM, UNIFORM, cosine, equal, listed


def values():
    flat = cosine(3, UNIFORM)
    return {
        "cosine": listed([equal(PROBLEM, m) for m in (2, 4, 6, 12)], 4),
        **{f"exponential_{m}": f"{equal(EXPONENTIAL, m):.4f}" for m in (2, 12)},
        **{f"uniform_{m}": f"{equal(flat, m):.4f}" for m in (4, 6)},
    }
