"""`explorer render`: a sound file in, a video and its run folder out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explorer.cli import output_paths
from explorer.cli.console import print_error, print_line
from explorer.cli.looks.selection import named_look, selected_look
from explorer.cli.options import (
    ColumnsOption,
    DaskOption,
    EditsOption,
    FieldFlags,
    NormalizeOption,
    StemsOption,
    WeightsOption,
    with_setting_flags,
)
from explorer.cli.sound_arguments import draw_each, split_output
from explorer.errors import SettingsError
from explorer.experiments.library.look_folder import field_words
from explorer.progress_bar import ProgressBar
from explorer.video.containers import ENDINGS, SUFFIXES

if TYPE_CHECKING:
    from explorer.audio.added.columns import AddedColumns
    from explorer.experiments import Recipe, Run
    from explorer.experiments.runs.estimate import Estimate
    from explorer.experiments.runs.options import RenderOptions
    from explorer.experiments.runs.sound_input import SoundInput
    from explorer.fields import FieldSettings

    _Drawing = tuple[Recipe, SoundInput, RenderOptions, str | None]  # the last is OUT

MIN_ESTIMATE_SECONDS = 2.0  # what a render takes for its estimate to be printed
AUDIO_HELP = "a sound file, several, or folders of them: a run for each"
OUT_HELP = f"With a single sound OUT is a copy of the video; its ending says what is made: {ENDINGS}"


@with_setting_flags
def render(
    audio: Annotated[
        list[str] | None, typer.Argument(metavar="AUDIO [OUT]", help=f"{AUDIO_HELP}. {OUT_HELP}")
    ] = None,
    recipe: Annotated[
        str | None,
        typer.Option(
            "--recipe", metavar="FILE", help="repeat a recipe.json, run folder or video of explorer"
        ),
    ] = None,
    look: Annotated[
        str | None,
        typer.Option(
            "--look",
            metavar="LOOK",
            help="draw the look of a look file, run folder, recipe.json, video or report of explorer, of a "
            "look's text or name, on this sound",
        ),
    ] = None,
    sequence: Annotated[
        str | None,
        typer.Option(
            "--sequence",
            metavar="TEXT",
            help="looks at moments of the music, with --fade between them: "
            "'0=obsidian; bar 17=silk; section 2=dahlia', or a JSON file of them",
        ),
    ] = None,
    columns: ColumnsOption = None,
    stems: StemsOption = None,
    normalize: NormalizeOption = True,
    edits: EditsOption = None,
    weights: WeightsOption = None,
    dask: DaskOption = None,
    *,
    render_options: dict[str, Any],
    field: FieldFlags,
    analysis: dict[str, Any],
    encoder: dict[str, Any],
) -> None:
    """Draw a field to a sound file: a video with sound in a run folder of its own.

    With --recipe an earlier run is repeated, with the settings that are typed beside it changed. Of several
    sounds one that fails is reported, and the rest is drawn.
    """
    if recipe is None and not any(audio or ()):
        raise SettingsError("name a sound file, as in: explorer render song.ogg (or try: explorer demo)")
    from explorer.experiments.runs.cluster import connect_dask

    if recipe is not None and look is not None:
        raise SettingsError("--recipe repeats a run and --look draws its look on another sound; give one")
    if sequence is not None:
        look = _sequence_source(sequence, {"--recipe": recipe, "--look": look})
    if "size" in render_options:
        render_options["size"] = _even(render_options["size"])
    sounds, out = split_output(audio or ())
    single = {"--recipe": recipe, "--columns": columns, "--stems": stems, "--edits": edits}
    if edits is not None:
        analysis["edits"] = edits
    if len(sounds) > 1:
        _check_several(single | {"--png-dir": render_options.get("png_dir")})
    folders = output_paths.new_folders(render_options.get("explorations"), render_options.get("png_dir"))
    with folders, connect_dask(dask) as client, ProgressBar() as progress:
        added = columns, stems, normalize
        is_sequence = sequence is not None
        job = _Job(
            recipe, look, is_sequence, *added, render_options, field, analysis, encoder, client, progress
        )
        if len(sounds) > 1:
            job.check()
            draw_each(sounds, job.draw)
        else:
            job.draw(sounds[0] if sounds else None, out)


@dataclass(frozen=True)
class _Job:
    """What was typed, for any sound."""

    recipe: str | None
    look: str | None
    is_sequence: bool
    columns: list[str] | None
    stems: str | None
    normalize: bool
    render_options: dict[str, Any]
    field: FieldFlags
    analysis: dict[str, Any]
    encoder: dict[str, Any]
    client: Any
    progress: ProgressBar

    def check(self) -> None:
        """Raise SettingsError for what is wrong for every sound."""
        named_look(self.look, self.field, self.render_options.get("explorations"))
        self._options(self.render_options, self.analysis)

    def draw(self, audio: str | None, out: str | None = None) -> None:
        """Draw a sound, and print where the result is."""
        from explorer.experiments import render_recipe

        draw = self._of_look if self.recipe is None else self._of_recipe
        plan, sound, options, out = draw(audio, out)
        target = output_paths.OutputFile("OUT", out) if out is not None else None
        self._warn_of_unused(plan.field, sound.added)
        run = render_recipe(
            plan,
            sound,
            out,
            options,
            executor=self.client,
            on_estimate=self._print_estimate,
            progress=self.progress,
        )
        self.progress.close()
        announce(run, target)

    def _of_look(self, audio: str | None, out: str | None) -> _Drawing:
        """What is drawn with the flags of a field or a look."""
        sizes, analysis, path = dict(self.render_options), dict(self.analysis), audio or ""
        field = selected_look(
            self.look, self.field, path, sizes, analysis, self.progress, needs_moments=self.is_sequence
        )
        options = self._options(sizes, analysis)
        sound = self._sound(path)
        return options.recipe(field, sound), sound, options, out

    def _of_recipe(self, audio: str | None, out: str | None) -> _Drawing:
        """What is drawn with --recipe, with the columns of its folder unless others are typed."""
        from explorer.experiments.runs.recipe import find_columns
        from explorer.experiments.runs.run import device_of_run
        from explorer.experiments.runs.run_folder import LYRICS_FONT
        from explorer.experiments.runs.sound_input import SoundInput

        options = self._options(self.render_options, self.analysis)
        stored, path, out, folder = _stored_recipe(self.recipe or "", options, audio, out)
        sound = self._sound(path)
        if sound.added is None:
            sound = SoundInput(path, added=find_columns(stored, folder))
        plan = options.change(stored, self.field.apply_to(stored.field))  # with what was typed alone
        if options.lyrics_font is None and stored.lyrics is not None and stored.lyrics.font:
            fonts = sorted(folder.glob(f"{LYRICS_FONT}.*"))
            options = options.replace(lyrics_font=fonts[0] if fonts else None)
        if "device" not in self.render_options:
            options = options.replace(device=device_of_run(folder))
        return plan, sound, options, out

    def _sound(self, path: str | Path) -> SoundInput:
        """A sound with the columns and stems that were typed."""
        from explorer.experiments.runs.sound_input import SoundInput

        return SoundInput.with_columns(path, self.columns, self.stems, self.normalize, self.progress)

    def _warn_of_unused(self, field: FieldSettings, added: AddedColumns | None) -> None:
        """Say what was typed and is not drawn: all of the columns, or the class of --import or --sketch."""
        from explorer.fields.presets import LOOKS
        from explorer.fields.registry import kind_label
        from explorer.fields.routing import columns_by_feature

        imported = self.field.imported_kind
        if imported is not None and field.kind not in (imported, "mix", "sequence"):
            print_error(
                f"warning: {kind_label(imported)} is not drawn: the look is of {kind_label(field.kind)}"
            )
        names = added.names if added is not None and field.kind in LOOKS else ()
        if names and not {*names} & {*field.features, *columns_by_feature(field.routing).values()}:
            print_error(
                f"warning: no column of your own moves the picture: {', '.join(names[:3])}"
                f"{', ...' if len(names) > 3 else ''}; draw with them: --features {names[0]}, or "
                f"--routing bass={names[0]}"
            )

    def _options(self, render_options: dict[str, Any], analysis: dict[str, Any]) -> RenderOptions:
        from explorer.experiments.runs.options import RenderOptions
        from explorer.video import EncoderSettings

        return RenderOptions(**render_options, analysis=analysis, encoder=EncoderSettings(**self.encoder))

    def _print_estimate(self, expected: Estimate) -> None:
        """Print what a render will take, on a line of its own."""
        if expected.seconds < MIN_ESTIMATE_SECONDS:
            return
        self.progress.close()
        print_line(expected if self.client is None else f"{expected}, on this machine alone")


def _sequence_source(text: str, others: dict[str, str | None]) -> str:
    """What --sequence says, checked. Raises SettingsError for what does not go with it."""
    from explorer.experiments.library.sequence_text import JSON_EXAMPLE, TEXT_EXAMPLE, is_sequence_text

    for flag, value in others.items():
        if value is not None:
            raise SettingsError(f"--sequence and {flag} both say what is drawn; give one")
    if not is_sequence_text(text) and not Path(text).is_file():
        raise SettingsError(
            f"--sequence: got {text[:100]!r}, which is neither a file nor looks at moments; give "
            f"'{TEXT_EXAMPLE}', or a JSON file with {JSON_EXAMPLE}"
        )
    return text


def _check_several(options: dict[str, Any]) -> None:
    """Refuse the options that belong to one sound."""
    for flag, value in options.items():
        if value is not None:
            raise SettingsError(f"{flag} goes with a single sound; render the sounds one by one")


def announce(run: Run, copy: output_paths.OutputFile | None = None) -> None:
    """Print the result and where its files are."""
    print_line(run.report())
    print_line(f"field       {field_words(run.recipe.field)}")
    if run.flash_words:
        print_line(f"flashes     {run.flash_words}; --no-flash-limit draws them")
    print_line(f"run folder  {run.folder}")
    print_line(f"pictures    {run.sheet}")
    (copy or output_paths.OutputFile("OUT", run.video)).report_written("video")


def _stored_recipe(
    name: str, options: RenderOptions, audio: str | None, out: str | None
) -> tuple[Recipe, Path, str | None, Path]:
    """A recipe, its sound, OUT and the recipe's folder.

    A lone video beside --recipe is OUT unless it is the recipe's sound.
    """
    from explorer.experiments import find_audio, load_recipe
    from explorer.experiments.library import lookup

    path = Path(name)
    if not name or not (path.suffix or path.exists()):  # a name, as `explorer runs` lists it
        path = lookup.find_folder(name, options.explorations)
    recipe = load_recipe(path)
    folder = path.resolve() if path.is_dir() else path.resolve().parent
    if audio is not None and out is None and audio.lower().endswith(SUFFIXES):
        try:
            return recipe, find_audio(recipe, folder, audio, name), None, folder
        except SettingsError:
            audio, out = None, audio
    return recipe, find_audio(recipe, folder, audio, name), out, folder


def _even(resolution: str) -> tuple[int, int]:
    """The size, odd sides rounded up to even ones with a warning."""
    from explorer.rendering import parse_size

    width, height = parse_size(resolution)
    even = width + width % 2, height + height % 2
    if even != (width, height):
        print_error(f"warning: a video needs even sides: {width}x{height} becomes {even[0]}x{even[1]}")
    return even
