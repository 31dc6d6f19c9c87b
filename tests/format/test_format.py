"""The one style: idempotent, and it changes nothing but the space between words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.plans import plan_texts

from planc.format import NotFormatted, format_source
from planc.source.load import from_text
from planc.syntax import parse
from planc.syntax.nodes import File

ROOT = Path(__file__).parents[2]
SAMPLES = sorted((ROOT / "tests" / "syntax").glob("everything*.plan.txt"))
PLANS = sorted((ROOT / "plans").rglob("*.plan"))
SLOW = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


def parsed(text: str) -> File:
    tree, found = parse(from_text(text))
    assert found == [], (found[0].message, text)
    return tree


def check_format(text: str) -> str:
    before = parsed(text)
    formatted = format_source(text)
    after = parsed(formatted)
    assert after == before
    assert [each.text.rstrip() for each in after.comments] == [
        each.text.rstrip() for each in before.comments
    ]
    assert format_source(formatted) == formatted
    return formatted


@SLOW
@given(plan_texts())
def test_formatting_keeps_meaning_and_comments_and_is_idempotent(text: str) -> None:
    check_format(text)


@SLOW
@given(st.sampled_from(SAMPLES), st.data())
def test_comments_may_stand_after_any_line(sample: Path, data: st.DataObject) -> None:
    lines = sample.read_text().split("\n")
    inside_text = ("command", "             --initial")
    for number in data.draw(st.lists(st.integers(0, len(lines) - 1), max_size=8)):
        if '"""' not in lines[number] and not lines[number].startswith(inside_text):
            lines[number] += data.draw(
                st.sampled_from([" # x", "# y", "\n# z", "\n\n   # w\n\n\n"])
            )

    check_format("\n".join(lines))


@pytest.mark.parametrize("file", [*SAMPLES, *PLANS], ids=lambda file: file.name)
def test_plans_keep_their_meaning(file: Path) -> None:
    check_format(file.read_text("utf-8"))


def test_one_style() -> None:
    formatted = format_source(
        """# top
plan "x" { owner "me"
   severity  high }  # who
use "a.plan"
let a=[1,2 ,{b:- 3}]
cluster store {nodes 5 of raft
links 1ms +/-2ms
}
scenario "s"  {

  cases
   | a|b |
   # why
   | -1 | "long" |
  run w for 5s{ at 1s crash n1 # bang
    at 10s pause count ( n1 )[ 0 ]. x # longer
    # last
  }


  when a   { } else {heal}
  let long = f(1,
       2)
}
"""
    )

    assert (
        formatted
        == """# top
plan "x" {
  owner    "me"
  severity high
}  # who

use "a.plan"
let a = [1, 2, { b: -3 }]

cluster store {
  nodes 5 of raft
  links 1ms +/- 2ms
}

scenario "s" {
  cases
    | a  | b      |
    # why
    | -1 | "long" |
  run w for 5s {
    at 1s   crash n1              # bang
    at 10s  pause count(n1)[0].x  # longer
    # last
  }

  when a {} else {
    heal
  }
  let long = f(1,
    2)
}
"""
    )


@pytest.mark.parametrize(
    "text",
    ["a - -b", "-a - b", "- -a", "not -a", "f(x)[0].y", "[-1]", "{}", "(a)", "1 .. -2", "a * -b"],
)
def test_minus_signs_keep_their_meaning(text: str) -> None:
    check_format(f'plan "x"\nlet a = {text}\n')


def test_brace_is_drawn_up_to_its_statement() -> None:
    assert format_source('plan "x"\n{\n}\ncluster c\n# why\n{\n}\n') == (
        'plan "x" {}\ncluster c\n# why\n{}\n'
    )


def test_comment_keeps_its_place_before_else() -> None:
    text = """plan "x"

scenario "s" {
  when a {
    heal
  }  # why
  else {
    heal
  }
}
"""
    assert format_source(text) == text


@pytest.mark.parametrize("first", ["repeat every 2s {\n      heal\n    }", "at 5s  heal", "heal"])
def test_comment_that_begins_a_block_stands_above_its_first_statement(first: str) -> None:
    text = f"""plan "x"

scenario "s" {{
  # why
  run traffic for 8s {{
    # how
    {first}
  }}
}}
"""
    assert format_source(text) == text


def test_crlf_and_missing_last_newline() -> None:
    assert format_source('plan "x"\r\n\r\n\r\nlet a=1') == 'plan "x"\n\nlet a = 1\n'


def test_file_with_errors_is_not_formatted() -> None:
    with pytest.raises(NotFormatted) as caught:
        format_source('plan "x"\nlet a = = 1\n')

    assert [each.code for each in caught.value.diagnostics] != []
