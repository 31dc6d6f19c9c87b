"""The site of docs/: Sphinx, MyST for Markdown, Furo for the looks.

    make docs                                            builds build/docs/; warnings are errors
    PYTHONPATH=tests python -m support.documents.pictures    makes the pictures anew

The pages stay plain Markdown that a forge shows as well; what is special to the site is here. All
that the site needs is in its folder: no font, script or picture comes from elsewhere.
"""

import re
from pathlib import Path

from sphinx.application import Sphinx

from planc.highlight import PlanLexer

project = "planc"
html_title = "planc"
copyright = "the authors of planc"

extensions = ["myst_parser", "sphinx_copybutton"]
exclude_patterns = ["_*"]
nitpicky = True
suppress_warnings = ["myst.xref_ambiguous"]

# Every heading is an anchor, and a link to one that does not exist is an error.
myst_heading_anchors = 4
myst_links_external_new_tab = True

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["planc.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#0f4c81",
        "color-brand-content": "#0f5f9e",
    },
    "dark_css_variables": {
        "color-brand-primary": "#9ccbf2",
        "color-brand-content": "#7cc0f5",
    },
}
pygments_style = "tango"
pygments_dark_style = "github-dark"
highlight_language = "text"

# The prompt is no part of a command.
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True

_FOLDER = Path(__file__).parent
_TITLED = re.compile(r'^```(\w+) title="([^"]+)"$', re.MULTILINE)
# Files of the repository that are not pages: on the site a link to them has nowhere to go.
_OUTSIDE = re.compile(r"\[([^\]]+)\]\((?:\.\./)+(?:plans|tests|grammar|generated)[^)]*\)")
_PARTS = {
    "Start": ["tutorial", "install"],
    "How to": ["how-to/*", "ci/*"],
    "Look up": ["reference/README", "command-line", "reference/lint", "reference/diagnostics",
                "reference/backends"],
    "More": ["*"],
    "Inside": ["internals/README", "decisions/README", "performance"],
}  # fmt: skip
"""The table of contents: pages under their captions; a page is shown where it is named first."""


def _as_site(app: Sphinx, name: str, source: list[str]) -> None:
    """Turn what forges read as plain Markdown into what the site can show better."""
    text = _TITLED.sub(r"```{code-block} \1\n:caption: \2\n", source[0])
    text = _OUTSIDE.sub(r"\1", text)
    if name == "index":
        text += "".join(_tree(caption, pages) for caption, pages in _parts().items() if pages)
    elif name.endswith("/README"):
        own = f"{name.removesuffix('/README')}/*"
        text += _tree("", [page for page in _matching(own) if page not in _placed()])
    source[0] = text


def _parts() -> dict[str, list[str]]:
    named = {page for patterns in _PARTS.values() for page in patterns if "*" not in page}
    named |= {"index"}
    return {
        caption: [
            page
            for pattern in patterns
            for page in _matching(pattern)
            if "*" not in pattern or page not in named
        ]
        for caption, patterns in _PARTS.items()
    }


def _placed() -> set[str]:
    return {page for pages in _parts().values() for page in pages}


def _matching(pattern: str) -> list[str]:
    found = _FOLDER.glob(f"{pattern}.md")
    return sorted(str(file.relative_to(_FOLDER).with_suffix("")) for file in found)


def _tree(caption: str, pages: list[str]) -> str:
    lines = "\n".join(f"/{page}" for page in pages)
    titled = f":caption: {caption}\n" if caption else ""
    return f"\n\n```{{toctree}}\n:hidden:\n{titled}\n{lines}\n```\n"


def setup(app: Sphinx) -> None:
    app.add_lexer("plan", PlanLexer)
    app.connect("source-read", _as_site)
