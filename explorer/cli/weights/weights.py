"""`explorer weights`: which weights of pretrained models are known, whether they are there; and fetching."""

from __future__ import annotations

from typing import Annotated

import typer

from explorer.cli.console import print_line
from explorer.errors import ExplorerError, SettingsError
from explorer.progress_bar import ProgressBar
from explorer.settings import did_you_mean

app = typer.Typer(
    help="List the weights of pretrained models, and fetch them.",
    rich_markup_mode=None,
    invoke_without_command=True,
)


@app.callback()
def overview(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_weights()


@app.command(name="list")
def list_weights() -> None:
    """List the models: whether they can be used here, where their weights come from, and their license."""
    from explorer.audio.models import weights_sha256
    from explorer.audio.models.weights import SOURCES

    for name, source in SOURCES.items():
        try:
            state = f"there, SHA-256 {weights_sha256(name)[:12]}..."
        except ExplorerError as error:
            state = str(error)
        print_line(f"{name:10}  {state}")
        print_line(f"{'':10}  from {source.origin}; license: {source.license}")


@app.command()
def fetch(
    name: Annotated[str, typer.Argument(metavar="NAME", help="a model, as `explorer weights` lists them")],
) -> None:
    """Download the weights of a model, check their hash and store them; nothing else ever downloads."""
    from explorer.audio.models import weights

    if name not in weights.SOURCES:
        raise SettingsError(f"weights: no model '{name}'{did_you_mean(name, weights.SOURCES)}")
    with ProgressBar() as progress:
        path = weights.fetch(name, progress)
    print_line(f"file        {path}")
