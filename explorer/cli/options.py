"""Options that several commands share; those of a field are derived from its settings."""

from __future__ import annotations

import contextlib
import dataclasses
import difflib
import inspect
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from explorer.audio import FEATURES, AnalysisSettings
from explorer.audio.features import EXTRAS
from explorer.audio.models.weights import FILE_MODELS, VARIABLE
from explorer.errors import SettingsError
from explorer.experiments.library.look import Look
from explorer.experiments.library.looks import find_look
from explorer.experiments.runs.options import CommonOptions, RenderOptions
from explorer.experiments.sweeps.options import SweepOptions
from explorer.fields import FieldSettings, field_kinds, registry
from explorer.fields.base import feature_names
from explorer.fields.custom.definition import kind_of
from explorer.fields.custom.importing import import_fields
from explorer.fields.presets import LOOKS, OFFERED, look
from explorer.fields.sketch.files import load_sketch
from explorer.fields.sketch.presets import shipped_sketch, sketch_names
from explorer.learn.painting.settings import PaintSettings
from explorer.learn.settings import TrainSettings
from explorer.settings import Knob, Settings, setting_from_text
from explorer.video import EncoderSettings

MOST_USED_FLAGS = (  # what the short help shows, in this order
    "--set",
    "--field",
    "--preset",
    "--look",
    "--seed",
    "--gain",
    "--coord-scale",
    "--audio-gain",
    "--resolution",
    "--start",
    "--duration",
    "--fps",
)
IMPORT_FLAG, SKETCH_FLAG = "--import", "--sketch"
PALETTE_IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")
MORE_HELP = {"flash_limit": "; --no-flash-limit is off"}  # of flags
MORE_VALUES = {"palette": " as in #101830-#c05a20-#ffe8a0, or those of a picture such as photo.jpg"}
HELP_NAMES_VALUES = ("model",)  # the help of these settings lists what is allowed
SETTING_GROUPS: dict[str, type[Settings]] = {
    "analysis": AnalysisSettings,
    "encoder": EncoderSettings,
    "training": TrainSettings,
    "painting": PaintSettings,
    "render_options": RenderOptions,
    "sweep_options": SweepOptions,
}


AUDIO_HEADING, FIELD_HEADING, MACHINE_HEADING = "Audio", "Field", "Machine"


def heading_of(knob: Knob) -> str | None:
    """The heading of a flag in the help: the group of its setting, as the cards of the panel."""
    return knob.group.capitalize() or None


SIZE_FLAGS = ("--resolution", "--size")  # in Python it is `size`


def flag_of(knob: Knob) -> Any:
    """The flag of an option of a command: text, a switch, or a number with its bounds."""
    kind, default = type_of(knob), knob.default
    words = "on" if default is True else "off" if default is False else default
    help = knob.help + MORE_HELP.get(knob.name, "")
    help = help if default is None or tuple in knob.types else f"{help} [default: {words}]"
    if kind is bool:
        return typer.Option(
            f"--{knob.flag}/--no-{knob.flag}", help=help, show_default=False, rich_help_panel=heading_of(knob)
        )
    return typer.Option(
        *(SIZE_FLAGS if f"--{knob.flag}" in SIZE_FLAGS else (f"--{knob.flag}",)),
        rich_help_panel=heading_of(knob),
        metavar="PATH" if Path in knob.types else knob.unit.upper() or "VALUE",
        help=help,
        show_default=False,
        min=knob.low if kind is int else None,
        max=knob.high if kind is int else None,
    )


def type_of(knob: Knob) -> Any:
    """The type that the command framework reads the flag of an option as."""
    kinds = [kind for kind in knob.types if kind is not type(None)]
    return kinds[0] if kinds in ([bool], [int], [float]) else str


PATH_SEPARATOR = "__"  # of paths in names of parameters: light__relief is light.relief
_COMMON = RenderOptions.knobs()
Explorations = Annotated[str | None, flag_of(_COMMON["explorations"])]
FpsOption = Annotated[str, flag_of(_COMMON["fps"])]
StartOption = Annotated[float, flag_of(_COMMON["start"])]
DurationOption = Annotated[float | None, flag_of(_COMMON["duration"])]
DeviceOption = Annotated[str, flag_of(_COMMON["device"])]
PrecisionOption = Annotated[str, flag_of(_COMMON["precision"])]
ThreadsOption = Annotated[int | None, flag_of(_COMMON["threads"])]


def _use_weights(values: list[str] | None) -> list[str] | None:
    """Put the files of --weights into $EXPLORER_WEIGHTS, where models search and processes inherit it."""
    for value in values or ():
        name, _, file = value.partition("=")
        if name not in FILE_MODELS or not file:
            raise SettingsError(
                f"--weights: got {value[:100]!r}; give NAME=FILE with a name of {', '.join(FILE_MODELS)}, "
                "as in yamnet=yamnet.pth"
            )
        os.environ[VARIABLE] = os.pathsep.join(filter(None, (value, os.environ.get(VARIABLE))))
    return values


WeightsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--weights",
        metavar="NAME=FILE",
        callback=_use_weights,
        help="the file of a pretrained model's weights; `explorer weights` lists the models",
        rich_help_panel=AUDIO_HEADING,
    ),
]
ColumnsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--columns",
        metavar="FILE",
        help="columns of your own, for --features: a .csv with a column of seconds, or a .mid",
        rich_help_panel=AUDIO_HEADING,
    ),
]
StemsOption = Annotated[
    str | None,
    typer.Option(
        "--stems",
        metavar="FOLDER|demucs",
        help="sound files of the voices, or separate them: features such as drums_rms by voice",
        rich_help_panel=AUDIO_HEADING,
    ),
]
NormalizeOption = Annotated[
    bool,
    typer.Option(
        "--columns-normalize/--columns-as-given",
        help="scale --columns to [-1, 1], or take them as they are",
        show_default=False,
        rich_help_panel=AUDIO_HEADING,
    ),
]
EditsOption = Annotated[
    str | None,
    typer.Option(
        "--edits",
        metavar="FILE",
        help="corrections of beats, bars and sections that a timeline wrote, or 'saved' for those that it "
        "saved for this sound",
        rich_help_panel=AUDIO_HEADING,
    ),
]
IMPORT_OPTION = typer.Option(
    IMPORT_FLAG,
    metavar="FILE.py|MODULE",
    help="import fields of your own; once for each file",
    rich_help_panel=FIELD_HEADING,
)
ImportOption = Annotated[list[str] | None, IMPORT_OPTION]  # `import_typed` has imported them
SKETCH_OPTION = typer.Option(
    SKETCH_FLAG,
    metavar="FILE.py[:NAME]",
    help="draw the sketch in a file, which is read as text and never executed",
    rich_help_panel=FIELD_HEADING,
)
DaskOption = Annotated[
    str | None,
    typer.Option(
        "--dask",
        metavar="ADDRESS",
        help="draw on the workers of a Dask cluster",
        rich_help_panel=MACHINE_HEADING,
    ),
]


@dataclass(frozen=True)
class FieldFlags:
    """The flags of a field as typed: kind, preset and settings."""

    kind: str | None
    preset: str | None
    settings: dict[str, Any]
    imported_kind: str | None = dataclasses.field(default=None, compare=False)  # of --import or --sketch

    def build_field(self, varied: Iterable[str] = ()) -> FieldSettings:
        """The field that the flags describe: a preset with changes. Raises SettingsError.

        Without a kind and a preset it is the first kind that has and takes the settings that are typed or
        varied.
        """
        return self.build_look(varied).field

    def build_look(self, varied: Iterable[str] = ()) -> Look:
        """The same with the analysis and frame shape that a look of the user's may have."""
        if self.preset:
            preset = find_look(self.preset, self.kind)
            return preset.replace(field=self._with_settings(preset.field))
        return Look(name="typed", field=self._typed_field(varied))

    def _typed_field(self, varied: Iterable[str]) -> FieldSettings:
        """The first look of the kind that was typed or imported, or that the settings need, with these."""
        if kind := self.kind or self.imported_kind:
            return self._with_settings(look(kind=kind))
        kinds = _kinds_with({*self.settings, *varied}) or [next(iter(LOOKS))]
        for kind in kinds[:-1]:
            with contextlib.suppress(SettingsError):
                return self._with_settings(look(kind=kind))
        return self._with_settings(look(kind=kinds[-1]))

    def apply_to(self, field: FieldSettings, flag: str = "--recipe") -> FieldSettings:
        """The field of a recipe or look with the settings that were typed. Raises SettingsError."""
        if self.kind or self.preset:
            words = flag.removeprefix("--")
            raise SettingsError(
                f"a {words} has its field already; --field and --preset do not go with {flag}"
            )
        return self._with_settings(field)

    def _with_settings(self, field: FieldSettings) -> FieldSettings:
        knobs = field.knobs()
        for name in self.settings:
            if name not in knobs and name != "features":
                owner, knob = _all_knobs()[name][0]
                raise SettingsError(
                    f"--{knob.flag} is not a setting of the field '{field.kind}' but of '{owner}': "
                    f"--field {owner}"
                )
        return field.replace(**self.settings)


NO_FIELD = FieldFlags(None, None, {})
FIELD_GROUPS = ("field", "look_choice")  # parameters of commands that are FieldFlags


def with_setting_flags(command: Callable[..., Any]) -> Callable[..., Any]:
    """Derive flags from the settings classes, for parameters of these names:

    `field: AnyField` or `field: FieldFlags` gets `--field`, `--preset`, `--features` and one flag per setting
    of every field; `look_choice: FieldFlags` gets `--field`, `--preset` and `--sketch` alone; the others of
    SETTING_GROUPS get a dict of the settings that were typed, by name.
    """
    signature = inspect.signature(command, eval_str=True)
    groups = [name for name in signature.parameters if name in (*FIELD_GROUPS, *SETTING_GROUPS)]
    derived = {name: _parameters(name) for name in groups}
    own = [parameter for name, parameter in signature.parameters.items() if name not in derived]

    def run(**arguments: Any) -> Any:
        for group, parameters in derived.items():
            typed = {_setting_of(name): arguments.pop(name) for name in parameters}
            typed = {name: setting_from_text(text) for name, text in typed.items() if text is not None}
            arguments[group] = _field_flags(typed) if group in FIELD_GROUPS else typed
        if "field" in derived and signature.parameters["field"].annotation is not FieldFlags:
            arguments["field"] = arguments["field"].build_field()
        return command(**arguments)

    def derive() -> None:
        derived.update((name, _parameters(name)) for name in groups)
        if "field" in derived:  # a knob of the user's own may be named like an option of the command
            others = [*own, *(p for name in groups if name != "field" for p in derived[name].values())]
            reserved = {flag for parameter in others for flag in _flags(parameter)}
            free = [(name, flag) for name, flag in derived["field"].items() if not _flags(flag) & reserved]
            derived["field"] = dict(free)
        parameters = [*own, *(p for group in derived.values() for p in group.values())]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}

    derive()
    _derivations.append(derive)
    run.__doc__ = command.__doc__
    run.__name__ = command.__name__
    return run


def _flags(parameter: inspect.Parameter) -> set[str]:
    """The flags of an option of a command."""
    info = get_args(parameter.annotation)[-1]
    declared = (info.default, *(info.param_decls or ()))  # typer takes the first for a default
    return {flag for text in declared if isinstance(text, str) for flag in text.split("/")}


_derivations: list[Callable[[], None]] = []  # of the flags of every command


def import_typed(arguments: Sequence[str]) -> bool:
    """Import what `--import` and `--sketch` name among the arguments of a command: its knobs get flags.

    Returns whether flags may have changed. Raises SettingsError.
    """
    imports, sketches = _values_of(IMPORT_FLAG, arguments), _values_of(SKETCH_FLAG, arguments)
    for name in imports:
        import_fields(name)
    for name in sketches:
        load_sketch(name)
    shipped = [shipped_sketch(name) for name in _values_of("--preset", arguments) if name in sketch_names()]
    for sketch in shipped:
        registry.register(sketch.kind, type(sketch))
    changed = bool(imports or sketches or shipped)
    for derive in _derivations if changed else ():
        derive()
    return changed


def _values_of(flag: str, arguments: Sequence[str]) -> list[str]:
    """What was typed after a flag."""
    following = [value for word, value in pairwise(arguments) if word == flag]
    return following + [word.partition("=")[2] for word in arguments if word.startswith(f"{flag}=")]


def _setting_of(parameter: str) -> str:
    """The setting, or its path, that a parameter `GROUP__NAME` stands for."""
    return parameter.partition("__")[2].replace(PATH_SEPARATOR, ".")


def _kinds_with(names: set[str]) -> list[str]:
    """The kinds that ship and have every one of some settings of fields, or one with nearly that name."""
    owners = {name: kinds for name, kinds in _all_knobs().items() if any(kind in LOOKS for kind, _ in kinds)}
    matches = [difflib.get_close_matches(name, owners, 1) for name in names]
    needed = [{kind for kind, _ in owners[match[0]]} for match in matches if match]
    return [kind for kind in LOOKS if all(kind in kinds for kinds in needed)]


def _field_flags(typed: dict[str, Any]) -> FieldFlags:
    kind, preset = typed.pop("field", None), typed.pop("preset", None)
    imported = [kind_of(cls) for name in typed.pop("import", None) or () for cls in import_fields(name)]
    imported += [load_sketch(name).kind for name in typed.pop("sketch", None) or ()]
    palette = typed.get("palette")
    if palette and Path(palette).suffix.lower() in PALETTE_IMAGE_SUFFIXES:
        from explorer.fields.image_palette import palette_from

        typed["palette"] = palette_from(palette)
    if "features" in typed:
        typed["features"] = _features(typed["features"])
    return FieldFlags(kind, preset, typed, imported[0] if len(imported) == 1 else None)


def _features(text: str | None) -> tuple[str, ...]:
    """Comma-separated names; `none` means no features. Raises SettingsError for an empty list."""
    names = feature_names(text or "")
    if text is not None and not names:
        raise SettingsError(
            f"--features: got {text!r}; name some, as in bass,onset, or none for a picture that the sound "
            "does not move"
        )
    return names


def _all_knobs() -> dict[str, list[tuple[str, Knob]]]:
    """The settings of all fields by name, with the kinds of field that have them."""
    owners: dict[str, list[tuple[str, Knob]]] = {}
    for kind, field in field_kinds().items():
        for name, knob in field.knobs().items():
            owners.setdefault(name, []).append((kind, knob))
    return owners


def most_used_flags() -> list[str]:
    """The flags that the short help of every command shows: MOST_USED_FLAGS, and those of imported fields."""
    own = (
        knob
        for owners in _all_knobs().values()
        if all(kind not in LOOKS for kind, _ in owners)
        for _, knob in owners
    )
    return [*dict.fromkeys((*MOST_USED_FLAGS, *(f"--{knob.flag}" for knob in own)))]


def _field_help(owners: list[tuple[str, Knob]]) -> str:
    """Help text of a field setting: which fields have it, what it does, which values each field allows."""
    allowed = {kind: _allowed(knob) for kind, knob in owners}
    name = owners[0][1].name
    first = owners[0][1].help.rstrip(".") + MORE_VALUES.get(name, "")
    if name in HELP_NAMES_VALUES:
        others = (f"{kind}: {knob.help}" for kind, knob in owners if knob.help != owners[0][1].help)
        return "; ".join((first, *others))
    if len(set(allowed.values())) > 1:
        return f"{first} ({'; '.join(f'{kind}: {what}' for kind, what in allowed.items())})"
    kinds = "" if len(owners) == len(field_kinds()) else ", ".join(allowed) + ": "
    return f"{kinds}{first} ({allowed[owners[0][0]]})"


def _allowed(knob: Knob) -> str:
    return f"{knob.allowed}{' ' + knob.unit if knob.unit else ''}"


def _look_options() -> dict[str, Any]:
    """The flags that say which look is meant."""
    offered = {**OFFERED, "sketches": sketch_names()}
    looks = "; ".join(f"{kind}: {', '.join(names)}" for kind, names in offered.items())
    kinds = " or ".join(LOOKS)
    return {
        "field": typer.Option(
            "--field", metavar="NAME", help=f"what to draw: {kinds}", rich_help_panel=FIELD_HEADING
        ),
        "preset": typer.Option(
            "--preset", metavar="NAME", help=f"start from ({looks})", rich_help_panel=FIELD_HEADING
        ),
        "sketch": SKETCH_OPTION,
    }


def _field_options() -> dict[str, Any]:
    """The other flags of a field: classes of the user, features, and settings."""
    more = ", ".join(name for names in EXTRAS.values() for name in names)
    help = f"of {', '.join(FEATURES)}; measured only when a field uses them: {more}"
    options: dict[str, Any] = {
        "import": IMPORT_OPTION,
        "features": typer.Option("--features", metavar="A,B", help=help, rich_help_panel=FIELD_HEADING),
    }
    for name, owners in _all_knobs().items():
        knob = owners[0][1]
        options[name] = typer.Option(
            f"--{knob.flag}", metavar="VALUE", help=_field_help(owners), rich_help_panel=heading_of(knob)
        )
    return options


def _parameters(group: str) -> dict[str, inspect.Parameter]:
    """Parameters `GROUP__NAME` for the command framework: text, checked by the settings, or switches.

    Of the options of a whole command numbers are read as such.
    """
    options: dict[str, Any] = {}
    types: dict[str, Any] = {}
    if group in FIELD_GROUPS:
        options, types = _look_options(), {"sketch": list[str]}
        if group == "field":
            types["import"] = list[str]
            options |= _field_options()
    elif issubclass(SETTING_GROUPS[group], CommonOptions):
        own = SETTING_GROUPS[group].model_fields.keys()  # those of the encoder are a group of their own
        knobs = {name: knob for name, knob in SETTING_GROUPS[group].knobs().items() if name in own}
        options = {name: flag_of(knob) for name, knob in knobs.items()}
        types = {name: type_of(knob) for name, knob in knobs.items()}
    else:
        for name, knob in SETTING_GROUPS[group].knobs().items():
            if knob.types == (bool,):
                types[name] = bool
                options[name] = typer.Option(
                    f"--{knob.flag}/--no-{knob.flag}", help=knob.help, rich_help_panel=heading_of(knob)
                )
            else:
                help = f"{knob.help.rstrip('.')} ({_allowed(knob)})"
                options[name] = typer.Option(
                    f"--{knob.flag}", metavar="VALUE", help=help, rich_help_panel=heading_of(knob)
                )
    return {
        (parameter := f"{group}__{name.replace('.', PATH_SEPARATOR)}"): inspect.Parameter(
            parameter,
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[types.get(name, str) | None, option],
        )
        for name, option in options.items()
    }
