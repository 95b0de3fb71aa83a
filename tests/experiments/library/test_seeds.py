"""Seeds on a sheet: musical moments, scores with known answers, and look files that render what is shown."""

import numpy as np
import pytest

import explorer as ex
from explorer.cli import main
from explorer.errors import SettingsError
from explorer.experiments.library import seeds as module
from explorer.experiments.library.looks import resolve_look
from explorer.experiments.library.seed_scores import SeedScorer
from explorer.experiments.library.seeds import arrange, musical_moments, seeds, with_seed
from tests.experiments.small import a_song
from tests.tracks import made_up_track

FIELD = ex.CPPN.preset("compact-4x3")
X, Y = np.meshgrid(np.linspace(-1, 1, 320), np.linspace(-0.6, 0.6, 180))


def picture(values):
    return np.repeat((255 * np.clip(values, 0, 1)).astype(np.uint8)[..., None], 3, axis=2)


def moving(shape):
    return [picture(0.5 + 0.5 * shape(X + 0.2 * t, Y)) for t in range(3)]


NOISE = [picture(np.random.RandomState(n).uniform(0, 1, X.shape)) for n in range(3)]
PICTURES = {
    "flat": ([picture(np.full(X.shape, level)) for level in (0.2, 0.5, 0.8)], "bland"),
    "ramp": (moving(lambda x, y: 0.3 * x), "bland"),
    "noise": (NOISE, "noise"),
    "still": (moving(lambda x, y: np.sin(18 * y)), "still"),
    "waves": (moving(lambda x, y: np.sin(18 * x + 5 * y)), ""),
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_that_one_would_reject_are_rejected(name):
    pictures, rejection = PICTURES[name]
    assert SeedScorer().score(1, pictures).rejection == rejection


def test_no_two_seeds_are_alike():
    scorer, waves = SeedScorer(), PICTURES["waves"][0]
    other = moving(lambda x, y: np.sin(4 * x - 18 * y + 1))
    assert scorer.score(1, waves).rejection == ""
    assert scorer.score(2, [picture + 1 for picture in waves]).rejection == "like 1"
    assert scorer.score(3, other).rejection == ""
    assert scorer.score(4, other).rejection == "like 3"


def test_moments_are_where_the_music_is_quiet_hits_and_loud():
    track = made_up_track(12.0)
    rms, onset = (track.names.index(name) for name in ("rms", "onset"))
    track.values[:, [rms, onset]] = -0.5
    track.values[120:180, rms] = -1  # quiet around 2.5 s
    track.values[540:600, rms] = 1  # loud around 9.5 s
    track.values[360, onset] = 1
    moments = musical_moments(track)
    assert list(moments) == ["quiet", "hit", "loud"]
    assert list(moments.values()) == pytest.approx([2.5, 6.0, 9.5], abs=0.1)
    assert set(musical_moments(made_up_track(0.05))) == {"quiet", "hit", "loud"}


def test_every_shape_of_picture_is_arranged():
    for shape in ((36, 64, 3), (64, 36, 3), (35, 35, 3), (17, 33, 3)):
        pictures = [np.full(shape, level, np.uint8) for level in (50, 100, 200)]
        result = arrange(pictures)
        assert (result[: shape[0], : shape[1]] == 200).all()
        assert {50, 100} <= set(np.unique(result))


def test_a_seed_holds_in_every_section_and_keyframe():
    look = ex.GraphCPPN.preset("obsidian")
    field = with_seed(look, 7)
    assert field.seed == 7
    assert field.sections.seeds == ()
    assert field.sections.palettes == look.sections.palettes
    moved = FIELD.replace(keyframes=[(1, {"seed": 4}), (2, {"gain": 2})])
    assert with_seed(moved, 7).keyframes == FIELD.replace(keyframes=[(2, {"gain": 2})]).keyframes


def test_seeds_are_drawn_scored_and_ready_to_render(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module, "small_size", lambda size: (64, 36))
    song, told = a_song(tmp_path, 1.0), []
    result = seeds(FIELD, made_up_track(), count=2, progress=lambda *step: told.append(step))
    assert len(result) == 2
    assert told[-1] == ("seeds", 2, 2)
    assert set(result.table.index) == set(result) | set(result.rejected)
    assert result._repr_png_().startswith(b"\x89PNG")
    with pytest.raises(SettingsError, match="seed 999 is not on the sheet"):
        result[999]
    assert main(["seeds", str(song), "--preset", "compact-4x3", "--count", "2", "--all", "--gain", "2"]) == 0
    output = capsys.readouterr().out
    assert "2 seeds" in output
    assert f"new folder  {tmp_path / 'song-seeds'}" in output
    look = resolve_look("song-seeds/seed-2.json")
    assert look.field == FIELD.replace(seed=2, gain=2)
    assert (tmp_path / "song-seeds" / "seeds.png").is_file()
    assert f"explorer render {song} --look " in output


def test_what_has_no_seeds_is_refused(monkeypatch):
    track = made_up_track()
    for field, count, words in (
        (ex.Julia(), 2, "no seed"),
        (FIELD, 0, "allowed: 1 to 200"),
        (FIELD, 201, "200"),
    ):
        with pytest.raises(SettingsError, match=words):
            seeds(field, track, count)
    monkeypatch.setattr(module, "small_size", lambda size: (32, 18))
    with pytest.raises(SettingsError, match=r"all 4 seeds are rejected \(bland\)"):
        seeds(FIELD.replace(gain=0.1, palette="ember"), track, 1)
