"""Figures from /metrics pages, beside the parser of the Prometheus project."""

from __future__ import annotations

from math import inf, isnan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planc_runtime.engine.prometheus import figure, samples

PAGE = """
# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000
# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\\\FILE.TXT",error="Cannot find:\\n\\"F {1}, x\\""} 1.5e9
metric_without_timestamp_and_labels 12.47
something_weird{problem="division by zero"} +Inf -3982045
rpc_duration_seconds_bucket{le="0.05",} 24054
rpc_duration_seconds_bucket{le="+Inf"} 144320
not a sample
"""


@pytest.mark.parametrize(
    ("wanted", "value"),
    [
        ("http_requests_total", 1030),
        ('http_requests_total{code="400"}', 3),
        ('http_requests_total{code="200",method="post"}', 1027),
        ('http_requests_total{code="500"}', None),
        ("http_requests", None),
        ("metric_without_timestamp_and_labels", 12.47),
        ("something_weird", inf),
        ('msdos_file_access_time_seconds{error="Cannot find:\\n\\"F {1}, x\\""}', 1.5e9),
        ('rpc_duration_seconds_bucket{le="+Inf"}', 144320),
        ("rpc_duration_seconds_bucket{le=}", None),
        ("", None),
    ],
)
def test_figures(wanted: str, value: float | None) -> None:
    assert figure(PAGE, wanted) == value


def test_what_is_no_number_is_none_of_ours() -> None:
    assert isnan(figure("a NaN\n", "a") or 0.0)
    assert list(samples('a{b="c" 1\na{b} 1\na one\na\n# a 1\n')) == []


NAMES = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,5}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=8)
SERIES = st.tuples(NAMES, st.dictionaries(NAMES, TEXTS, max_size=3), st.floats(allow_nan=False))


@given(st.lists(SERIES, max_size=5))
@settings(deadline=None)
def test_what_is_written_by_the_rules_is_read_as_it_was(
    series: list[tuple[str, dict[str, str], float]],
) -> None:
    def escaped(text: str) -> str:
        return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')

    lines = []
    for name, labels, value in series:
        inner = ",".join(f'{label}="{escaped(text)}"' for label, text in labels.items())
        lines.append(f"{name}{{{inner}}} {value!r}" if labels else f"{name} {value!r}")
    page = "".join(f"{line}\n" for line in lines)
    assert [(s.name, dict(s.labels), s.value) for s in samples(page)] == series
    parser = pytest.importorskip("prometheus_client.parser")
    theirs = [
        (sample.name, dict(sample.labels), sample.value)
        for family in parser.text_string_to_metric_families(page)
        for sample in family.samples
    ]
    assert theirs == series
