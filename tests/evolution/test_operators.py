"""Mutation and crossover: deterministic, within bounds, for every kind of field; locks hold."""

import dataclasses
import math

import numpy as np
import pytest

from explorer import CPPN, GraphCPPN, Julia, Mix, Patterns
from explorer.errors import SettingsError
from explorer.evolution.locks import parse_locks
from explorer.evolution.operators import bred_knobs, crossover, mutate, offspring, turned
from explorer.evolution.steps import mutated_value, slider_position, value_at
from explorer.fields.cppn.mixture import MAX_TERMS, Term

FIELDS = {
    "cppn": CPPN.preset("magma"),
    "graph": GraphCPPN.preset("obsidian").replace(sections=False),
    "patterns": Patterns.preset("coral"),
    "julia": Julia(),
    "mix": Mix(CPPN.preset("compact-4x3"), Patterns(), by=0.5),
}


def stream(*seed):
    return np.random.RandomState(list(seed))


@pytest.mark.parametrize("kind", FIELDS)
def test_the_same_stream_gives_the_same_child_and_another_gives_another(kind):
    field = FIELDS[kind]
    children = [mutate(field, 0.5, (), stream(n)) for n in range(10)]
    assert children == [mutate(field, 0.5, (), stream(n)) for n in range(10)]
    assert len({child.field for child in children}) >= 9
    assert all(child.field != field and child.operators for child in children)
    assert all(type(child.field)(**child.field.model_dump(mode="json")) == child.field for child in children)


@pytest.mark.parametrize("kind", FIELDS)
def test_a_leap_goes_farther_than_a_refinement(kind):
    field = FIELDS[kind]

    knobs = [knob for knob in bred_knobs(field) if knob.slider and isinstance(field.value(knob.name), float)]

    def positions(look):
        return np.array([slider_position(knob, look.value(knob.name)) for knob in knobs])

    def distance(child):
        return np.abs(positions(child) - positions(field)).sum()

    small, large = (
        np.mean([distance(mutate(field, strength, (), stream(n)).field) for n in range(24)])
        for strength in (0, 1)
    )
    assert large > 3 * small > 0


@pytest.mark.parametrize(("first", "second"), [(a, b) for a in FIELDS for b in FIELDS if a <= b])
def test_any_two_looks_cross(first, second):
    for n in range(4):
        child = crossover(FIELDS[first], FIELDS[second], (), stream(n)).field
        assert child.kind == FIELDS[first].kind
        assert child == crossover(FIELDS[first], FIELDS[second], (), stream(n)).field


def test_parents_of_different_fields_share_what_both_declare_alike():
    lit = FIELDS["graph"].replace(palette="abyss", light={"relief": 1.7})
    children = [crossover(FIELDS["cppn"], lit, (), stream(n)).field for n in range(40)]
    assert {child.palette for child in children} == {"lava", "abyss"}
    assert {child.light.relief for child in children} == {0.6, 1.7}
    assert {child.gain for child in children} == {FIELDS["cppn"].gain}


def test_the_weights_turn_by_an_angle_and_stay_on_the_sphere():
    terms = turned([Term(12, 1.0)], 0.5, [Term(991, 1.0)])
    assert terms[0].share == pytest.approx(math.cos(0.5))
    assert terms[1].share == pytest.approx(math.sin(0.5))
    child = FIELDS["cppn"]
    for n in range(30):
        child = mutate(child, 0.3, (), stream(n)).field
    assert len(child.seeds) == MAX_TERMS
    assert math.fsum(term.share**2 for term in child.seeds) == pytest.approx(1, abs=1e-6)


def test_networks_of_twelve_terms_mutate_and_cross_within_twelve_terms():
    first, second = (
        FIELDS["cppn"].replace(seeds=[(seed, 1) for seed in range(begin, begin + MAX_TERMS)])
        for begin in (1, 50)
    )
    children = [mutate(first, 1.0, (), stream(n)) for n in range(5)]
    children += [crossover(first, second, (), stream(n)) for n in range(20)]
    for child in children:
        assert 1 <= len(child.field.seeds) <= MAX_TERMS
    assert any(
        {term.seed for term in child.field.seeds} - {term.seed for term in first.seeds} for child in children
    )


def test_some_children_of_two_networks_have_layers_of_one_parent_each():
    first = FIELDS["cppn"].replace(seeds=((1, 0.8), (2, 0.6)))
    second = first.replace(seeds=((3, 0.6), (4, 0.8)), layers=first.layers + 1)
    children = [crossover(first, second, (), stream(n)) for n in range(60)]
    words = [" ".join(child.operators) for child in children]
    layered = [
        child.field for child, text in zip(children, words, strict=True) if "weights of layers" in text
    ]
    assert 8 < len(layered) < 30
    for field in layered:
        shares = np.array([np.broadcast_to(term.share, first.layers + 1) for term in field.seeds])
        assert (shares**2).sum(axis=0) == pytest.approx(1)
        parents = [{term.seed for term in field.seeds if term.at(layer)} for layer in range(first.layers + 1)]
        assert {frozenset(parent) for parent in parents} == {frozenset({1, 2}), frozenset({3, 4})}
    again = crossover(layered[0], layered[1], (), stream(1)).field
    child = mutate(again, 0.5, (), stream(2)).field
    assert type(child)(**child.model_dump(mode="json")) == child


@pytest.mark.parametrize("kind", FIELDS)
@pytest.mark.parametrize("lock", ["palette", "symmetry", "network"])
def test_locks_hold(kind, lock):
    parents = [FIELDS[kind], FIELDS["cppn"].replace(palette="abyss", symmetry=5, seed=77)]
    names = {
        "palette": ("palette",),
        "symmetry": ("symmetry",),
        "network": ("seed", "seeds", "gain", "genome"),
    }
    for n in range(10):
        child = offspring(parents, 1.0, (lock,), stream(n)).field
        for name in names[lock]:
            if name in type(child).model_fields and name in type(parents[0]).model_fields:
                assert getattr(child, name) == getattr(parents[0], name)


@pytest.mark.parametrize("name", ["gain", "coord_scale", "symmetry", "drift"])
def test_a_setting_at_its_bound_moves_inward_and_none_leaves_the_bounds(name):
    knob = dataclasses.replace(CPPN.knobs()[name], mutation=0.2)
    for value in (knob.low, knob.high, *knob.slider):
        values = [mutated_value(knob, value, 0.5, stream(n)) for n in range(30)]
        assert all(knob.accepts(each) for each in values)
        assert sum(each != value for each in values) >= 29
        if value in (knob.low, knob.high):
            assert all((each > value) == (value == knob.low) for each in values if each != value)


def test_a_slider_has_the_value_at_its_position():
    for knob in [*CPPN.knobs().values(), *GraphCPPN.knobs().values(), *Julia.knobs().values()]:
        if knob.slider and isinstance(knob.default, int | float):
            value = value_at(knob, slider_position(knob, knob.default))
            assert value == pytest.approx(knob.default, rel=0.02, abs=knob.step)


def test_an_unknown_lock_is_refused_with_the_nearest():
    assert parse_locks("network, palette") == ("palette", "network")
    with pytest.raises(SettingsError, match="did you mean 'palette'"):
        parse_locks(["palete"])
