"""The cube around a field: the field itself in it, every point a valid look."""

import numpy as np
import pytest

from explorer import CPPN, GraphCPPN, Julia, Mix, Patterns
from explorer.evolution.atlas.look_space import LookSpace
from explorer.fields.graph.network import genome_of

FIELDS = [
    CPPN.preset("compact-4x3"),
    CPPN.preset("magma").replace(seeds=((3, 0.8), (9, 0.6))),
    CPPN.preset("compact-4x3").replace(seeds="3:0.8/1/0/1, 9:0.6/0/1/0"),
    GraphCPPN(),
    Patterns(),
    Julia(),
    Mix(a=CPPN.preset("compact-4x3"), b=Patterns()),
]


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.kind)
def test_the_start_is_the_field_and_every_point_a_look(field):
    space = LookSpace(field, 5)
    assert ((space.start >= 0) & (space.start <= 1)).all()
    same = field.replace(**space.params(space.start))
    for name, knob in type(field).knobs().items():
        before, after = field.value(name), same.value(name)
        if knob.slider and isinstance(before, float) and not knob.is_logarithmic:
            step = knob.step or (knob.slider[1] - knob.slider[0]) / 100
            assert after == pytest.approx(min(max(before, knob.slider[0]), knob.slider[1]), abs=step), name
        elif not knob.slider:
            assert before == after, name
    assert getattr(same, "seeds", ()) == getattr(field, "seeds", ())
    rng = np.random.default_rng(0)
    for position in rng.random((4, len(space.start))):
        params = space.params(position)
        look = field.replace(**params)
        assert look != field
        assert params == LookSpace(field, 5).params(position)


def test_weights_are_a_mixture_on_the_unit_sphere():
    space = LookSpace(CPPN.preset("compact-4x3"), 1)
    rng = np.random.default_rng(2)
    look = space.field.replace(**space.params(rng.random(len(space.start))))
    assert len(look.seeds) == 12
    assert sum(share**2 for _, share in look.seeds) == pytest.approx(1)
    middle = np.full(len(space.start), 0.5)  # no coefficient at all: the weights stay
    assert space.field.replace(**space.params(middle)).terms == space.field.terms
    assert LookSpace(space.field, 2).params(rng.random(len(space.start)))["seeds"] != look.seeds


def test_a_genome_stays():
    field = GraphCPPN(genome=genome_of(GraphCPPN()).text)
    space = LookSpace(field, 1)
    assert field.replace(**space.params(np.zeros(len(space.start)))).genome == field.genome
