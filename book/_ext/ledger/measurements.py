"""All measurements, by the numbers of the rows that they are for."""

from . import (  # noqa: F401
    appendix_a,
    appendix_e,
    appendix_f,
    appendix_g,
    expressive_power,
    finite_rate_gating,
    section_3,
    section_4,
    section_5,
    section_6,
)
from .agreement import KINDS, MEASURES  # noqa: F401
