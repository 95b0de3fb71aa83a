"""Genomes of graphs: the bits of the seed, round trips as text, and what is no graph is refused."""

import json

import numpy as np
import pytest

from explorer import GraphCPPN
from explorer.errors import SettingsError
from explorer.fields.graph import formulas
from explorer.fields.graph.genome import ACTIVATION_NAMES, INPUT_COUNT, MAX_SOURCES, OUTPUT_COUNT
from explorer.fields.graph.network import INPUTS, OUTPUTS, genome_of, network_of
from explorer.fields.graph.network import MAX_SOURCES as NODE_SOURCES
from explorer.rendering import Renderer
from tests.tracks import made_up_track

TRACK = made_up_track(2.0)
FIELD = GraphCPPN(nodes=6, seed=14, palette="abyss")
GENOME = genome_of(FIELD)


def frame(field):
    with Renderer(field, TRACK, (48, 27), device="cpu", threads=1) as renderer:
        return renderer.frame(1.0)


def test_names_and_numbers_are_those_of_the_network():
    assert tuple(activation.__name__ for activation in formulas.ACTIVATIONS) == ACTIVATION_NAMES
    assert (len(INPUTS), len(OUTPUTS), NODE_SOURCES) == (INPUT_COUNT, OUTPUT_COUNT, MAX_SOURCES)


@pytest.mark.parametrize("settings", [{}, {"symmetry": 5}, {"nodes": 0}, {"nodes": 20, "light": True}])
def test_the_genome_of_a_seed_draws_its_bits(settings):
    field = FIELD.replace(**settings)
    bred = field.replace(genome=genome_of(field).text)
    graphs = [network_of(each).graph for each in (field, bred)]
    assert np.array_equal(graphs[0].weights, graphs[1].weights)
    assert np.array_equal(frame(field), frame(bred))
    assert genome_of(bred) == genome_of(field)
    assert 4 * len(bred.genome) < 4 * 120 * (field.nodes + 4)


def test_a_recipe_holds_it_and_old_recipes_do_not():
    bred = FIELD.replace(genome=GENOME.text)
    assert GraphCPPN(**json.loads(bred.model_dump_json())) == bred
    assert "genome" not in FIELD.model_dump(mode="json")
    assert bred.replace(palette="lava").genome == GENOME.text
    assert bred.replace(seed=3).genome == bred.replace(nodes=9).genome == ""
    assert bred.node_count == 6


def test_nodes_are_standardized_again_after_a_change():
    output = GENOME.outputs[1]  # the hue
    output = output._replace(weights=tuple(10 * weight for weight in output.weights[::-1]), bias=3.0)
    outputs = GENOME.outputs[0], output, *GENOME.outputs[2:]
    changed = FIELD.replace(genome=GENOME._replace(outputs=outputs).text)
    before, after = (network_of(field).graph.weights[-3] for field in (FIELD, changed))
    assert not np.array_equal(before[6:], after[6:])
    assert not np.array_equal(frame(FIELD), frame(changed))


def text(**changes):
    return json.dumps(json.loads(GENOME.text) | changes)


NODE = json.loads(GENOME.text)["nodes"][0]


@pytest.mark.parametrize(
    "genome",
    [
        "{", "[]", "{}", text(outputs=[]), text(more=1), text(nodes=[NODE, NODE]), text(nodes=[[13, "sine"]]),
        text(nodes=[[13, "exec", [0], [1], 0, 0]]),
        text(nodes=[[13, "sine", [13], [1], 0, 0]]),
        text(nodes=[[13, "sine", [0], [1e9], 0, 0]]), text(nodes=[[13, "sine", [], [], 0, 0]]),
        text(nodes=[[True, "sine", [0], [1], 0, 0]]),
        text(nodes=[[-1, "sine", [0], [1], 0, 0]]), " " * 99_999,
    ],
)  # fmt: skip
def test_what_is_no_graph_is_refused_in_one_line(genome):
    with pytest.raises(SettingsError, match="genome: ") as caught:
        FIELD.replace(genome=genome)
    assert "\n" not in str(caught.value)
