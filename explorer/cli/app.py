"""All commands, in the order of the help."""

from functools import cache
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


class Command(TyperCommand):
    """A command with its options under headings.

    It refuses a flag that is given twice, where the last would win without a word.
    """

    def format_options(self, ctx: Any, formatter: Any) -> None:
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            kind = f"{parameter.param_type_name}s".capitalize()
            heading = getattr(parameter, "rich_help_panel", None) or kind
            if row := parameter.get_help_record(ctx):
                sections.setdefault(heading, []).append(row)
        for heading, rows in sections.items():
            with formatter.section(heading):
                formatter.write_dl(rows)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        for parameter in order:
            is_single = parameter.param_type_name == "option" and not getattr(parameter, "multiple", False)
            if is_single and order.count(parameter) > 1:
                raise SettingsError(f"{parameter.opts[0]} is given twice; give it once")
        return super().parse_args(ctx, args)


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
