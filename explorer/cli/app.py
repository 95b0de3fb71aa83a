"""All commands, in the order of the help."""

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from explorer.cli.analyze import analyze
from explorer.cli.bench import bench
from explorer.cli.demo import demo
from explorer.cli.diagnose import diagnose
from explorer.cli.doctor import doctor
from explorer.cli.lab import lab
from explorer.cli.looks.atlas import atlas
from explorer.cli.looks.breed import breed
from explorer.cli.looks.look import app as look_app
from explorer.cli.looks.paint import paint
from explorer.cli.looks.seeds import seeds
from explorer.cli.options import most_used_flags
from explorer.cli.render import render
from explorer.cli.report import report
from explorer.cli.runs import runs
from explorer.cli.serve import serve
from explorer.cli.sweep import sweep
from explorer.cli.train import export, judge, train
from explorer.cli.voila_app import app as panel_page
from explorer.cli.weights.weights import app as weights_app
from explorer.errors import SettingsError

MAX_SUMMARY = 1000  # characters of the first sentence of a command's help
MAX_HELP_FLAGS = 30  # of a command that shows all of them
HELP_OF_HELP = "show this; --help GROUP shows a group of flags, --help-all every flag"
HELP_GROUP, ALL_GROUPS = "explorer.help_group", "all"
MOST_USED = "Most used"


class Command(TyperCommand):
    """A command with its options under headings, of which `--help` shows those of daily use.

    `--help GROUP` shows one heading, `--help all` or `--help-all` everything; so does `--help` of a command
    with few flags. A flag that is given twice is refused, where the last would win without a word.
    """

    def format_options(self, ctx: Any, formatter: Any) -> None:
        headings = self._headings(ctx)
        group = ctx.meta.get(HELP_GROUP)
        if group or len(self.params) <= MAX_HELP_FLAGS:
            _write_sections(ctx, formatter, {group: headings[group]} if group in headings else headings)
            return
        flags = most_used_flags()
        parameters = [parameter for rows in headings.values() for parameter in rows]
        used = sorted((p for p in parameters if _flag(p) in flags), key=lambda p: flags.index(_flag(p)))
        sections = {"Arguments": headings.pop("Arguments", []), MOST_USED: used}
        sections["Options"] = [option for option in headings.pop("Options") if option not in used]
        _write_sections(ctx, formatter, sections)
        with formatter.section(f"More flags, shown by {ctx.command_path} --help GROUP"):
            names = ", ".join(f"{name.lower()} ({len(own)})" for name, own in headings.items())
            formatter.write_dl([("GROUP", names)])

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)
        if option is not None and len(self.params) > MAX_HELP_FLAGS:
            option.help = HELP_OF_HELP
        return option

    def _headings(self, ctx: Any) -> dict[str, list[Any]]:
        """The arguments and options by heading."""
        headings: dict[str, list[Any]] = {}
        for parameter in self.get_params(ctx):
            kind = f"{parameter.param_type_name}s".capitalize()
            heading = getattr(parameter, "rich_help_panel", None) or kind
            if parameter.get_help_record(ctx):
                headings.setdefault(heading, []).append(parameter)
        return headings

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if group := _help_group(args, self._headings(ctx)):
            ctx.meta[HELP_GROUP] = group
            args = ["--help"]
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        for parameter in order:
            is_single = parameter.param_type_name == "option" and not getattr(parameter, "multiple", False)
            if is_single and order.count(parameter) > 1:
                raise SettingsError(f"{parameter.opts[0]} is given twice; give it once")
        return super().parse_args(ctx, args)


def _help_group(args: Sequence[str], headings: Iterable[str]) -> str:
    """The heading that --help is asked for, or ALL_GROUPS; empty without one."""
    names = {name.lower(): name for name in (ALL_GROUPS, *headings)}
    following = [after.lower() for word, after in pairwise(args) if word in ("-h", "--help")]
    return next((names[word] for word in following if word in names), "")


def _write_sections(ctx: Any, formatter: Any, sections: dict[str, list[Any]]) -> None:
    for heading, parameters in sections.items():
        if rows := [parameter.get_help_record(ctx) for parameter in parameters]:
            with formatter.section(heading):
                formatter.write_dl(rows)


def _flag(parameter: Any) -> str:
    return str(parameter.opts[0])


class CommandGroup(TyperGroup):
    """Commands with a first sentence that is wrapped and never cut off."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        names = self.list_commands(ctx)
        commands = [(name, self.get_command(ctx, name)) for name in names]
        rows = [(name, command.get_short_help_str(MAX_SUMMARY)) for name, command in commands if command]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


app = typer.Typer(
    cls=CommandGroup,
    help="Explore audio-reactive visuals: sound in, pictures that move with it out.",
    epilog="--debug anywhere shows the traceback of an error.",
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (
    demo,
    lab,
    panel_page,
    render,
    analyze,
    diagnose,
    runs,
    report,
    doctor,
    bench,
    sweep,
    seeds,
    breed,
    paint,
    atlas,
    train,
    judge,
    export,
    serve,
):
    app.command(cls=Command)(command)
app.add_typer(look_app, name="look", cls=CommandGroup)
app.add_typer(weights_app, name="weights", cls=CommandGroup)


@cache
def build_command() -> Any:
    """All commands with their flags; its cache is cleared where flags change."""
    return typer.main.get_command(app)


def _version(show: bool) -> None:
    if show:
        import explorer

        typer.echo(f"explorer {explorer.__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="show the version and exit")
    ] = False,
) -> None:
    """Explore audio-reactive visuals: sound in, pictures that move with it out."""
