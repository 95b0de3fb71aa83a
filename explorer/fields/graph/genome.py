"""The genome of a graph: its nodes as text, which breeding changes and a recipe holds.

    {"nodes": [[id, "sine", [sources], [weights], bias, product], ...], "outputs": [[...], ...]}

Ids below the number of inputs are inputs; a source is an input or a node before. `product` is the weight of
the product of the first two sources. Means and deviations are not in it: nodes are standardized when the text
is read, so every change is followed by a new calibration. Node ids stay with a node through generations, as
the innovation numbers of NEAT do (Stanley & Miikkulainen, "Evolving neural networks through augmenting
topologies", Evolutionary Computation 10, 2002).
"""

from __future__ import annotations

import json
import math
from typing import Any, NamedTuple

from explorer.errors import ReadError, SettingsError
from explorer.files import parse_json

ACTIVATION_NAMES = (
    "sine", "cosine", "gaussian", "hyperbolic", "ridge", "step", "absolute", "triangle", "wavelet",
    "identity",
)  # fmt: skip
INPUT_COUNT, OUTPUT_COUNT, MAX_SOURCES = 13, 4, 4
MAX_GENES, MAX_GENOME_CHARACTERS = 500, 64_000
MAX_ID = 10**9
MAX_WEIGHT = 1000.0


class Gene(NamedTuple):
    """A node: an id, the place in `ACTIVATION_NAMES`, ids of sources with weights, a bias, the product."""

    id: int
    code: int
    sources: tuple[int, ...]
    weights: tuple[float, ...]
    bias: float
    product: float

    def plain(self) -> list[Any]:
        """As JSON has it."""
        numbers = list(self.weights), self.bias, self.product
        return [self.id, ACTIVATION_NAMES[self.code], list(self.sources), *numbers]


class Genome(NamedTuple):
    """The nodes in the order of evaluation, and the four outputs."""

    nodes: tuple[Gene, ...]
    outputs: tuple[Gene, ...]

    @property
    def text(self) -> str:
        """One line of JSON."""
        values = {name: [gene.plain() for gene in getattr(self, name)] for name in self._fields}
        return json.dumps(values, separators=(",", ":"))


def parse_genome(text: str) -> Genome:
    """The genome in a text. Raises SettingsError for what is no graph."""
    if not isinstance(text, str) or len(text) > MAX_GENOME_CHARACTERS:
        raise SettingsError(f"genome: give text of at most {MAX_GENOME_CHARACTERS} characters")
    try:
        values = parse_json(text, "genome")
        if values.keys() != {"nodes", "outputs"} or len(values["outputs"]) != OUTPUT_COUNT:
            raise ValueError(f"it needs nodes and {OUTPUT_COUNT} outputs")
        nodes, outputs = (tuple(map(_gene, values[name])) for name in ("nodes", "outputs"))
    except ReadError as error:
        raise SettingsError(f"genome: {error.reason}; breeding makes it, leave it as it is") from None
    except (TypeError, ValueError) as error:
        raise SettingsError(f"genome: {error}; breeding makes it, leave it as it is") from None
    _check_order(nodes, outputs)
    return Genome(nodes, outputs)


def _gene(values: Any) -> Gene:
    id, name, sources, weights, bias, product = values
    numbers = [*weights, bias, product]
    if name not in ACTIVATION_NAMES:
        raise ValueError(f"there is no activation {str(name)[:40]!r}")
    if not all(isinstance(number, int) and not isinstance(number, bool) for number in (id, *sources)):
        raise ValueError("ids must be whole numbers")
    if not 1 <= len(sources) == len(weights) <= MAX_SOURCES:
        raise ValueError(f"node {id} needs 1 to {MAX_SOURCES} sources with a weight each")
    if not all(isinstance(number, int | float) and abs(number) <= MAX_WEIGHT for number in numbers):
        raise ValueError(f"the weights of node {id} must be numbers of at most {MAX_WEIGHT:g}")
    return Gene(id, ACTIVATION_NAMES.index(name), tuple(sources), tuple(map(float, weights)), bias, product)


def _check_order(nodes: tuple[Gene, ...], outputs: tuple[Gene, ...]) -> None:
    """Raise SettingsError unless every source comes before its node."""
    if len(nodes) > MAX_GENES:
        raise SettingsError(f"genome: got {len(nodes)} nodes; allowed: at most {MAX_GENES}")
    earlier = set(range(INPUT_COUNT))
    for gene in (*nodes, *outputs):
        if missing := [source for source in gene.sources if source not in earlier]:
            raise SettingsError(
                f"genome: node {gene.id} takes from {missing[0]}, which does not come before it"
            )
        if gene in nodes:
            if gene.id in earlier or not 0 <= gene.id <= MAX_ID:
                raise SettingsError(f"genome: the id {gene.id} is taken, or out of range")
            earlier.add(gene.id)


def short(value: float) -> float:
    """A changed number, rounded so that the text stays short."""
    return round(min(max(value, -MAX_WEIGHT), MAX_WEIGHT), 4) if math.isfinite(value) else 0.0
