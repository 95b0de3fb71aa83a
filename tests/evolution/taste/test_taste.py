"""Taste: duels in files, stars and parents, scores, sorted runs, favorites, deletion, bad input."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import explorer as ex
from explorer import CPPN
from explorer.cli import main
from explorer.errors import ExplorerWarning, OutputError, SettingsError
from explorer.evolution import Breeding
from explorer.evolution.taste import stored_features as stored
from explorer.evolution.taste.duels import DuelSource
from explorer.evolution.taste.judgements import Judgement, taste_folder
from explorer.evolution.taste.look_features import NAMES, NO_FACTS, look_features
from explorer.evolution.taste.stored_features import PictureMeasures, stored_features
from explorer.evolution.taste.taste import measured
from explorer.experiments.runs.run_folder import set_star
from tests.experiments.small import a_song, small_sweep
from tests.tracks import made_up_track

FIELD = CPPN.preset("compact-4x3").replace(time_span=10.0)
COLORFULNESS = NAMES.index("colorfulness")
GRAY = np.full(len(NAMES), 0.2)
COLORED = np.where(np.arange(len(NAMES)) == COLORFULNESS, 0.9, GRAY)


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    return a_song(tmp_path_factory.mktemp("song"))


@pytest.fixture(scope="module")
def shelf(song, tmp_path_factory):
    """An explorations folder with a breeding by eye of two generations and a sweep of three points."""
    root = tmp_path_factory.mktemp("explorations")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_CACHE", str(tmp_path_factory.mktemp("cache")))
        with Breeding.start(FIELD, song, population=4, seconds=1.0, explorations=root) as breeding:
            breeding.breed()
            breeding.breed(["g0000i01", "g0000i02"])
        small_sweep(song, root, vary={"gain": [2, 3, 5]})
    return root


def add_duels(taste, count=12):
    for _ in range(count):
        taste.add_measured_duel((FIELD, COLORED), (FIELD, GRAY), "song.wav")


def test_duels_are_read_again_and_two_processes_lose_nothing():
    assert ex.Taste(sources="duels").sentence.startswith("no judgements yet; give looks a star")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: add_duels(ex.Taste(sources="duels"), 5), range(4)))
    taste = ex.Taste(sources="duels")
    assert len(taste) == 20
    assert np.array_equal(taste.judgements[0].winners[0], COLORED)
    assert taste.table.index[0] == "colorfulness"
    assert taste.is_predictive
    assert taste.sentence.startswith("20 judgements: better than chance (100% right of those left out")
    assert taste.sentence in taste._repr_html_()


def test_one_judgement_is_too_few_and_answers_at_random_are_chance():
    taste = ex.Taste(sources="duels")
    add_duels(taste, 1)
    assert "too few to say" in taste.sentence
    for n in range(11):
        winner, loser = (GRAY, COLORED) if n % 2 == 0 else (COLORED, GRAY)
        taste.add_measured_duel((FIELD, winner), (FIELD, loser), "song.wav")
    assert taste.sentence.startswith("12 judgements: no better than chance yet")


def test_a_damaged_duel_is_left_out_with_a_word():
    taste = ex.Taste(sources="duels")
    add_duels(taste, 3)
    paths = sorted(taste.folder.glob("*.json"))
    paths[0].write_text("{")
    values = json.loads(paths[1].read_text())
    del values["winner"]["measures"]["motion"]
    paths[1].write_text(json.dumps(values))
    taste = ex.Taste(sources="duels")
    assert len(taste) == 1
    assert len(taste.notices) == 2
    assert "it has no measure 'motion'" in repr(taste)


def test_deletion_takes_the_folder_and_nothing_else():
    taste = ex.Taste(sources="duels")
    assert taste.delete() == 0
    add_duels(taste, 2)
    stranger = taste.folder / "letter.txt"
    stranger.write_text("mine")
    with pytest.raises(OutputError, match=r"holds other files, as letter\.txt"):
        taste.delete()
    stranger.unlink()
    assert taste.delete() == 2
    assert not taste.folder.exists()
    assert len(taste) == 0


def test_stars_and_parents_are_judgements(shelf):
    taste = ex.Taste(shelf)
    (judgement,) = taste.judgements
    assert (judgement.source, len(judgement.winners), len(judgement.losers)) == ("parents", 2, 2)
    table = ex.runs(shelf)
    point = Path(table.loc[table["kind"] == "point", "folder"].iloc[0])
    individual = Path(table.loc[table["run"].str.endswith("g0001i03"), "folder"].iloc[0])
    try:
        for folder in (point, individual):
            set_star(folder)
        stars = ex.Taste(shelf, sources="stars").judgements
        assert sorted((len(each.winners), len(each.losers)) for each in stars) == [(1, 2), (1, 3)]
        assert len(ex.Taste(shelf)) == 4
    finally:
        for folder in (point, individual):
            set_star(folder, False)


def test_choices_of_a_breeding_without_hands_are_no_judgements(song, tmp_path):
    ex.evolve(FIELD, song, "contrast", generations=2, population=2, seconds=1.0, explorations=tmp_path)
    assert ex.Taste(tmp_path).judgements == []


def test_runs_are_sorted_and_breeding_starts_from_the_favorites(shelf, song):
    with pytest.raises(SettingsError, match="no judgements yet"):
        ex.runs(shelf.parent / "nowhere", sort="taste")
    add_duels(ex.Taste(sources="duels"))
    table = ex.runs(shelf, sort="taste")
    plain = ex.runs(shelf)
    assert "taste" not in plain
    assert set(table["run"]) == set(plain["run"])
    assert table["taste"].notna().all()
    assert table["taste"].is_monotonic_decreasing
    rows = table.to_dict("records")
    colors = [features[COLORFULNESS] for features in stored_features(rows)]
    scores = ex.Taste(shelf, sources="duels").scores(table)  # which prefer color and nothing else
    assert list(np.argsort(scores)) == list(np.argsort(colors))
    taste = ex.Taste(shelf)
    favorites = taste.favorites(3)
    assert len(set(favorites)) == 3
    alive = table[table["verdict"].isin(("alive", "faint"))]
    assert ex.load(alive["folder"].iloc[0]).field == favorites[0]
    assert taste.score(table["run"][0]).value == pytest.approx(table["taste"][0])
    assert taste.score(ex.load(table["folder"][0])).value == pytest.approx(table["taste"][0])
    assert taste.is_predictive
    with ex.breed(song, start="taste", population=3, seconds=0.5, explorations=shelf) as view:
        assert view.breeding.individuals(0)[0].field == favorites[0]


def test_what_uses_taste_says_that_it_is_no_better_than_chance(shelf, song, tmp_path, capsys):
    add_duels(ex.Taste(sources="duels"), 1)
    add_duel = ex.Taste(sources="duels").add_measured_duel
    for _ in range(3):
        add_duel((FIELD, GRAY), (FIELD, COLORED), "song.wav")
        add_duel((FIELD, COLORED), (FIELD, GRAY), "song.wav")
    with pytest.warns(ExplorerWarning, match="taste: .* judgements: no better than chance yet"):
        ex.runs(shelf, sort="taste")
    with (
        pytest.warns(ExplorerWarning, match="taste: .* judgements: no better than chance yet"),
        ex.breed(song, start="taste", population=2, seconds=0.3, explorations=shelf) as view,
    ):
        assert len(view.individuals) == 2
    shutil.rmtree(view.breeding.folder)
    assert main(["runs", "--sort", "taste", "--explorations", str(shelf)]) == 0
    assert "warning: taste: " in capsys.readouterr().err
    ex.Taste(sources="duels").delete()
    with pytest.raises(SettingsError, match="taste: no judgements yet; give looks a star"):
        ex.breed(song, start="taste", explorations=tmp_path)
    assert main(["runs", "--sort", "taste", "--explorations", str(tmp_path)]) == 2
    assert "no judgements yet; give looks a star" in capsys.readouterr().err


def test_stored_measures_are_those_of_the_look(shelf, song):
    table = ex.runs(shelf)
    row = table[table["kind"] == "individual"].iloc[1].to_dict()
    field = ex.load(row["folder"]).field
    difference = np.abs(stored_features([row])[0] - measured(field, field.analyze(song)))
    assert difference.max() < 0.15  # one picture instead of three, as JPEG
    assert difference.mean() < 0.04


def test_pictures_are_measured_once_for_all_processes(shelf, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))
    rows = ex.runs(shelf).to_dict("records")
    steps = []
    first = stored_features(rows, lambda *step: steps.append(step))
    pictures = sum(isinstance(row["thumb"], str) for row in rows)
    assert len(steps) == pictures
    assert steps[-1] == ("measuring looks", len(rows), len(rows))
    (path,) = tmp_path.rglob("measures.json")
    different = {Path(row["thumb"]).read_bytes() for row in rows if isinstance(row["thumb"], str)}
    assert len(json.loads(path.read_text())["measures"]) == len(different)

    stored._parsed.cache_clear()  # as in a new process
    monkeypatch.setattr(stored, "picture_measures", lambda _: pytest.fail("measured again"))
    again = stored_features(rows, lambda *_: pytest.fail("measured again"))
    assert np.array_equal(first, again)


DAMAGES = {
    "cut": lambda text: text[:-9],
    "out of range": lambda text: text.replace("0.", "7."),
    "another version": lambda text: text.replace('"version": ', '"version": 9'),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_of_measures_is_measured_again(shelf, tmp_path, monkeypatch, damage):
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))
    rows = ex.runs(shelf).head(1).to_dict("records")
    first = stored_features(rows)
    (path,) = tmp_path.rglob("measures.json")
    text = path.read_text()
    path.write_text(damage(text))
    stored._parsed.cache_clear()
    assert np.array_equal(stored_features(rows), first)
    assert path.read_text() == text


def test_a_picture_that_changed_is_measured_again_and_only_the_newest_are_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(stored, "MAX_PICTURES", 2)
    levels = (0, 128, 255)
    for level in levels:
        Image.new("RGB", (32, 18), (level,) * 3).save(tmp_path / "thumb.png")
        with PictureMeasures() as pictures:
            assert pictures.of(tmp_path / "thumb.png")["brightness"] == pytest.approx(
                {0: 0.0, 128: 0.6, 255: 1.0}[level], abs=0.01
            )
    (path,) = tmp_path.rglob("measures.json")
    assert len(json.loads(path.read_text())["measures"]) == 2


def test_looks_are_bred_for_taste(song, tmp_path):
    with pytest.raises(SettingsError, match="taste: no judgements yet"):
        ex.evolve(FIELD, song, "taste", explorations=tmp_path)
    taste = ex.Taste(sources="duels")
    add_duels(taste, 1)
    settings = {"generations": 1, "population": 2, "seconds": 1.0, "explorations": tmp_path}
    with pytest.warns(ExplorerWarning, match="1 judgement: too few"):
        ex.evolve(FIELD, song, "taste", **settings)
    add_duels(taste)
    breeding = ex.evolve(FIELD, song, "taste", **settings)
    scores = [taste.score(each.field, song).value for each in breeding]
    assert [each.fitness for each in breeding] == pytest.approx(
        [
            0.0 if each.verdict in ("static", "noisy") else score
            for each, score in zip(breeding, scores, strict=True)
        ],
        abs=0.1,
    )


def test_a_colorful_picture_has_other_measures_than_a_gray_one():
    gray = np.full((54, 96, 3), 128, np.uint8)
    red = np.zeros((54, 96, 3), np.uint8)
    red[..., 0] = 255
    first, second = (dict(zip(NAMES, look_features(NO_FACTS, [each]), strict=True)) for each in (gray, red))
    assert first["colorfulness"] < 0.01 < 0.9 < second["colorfulness"]
    assert (first["redness"], first["warmth"]) == (pytest.approx(0.5, abs=0.01), pytest.approx(0.5, abs=0.01))
    assert second["redness"] > 0.8
    assert second["warmth"] > 0.6


def test_duels_are_of_two_living_looks_that_differ():
    track = made_up_track(2.0)
    first = DuelSource([FIELD], track, 0.5, 1.0, 7).next()
    assert first.fields[0] != first.fields[1]
    again = DuelSource([FIELD], track, 0.5, 1.0, 7)
    assert again.next().fields == first.fields
    assert again.next().fields != first.fields


def test_bad_input(tmp_path, song, shelf):
    with pytest.raises(SettingsError, match="no source 'star'; did you mean 'stars'"):
        ex.Taste(sources=["star"])
    with pytest.raises(SettingsError, match="sort: got 'date'; allowed: 'taste'"):
        ex.runs(shelf, sort="date")
    with pytest.raises(SettingsError, match="start: got 'best'; allowed: 'taste'"):
        ex.breed(song, start="best")
    with pytest.raises(SettingsError, match="leave field out"):
        ex.breed(song, FIELD, start="taste")
    taste = ex.Taste(tmp_path)
    taste.judgements = [Judgement("duels", COLORED[None], GRAY[None])]
    with pytest.raises(SettingsError, match="name a sound"):
        taste.score(FIELD)
    with pytest.raises(SettingsError, match="no run 'breed_x'"):
        taste.score("breed_x")
    with pytest.raises(SettingsError, match="is there to start from"):
        taste.favorites()


def test_a_file_in_the_place_of_the_folder_is_one_line(tmp_path, monkeypatch):
    (tmp_path / "taste").write_text("")
    monkeypatch.setenv("EXPLORER_TASTE", str(tmp_path / "taste"))
    with pytest.raises(OutputError, match="set EXPLORER_TASTE to a folder"):
        taste_folder()
