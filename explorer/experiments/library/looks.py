"""All looks by name, those that ship and the user's own; saved, found, and taken from whatever holds one."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.errors import ExplorerError, ReadError, SettingsError
from explorer.experiments.library import look_folder, look_text, sequence_text
from explorer.experiments.library.look import Look, look_name
from explorer.experiments.library.lookup import find_folder
from explorer.experiments.runs.recipe import Recipe, load_recipe
from explorer.experiments.runs.run_folder import LOOK
from explorer.fields import FieldSettings
from explorer.fields.base import check_field
from explorer.fields.presets import KINDS, LOOKS, OFFERED
from explorer.fields.registry import custom_kinds, field_class
from explorer.fields.sketch.files import load_sketch
from explorer.fields.sketch.presets import shipped_sketch, sketch_names
from explorer.files import file_within, is_file, parse_json, read_text
from explorer.rendering.frames import Size
from explorer.settings import did_you_mean

if TYPE_CHECKING:
    import pandas as pd

REPORT_RECIPE = re.compile(r'<pre id="recipe-json"[^>]*>(.*?)</pre>', re.DOTALL)
SOURCES = "a look, sketch.py, run folder, recipe.json, video or report of explorer, or the text of a look"


class Looks(Mapping[str, Look]):
    """The looks on offer by name: those that ship, then the user's. `problems`: damaged files."""

    def __init__(self) -> None:
        self.folder = look_folder.looks_folder()
        self.own: dict[str, Look] = {}
        self.problems: dict[str, str] = {}
        self._shipped = {
            name: Look(name=name, field=LOOKS[kind][name])
            for kind, names in OFFERED.items()
            for name in names
        }
        self._shipped |= {name: Look(name=name, field=shipped_sketch(name)) for name in sketch_names()}
        for path, look in look_folder.own_looks():
            if isinstance(look, Look):
                self.own.setdefault(look.name, look)
            else:
                self.problems[path.name] = str(look)

    def __getitem__(self, name: str) -> Look:
        return find_look(name)

    def __iter__(self) -> Iterator[str]:
        return iter({**self._shipped, **self.own})

    def __len__(self) -> int:
        return len({**self._shipped, **self.own})

    @property
    def table(self) -> pd.DataFrame:
        """A row per look: name, field, size, whose it is."""
        import pandas as pd

        rows = [
            {
                "look": look.name,
                "field": look.field.kind,
                "size": "{}x{}".format(*look.frame_size),
                "whose": "yours" if name in self.own else "explorer's",
            }
            for name, look in {**self._shipped, **self.own}.items()
        ]
        return pd.DataFrame(rows, columns=["look", "field", "size", "whose"])

    @property
    def notices(self) -> list[str]:
        """What is wrong with files of the folder, a line each."""
        problems = self.problems.items()
        return [problem if name in problem else f"{name}: {problem}" for name, problem in problems]

    def __repr__(self) -> str:
        return "\n".join([self.table.to_string(index=False), *self.notices])

    def _repr_html_(self) -> str:
        notices = "".join(f"<br>{html.escape(notice)}" for notice in self.notices)
        return f"{self.table.to_html(index=False, border=0)}{notices}"


def looks() -> Looks:
    """All looks by name, with a table: those that ship, then your own. `looks()["name"].field` is a field."""
    return Looks()


def save_look(
    field: FieldSettings,
    name: str,
    *,
    analysis: Mapping[str, Any] | None = None,
    size: Size | None = None,
    overwrite: bool = False,
) -> Look:
    """Save a field under a name of your own: `--preset NAME`, the panel and `looks` find it from then on.

    `analysis` holds settings of `analyze` and `size` the shape of its frames, where they belong to the look.
    Looks are JSON files in $EXPLORER_LOOKS, else in a folder of the user. Raises SettingsError for the name
    of a look that ships, and of another look unless `overwrite`.
    """
    check_field(field)
    look = Look(name=name, field=field, analysis=dict(analysis or {}), size=size)
    look_folder.store(look, overwrite)
    return look


def load_look(source: str | Path) -> FieldSettings:
    """The field of a look: by name, or from a file, run, video, report or text. See `resolve_look`."""
    return resolve_look(source).field


def find_look(name: str | None = None, kind: str | None = None) -> Look:
    """A look by name, of any kind or of one, that ships or is the user's; without a name the first.

    Raises SettingsError.
    """
    cls = field_class(kind) if kind else None
    if name is None:
        return Look(name="default", field=(cls or next(iter(KINDS.values()))).default_look())
    if name in sketch_names() and kind in (None, name, shipped_sketch(name).kind):
        return Look(name=name, field=shipped_sketch(name))
    own_presets = [each.presets() for each in custom_kinds().values()]
    tables = [cls.presets()] if cls else [*LOOKS.values(), *own_presets]
    presets = {name: field for table in reversed(tables) for name, field in table.items()}  # what ships wins
    if name in presets:
        return Look(name=name, field=presets[name])
    if (own := look_folder.find_own(name)) and (cls is None or isinstance(own[1].field, cls)):
        return own[1]
    look_folder.check_readable(name)
    of = f" of the field '{kind}'" if kind else ""
    names = [*(name for table in tables for name in table), *sketch_names()]
    names += [look.name for _, look in look_folder.own_looks() if isinstance(look, Look)]
    raise SettingsError(f"no preset '{name}'{of}{did_you_mean(name, names)}")


def own_fields(kind: str) -> dict[str, FieldSettings]:
    """The fields of the user's looks of a kind, by name; files that cannot be read are left out."""
    fields = (look for _, look in look_folder.own_looks() if isinstance(look, Look))
    return {look.name: look.field for look in fields if look.field.kind == kind}


def resolve_look(source: str | Path, explorations: str | Path | None = None) -> Look:
    """The look in whatever holds one; nothing but field, analysis and frame shape is taken from it.

    `source` is the name of a look, its text or its file, a run folder or the name of a run, a recipe.json,
    or a video or report that explorer made; or looks at moments, as in `0=obsidian; bar 17=silk`, which
    become a `Sequence`. Raises SettingsError.
    """
    text = str(source)
    if look_text.is_look_text(text):
        return Look.of_text(text)
    if not text.strip():
        raise SettingsError(f"no look is named; give {SOURCES}")
    if isinstance(source, str) and sequence_text.is_sequence_text(text):
        return sequence_text.look_of_text(text, partial(resolve_look, explorations=explorations))
    if isinstance(source, str) and (named := _named(text)):
        return named
    path = Path(source).expanduser()
    if is_file(path):
        return _of_file(path, explorations)
    if _is_folder(path):
        return _of_folder(path)
    if path.suffix.lower() in (".json", ".mp4", ".html", ".txt", ".webm", ".mov") or len(path.parts) > 3:
        raise SettingsError(f"there is no file {path.absolute()}; give {SOURCES}")
    try:
        folder = find_folder(text, explorations)
    except ExplorerError:
        look_folder.check_readable(text)
        names = [*looks()]
        raise SettingsError(f"no look, file or run '{text[:100]}'{did_you_mean(text, names)}") from None
    return _of_folder(folder)


def _named(name: str) -> Look | None:
    try:
        return find_look(name)
    except SettingsError:
        return None


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # longer than a name can be
        return False


def _name_of(path: Path) -> str:
    """A name for the look of a file or run: that of its folder for what has the same name in every run."""
    stem = path.parent.name if path.stem in ("recipe", "video", "report", "clip") else path.stem
    return look_name("".join(c if c.isprintable() else "-" for c in stem)[:40] or "look")


def _of_folder(folder: Path) -> Look:
    """The look of a run, or of a painting."""
    if path := file_within(folder, LOOK):
        return _of_file(path)
    return Look.of_recipe(load_recipe(folder), _name_of(folder))


def _of_file(path: Path, explorations: str | Path | None = None) -> Look:
    """The look in a file: by its ending, and a JSON file by what it holds. Raises SettingsError."""
    suffix = path.suffix.lower()
    if suffix == ".py":
        return Look(name=_name_of(path), field=load_sketch(str(path)))
    if suffix not in (".json", ".txt", ".html", ".htm"):
        return Look.of_recipe(load_recipe(path), _name_of(path))
    try:
        content = read_text(path)
        if suffix == ".txt" or look_text.is_look_text(content[:100]):
            return Look.of_text(content)
        if suffix != ".json":
            return Look.of_recipe(_recipe_of_report(content, path), _name_of(path))
        values = parse_json(content, path.name)
    except ReadError as error:
        raise SettingsError(f"{path.name} is not a look: {error.reason}; give {SOURCES}") from None
    if "audio" in values or "frames" in values:
        return Look.of_recipe(Recipe.from_json(content, path.name), _name_of(path))
    if "looks" in values:
        find = partial(resolve_look, explorations=explorations)
        return sequence_text.look_of_values(values, path.name, find)
    return Look.of_values(values, path.name)


def _recipe_of_report(content: str, path: Path) -> Recipe:
    """The recipe that a report shows."""
    match = REPORT_RECIPE.search(content)
    if match is None:
        raise SettingsError(f"{path.name} holds no recipe; give {SOURCES}")
    return Recipe.from_json(html.unescape(match[1]), path.name)
