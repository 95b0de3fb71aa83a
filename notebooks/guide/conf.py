"""Sphinx settings of the site: python -m sphinx -W -b html -c notebooks/guide notebooks build/site"""

from typing import Any

from sphinx.application import Sphinx

import explorer
from explorer.settings import Settings

project = "explorer"
version = release = explorer.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc"]
exclude_patterns = ["**/.ipynb_checkpoints"]
nb_execution_mode = "off"  # notebooks are committed executed
myst_heading_anchors = 3
highlight_language = "text"  # of blocks without a language: commands and printed text
smartquotes = False  # flags keep their two dashes
default_role = "code"  # docstrings write `code` as Markdown does
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints_format = "short"
autodoc_type_aliases = {"ArrayLike": "ArrayLike"}
autodoc_default_options = {"exclude-members": "model_config, model_post_init", "no-value": True}

html_theme = "furo"
html_title = "explorer"
html_show_sourcelink = False
html_show_copyright = False
html_static_path = ["site.css"]
html_css_files = ["site.css"]


def short_signature(_app: Sphinx, _what: str, _name: str, target: object, *_: Any) -> tuple[str, str] | None:
    """Settings classes take their settings by name; the tables of the reference list them."""
    return ("(**settings)", "") if isinstance(target, type) and issubclass(target, Settings) else None


def is_listed_above(_app: Sphinx, what: str, name: str, *_: Any) -> bool | None:
    """The rooms leave out what the public names list already."""
    return True if what == "module" and name in explorer.__all__ else None


def keep_columns(_app: Sphinx, _what: str, _name: str, _target: object, _: Any, lines: list[str]) -> None:
    """Indented blocks of docstrings are equations and columns: they keep their spaces."""
    kept: list[str] = []
    for line in lines:
        starts_block = line.startswith("    ") and kept and not kept[-1].strip()
        inside = any(previous.startswith("    ") for previous in [text for text in kept if text.strip()][-1:])
        kept += ["::", "", line] if starts_block and not inside else [line]
    lines[:] = kept


def setup(app: Sphinx) -> None:
    app.connect("autodoc-process-signature", short_signature)
    app.connect("autodoc-skip-member", is_listed_above)
    app.connect("autodoc-process-docstring", keep_columns)
