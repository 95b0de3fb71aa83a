"""Runs in every kind of video file: whole, with the recipe inside, refused early where they cannot be."""

import pytest

from explorer.audio.edited_sections import Section
from explorer.cli import main
from explorer.errors import SettingsError
from explorer.experiments import find_audio, load_recipe, render, render_recipe
from explorer.experiments.library.look import Look
from explorer.experiments.library.looks import resolve_look
from explorer.experiments.library.table import runs
from explorer.experiments.runs import chapters
from explorer.experiments.runs import estimate as module
from explorer.experiments.runs.options import RenderOptions
from explorer.fields import CPPN
from explorer.video import EncoderSettings, probe, read_frames
from explorer.video.containers import CONTAINERS
from tests.signals import music, write_wav
from tests.video.material import ffmpeg_output
from tests.video.test_containers import chapters_of

FIELD = CPPN.preset("compact-4x3")
SMALL = {"size": (32, 18), "fps": 30, "duration": 0.2, "flash_limit": "off"}
OTHERS = [name for name in CONTAINERS if name != "mp4"]


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    return write_wav(tmp_path_factory.mktemp("song") / "song.wav", music(1.0, 8000), 8000)


@pytest.mark.parametrize(
    ("size", "shape", "expected"),
    [
        ("720p", "square", (720, 720)),
        ("1080p", "vertical", (1080, 1350)),
        ("1080p", "story", (1080, 1920)),
        ("1080x1920", "wide", (1920, 1080)),
        ("540p", "vertical", (540, 676)),
        (None, "square", (720, 720)),
        ("720p", None, (1280, 720)),
    ],
)
def test_shapes_keep_the_shorter_side(song, size, shape, expected):
    options = RenderOptions(**{k: v for k, v in {"size": size, "shape": shape}.items() if v})
    assert options.recipe(FIELD, song).frames.size == expected


def test_flags_of_the_command_reach_the_recipe(song, tmp_path):
    size = "--preset compact-4x3 --shape square --resolution 32x18 --duration 0.2"
    flags = f"{size} --loop --title T --codec hevc --chapters --cover"
    arguments = ["render", str(song), str(tmp_path / "a.mp4"), *flags.split()]
    assert main([*arguments, "--explorations", str(tmp_path)]) == 0
    recipe = load_recipe(tmp_path / "a.mp4")
    assert (recipe.frames.size, recipe.frames.loop) == ((18, 18), True)
    assert recipe.encoder == EncoderSettings(title="T", codec="hevc", chapters=True, cover=True)
    text = ffmpeg_output(tmp_path / "a.mp4", "-map", "0:v", "-c", "copy", "-f", "framecrc").decode()
    assert "#codec_id 0: hevc" in text


@pytest.mark.parametrize("kind", OTHERS)
def test_the_ending_says_what_is_made(song, tmp_path, kind):
    out = tmp_path / f"out.{kind}"
    run = render(FIELD, song, out, **SMALL, explorations=tmp_path / "runs")
    assert run.video == run.folder / f"video.{kind}"
    assert out.read_bytes() == run.video.read_bytes()
    assert load_recipe(out) == run.recipe
    assert run.recipe.encoder.container == kind
    assert resolve_look(out).field == FIELD
    assert isinstance(resolve_look(out), Look)
    assert runs(tmp_path / "runs")["video"].tolist() == [str(run.video)]
    assert f"video.{kind}" in (run.folder / "report.html").read_text()
    assert list(run.manifest["artefacts"]).count(f"video.{kind}") == 1


def test_the_recipe_of_a_webm_repeats_its_frames(song, tmp_path, capsys):
    first = render(FIELD, song, tmp_path / "a.webm", **SMALL, explorations=tmp_path)
    capsys.readouterr()
    arguments = ["render", str(song), str(tmp_path / "b.webm"), "--recipe", str(tmp_path / "a.webm")]
    assert main([*arguments, "--explorations", str(tmp_path)]) == 0
    pairs = list(zip(read_frames(first.video), read_frames(tmp_path / "b.webm"), strict=True))
    assert len(pairs) == 6
    assert all((one == other).all() for one, other in pairs)


def test_a_repeated_run_may_become_another_kind_of_file(song, tmp_path):
    first = render(FIELD, song, **SMALL, explorations=tmp_path)
    recipe = load_recipe(first.folder)
    again = render_recipe(
        recipe,
        find_audio(recipe, first.folder, song),
        tmp_path / "b.gif",
        RenderOptions(explorations=tmp_path),
    )
    assert again.video.name == "video.gif"
    assert again.recipe.replace(encoder=recipe.encoder) == recipe
    options = RenderOptions(explorations=tmp_path, encoder=EncoderSettings(codec="hevc"))
    third = render_recipe(options.change(recipe, FIELD), song, options=options)
    options = RenderOptions(explorations=tmp_path)
    fourth = render_recipe(third.recipe, song, tmp_path / "c.webm", options)  # which holds no hevc
    assert fourth.recipe.encoder == EncoderSettings(container="webm")
    options = RenderOptions(encoder=EncoderSettings(codec=None, title="b", container="mp4"))
    assert options.change(third.recipe, FIELD).encoder == EncoderSettings(title="b")


@pytest.mark.parametrize(
    ("out", "encoder", "options", "words"),
    [
        ("out.webm", {"codec": "hevc"}, {}, "a .webm holds vp9, av1"),
        ("out.gif", {"container": "mov"}, {}, "ends in .gif, and the format is mov; leave --format out"),
        (None, {"container": "gif"}, {"fps": 60}, "at most 50 frames a second"),
        ("out.avi", {}, {}, "ends in .mp4, .webm, .mov, .gif or .webp"),
    ],
)
def test_what_cannot_be_made_is_refused_before_the_folder(song, tmp_path, out, encoder, options, words):
    with pytest.raises(SettingsError, match=words):
        render(
            FIELD, song, out and tmp_path / out, **SMALL | options, encoder=EncoderSettings(**encoder),
            explorations=tmp_path / "runs",
        )  # fmt: skip
    assert not (tmp_path / "runs").exists()


def test_a_gif_of_hundreds_of_megabytes_is_refused_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_DRAWING_SECONDS", 0.05)
    song = write_wav(tmp_path / "song.wav", music(40.0, 1000), 1000)
    dust = CPPN(hidden=8, layers=4, gain=20, coord_scale=5)
    with pytest.raises(SettingsError, match=r"would have about \d{3} MB.*shorter duration.*or \.webm or"):
        render(
            dust, song, tmp_path / "out.gif", size=(640, 360), fps=50, flash_limit=False, analysis={"fps": 1},
            explorations=tmp_path / "runs",
        )  # fmt: skip
    assert not (tmp_path / "runs").exists()


def test_the_size_of_a_gif_is_estimated(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "pixel_seconds", lambda frames: 1e-9)
    monkeypatch.setattr(module, "MIN_SECONDS", 0.0)
    song, expected = write_wav(tmp_path / "song.wav", music(1.0, 8000), 8000), []
    run = render(
        FIELD, song, tmp_path / "a.gif", size=(32, 18), fps=25, flash_limit=False, explorations=tmp_path,
        on_estimate=expected.append,
    )  # fmt: skip
    assert expected[0].file_mb * 1e6 == pytest.approx(run.video.stat().st_size, rel=0.3)
    assert probe(run.video).frames == 25


def test_title_cover_and_chapters_of_a_run(song, tmp_path, monkeypatch):
    starts = (0.0, 0.5), (0.5, 0.9), (0.9, 1.0)
    monkeypatch.setattr(chapters, "sections_of", lambda track: [Section(*span, "") for span in starts])
    encoder = EncoderSettings(title="My song", cover=True, chapters=True)
    run = render(FIELD, song, size=(32, 18), start=0.2, duration=0.5, encoder=encoder, explorations=tmp_path)
    assert "sections" in run.recipe.analysis.extras
    assert chapters_of(run.video) == [(0, "Section 1"), (0.3, "Section 2")]
    assert "title=My song" in ffmpeg_output(run.video, "-f", "ffmetadata").decode()
    assert ffmpeg_output(run.video, "-map", "0:v:1", "-c", "copy", "-f", "image2pipe")[:2] == b"\xff\xd8"
    assert probe(run.video).frames == 15
