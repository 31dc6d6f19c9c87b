"""A drawing that grows downwards: shapes as SVG elements, all text escaped, nothing from outside.

No script, no link, no font and no image is in it, so that it may be shown anywhere as it is.
"""

from __future__ import annotations

WIDTH = 960
_STYLE = (
    "text{font-family:system-ui,-apple-system,'Segoe UI',sans-serif;font-size:12px;fill:#1f2328}"
    ".h{font-size:16px;font-weight:600}.s{font-size:13px;font-weight:600}.q{fill:#656d76}"
    ".m{font-family:ui-monospace,SFMono-Regular,Menlo,monospace;font-size:11px}"
    ".load{fill:#54aeff}.fault{fill:#ff8182}.check{fill:#4ac26b}.step{fill:#8c959f}"
    ".box{fill:#f6f8fa;stroke:#d0d7de}.node{fill:#ddf4ff;stroke:#54aeff}"
    ".spare{fill:#fff;stroke:#54aeff;stroke-dasharray:4 3}.zone{fill:none;stroke:#bf8700;"
    "stroke-dasharray:6 3}.line{stroke:#656d76;fill:none}.grid{stroke:#d8dee4}"
)
_ARROW = (
    '<marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
    'orient="auto-start-reverse"><path d="M0 0 L10 5 L0 10 z" fill="#656d76"/></marker>'
)


def escape(text: str) -> str:
    shown = "".join(c if c.isprintable() else "·" for c in text)
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def wide(text: str, size: float = 6.6) -> float:
    """Estimate how wide a text is drawn."""
    return len(text) * size


def cut(text: str, width: float, size: float = 6.6) -> str:
    """Return as much of a text as fits."""
    room = max(int(width / size), 1)
    return text if len(text) <= room else text[: max(room - 1, 1)] + "…"


class Canvas:
    """Elements so far, and how far down they go."""

    def __init__(self) -> None:
        self.elements: list[str] = []
        self.y = 16.0

    def text(self, x: float, y: float, text: str, style: str = "", anchor: str = "start") -> None:
        kind = f' class="{style}"' if style else ""
        place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
        self.elements.append(f"<text {place}{kind}>{escape(text)}</text>")

    def box(
        self, x: float, y: float, width: float, height: float, style: str, tip: str = ""
    ) -> None:
        place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="4"'
        title = f"<title>{escape(tip)}</title>" if tip else ""
        self.elements.append(f'<rect {place} class="{style}">{title}</rect>')

    def path(self, path: str, style: str = "line", *, arrow: bool = False) -> None:
        end = ' marker-end="url(#arrow)"' if arrow else ""
        self.elements.append(f'<path d="{path}" class="{style}"{end}/>')

    def svg(self, title: str) -> str:
        height = self.y + 8
        size = f'width="{WIDTH}" height="{height:.0f}" viewBox="0 0 {WIDTH} {height:.0f}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
        inner = [f"<title>{escape(title)}</title>", f"<style>{_STYLE}</style>",
                 f"<defs>{_ARROW}</defs>",
                 f'<rect width="{WIDTH}" height="{height:.0f}" fill="#fff"/>']  # fmt: skip
        return "\n".join([head, *inner, *self.elements, "</svg>", ""])
