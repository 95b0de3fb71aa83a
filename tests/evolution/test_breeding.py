"""Breedings: children live and differ, everything is logged, and choices replay and resume bit for bit."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import numpy as np
import pytest
from PIL import Image

import explorer as ex
from explorer import CPPN, GraphCPPN, Julia, Patterns, evolve
from explorer.cli import main
from explorer.errors import SettingsError
from explorer.evolution import Breeding, specimens
from explorer.evolution.fitness import MEASURES
from explorer.evolution.operators import Offspring
from explorer.evolution.specimens import MIN_DISTANCE, distance, draw
from explorer.experiments import delete, load, star
from explorer.experiments.library.overview import fold_sweeps
from explorer.experiments.library.seed_scores import small_pictures
from explorer.experiments.reports.breeding_report import _founders_and_measure
from explorer.experiments.runs import manifest
from tests.evolution.conftest import FIELD, SMALL
from tests.signals import music, silence, write_wav


def fields(breeding):
    return {individual.key: individual.field for individual in breeding}


def copy_of(bred, folder):
    shutil.copytree(bred.folder, folder / bred.folder.name)
    return folder / bred.folder.name


def test_every_individual_is_logged_with_its_parents_and_picture(bred):
    assert [len(bred.individuals(n)) for n in range(3)] == [3, 3, 3]
    assert bred["g0000i00"].field == FIELD
    assert bred["g0000i00"].operators == ()
    for individual in list(bred)[3:]:
        selection = bred.generations[individual.generation].selection
        assert individual.parents
        assert set(individual.parents) <= set(selection)
        assert individual.operators
        assert individual.recipe.audio.name == "song.wav"
        assert individual.fitness is not None
        assert Image.open(individual.thumbnail).size == (160, 90)
    log = manifest.read(bred.folder)
    assert (log["status"], log["kind"]) == ("done", "breed")
    assert (bred.folder / "sheet.jpg").is_file()


def test_parents_are_the_best_so_far(bred):
    every = [bred[key] for key in fields(bred) if bred[key].generation < 2]
    best = sorted(every, key=lambda individual: (-individual.fitness, individual.key))[:2]
    assert bred.generations[2].selection == tuple(individual.key for individual in best)
    assert [individual.key for individual in bred.best(1)] == [bred.table["fitness"].idxmax()]


def test_children_live_and_differ_from_each_other_and_their_parents(bred):
    assert set(bred.table["verdict"]) <= {"alive", "faint"}
    times = [bred.spec.begin + 0.5]
    for number in (1, 2):
        looks = [*bred.individuals(number), *(bred[key] for key in bred.generations[number].selection)]
        colors = [small_pictures(draw(look.field, bred.track, (160, 90), times)) for look in looks]
        assert min(distance(a, b) for a, b in combinations(colors[:4], 2)) > MIN_DISTANCE / 3


def test_choices_replay_bit_for_bit_in_any_number_of_processes(bred, song, tmp_path):
    assert bred.replay() == []
    with ThreadPoolExecutor(2) as pool:
        other = evolve(FIELD, song, explorations=tmp_path, executor=pool, **SMALL)
    assert fields(other) == fields(bred)
    assert other.best(1)[0].fitness == bred.best(1)[0].fitness


def test_what_a_kill_left_out_is_bred_again_the_same(bred, tmp_path):
    folder = copy_of(bred, tmp_path)
    shutil.rmtree(folder / "individuals" / "g0002i01")
    (folder / "individuals" / "g0002i02" / "individual.json").unlink()
    resumed = evolve(resume=folder, generations=3)
    assert fields(resumed) == fields(bred)
    assert resumed["g0002i01"].fitness == bred["g0002i01"].fitness
    pictures = [np.asarray(Image.open(each["g0002i02"].thumbnail)) for each in (resumed, bred)]
    assert np.array_equal(*pictures)
    assert len(evolve(resume=folder, generations=4).generations) == 4


def test_children_that_need_other_features_are_replaced_by_their_parent(bred, tmp_path, monkeypatch):
    needy = Offspring(FIELD.replace(features=("bass", "tempo")), ("other features",), (0,))
    monkeypatch.setattr(specimens, "offspring", lambda *_: needy)
    breeding = Breeding.resume(copy_of(bred, tmp_path))
    assert {child.field for child in breeding.breed(["g0000i00"])} == {FIELD}


def test_edited_choices_are_refused(bred, tmp_path):
    folder = copy_of(bred, tmp_path)
    path = folder / "generations" / "0001.json"
    choice = json.loads(path.read_text())
    path.write_text(json.dumps(choice | {"selection": ["g0000i02"]}))
    with pytest.raises(SettingsError, match=r"0001\.json of breed_.* was edited"):
        Breeding.resume(folder)
    path.write_text(json.dumps(choice))
    spec = folder / "breeding.json"
    spec.write_text(json.dumps(json.loads(spec.read_text()) | {"seed": 5}))
    with pytest.raises(SettingsError, match=r"breeding\.json .* was edited"):
        Breeding.resume(folder)
    path.unlink()
    with pytest.raises(SettingsError, match=r"0001\.json of .* is missing"):
        Breeding.resume(folder)


def test_a_choice_may_go_back_and_locks_hold(bred, tmp_path):
    breeding = Breeding.resume(copy_of(bred, tmp_path))
    children = breeding.breed(["g0000i00"], strength=0.0, locks="network")
    assert [child.key for child in children] == ["g0003i00", "g0003i01", "g0003i02"]
    assert all(child.parents == ("g0000i00",) for child in children)
    assert {child.field.seed for child in children} == {FIELD.seed}
    every = breeding.breed([each.key for each in breeding], strength=1.0)
    assert len(every) == 3
    assert breeding.lineage("g0004i00")[0].generation == 0


def test_nothing_selected_and_unknown_individuals_are_refused(bred, tmp_path):
    breeding = Breeding.resume(copy_of(bred, tmp_path))
    wrong = {
        (): "nothing is selected",
        ("g0009i00",): "no individual 'g0009i00'",
        ("../x",): "as in g0003i07",
    }
    for selection, message in wrong.items():
        with pytest.raises(SettingsError, match=message):
            breeding.breed(selection)
    assert len(breeding.generations) == 3


def test_the_library_lists_opens_stars_and_deletes_individuals(bred, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")  # of the terminal
    folder = copy_of(bred, tmp_path)
    name = f"{folder.name}/g0001i02"
    star(name, explorations=tmp_path)
    table = ex.runs(tmp_path)
    assert len(table) == 9
    row = table.set_index("run").loc[name]
    assert (row["kind"], row["status"], row["star"], row["verdict"]) == ("individual", "done", True, "alive")
    assert row["thumb"].endswith("thumb.jpg")
    assert load(name, tmp_path).field == bred["g0001i02"].field
    (short,) = fold_sweeps(table).to_dict("records")
    assert (short["run"], short["kind"], short["star"]) == (folder.name, "breed", True)
    assert main(["runs", "--explorations", str(tmp_path), "--kind", "breed"]) == 0
    assert "9 points of generation, individual" in capsys.readouterr().out
    with pytest.raises(SettingsError, match="is a breeding; name one of its looks"):
        load(folder)
    with pytest.raises(SettingsError, match="has no look 'g0007i00'"):
        load(f"{folder.name}/g0007i00", tmp_path)
    delete(folder.name, tmp_path)
    assert ex.runs(tmp_path).empty


def test_the_report_shows_the_tree(bred):
    page = (bred.folder / "report.html").read_text()
    lead = page[page.index("9 looks in 3 generations") :].partition("</p>")[0]
    assert "from a cppn, bred for liveliness" in lead
    assert ">fitness: liveliness</th>" in page
    assert page.count("<td>founder: a cppn</td>") == 1
    assert "done" in lead
    assert "running" not in lead
    assert page.count("<image ") == 9
    assert page.count("<path d=") >= 6 + page.count("<symbol")
    assert 'href="individuals/g0001i00/recipe.json"' in page
    assert str(bred.folder) not in page
    assert 'data-state="done"' in page


@pytest.mark.parametrize("look", [ex.GraphCPPN.preset("iris"), CPPN.preset("magma").replace(seed=7)])
def test_the_report_names_founders_that_ship(look, song, tmp_path):
    breeding = Breeding.start([look], song, population=2, seconds=1.0, explorations=tmp_path)
    founders, measure = _founders_and_measure(breeding.folder)
    assert (founders, measure) == ("iris" if look.kind == "graph" else "magma", "")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"population": 1}, "population: got 1; allowed: .* 2 to 60"),
        ({"population": 1000}, "population: got 1000; allowed"),
        ({"fitness": "lovliness"}, "no measure 'lovliness'; did you mean 'liveliness'"),
        ({"generations": 0}, "generations: got 0"),
        ({"strength": 1.5}, "strength: got 1.5; allowed: 0 to 1"),
        ({"locks": "colour"}, "no lock 'colour'"),
        ({"begin": 99.0}, "begin: got 99.0; allowed: 0 to 2.00 s"),
        ({"seconds": 0.0}, "seconds: got 0.0"),
        ({"field": "molten"}, "field: got 'molten'; give a field"),
        ({"field": []}, "field: got \\[\\]; give a field"),
        ({"fitness": lambda specimen: float("nan")}, "fitness: got nan for g0000i00"),
        ({"executor": 4}, "executor: got 4"),
    ],
)
def test_bad_arguments_are_one_clear_line(song, tmp_path, settings, message):
    with pytest.raises(SettingsError, match=message):
        evolve(**{"field": FIELD, "audio": song, "explorations": tmp_path, **SMALL, **settings})


@pytest.mark.parametrize("samples", [music(1.0)[:2646], silence(1.0)], ids=["60 ms", "silence"])
def test_a_song_of_60_ms_and_silence_breed(tmp_path, samples):
    song = write_wav(tmp_path / "short.wav", samples)
    field = FIELD.replace(time_span=1.0)
    breeding = evolve(field, song, explorations=tmp_path, **SMALL | {"generations": 2, "population": 2})
    assert len(breeding) == 4
    assert breeding.spec.begin + breeding.spec.seconds <= breeding.track.duration + 1e-9


def test_parents_of_different_fields_breed(song, tmp_path):
    looks = [FIELD, GraphCPPN(nodes=6), Patterns(family="organic"), Julia(samples=1, iterations=30)]
    breeding = Breeding.start(looks, song, population=4, seconds=1.0, explorations=tmp_path)
    assert [look.field for look in breeding.breed()] == [look.replace(sections=False) for look in looks]
    children = breeding.breed([look.key for look in breeding.individuals()], strength=0.8)
    assert [child.field.kind for child in children] == ["cppn", "graph", "patterns", "julia"]
    assert breeding.replay() == []


def test_dead_children_are_repaired(song, tmp_path):
    dead = CPPN(hidden=16, layers=3, gain=0.3, time_span=10.0)
    breeding = Breeding.start(dead, song, population=3, seconds=1.0, explorations=tmp_path)
    first, *others = breeding.breed()
    assert first.verdict == "static"
    assert {other.verdict for other in others} <= {"alive", "faint"}
    assert any("calibrated" in other.operators for other in others)


def test_every_measure_is_a_number_and_a_function_of_ones_own_is_one_too(song, tmp_path):
    specimens = []

    def redness(specimen):
        specimens.append(specimen)
        return float(specimen.pictures[1][..., 0].mean())

    breeding = evolve(FIELD, song, redness, explorations=tmp_path, **SMALL | {"generations": 1})
    assert breeding.spec.fitness.endswith("redness")
    assert [individual.fitness for individual in breeding] == [
        each.pictures[1][..., 0].mean() for each in specimens
    ]
    assert all(np.isfinite(measure(specimens[0])) for measure in MEASURES.values())
    assert specimens[0].track is breeding.track
    with pytest.raises(SettingsError, match=r"function '.*redness'; give it again"):
        evolve(resume=breeding.folder)


def test_the_command_breeds_and_resumes(song, tmp_path, capsys):
    options = [
        "--population",
        "2",
        "--seconds",
        "1",
        "--explorations",
        str(tmp_path),
        "--preset",
        "compact-4x3",
    ]
    assert main(["breed", str(song), "--generations", "1", *options]) == 0
    assert "bred        2 looks in 1 generations" in capsys.readouterr().out
    (folder,) = tmp_path.glob("breed_*")
    assert main(["breed", "--resume", str(folder), "--generations", "2"]) == 0
    assert "bred        4 looks" in capsys.readouterr().out
    assert main(["breed"]) == 2
    assert "name a sound file" in capsys.readouterr().err
