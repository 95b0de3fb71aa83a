"""Folders that somebody sent: keys, names, links and values in them are checked before they are used."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

import explorer as ex
from explorer.cli import main
from explorer.errors import ExplorerError, ReadError, SettingsError
from explorer.experiments import sweep
from explorer.experiments.library.lookup import delete
from explorer.experiments.reports import write_all
from explorer.experiments.runs import manifest
from explorer.experiments.runs.recipe import AudioSource
from explorer.experiments.sweeps.point_status import point_log

OLD = Path(__file__).parents[1] / "data" / "version_0_1"
RENDER, SWEEP = "render_20261128T190000Z_000001", "sweep_20261128T190100Z_000011"
TRAINING = "train_20261128T190200Z_000021"
POINT = "2d503317f8db"

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs links and pipes")


@pytest.fixture
def received(tmp_path):
    """An explorations folder with a run, a sweep with its sound, and a training."""
    root = tmp_path / "deep" / "runs"
    for name in (RENDER, SWEEP, TRAINING):
        shutil.copytree(OLD / "runs" / name, root / name)
    shutil.copy(OLD / "made_2s.flac", root / SWEEP)
    (tmp_path / "outside").mkdir()
    return root


def change(path, **values):
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def contents(folder):
    return {path: path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}


def move_outside(path, outside):
    """Replace a file or folder by a link to where it is now."""
    moved = Path(shutil.move(path, outside))
    path.symlink_to(moved)
    return moved


def status_and_reason(root, name):
    row = ex.runs(root).set_index("run").loc[name]
    return row["status"], row["error"]


@pytest.mark.parametrize("key", ["../../../x", "{tmp}/x", "0123456789AB", "\0", "k" * 5000])
def test_a_sweep_whose_keys_are_paths_is_refused_and_writes_nothing(received, tmp_path, key):
    path = received / SWEEP / "sweep.json"
    spec = json.loads(path.read_text())
    spec["points"][0][0] = key.format(tmp=tmp_path)
    path.write_text(json.dumps(spec))
    for has_manifest in (True, False):
        if not has_manifest:
            (received / SWEEP / "manifest.json").unlink()
        before = contents(tmp_path)
        with pytest.raises(SettingsError, match="no key of a point"):
            sweep(resume=received / SWEEP)
        assert contents(tmp_path) == before
    status, reason = status_and_reason(received, SWEEP)
    assert status == "damaged"
    assert "12 digits" in reason


@posix
@pytest.mark.parametrize("name", ["points", f"points/{POINT}", "tracks", "sweep.json"])
def test_a_sweep_with_a_link_out_is_refused_and_writes_nothing_there(received, tmp_path, name):
    move_outside(received / SWEEP / name, tmp_path / "outside")
    shutil.rmtree(received / SWEEP / "points" / "335fb91b7bcc", ignore_errors=True)  # something is to be done
    before = contents(tmp_path / "outside")
    with pytest.raises(ExplorerError, match="link out of its folder"):
        sweep(resume=received / SWEEP)
    write_all(received)
    assert contents(tmp_path / "outside") == before


@posix
@pytest.mark.parametrize("name", ["recipe.json", "manifest.json", "diagnosis.json"])
def test_a_run_with_a_link_out_is_listed_as_damaged(received, tmp_path, name):
    move_outside(received / RENDER / name, tmp_path / "outside")
    status, reason = status_and_reason(received, RENDER)
    assert (status, reason) == (
        "damaged",
        f"{name}: it is a link out of its folder; put the file itself there",
    )
    if name == "recipe.json":
        with pytest.raises(SettingsError, match="link out of its folder"):
            ex.load_recipe(received / RENDER)


@posix
def test_pictures_and_videos_that_are_links_out_are_left_out(received, tmp_path):
    move_outside(received / RENDER / "video.mp4", tmp_path / "outside")
    thumb = received / SWEEP / "points" / POINT / "thumb.jpg"
    move_outside(thumb, tmp_path / "outside")
    table = ex.runs(received).set_index("run")
    assert table["video"].isna()[RENDER]
    assert table["thumb"].isna()[f"{SWEEP}/{POINT}"]
    run, whole = (page.read_text() for page in write_all(received).reports)
    assert 'src="video.mp4"' not in run
    assert whole.count("data:image/jpeg") < len(list(received.rglob("thumb.jpg")))
    with pytest.raises(ReadError, match="link out"):
        ex.load(received / RENDER).clip()


@posix
def test_a_folder_that_is_a_link_out_is_listed_and_gets_no_report(received, tmp_path):
    moved = move_outside(received / RENDER, tmp_path / "outside")
    before = contents(moved)
    assert status_and_reason(received, RENDER)[0] == "damaged"
    assert RENDER in write_all(received).damaged
    for name in (RENDER, received / RENDER):
        with pytest.raises(ExplorerError, match=r"link out|only whole ones"):
            delete(name, received)
    assert contents(moved) == before


@pytest.mark.parametrize("name", ["../song.wav", "/song.wav", "a/b.wav", "..", "", "\0", "x" * 5000])
def test_the_name_of_a_sound_is_no_path(name):
    with pytest.raises(SettingsError, match=r"allowed: the name of a file"):
        AudioSource(name=name, sha256="00")
    assert AudioSource(name="it's müsic, 2.wav", sha256="00").name


@pytest.mark.parametrize("name", ["", "\0", "x" * 5000, "x" * 1000])
def test_a_model_that_is_no_folder_is_refused_in_one_line(received, name):
    with pytest.raises(SettingsError, match=r"model: ") as refusal:
        ex.Julia(model=name).analyze(OLD / "made_2s.flac")
    assert len(str(refusal.value)) < 500


@posix
def test_a_model_that_is_a_link_out_is_refused(received, tmp_path):
    move_outside(received / TRAINING / "model.safetensors", tmp_path / "outside")
    with pytest.raises(SettingsError, match="model: no "):
        ex.Julia(model=str(received / TRAINING)).analyze(OLD / "made_2s.flac")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("manifest.json", {"artefacts": {"../x": {"bytes": 1}}}),
        ("manifest.json", {"performance": 5}),
        ("manifest.json", {"audio": []}),
        ("manifest.json", {"status": ["done"]}),
        ("recipe.json", {"frames": {"width": "wide", "height": 9, "fps": 30}}),
        ("recipe.json", {"field": 5}),
        ("diagnosis.json", {"verdict": {}}),
    ],
)
def test_a_value_of_the_wrong_type_is_damage_with_a_reason(received, name, values):
    change(received / RENDER / name, **values)
    status, reason = status_and_reason(received, RENDER)
    assert status == "damaged"
    assert reason.startswith(f"{name}: ")
    assert main(["runs", "--explorations", str(received)]) == 0


def test_a_damaged_point_has_its_reason_and_is_drawn_again(received):
    path = received / SWEEP / "points" / POINT / "point.json"
    for values in ({"artefacts": 5}, {"metrics": {"a": []}}, {"artefacts": {"thumb.jpg": {"bytes": "x"}}}):
        change(path, **values)
        log = point_log(path.parent)
        assert log["status"] == "damaged"
        assert "has the wrong type" in log["error"]
    assert ex.load(received / SWEEP).table["status"].tolist().count("damaged") == 1
    resumed = sweep(resume=received / SWEEP)
    assert resumed.table["status"].tolist() == ["done"] * 4


@posix
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/zero", path)])
def test_pipes_and_devices_are_never_opened(received, make):
    for path in (received / SWEEP / "points" / POINT).iterdir():
        path.unlink()
        make(path)
    for name in ("manifest.json", "video.mp4", "features.npy", "diagnosis.json"):
        (received / RENDER / name).unlink()
        make(received / RENDER / name)
    assert status_and_reason(received, RENDER)[0] == "damaged"
    assert list(write_all(received).damaged) == []
    with pytest.raises(ExplorerError, match="cannot read the track"):
        ex.FeatureTrack.load(received / RENDER)
    with pytest.raises(ExplorerError, match=r"cannot read|no video"):
        ex.load(received / RENDER).clip()
    assert ex.load(received / SWEEP).sheet_pixels().size


@pytest.mark.parametrize(
    "values",
    [
        {"fps": 0},
        {"fps": "x"},
        {"duration": 1e308},
        {"names": ["a"]},
        {"names": 5},
        {"settings": {"self": 1}},
    ],
)
def test_a_track_whose_parts_do_not_fit_is_refused(received, values):
    change(received / RENDER / "features.json", **values)
    with pytest.raises(ExplorerError, match="cannot read the track"):
        ex.FeatureTrack.load(received / RENDER)


def test_process_1_does_not_run_our_runs(received):
    for log in ({"status": "running", "process": 1}, {"status": "running", "process": 1, "born": 5.0}):
        change(received / RENDER / "manifest.json", **log)
        assert status_and_reason(received, RENDER)[0] == "killed"
    delete(RENDER, received)
    assert not (received / RENDER).exists()


def test_a_run_of_version_0_1_runs_while_its_process_does():
    """Its manifest has no `born`: the process must be older than the run."""
    me = {"process": os.getpid(), "status": "running"}
    assert manifest.is_alive(me | {"started": manifest.now()})
    assert not manifest.is_alive(me | {"started": "2001-01-01T00:00:00+00:00"})
    assert manifest.is_alive(me | manifest.process_facts())
