"""One HTML file that needs nothing else: templates, style and script put together, everything escaped."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from explorer import __version__, files
from explorer.diagnostics.verdict import DARK_THEME_COLORS, verdict_css
from explorer.experiments.reports.numbers import short_text, signed_text
from explorer.experiments.runs import manifest

TEMPLATES = Path(__file__).parent / "templates"
SCRIPTS = ("report_elements.js", "report_sweep.js", "report.js")  # one script in the page

STATE_MEANINGS = {
    "alive": "has structure, and moves",
    "faint": "moves too little to be seen well",
    "static": "does not move",
    "noisy": "neighboring pixels have little to do with each other",
    "done": "finished, not judged",
    "running": "being made right now",
    "pending": "not made yet",
    "stopped": "stopped on request",
    "interrupted": "its process ended before it was finished",
    "killed": "its process ended before it was finished",
    "failed": "ended with an error",
    "damaged": "files are missing or cannot be read",
}


def write_page(path: Path, template: str, **content: Any) -> Path:
    """Fill a template and write it, atomically."""
    files.write_bytes(path, fill_template(template, **content))
    return path


def fill_template(template: str, **content: Any) -> bytes:
    """A filled template. Every value is escaped; JSON is in a data block."""
    script = Markup("").join(map(_asset, SCRIPTS))
    style = _verdict_colors() + _asset("report.css")
    page = _templates().get_template(template)
    html: str = page.render(
        **content,
        policy=_content_security_policy(script),
        script=script,
        style=style,
        meaning=STATE_MEANINGS,
        version=__version__,
        made=manifest.now().replace("T", " ").replace("+00:00", " UTC"),
    )
    # A file name that is not valid UTF-8 reaches Python as lone surrogates, which no file can hold
    return html.encode("utf-8", "backslashreplace")


def _content_security_policy(script: str) -> str:
    """The content security policy: this script alone runs, pictures and clips come from disk, no more."""
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "img-src 'self' data: file:; media-src 'self' file:; base-uri 'none'; form-action 'none'"
    )


@lru_cache(maxsize=1)
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {
        "sort_keys": False,
        "separators": (",", ":"),
    }  # a recipe keeps its order
    environment.filters |= {"short": short_text, "signed": signed_text, "words": _words}
    for name in ("parts.html.j2", "shots.html.j2"):
        macros = environment.get_template(name).module
        environment.globals |= {
            key: value for key, value in vars(macros).items() if not key.startswith("_") and callable(value)
        }
    return environment


def _verdict_colors() -> Markup:
    """Custom properties such as `--verdict-alive`, for light and for dark screens."""
    dark = verdict_css(":root", DARK_THEME_COLORS)
    return Markup(
        f"{verdict_css()}@media (prefers-color-scheme: dark) {{ {dark}}}\n"
    )  # our own constants, trusted


@lru_cache(maxsize=4)
def _asset(name: str) -> Markup:
    return Markup((TEMPLATES.parent / name).read_text(encoding="utf-8"))  # our own file, trusted


def _words(name: str) -> str:
    return name.replace("_", " ")
