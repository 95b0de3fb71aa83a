"""Names are nouns of the field: no participles, adjectives or inventions (see CONTRIBUTING.md).

`python tests/test_names.py [explorer/ROOM]` lists every rejected name with its file.
"""

import ast
import re
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "explorer"
WORDS = set(
    re.findall(
        r"\w+",
        """
        told tell tells say says said hear hears heard hearing kept ask asks asked asking found anew
        shown showing fading magnitude least greatest faintest longest shortest widest steady placed
        living either began begun gone going given chosen seen drawn made known taken wanted remembered
        foretell foresight mine theirs ours twin lens shelf desk conduct journal chance thing proven
        opened carried begins beside aside
        """,
    )
)
ALLOWED = {
    "hear",  # stays beside FieldSettings.analyze: notebooks of users call it
    "steady",  # a keyword of the public function `calibrate`
    "connection_made",  # a method of asyncio.Protocol
    "made_clips",  # a setting of trainings, with its flag
}


@cache
def words(name):
    """The words of an identifier: split at underscores and at capitals."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def identifiers(path):
    """Names that a module gives: its own, functions, classes, parameters, variables, attributes."""
    yield path.stem if path.stem != "__init__" else path.parent.name
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname


def rejected(path):
    """Rejected names of a module, with how often each is given."""
    return Counter(name for name in identifiers(path) if words(name) & WORDS and name not in ALLOWED)


@cache
def modules(folder=PACKAGE, suffix="py"):
    return sorted(path for path in folder.rglob(f"*.{suffix}") if "node_modules" not in path.parts)


@pytest.mark.parametrize("room", sorted({path.relative_to(PACKAGE).parts[0] for path in modules()}))
def test_names_are_nouns_of_the_field(room):
    paths = [path for path in modules() if path.relative_to(PACKAGE).parts[0] == room]
    assert {str(path): dict(names) for path in paths if (names := rejected(path))} == {}


def test_no_folder_holds_more_than_twenty_modules():
    counts = Counter(path.parent for suffix in ("py", "ts", "tsx") for path in modules(suffix=suffix))
    assert {str(folder): count for folder, count in counts.items() if count > 20} == {}


if __name__ == "__main__":
    for module in modules(Path(sys.argv[1]) if sys.argv[1:] else PACKAGE):
        if names := rejected(module):
            sys.stdout.write(f"{module}: {', '.join(f'{name} ({n})' for name, n in names.items())}\n")
