"""All commands, in the order of the help."""

from typing import Annotated

import typer

from explorer.cli.analyze import analyze
from explorer.cli.bench import bench
from explorer.cli.demo import demo
from explorer.cli.diagnose import diagnose
from explorer.cli.doctor import doctor
from explorer.cli.lab import lab
from explorer.cli.render import render
from explorer.cli.report import report
from explorer.cli.runs import runs
from explorer.cli.serve import serve
from explorer.cli.sweep import sweep
from explorer.cli.train import export, train
from explorer.cli.voila_app import app as panel_page

app = typer.Typer(
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
    train,
    export,
    serve,
):
    app.command()(command)


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
