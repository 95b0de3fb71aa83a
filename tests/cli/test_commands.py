"""The commands, as a user types them."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from jupyter_server.services.config.manager import ConfigManager
from PIL import Image

from explorer.audio import DEMO_CLIP
from explorer.cli import lab, main, options
from explorer.cli.lab import copy_notebooks, root_folder, shipped_notebooks, working_folder
from explorer.errors import SettingsError
from explorer.experiments import Run
from explorer.experiments.library.table import runs
from explorer.fields import CPPN, GraphCPPN, Patterns
from explorer.video import probe, read_frames
from tests.signals import music, write_wav


@pytest.fixture
def song(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXPLORER_EXPLORATIONS", str(tmp_path / "runs"))
    return str(write_wav(tmp_path / "song.wav", music(2.0, 22050), 22050))


def run(*arguments):
    """Call a command; a new render has a small network and does not search for flashes: tested elsewhere."""
    flags = []
    if arguments[0] == "render" and "--recipe" not in arguments:
        flags = ["--no-flash-limit", *([] if "--preset" in arguments else ["--preset", "compact-4x3"])]
    return main([str(argument) for argument in [*arguments, *flags]])


def test_render_makes_a_video_and_prints_its_path_and_makes_png_frames_on_request(song, tmp_path, capsys):
    frames = ["--size", "64x36", "--fps", 24, "--duration", 0.5, "--png-dir", "frames"]
    assert run("render", song, "out.mp4", *frames, "--gain", 4) == 0
    output = capsys.readouterr().out
    assert "out.mp4" in output
    assert "run folder" in output
    assert "field       cppn\n" in output
    assert "x real time" in output
    info = probe(tmp_path / "out.mp4")
    assert (info.size, info.frames, info.has_sound) == ((64, 36), 12, True)
    assert len(list((tmp_path / "frames").glob("frame_*.png"))) == 12


def test_every_field_flag_reaches_the_recipe(song, tmp_path):
    flags = [
        "--preset",
        "compact-4x3",
        "--cppn-layers",
        2,
        "--cppn-hidden",
        8,
        "--gain",
        3.5,
        "--coord-scale",
        0.7,
        "--audio-gain",
        4,
        "--seed",
        9,
        "--output-gain",
        "none",
        "--time-span",
        12,
        "--palette",
        "ember",
        "--symmetry",
        3,
        "--radius",
        "true",
    ]
    assert run("render", song, "--resolution", "32x18", "--duration", 0.1, *flags) == 0
    row = runs(tmp_path / "runs").iloc[0]
    expected = CPPN(
        hidden=8,
        layers=2,
        gain=3.5,
        coord_scale=0.7,
        audio_gain=4,
        seed=9,
        time_span=12.0,
        palette="ember",
        symmetry=3,
        radius=True,
    )
    for name, value in expected.model_dump(exclude={"features", "keyframes", "output_gain"}).items():
        assert row[f"params.{name}"] == value, name


def test_without_flags_newcomers_see_the_first_look():
    assert options.FieldFlags(None, None, {}).build_field() == GraphCPPN.default_look()
    assert options.FieldFlags(None, None, {"gain": "4"}).build_field().kind == "cppn"
    assert options.FieldFlags(None, None, {"seed": "4"}).build_field(["layers"]).kind == "cppn"


@pytest.mark.parametrize(
    ("kind", "name", "flag", "owner"),
    [
        ("patterns", "gain", "gain", "cppn"),
        ("cppn", "fractal_arms", "fractal-arms", "patterns"),
        ("patterns", "travel", "travel", "julia"),
    ],
)
def test_a_flag_of_another_field_is_refused(kind, name, flag, owner):
    with pytest.raises(
        SettingsError,
        match=f"--{flag} is not a setting of the field '{kind}' but of '{owner}': --field {owner}",
    ):
        options.FieldFlags(kind, None, {name: "3"}).build_field()


def test_a_preset_brings_its_field():
    assert options.FieldFlags(None, "lava", {}).build_field() == Patterns.preset("lava")
    assert options.FieldFlags("patterns", None, {}).build_field() == Patterns()
    with pytest.raises(SettingsError, match="no preset 'lava' of the field 'cppn'"):
        options.FieldFlags("cppn", "lava", {}).build_field()


def test_a_recipe_is_repeated_frame_for_frame(song, tmp_path, capsys):
    assert run("render", song, "one.mp4", "--resolution", "64x36", "--duration", 0.2) == 0
    folder = runs(tmp_path / "runs")["folder"][0]
    assert run("render", "--recipe", f"{folder}/recipe.json", "two.mp4") == 0
    pairs = zip(read_frames(tmp_path / "one.mp4"), read_frames(tmp_path / "two.mp4"), strict=True)
    assert all((one == other).all() for one, other in pairs)


def test_a_run_folder_or_a_video_is_a_recipe_too_and_flags_change_it(song, tmp_path):
    assert run("render", song, "one.mp4", "--resolution", "64x36", "--duration", 0.2, "--gain", 3) == 0
    changes = ["--seed", 5, "--resolution", "32x18", "--smoothing", 0.5, "--video-crf", 30, "--fps", 12]
    for source in (runs(tmp_path / "runs")["folder"][0], "one.mp4"):
        assert run("render", song, "--recipe", source, *changes) == 0
    old, *others = (Run(Path(folder)).recipe for folder in runs(tmp_path / "runs")["folder"])
    assert len(others) == 2
    for new in others:
        assert new.field == old.field.replace(seed=5)
        assert new.frames == old.frames.replace(width=32, height=18, fps=12)
        assert new.analysis == old.analysis.replace(smoothing=0.5)
        assert new.encoder == old.encoder.replace(crf=30)


def test_features_are_chosen_by_name_and_extra_ones_are_measured_for_a_field_that_uses_them(song, tmp_path):
    features = "bass,percussive,chroma_c,beat_phase"
    assert run("render", song, "--resolution", "32x18", "--duration", 0.1, "--features", features) == 0
    recipe = Run(Path(runs(tmp_path / "runs")["folder"][0])).recipe
    assert recipe.field.features == tuple(features.split(","))
    assert recipe.analysis.extras == ("separation", "chroma", "beats")


def test_a_video_as_sound_is_never_overwritten(song, tmp_path, capsys):
    assert run("render", song, "clip.mp4", "--resolution", "32x18", "--duration", 0.3) == 0
    source = (tmp_path / "clip.mp4").read_bytes()
    assert run("render", "clip.mp4", "clip.mp4", "--resolution", "32x18") == 2
    assert "choose another name" in capsys.readouterr().err
    assert run("render", "clip.mp4", "--resolution", "32x18", "--duration", 0.2) == 0
    recipe = runs(tmp_path / "runs")["folder"].iloc[-1] + "/recipe.json"
    assert run("render", "clip.mp4", "--recipe", recipe) == 0
    assert (tmp_path / "clip.mp4").read_bytes() == source


def test_a_file_of_others_is_not_replaced(song, tmp_path, capsys):
    (tmp_path / "mine.mp4").write_bytes(b"precious")
    assert run("render", song, "mine.mp4", "--resolution", "32x18") == 2
    assert "was not made by explorer" in capsys.readouterr().err
    assert (tmp_path / "mine.mp4").read_bytes() == b"precious"


def test_odd_sides_are_rounded_with_a_word(song, tmp_path, capsys):
    assert run("render", song, "out.mp4", "--resolution", "63x35", "--duration", 0.1) == 0
    assert "63x35 becomes 64x36" in capsys.readouterr().err
    assert probe(tmp_path / "out.mp4").size == (64, 36)


def test_analyze_prints_a_table_and_draws_a_picture(song, tmp_path, capsys):
    assert run("analyze", song, "--table", "features.csv") == 0
    output = capsys.readouterr().out
    for name in ("bass", "mid", "treble", "rms", "centroid", "rolloff", "flux", "zcr", "onset", "flatness"):
        assert name in output
    assert re.search(r"^patterns +(organic|flowing|fractal|geometric) 0:00", output, re.MULTILINE)
    picture = Image.open(tmp_path / "song-features.png")
    assert picture.width > 500
    assert len((tmp_path / "features.csv").read_text().splitlines()) == 121


def test_analyze_measures_more_on_request(song, tmp_path, capsys):
    flags = ["--extras", "beats,separation", "--table", "features.csv", "--picture", "hear.WEBP"]
    assert run("analyze", song, *flags) == 0
    assert Image.open("hear.WEBP").format == "WEBP"  # as its suffix says
    output = capsys.readouterr().out
    assert re.search(r"^percussive +amplitude", output, re.MULTILINE)
    assert "tempo_bpm" in (tmp_path / "features.csv").read_text().splitlines()[0]
    assert run("analyze", song, "--extras", "beat") == 2
    assert "did you mean 'beats'" in capsys.readouterr().err


def test_a_picture_of_no_known_kind_is_refused_before_any_work(song, tmp_path, capsys):
    assert run("analyze", "missing.wav", "--picture", "hear.txt") == 2
    assert ".png, .jpg" in capsys.readouterr().err


def test_an_excerpt_past_the_end_is_drawn_as_far_as_there_is_sound(song, tmp_path, capsys):
    assert run("render", song, "out.mp4", "--resolution", "32x18", "--start", 1.8, "--duration", 2) == 0
    assert "song.wav ends after 2.00 s: drawn are 0.20 s of the 2 s asked for" in capsys.readouterr().err
    assert probe(tmp_path / "out.mp4").frames == 6


def test_runs_names_the_look_the_seed_and_the_verdict_and_prints_json(song, capsys):
    assert run("runs") == 0
    assert "no runs" in capsys.readouterr().out
    flags = ("--resolution", "32x18", "--duration", 0.1)
    for look in (("--preset", "marble", "--seed", 77), ("--preset", "marble", "--gain", 0.5)):
        assert run("render", song, *flags, *look) == 0
    capsys.readouterr()
    assert run("runs") == 0
    header, first, second, _ = capsys.readouterr().out.splitlines()
    assert {"look", "seed", "verdict"} <= set(header.split())
    assert {"marble", "77"} <= set(first.split())
    assert "static" in second
    assert "marble" not in second
    assert "done" in second
    assert run("runs", "--json") == 0
    row, _ = json.loads(capsys.readouterr().out)
    assert (row["status"], row["params.kind"]) == ("done", "cppn")


def test_doctor_tests_itself(capsys, monkeypatch):
    monkeypatch.setattr("explorer.rendering.gpu.trial._tried", lambda number, half: "")
    assert run("doctor") == 0
    output = capsys.readouterr().out
    assert "self-test   passed" in output
    assert "encoders    libx264, " in output
    assert "torch" in output
    assert "CUDA" in output
    assert "gpu         " in output


def test_demo_needs_nothing(tmp_path, monkeypatch, capsys):
    from explorer.experiments import render as real

    small = {"size": (64, 36), "duration": 0.3, "flash_limit": False}
    monkeypatch.setattr("explorer.experiments.render", lambda *a, **k: real(*a, **{**k, **small}))
    assert run("demo", "--explorations", tmp_path / "runs") == 0
    (video,) = (tmp_path / "runs").glob("*/video.mp4")
    assert probe(video).has_sound
    assert str(video) in capsys.readouterr().out.replace("\\\\", "\\")


def test_the_demo_clip_ships():
    assert DEMO_CLIP.is_file()
    assert (DEMO_CLIP.parent / "LICENSE.txt").is_file()


def test_lab_finds_the_notebooks():
    assert (shipped_notebooks() / "01_explore.ipynb").is_file()


def test_lab_copies_notebooks_and_guide_and_keeps_what_is_there(tmp_path):
    (tmp_path / "01_explore.ipynb").write_text("mine")
    copy_notebooks(shipped_notebooks(), tmp_path)
    assert (tmp_path / "01_explore.ipynb").read_text() == "mine"
    assert {"01_explore.ipynb", "06_live.ipynb", "index.md"} <= {path.name for path in tmp_path.iterdir()}
    assert (tmp_path / "guide" / "looks.md").is_file()
    assert (tmp_path / "images" / "looks.jpg").is_file()
    assert (tmp_path / "images" / "hero.webp").is_file()
    assert not list(tmp_path.rglob("*.py"))


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout with the notebooks of this one."""
    monkeypatch.delenv("EXPLORER_EXPLORATIONS", raising=False)
    folder = tmp_path / "checkout"
    for name in ("notebooks", "explorations", "songs"):
        (folder / name).mkdir(parents=True)
    (folder / "notebooks" / "01_explore.ipynb").write_text("{}")
    monkeypatch.setattr(lab, "CHECKOUT", folder)
    monkeypatch.chdir(folder / "songs")
    return folder


def test_lab_leaves_a_checkout_clean_and_shows_songs_notebooks_and_runs(checkout):
    assert working_folder() == checkout / "my-notebooks"
    ignored = (Path(options.__file__).parents[2] / ".gitignore").read_text()
    assert "/my-notebooks/" in ignored.splitlines()
    assert root_folder(working_folder()) == checkout


def test_lab_elsewhere_shows_the_folder_with_songs_and_runs(checkout, tmp_path, monkeypatch):
    music = tmp_path / "music" / "album"
    music.mkdir(parents=True)
    monkeypatch.chdir(music)
    assert working_folder() == music / "notebooks"
    assert root_folder(working_folder()) == music
    monkeypatch.setenv("EXPLORER_EXPLORATIONS", str(tmp_path / "music" / "runs"))
    assert root_folder(working_folder()) == tmp_path / "music"
    monkeypatch.setenv("EXPLORER_EXPLORATIONS", "/elsewhere/runs")
    assert root_folder(working_folder()) == music


def test_lab_opens_the_copy_with_pages_of_the_guide_rendered(checkout, monkeypatch, capsys):
    def jupyterlab(arguments, check, env):
        notebook = checkout / "my-notebooks" / "01_explore.ipynb"
        assert arguments[2:4] == ["jupyterlab", f"--ServerApp.root_dir={checkout}"]
        assert arguments[4] == "--LabApp.default_url=/lab/tree/my-notebooks/01_explore.ipynb"
        assert notebook.is_file()
        manager = ConfigManager(read_config_path=[f"{env['JUPYTER_CONFIG_PATH']}/labconfig"])
        assert "markdown" in str(manager.get("default_setting_overrides"))
        return subprocess.CompletedProcess(arguments, 0)

    monkeypatch.delenv("JUPYTER_CONFIG_PATH", raising=False)
    monkeypatch.setattr(subprocess, "run", jupyterlab)
    assert run("lab", "--no-browser") == 0
    assert "which JupyterLab does not show" not in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--help"], ["render", "-h"], ["--version"], []])
def test_help_is_ascii(arguments, capsys):
    assert main(arguments) == 0
    output = capsys.readouterr().out
    assert output.isascii()
    assert "explorer" in output.lower()


def test_unicode_names_are_escaped_on_the_console(song, tmp_path, capsys):
    loud = write_wav(tmp_path / "größe 1 音.wav", music(0.3, 8000), 8000)
    assert run("render", loud, "ä.mp4", "--resolution", "32x18") == 0
    output = capsys.readouterr()
    assert (output.out + output.err).isascii()
    assert (tmp_path / "ä.mp4").is_file()
