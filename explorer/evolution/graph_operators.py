"""Mutation and crossover of graphs, as in Picbreeder: weights, activations, sources and the nodes themselves.

Secretan et al., "Picbreeder: a case study in collaborative evolutionary exploration of design space",
Evolutionary Computation 19 (2011).
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from explorer.evolution.steps import step_factor
from explorer.fields.graph.genome import ACTIVATION_NAMES, INPUT_COUNT, Gene, Genome, short

MAX_NODES = 40  # above, none are added
MIN_NODES = 2
WEIGHT_SHARE, WEIGHT_STEP = 0.35, 0.3  # how many weights move, and how far in a typical step
BIAS_SHARE, BIAS_STEP = 0.2, 0.2
ACTIVATION_SHARE, SOURCE_SHARE = 0.15, 0.2  # how often one node gets another, in a typical step
ADD_SHARE, REMOVE_SHARE = 0.2, 0.1  # how often a node comes or goes
INHERITANCE_SHARE = 0.5  # of matching nodes that come from the second parent


class GraphChange(NamedTuple):
    """A genome, and what changed in it, in words."""

    genome: Genome
    operators: tuple[str, ...]


def mutated_genome(genome: Genome, strength: float, rng: np.random.RandomState) -> GraphChange:
    """A genome with some numbers moved, and sometimes with another activation, source or node."""
    factor, operators = step_factor(strength), ["weights"]
    nodes = [_moved(gene, factor, rng) for gene in genome.nodes]
    outputs = [_moved(gene, factor, rng) for gene in genome.outputs]
    if nodes and rng.uniform() < ACTIVATION_SHARE * factor:
        place = rng.randint(len(nodes))
        nodes[place] = nodes[place]._replace(code=int(rng.randint(len(ACTIVATION_NAMES))))
        operators.append(f"node {nodes[place].id} is {ACTIVATION_NAMES[nodes[place].code]}")
    if rng.uniform() < SOURCE_SHARE * factor:
        operators.append(_rewire(nodes, outputs, rng))
    if rng.uniform() < ADD_SHARE * factor and len(nodes) < MAX_NODES:
        operators.append(_add_node(nodes, outputs, rng))
    elif rng.uniform() < REMOVE_SHARE * factor and len(nodes) > MIN_NODES:
        operators.append(_remove_node(nodes, outputs, rng))
    return GraphChange(Genome(tuple(nodes), tuple(outputs)), tuple(operators))


def crossed_genome(first: Genome, second: Genome, rng: np.random.RandomState) -> GraphChange:
    """The first genome with nodes of the second that have the same ids, where their sources are there."""
    matching = {gene.id: gene for gene in second.nodes}
    earlier, nodes, count = set(range(INPUT_COUNT)), [], 0
    for gene in first.nodes:
        other = matching.get(gene.id)
        if other and rng.uniform() < INHERITANCE_SHARE and earlier.issuperset(other.sources):
            gene, count = other, count + 1
        nodes.append(gene)
        earlier.add(gene.id)
    outputs = []
    for gene, other in zip(first.outputs, second.outputs, strict=True):
        is_second = rng.uniform() < INHERITANCE_SHARE and earlier.issuperset(other.sources)
        outputs.append(other if is_second else gene)
        count += is_second
    return GraphChange(Genome(tuple(nodes), tuple(outputs)), (f"{count} nodes of the other",))


def _moved(gene: Gene, factor: float, rng: np.random.RandomState) -> Gene:
    """A node with some of its weights, and its bias, moved."""
    weights = tuple(
        short(weight + WEIGHT_STEP * factor * rng.randn()) if rng.uniform() < WEIGHT_SHARE else weight
        for weight in gene.weights
    )
    is_moving = rng.uniform() < BIAS_SHARE
    step = BIAS_STEP * factor * rng.randn()
    return gene._replace(weights=weights, bias=short(gene.bias + step) if is_moving else gene.bias)


def _edge(genes: Sequence[Gene], rng: np.random.RandomState) -> tuple[int, int]:
    """A place among the genes, and one of its sources."""
    place = int(rng.randint(len(genes)))
    return place, int(rng.randint(len(genes[place].sources)))


def _rewire(nodes: list[Gene], outputs: list[Gene], rng: np.random.RandomState) -> str:
    """Let a node take from another input or node before it."""
    place, edge = _edge([*nodes, *outputs], rng)
    before = [*range(INPUT_COUNT), *(gene.id for gene in nodes[:place])]
    return _set_source(nodes, outputs, place, edge, before[rng.randint(len(before))])


def _set_source(nodes: list[Gene], outputs: list[Gene], place: int, edge: int, source: int) -> str:
    genes = nodes if place < len(nodes) else outputs
    index = place if place < len(nodes) else place - len(nodes)
    gene = genes[index]
    genes[index] = gene._replace(sources=(*gene.sources[:edge], source, *gene.sources[edge + 1 :]))
    return f"node {gene.id} takes from {source}"


def _add_node(nodes: list[Gene], outputs: list[Gene], rng: np.random.RandomState) -> str:
    """Put a node on an edge: it takes what the edge took, and the edge takes the node.

    Its id follows from the edge, so that the same innovation in two lineages has the same id.
    """
    place, edge = _edge([*nodes, *outputs], rng)
    gene = [*nodes, *outputs][place]
    id = 1000 + zlib.crc32(f"{gene.sources[edge]}>{gene.id}".encode()) % 1_000_000
    while any(node.id == id for node in nodes):
        id += 1
    _set_source(nodes, outputs, place, edge, id)
    code = int(rng.randint(len(ACTIVATION_NAMES)))
    nodes.insert(min(place, len(nodes)), Gene(id, code, (gene.sources[edge],), (1.0,), 0.0, 0.0))
    return f"new node {id}, {ACTIVATION_NAMES[code]}"


def _remove_node(nodes: list[Gene], outputs: list[Gene], rng: np.random.RandomState) -> str:
    """Take a node out: what took from it takes from its first source."""
    lost = nodes.pop(rng.randint(len(nodes)))
    for genes in (nodes, outputs):
        for place, gene in enumerate(genes):
            sources = tuple(lost.sources[0] if source == lost.id else source for source in gene.sources)
            genes[place] = gene._replace(sources=sources)
    return f"without node {lost.id}"
