"""Graphs breed: every change is a graph that draws, ids stay with nodes, and crossover lines them up."""

from collections import Counter

import numpy as np

from explorer import GraphCPPN
from explorer.evolution.graph_operators import crossed_genome, mutated_genome
from explorer.fields.graph.genome import parse_genome
from explorer.fields.graph.network import genome_of

GENOME = genome_of(GraphCPPN(nodes=8, seed=14))


def stream(*seed):
    return np.random.RandomState(list(seed))


def test_every_kind_of_change_happens_and_gives_a_graph():
    words = Counter()
    genome = GENOME
    for n in range(150):
        genome, operators = mutated_genome(genome, 0.6, stream(n))
        assert parse_genome(genome.text) == genome
        words.update("activation" if " is " in each else each.split()[0] for each in operators)
    assert {"weights", "activation", "node", "new", "without"} == set(words)
    assert GraphCPPN(genome=genome.text).genome == genome.text


def test_the_same_stream_gives_the_same_graph_and_a_refinement_moves_less():
    assert mutated_genome(GENOME, 0.5, stream(3)) == mutated_genome(GENOME, 0.5, stream(3))

    def distance(strength):
        pairs = [
            abs(a - b)
            for n in range(30)
            for before, after in zip(
                GENOME.outputs, mutated_genome(GENOME, strength, stream(n)).genome.outputs, strict=True
            )
            for a, b in zip(before.weights, after.weights, strict=True)
        ]
        return np.mean(pairs)

    assert distance(1.0) > 4 * distance(0.0) > 0


def test_the_same_innovation_has_the_same_id_in_two_lineages():
    changes = [[mutated_genome(GENOME, 0.5, stream(k, n)).genome for n in range(300)] for k in (1, 2)]
    lineages = [{node.id for genome in genomes for node in genome.nodes} for genomes in changes]
    new = [ids - {node.id for node in GENOME.nodes} for ids in lineages]
    assert len(new[0] & new[1]) >= 10


def test_crossover_lines_up_nodes_by_their_ids():
    other = mutated_genome(GENOME, 1.0, stream(5)).genome
    child = crossed_genome(GENOME, other, stream(1)).genome
    assert [node.id for node in child.nodes] == [node.id for node in GENOME.nodes]
    parents = [{gene.id: gene for gene in genome.nodes} for genome in (GENOME, other)]
    origins = {node.id: [node == parent.get(node.id) for parent in parents] for node in child.nodes}
    assert all(any(origin) for origin in origins.values())
    assert parse_genome(child.text) == child
    assert {tuple(origin) for origin in origins.values()} >= {(True, False), (False, True)}
