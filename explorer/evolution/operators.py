"""Mutation and crossover of looks: fields in, one field out, the same for the same random stream.

All random numbers come from `RandomState`, whose streams NumPy has frozen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from explorer.errors import SettingsError
from explorer.evolution.graph_operators import crossed_genome, mutated_genome
from explorer.evolution.locks import is_locked
from explorer.evolution.steps import mutated_value, step_factor
from explorer.experiments.sweeps.parameter_paths import value_text
from explorer.fields import CPPN, FieldSettings, GraphCPPN
from explorer.fields.cppn.mixture import Term, crossed_by_layer, normalized, resized, scaled
from explorer.fields.graph.network import genome_of
from explorer.settings import Knob

CROSSOVER_SHARE = 0.6  # of the children of several parents
MIN_KNOB_SHARE, MAX_KNOB_SHARE = 0.08, 0.3  # of the settings that one mutation moves, by strength
TURN_SHARE, TURN_ANGLE = 0.85, 0.4  # how often the weights turn, and how far in a typical step, radians
MAX_ANGLE = 1.4
BY_LAYER_SHARE = 0.3  # of the crossovers of two CPPNs, whose layers come from one parent each
MIN_SEED_SHARE, MAX_SEED_SHARE = 0.05, 0.5  # how often a seed that cannot be mixed is another, by strength
GRAPH_SEED_SHARE = 0.3  # of those of other fields, since the nodes of a graph mutate themselves
SEEDS = 1_000_000  # new seeds are below
WHOLE_GROUPS = ("light", "finish")  # of one parent, since their settings suit each other


class Offspring(NamedTuple):
    """A field, and what made it of its parents, in words; `parents` are their places among the selection."""

    field: FieldSettings
    operators: tuple[str, ...]
    parents: tuple[int, ...] = ()


def offspring(
    parents: Sequence[FieldSettings],
    strength: float,
    locks: Sequence[str],
    rng: np.random.RandomState,
    first: int = 0,
) -> Offspring:
    """A child of `parents[first]`, mutated; where there are others it may be crossed with one before."""
    first %= len(parents)
    others = [place for place in range(len(parents)) if place != first]
    if not others or rng.uniform() > CROSSOVER_SHARE:
        return mutate(parents[first], strength, locks, rng)._replace(parents=(first,))
    second = others[rng.randint(len(others))]
    crossed = crossover(parents[first], parents[second], locks, rng)
    child = mutate(crossed.field, strength, locks, rng)
    return Offspring(child.field, crossed.operators + child.operators, (first, second))


def mutate(
    field: FieldSettings, strength: float, locks: Sequence[str], rng: np.random.RandomState
) -> Offspring:
    """The field with its weights turned and some settings moved. `strength` is from 0, refine, to 1, leap."""
    operators: list[str] = []
    changes: dict[str, Any] = {}
    for name, part in getattr(field, "parts", {}).items():  # of a mixture of fields
        child = mutate(part, strength, locks, rng)
        changes[name] = child.field
        operators += [f"{name}: {operator}" for operator in child.operators]
    if changes:
        field = field.replace(**changes)
    if "network" not in locks:
        network = _mutated_network(field, strength, rng)
        field, operators = network.field, [*operators, *network.operators]
    knobs = bred_knobs(field, locks)
    share = MIN_KNOB_SHARE + (MAX_KNOB_SHARE - MIN_KNOB_SHARE) * strength
    moving = [knob for knob in knobs if rng.uniform() < _frequency(knob, share, strength)]
    if knobs and not moving and not operators:
        moving = [knobs[rng.randint(len(knobs))]]
    for knob in moving:
        value = mutated_value(knob, field.value(knob.name), strength, rng)
        if value == field.value(knob.name):
            continue
        try:
            field = field.replace(**{knob.name: value})
            operators.append(f"{knob.name} {value_text(value)}")
        except SettingsError:  # it does not go together with the others
            continue
    return Offspring(field, tuple(operators))


def crossover(
    first: FieldSettings, second: FieldSettings, locks: Sequence[str], rng: np.random.RandomState
) -> Offspring:
    """The first parent with settings of the second: of another kind, those that both kinds declare alike.

    The weights of two CPPNs are mixed along the arc between them, or each layer is that of one of them; both
    leave their variance as it is.
    """
    operators = [f"crossed with {second.kind}"]
    if "network" not in locks:
        network = _crossed_network(first, second, rng)
        first, operators = network.field, [*operators, *network.operators]
    other_knobs = type(second).knobs()
    knobs = [knob for knob in bred_knobs(first, locks) if knob.name in other_knobs]
    groups = {group: rng.uniform() < 0.5 for group in WHOLE_GROUPS}
    for knob in knobs:
        group, _, _ = knob.name.rpartition(".")
        is_second = groups[group] if group in groups else rng.uniform() < 0.5
        if not is_second or not _is_alike(knob, other_knobs[knob.name]) or not _is_active(second, knob):
            continue
        try:
            first = first.replace(**{knob.name: second.value(knob.name)})
        except SettingsError:  # it does not go together with the others
            continue
    return Offspring(first, tuple(operators))


def bred_knobs(field: FieldSettings, locks: Sequence[str] = ()) -> list[Knob]:
    """The settings that mutation may move: no locked ones, and none of a group that is off."""
    knobs = type(field).knobs().values()
    return [
        knob for knob in knobs if knob.mutation > 0 and not is_locked(knob, locks) and _is_active(field, knob)
    ]


def turned(terms: Sequence[Term], angle: float, others: Sequence[Term]) -> tuple[Term, ...]:
    """A mixture turned towards another by an angle: cos(angle) W + sin(angle) V."""
    pairs = [(seed, scaled(share, math.cos(angle))) for seed, share in terms]
    return normalized([*pairs, *((seed, scaled(share, math.sin(angle))) for seed, share in others)])


def _mutated_network(field: FieldSettings, strength: float, rng: np.random.RandomState) -> Offspring:
    """The weights of a CPPN turned towards a new seed, or the nodes of a graph moved.

    Of other fields, and sometimes of graphs, another seed.
    """
    seed, number = int(rng.randint(SEEDS)), rng.uniform()
    if isinstance(field, CPPN) and not field.weights:
        if number > TURN_SHARE:
            return Offspring(field, ())
        angle = min(MAX_ANGLE, TURN_ANGLE * step_factor(strength) * rng.uniform(0.6, 1.2))
        mixed = field.replace(seeds=turned(field.terms, angle, [Term(seed, 1.0)]))
        return Offspring(mixed, (f"turned by {math.degrees(angle):.0f} degrees to seed {seed}",))
    share = MIN_SEED_SHARE + (MAX_SEED_SHARE - MIN_SEED_SHARE) * strength
    if isinstance(field, GraphCPPN) and number >= share * GRAPH_SEED_SHARE:
        change = mutated_genome(genome_of(field), strength, rng)
        return Offspring(field.replace(genome=change.genome.text), change.operators)
    if "seed" in type(field).knobs() and number < share:
        return Offspring(field.replace(seed=seed), (f"seed {seed}",))
    return Offspring(field, ())


def _crossed_network(first: FieldSettings, second: FieldSettings, rng: np.random.RandomState) -> Offspring:
    angle = rng.uniform(0.2, 0.8) * math.pi / 2
    if isinstance(first, CPPN) and isinstance(second, CPPN) and not first.weights:
        count = first.layers + 1
        if rng.uniform() < BY_LAYER_SHARE:
            is_second = [bool(number < 0.5) for number in rng.uniform(size=count)]
            is_second[rng.randint(count)] ^= len(set(is_second)) == 1  # or it would be one parent alone
            crossed = first.replace(seeds=crossed_by_layer(first.terms, second.terms, is_second))
            layers = ", ".join(str(layer + 1) for layer in range(count) if is_second[layer])
            return Offspring(crossed, (f"weights of layers {layers}",))
        mixed = first.replace(seeds=turned(first.terms, angle, resized(second.terms, count)))
        return Offspring(mixed, (f"weights mixed at {math.degrees(angle):.0f} degrees",))
    if isinstance(first, GraphCPPN) and isinstance(second, GraphCPPN):
        change = crossed_genome(genome_of(first), genome_of(second), rng)
        return Offspring(first.replace(genome=change.genome.text), change.operators)
    if first.kind == second.kind and "seed" in type(first).knobs() and rng.uniform() < 0.5:
        return Offspring(first.replace(seed=second.value("seed")), ("its seed",))
    return Offspring(first, ())


def _frequency(knob: Knob, share: float, strength: float) -> float:
    """How often a setting moves in a mutation."""
    return share if knob.slider else min(1.0, knob.mutation * step_factor(strength))


def _is_active(field: FieldSettings, knob: Knob) -> bool:
    """Whether the group of a setting is on: a change of a setting would switch it on."""
    group, _, _ = knob.name.rpartition(".")
    return not group or f"{group}.on" not in type(field).knobs() or bool(field.value(f"{group}.on"))


def _is_alike(knob: Knob, other: Knob) -> bool:
    """Whether two kinds of field declare a setting with the same values."""
    return (knob.types, knob.choices, knob.low, knob.high) == (
        other.types, other.choices, other.low, other.high,
    )  # fmt: skip
