"""The language: which Python a sketch may hold, how much of it, and the errors that say so.

A text is parsed, never executed. It holds imports of explorer (which say nothing: names are matched),
constants, functions of one's own, and the sketch: the function that is decorated.
"""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass, field

from explorer.errors import SettingsError

MAX_CHARACTERS, MAX_LINES = 20_000, 600  # of a text
MAX_DEPTH = 60  # of expressions inside of each other
MAX_CALLS = 16  # of functions inside of each other
MAX_PASSES = 1_000  # of one loop
MAX_STEPS = 30_000  # of Python that is translated, loops and calls counted
MAX_OPERATIONS = 6_000  # of a formula
MAX_NAME_CHARACTERS = 40
MAX_CONSTANT = 1e30
ARRAY_MODULES = ("math", "np", "numpy", "torch")

HINTS: dict[type[ast.AST], str] = {
    ast.If: "a formula has no branches: write where(condition, a, b)",
    ast.IfExp: "write where(condition, a, b)",
    ast.While: "write for n in range(10), with a number that is written down",
    ast.Lambda: "write a function with def",
    ast.ListComp: "write a loop: for n in range(10)",
    ast.GeneratorExp: "write a loop: for n in range(10)",
    ast.List: "write a tuple: (a, b)",
    ast.Dict: "the language has numbers and tuples",
    ast.Set: "the language has numbers and tuples",
    ast.JoinedStr: "the language has numbers and tuples",
    ast.Import: "names of explorer.fields.sketch need no import here",
    ast.ImportFrom: "names of explorer.fields.sketch need no import here",
    ast.NamedExpr: "write the assignment on a line of its own",
    ast.FunctionDef: "write it outside of the function",
    ast.Return: "return stands at the end of a function",
    ast.Break: "write where(condition, a, b)",
    ast.Continue: "write where(condition, a, b)",
}


class SketchError(SettingsError):
    """A text that is no sketch, with the line and column where."""


@dataclass(frozen=True)
class SketchText:
    """A text, and where its lines are in what somebody typed: `(first line of the text, line there)`."""

    text: str
    place: str = "the sketch"  # as in `line 4 of its cell`
    origins: tuple[tuple[int, int], ...] = field(default=((1, 1),))

    def error(self, node: ast.AST | None, message: str) -> SketchError:
        """An error at a part of the text."""
        line = getattr(node, "lineno", None)
        if line is None:
            return SketchError(f"{self.place}: {message}")
        column = getattr(node, "col_offset", 0) + 1
        return SketchError(f"line {self.line(line)} of {self.place}, column {column}: {message}")

    def line(self, number: int) -> int:
        """The line where it was typed."""
        first, origin = max(pair for pair in self.origins if pair[0] <= max(number, 1))
        return origin + number - first

    def parse(self) -> ast.Module:
        """The syntax tree. Raises SketchError for what is no Python, too long or too deep."""
        lines = self.text.count("\n") + 1
        if len(self.text) > MAX_CHARACTERS or lines > MAX_LINES:
            raise SketchError(
                f"{self.place} has {len(self.text)} characters in {lines} lines; allowed: {MAX_CHARACTERS} "
                f"characters in {MAX_LINES} lines"
            )
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(self.text)
        except SyntaxError as error:
            node = ast.Pass(lineno=error.lineno or 1, col_offset=max((error.offset or 1) - 1, 0))
            raise self.error(node, f"this is no Python: {error.msg}") from None
        except (ValueError, RecursionError, MemoryError, OverflowError) as error:
            raise SketchError(f"{self.place} cannot be read: {str(error)[:80] or 'too deep'}") from None
        self._check_depth(tree)
        return tree

    def _check_depth(self, tree: ast.Module) -> None:
        """Refuse expressions that are too deep, without recursion."""
        waiting: list[tuple[ast.AST, int]] = [(tree, 0)]
        while waiting:
            node, depth = waiting.pop()
            if depth > MAX_DEPTH:
                raise self.error(node, f"this is {MAX_DEPTH} levels deep; give a part of it a name")
            inner = depth + isinstance(node, ast.expr | ast.stmt)
            waiting += [(child, inner) for child in ast.iter_child_nodes(node)]


def hint(node: ast.AST) -> str:
    """What the language has instead of a part of Python."""
    name = type(node).__name__
    return HINTS.get(type(node), f"{name} is not part of the language of sketches")
