"""Expressions, texts and targets, from the grammar's rules to nodes."""

from __future__ import annotations

from typing import Any

from planc.source.span import Span
from planc.syntax import nodes as n
from planc.syntax.build_base import BuilderBase, Children, plain_text
from planc.syntax.texts import scan_text, unescape
from planc.vocabulary.units import LIKELY_MEANT, UNITS


class Expressions(BuilderBase):
    def parse_hole(self, start: int, end: int) -> n.Expr | None:
        """Parse what stands between the braces of an interpolation; None when it is wrong."""
        raise NotImplementedError

    # --- words and numbers ---

    def name(self, span: Span, children: Children) -> n.Name:
        return n.Name(span, children[0])

    soft_name = name
    id = name

    def plain(self, span: Span, children: Children) -> n.Name:
        return n.Name(span, ".".join(children))

    def dotted(self, span: Span, children: Children) -> n.Name | n.Attribute:
        value: n.Name | n.Attribute = n.Name(self._upto(span, len(children[0])), children[0])
        if len(children) == 1:
            return value
        for word in children[1:]:
            end = self.source.text.index(word, value.span.end) + len(word)
            value = n.Attribute(self.span(span.start, end), value, word)
        return value

    def _upto(self, span: Span, length: int) -> Span:
        return self.span(span.start, span.start + length)

    def number(self, span: Span, children: Children) -> n.Number:
        written = children[0].replace("_", "")
        if len(written) > 40:
            self.report("PLC0132", span, "the number has too many digits", label="a number?")
            written = "0"
        return n.Number(span, float(written) if "." in written else int(written))

    def quantity(self, span: Span, children: Children) -> n.Quantity:
        written: str = children[0]
        digits = len(written) - len(written.lstrip("0123456789_."))
        number, unit = written[:digits], written[digits:]
        if unit not in UNITS:
            unit = self._unknown_unit(span, number, unit)
        number = number.replace("_", "")[:40]
        return n.Quantity(span, float(number) if "." in number else int(number), unit)

    def _unknown_unit(self, span: Span, number: str, unit: str) -> str:
        meant = LIKELY_MEANT.get(unit) or LIKELY_MEANT.get(unit.lower())
        if meant is None and unit.lower() in UNITS:
            meant = unit.lower()
        help = (
            f"did you mean `{number}{meant}`?"
            if meant
            else "units: us ms s min h d, B KB MB GB KiB MiB GiB, /s /min /h, Kbit/s Mbit/s, %"
        )
        self.report(
            "PLC0131",
            self.span(span.start + len(number), span.end),
            f"`{unit}` is not a unit",
            label="no such unit",
            help=help,
            replace=meant,
        )
        return meant or "s"

    def true(self, span: Span, children: Children) -> n.Bool:
        return n.Bool(span, True)

    def false(self, span: Span, children: Children) -> n.Bool:
        return n.Bool(span, False)

    def none(self, span: Span, children: Children) -> n.NoneLiteral:
        return n.NoneLiteral(span)

    # --- texts ---

    def text(self, span: Span, children: Children) -> n.Text:
        text = self.source.text
        if not text.startswith('"', span.start):
            return n.Text(span, ())
        shape = scan_text(text, span.start, span.end)
        start, end = shape.inner
        if not shape.holes and not shape.stray and shape.open_hole is None:
            plain = self._unescaped(start, end)
            return n.Text(span, (plain,) if plain else (), shape.triple)
        if shape.open_hole is not None:
            self._open_hole(shape.open_hole)
            return n.Text(span, (text[start:end],), shape.triple)
        for position in shape.stray:
            self.report(
                "PLC0122",
                self.span(position, position + 1),
                "a single `}` in a text",
                label="closes nothing",
                help="write `}}` for a brace",
                replace="}}",
            )
        return n.Text(span, tuple(self._parts(start, end, shape.holes)), shape.triple)

    def _parts(self, start: int, end: int, holes: list[tuple[int, int]]) -> list[str | n.Expr]:
        parts: list[str | n.Expr] = []
        position = start
        for hole_start, hole_end in holes:
            if plain := self._unescaped(position, hole_start - 1):
                parts.append(plain)
            if (value := self._hole(hole_start, hole_end)) is not None:
                parts.append(value)
            position = hole_end + 1
        if plain := self._unescaped(position, end):
            parts.append(plain)
        return parts

    def _hole(self, start: int, end: int) -> n.Expr | None:
        if self.source.text[start:end].strip():
            return self.parse_hole(start, end)
        self.report(
            "PLC0121",
            self.span(start - 1, end + 1),
            "an empty interpolation",
            label="nothing between the braces",
            help="write `{{}}` for a pair of braces",
            replace="{{}}",
        )
        return None

    def _open_hole(self, position: int) -> None:
        self.report(
            "PLC0120",
            self.span(position, position + 1),
            "the interpolation that begins here is not closed",
            label="no `}` follows in this text",
            help="write `{{` for a brace",
        )

    def _unescaped(self, start: int, end: int) -> str:
        bad: list[int] = []
        value = unescape(self.source.text[start:end], bad)
        for offset in bad:
            place = self.span(start + offset, min(start + offset + 2, end))
            self.report(
                "PLC0123",
                place,
                f"`{self.source.text[place.start : place.end]}` is not an escape",
                label="unknown escape",
                help='write `\\\\` for a backslash; escapes are \\n \\t \\r \\" \\\\ \\xNN \\uNNNN',
            )
        return value

    def peers(self, span: Span, children: Children) -> n.PeersText:
        separator = plain_text(children[1])
        if separator is None:
            self.report(
                "PLC0124",
                children[1].span,
                "what joins the peers must be plain text",
                label="holds an interpolation",
                help='write it out: join ","',
            )
        return n.PeersText(span, children[0], separator or "")

    # --- operators and collections ---

    def attribute(self, span: Span, children: Children) -> n.Attribute:
        return n.Attribute(span, children[0], children[1])

    def index(self, span: Span, children: Children) -> n.Index:
        return n.Index(span, children[0], children[1])

    def arguments(self, span: Span, children: Children) -> tuple[n.Expr, ...]:
        return tuple(children)

    parameters = arguments

    def function_call(self, span: Span, children: Children) -> n.Call:
        return n.Call(span, self._callable(children[0]), children[1] or ())

    def function_call_by(self, span: Span, children: Children) -> n.Call:
        return n.Call(span, self._callable(children[0]), (children[1],), children[2])

    def _callable(self, value: n.Expr) -> n.Name | n.Attribute:
        if isinstance(value, n.Name | n.Attribute):
            return value
        self.report(
            "PLC0133",
            value.span,
            "only a name can be called",
            label="not the name of a function",
            help="functions: count, sum, leader, followers, ...",
        )
        return n.Name(value.span, "")

    def any_call(self, span: Span, children: Children) -> n.Call:
        return n.Call(span, n.Name(self._upto(span, 3), "any"), children[0] or ())

    def all_call(self, span: Span, children: Children) -> n.Call:
        return n.Call(span, n.Name(self._upto(span, 3), "all"), children[0] or ())

    def list(self, span: Span, children: Children) -> n.ListLiteral:
        return n.ListLiteral(span, tuple(children))

    def record(self, span: Span, children: Children) -> n.Record:
        seen: set[str] = set()
        for key, value in children:
            if key in seen:
                self.report(
                    "PLC0134",
                    value.span,
                    f"the field `{key}` stands twice in one record",
                    label="the second value",
                    help="keep one of them",
                )
            seen.add(key)
        return n.Record(span, tuple(children))

    def field(self, span: Span, children: Children) -> tuple[str, n.Expr]:
        key, value = children
        if isinstance(key, n.Name):
            return key.id, value
        plain = plain_text(key)
        if plain is None:
            self.report(
                "PLC0125",
                key.span,
                "the name of a field must be plain text",
                label="holds an interpolation",
                help="write the name out",
            )
        return plain or "", value

    def range_of(self, span: Span, children: Children) -> n.Range:
        return n.Range(span, children[0], children[1])

    def spread(self, span: Span, children: Children) -> n.Spread:
        return n.Spread(span, children[0], children[1])

    def unary(self, span: Span, children: Children) -> n.Unary:
        return n.Unary(span, children[0], children[1])

    def binary(self, span: Span, children: Children) -> n.Binary:
        return n.Binary(span, children[1], children[0], children[2])

    def conditional(self, span: Span, children: Children) -> n.Conditional:
        return n.Conditional(span, *children)

    # --- targets ---

    def targets(self, span: Span, children: Children) -> Any:
        return children[0] if len(children) == 1 else n.ListLiteral(span, tuple(children))

    def any_of(self, span: Span, children: Children) -> n.AnyOf:
        return n.AnyOf(span, children[0], children[1])

    def each_of(self, span: Span, children: Children) -> n.EachOf:
        return n.EachOf(span, children[0])

    def all_of(self, span: Span, children: Children) -> n.AllOf:
        return n.AllOf(span, children[0])

    def zone_of(self, span: Span, children: Children) -> n.ZoneOf:
        return n.ZoneOf(span, children[0].id, children[1])

    def others(self, span: Span, children: Children) -> n.Others:
        return n.Others(span)
