"""Options that several commands share; those of a field are derived from its settings."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from explorer.errors import SettingsError
from explorer.fields import CPPN, AnyField
from explorer.fields.cppn import DEFAULT_PRESET, PRESETS
from explorer.settings import Knob, nearest

FIELDS = {"cppn": CPPN}
PLANNED_FIELDS = ("patterns", "julia")

Explorations = Annotated[
    str | None,
    typer.Option(
        "--explorations", metavar="DIR", help="where runs land [default: the nearest explorations/]"
    ),
]
DeviceOption = Annotated[str, typer.Option("--device", metavar="auto|cpu|cuda", help="where to draw")]
PrecisionOption = Annotated[
    str, typer.Option("--precision", metavar="auto|fp32|draft", help="draft: faster, less exact, for trials")
]
ThreadsOption = Annotated[
    int | None, typer.Option("--threads", min=1, help="threads to draw with [default: all]")
]


def with_field_flags(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--field`, `--preset` and one flag per setting of every field, gathered in `field=`."""
    plain = inspect.signature(command, eval_str=True)
    own = [parameter for name, parameter in plain.parameters.items() if name != "field"]
    flags = _field_parameters()

    def run(**given: Any) -> Any:
        chosen = {name: given.pop(name) for name in flags}
        return command(**given, field=choose_field(**chosen))

    parameters = [*own, *(p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in flags.values())]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    run.__doc__ = command.__doc__
    run.__name__ = command.__name__
    return run


def choose_field(field: str = "cppn", preset: str | None = None, **flags: str | None) -> AnyField:
    """The field that the flags describe: a preset with changes. Raises SettingsError."""
    if field in PLANNED_FIELDS:
        raise SettingsError(
            f"--field {field} is not available in this version; available: {', '.join(FIELDS)}"
        )
    if field not in FIELDS:
        raise SettingsError(f"no field '{field}'{nearest(field, FIELDS)}")
    knobs = FIELDS[field].knobs()
    changes = {name: _value(text) for name, text in flags.items() if text is not None}
    for name in changes:
        if name not in knobs:
            raise SettingsError(f"--{_all_knobs()[name].flag} is not a setting of the field '{field}'")
    return FIELDS[field].preset(preset or DEFAULT_PRESET).replace(**changes)


def _value(text: str) -> str | None:
    return None if text.lower() == "none" else text


def _all_knobs() -> dict[str, Knob]:
    return {name: knob for field in FIELDS.values() for name, knob in field.knobs().items()}


def _field_parameters() -> dict[str, inspect.Parameter]:
    looks = ", ".join(PRESETS)
    options = {
        "field": (str, typer.Option("--field", metavar="NAME", help="what to draw: cppn"), "cppn"),
        "preset": (str | None, typer.Option("--preset", metavar="NAME", help=f"start from: {looks}"), None),
    }
    for name, knob in _all_knobs().items():
        help = f"{knob.help} ({knob.allowed}{' ' + knob.unit if knob.unit else ''})"
        options[name] = (str | None, typer.Option(f"--{knob.flag}", metavar="VALUE", help=help), None)
    return {
        name: inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, option]
        )
        for name, (kind, option, default) in options.items()
    }
