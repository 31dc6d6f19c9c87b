"""Diagnostics in each output format, as snapshots."""

from __future__ import annotations

import json

import pytest

from planc.diagnostics import Diagnostic, Diagnostics, Edit, Related
from planc.diagnostics.render import DOCUMENTS, FORMATS, render
from planc.source import Span
from planc.source.load import from_text

SOURCE = from_text(
    'plan "x"\nscenario "s" {\n\texpect p99 latency < 50  # größe 東京 50\n}\n', "a.plan"
)
AT = SOURCE.text.index("50")
FOUND = Diagnostics(
    [
        Diagnostic(
            "PLC0101",
            "`50` is, a number: 100%",
            SOURCE.span(AT, AT + 2),
            label="write `50ms`",
            help="units: ms\nand s",
            notes=("latency is a duration",),
            related=(Related(SOURCE.span(0, 4), "the plan"),),
            fix=(Edit(SOURCE.span(AT, AT + 2), "50ms"),),
        )
    ]
)


def rendered(output_format: str, found: Diagnostics = FOUND, color: bool = False) -> str:
    return render(found, {"a.plan": SOURCE}, output_format, color=color)


def test_full_shows_line_caret_and_way_out() -> None:
    assert rendered("full") == (
        "error[PLC0101]: `50` is, a number: 100%\n"
        " --> a.plan:3:23\n"
        "  |\n"
        "3 |     expect p99 latency < 50  # größe 東京 50\n"
        "  |                          ^^ write `50ms`\n"
        " ::: a.plan:1:1\n"
        "  |\n"
        '1 | plan "x"\n'
        "  | ---- the plan\n"
        "  |\n"
        "  = note: latency is a duration\n"
        "  = help: units: ms\n"
        "          and s\n"
        "\n"
        "1 error found\n"
    )


def test_caret_stands_under_its_word_after_wide_letters() -> None:
    place = SOURCE.text.rindex("50")
    found = Diagnostics([Diagnostic("PLC0101", "m", SOURCE.span(place, place + 2))])

    line, caret = rendered("full", found).splitlines()[3:5]

    wide_letters = 2
    assert caret.index("^") == line.rindex("50") + wide_letters


def test_color_only_when_asked_for() -> None:
    assert "\x1b[" in rendered("full", color=True)
    assert "\x1b[" not in rendered("full")


def test_hidden_characters_are_shown_as_code_points() -> None:
    source = from_text('plan "x" # \u202e \x1b[31m\n', "a.plan")
    found = Diagnostics([Diagnostic("PLC0006", "m", source.span(11, 12))])

    text = render(found, {"a.plan": source}, "full")

    assert "<U+202E> <U+001B>[31m" in text
    assert "\u202e" not in text
    assert "\x1b" not in text


def test_very_long_line_is_cut_around_the_caret() -> None:
    source = from_text('plan "' + "a" * 5000 + "!" + "b" * 5000 + '"\n', "a.plan")
    found = Diagnostics([Diagnostic("PLC0101", "m", source.span(5006, 5007))])

    line, caret = render(found, {"a.plan": source}, "full").splitlines()[3:5]

    assert len(line) < 200
    assert line[caret.index("^")] == "!"


def test_unknown_source_is_shown_without_its_line() -> None:
    assert render(FOUND, {}, "full").splitlines()[1] == " --> a.plan:3:23"


def test_concise_is_one_line() -> None:
    assert rendered("concise") == (
        "a.plan:3:23: error[PLC0101] `50` is, a number: 100% (units: ms and s)\n"
    )


def test_json_has_every_field() -> None:
    (record,) = json.loads(rendered("json"))["diagnostics"]

    assert record["code"] == "PLC0101"
    assert record["name"] == "unexpected-word"
    assert (record["line"], record["column"], record["end_column"]) == (3, 23, 25)
    assert record["fix"][0]["replacement"] == "50ms"
    assert record["related"][0]["message"] == "the plan"


def test_github_escapes_what_the_runner_would_read() -> None:
    assert rendered("github") == (
        "::error file=a.plan,line=3,endLine=3,col=23,endColumn=25,title=planc PLC0101::"
        "`50` is, a number: 100%25%0Ahelp: units: ms%0Aand s%0Anote: latency is a duration\n"
    )


def test_github_escapes_more_in_properties() -> None:
    found = Diagnostics([Diagnostic("PLC0101", "a:b,c", Span("x:y,z", 0, 1, 1, 1, 1, 2))])

    assert rendered("github", found) == (
        "::error file=x%3Ay%2Cz,line=1,endLine=1,col=1,endColumn=2,title=planc PLC0101::a:b,c\n"
    )


@pytest.mark.parametrize("output_format", FORMATS)
def test_nothing_found_is_nothing_said(output_format: str) -> None:
    text = rendered(output_format, Diagnostics())

    assert (text == "") == (output_format not in DOCUMENTS)
    if output_format in DOCUMENTS:
        json.loads(text)


def test_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown output format"):
        rendered("xml")
