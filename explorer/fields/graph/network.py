"""The network of a graph CPPN: which nodes take from which, and how each is scaled.

A node takes 2 to 4 sources among the inputs and all nodes before it, later ones likelier, with weights
from N(0, 1) / sqrt(sources) and a bias, through one of ten activations; every fourth node multiplies its
first two sources instead. Each is standardized by its mean and deviation over a fixed grid of places, moments
and sounds; the numbers are rounded, so that all machines agree. Four outputs follow: each is the first
candidate that has contrast at every one of those moments, so no seed is dead.

All random numbers come from `RandomState`, whose streams NumPy has frozen.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from jaxtyping import Float32, Int64

from explorer.fields.graph import formulas
from explorer.fields.graph.formulas import ACTIVATIONS, FOURIER, OCTAVES
from explorer.fields.graph.genome import Gene, Genome, parse_genome
from explorer.fields.graph.settings import GraphSettings
from explorer.fields.grid import Grid
from explorer.threads import use_single_torch_thread

INPUTS = ("x", "y", "radius", "log radius", "cos angle", "sin angle", "wave 1", "wave 2",
          "sin time", "cos time", "bass", "mid", "treble")  # fmt: skip
PLACES = 8  # the first of them differ from pixel to pixel
OUTPUTS = ("height", "hue", "mask", "extra")
MAX_SOURCES = 4
WEIGHTS = 8  # numbers of a node: see `formulas.weighted` and `formulas.standardized`

IDENTITY = ACTIVATIONS.index(formulas.identity)

CALIBRATION_GRID, CALIBRATION_MOMENTS, CALIBRATION_WARP = Grid(48, 27), 8, 0.28
MIN_DEVIATION = 0.05  # added to each deviation, so that a nearly constant node stays calm
DECIMALS = 4  # to which means and deviations are rounded

OUTPUT_CANDIDATES, MIN_CONTRAST = 24, 0.18  # MIN_CONTRAST: deviation of the tone within a moment

Numbers = Any  # a tensor, or an expression that becomes a shader
Values = dict[int, Numbers]


@dataclass(frozen=True, eq=False)
class Plane:
    """The random numbers of a network that do not depend on the moment: waves of the warp, mirrors."""

    frequencies: Float32[np.ndarray, "octaves 2"]
    phases: Float32[np.ndarray, "octaves 2"]
    fourier: Float32[np.ndarray, " 4"]
    mirrors: Float32[np.ndarray, " normals"]
    sectors: int

    def rows(self, rotation: Any, scale: Any, warp: Any, clock: Any, delay: Any) -> list[Any]:
        """What `formulas` needs of a moment, in the order of its indices: from arrays or expressions."""
        rows = [np.cos(rotation) * scale, np.sin(rotation) * scale]
        for n in range(OCTAVES):
            drift = 0.7 * (n + 1) * clock
            along_y, along_x = self.frequencies[n]
            phase_y = np.mod(self.phases[n, 0] + 0.21 * drift, 2 * np.pi)
            phase_x = np.mod(self.phases[n, 1] - 0.17 * drift, 2 * np.pi)
            rows += [warp / (1 + 0.6 * n), along_y, phase_y, along_x, phase_x]
        circle = 0.11 * 0.9 * clock
        return [*rows, *self.fourier, delay, np.sin(circle), np.cos(circle)]

    def numbers(
        self, rotation: np.ndarray, scale: np.ndarray, warp: np.ndarray, clock: np.ndarray, delay: np.ndarray
    ) -> Float32[np.ndarray, "moments numbers"]:
        """`rows` of some moments."""
        rows = np.broadcast_arrays(*self.rows(rotation, scale, warp, clock, delay))
        return np.column_stack(rows).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Graph:
    """Nodes in the order of evaluation: sources are rows of values, inputs first; outputs come last."""

    sources: Int64[np.ndarray, "nodes 4"]
    codes: Int64[np.ndarray, " nodes"]  # of activations
    weights: Float32[np.ndarray, "nodes 8"]
    outputs: tuple[int, ...]  # rows

    def evaluate(self, inputs: Sequence[Numbers]) -> list[Numbers]:
        """The outputs for inputs that broadcast together; values are dropped when they are not needed."""
        values, last_uses = dict(enumerate(inputs)), self.last_uses
        for node, (sources, code) in enumerate(zip(self.sources, self.codes, strict=True)):
            values[len(INPUTS) + node] = self._node(values, node, sources, code)
            for row in last_uses[node]:
                del values[row]
        return [values[row] for row in self.outputs]

    def _node(self, values: Values, node: int, sources: np.ndarray, code: int) -> Numbers:
        w = self.weights[node].tolist()
        z = formulas.weighted(*[values[int(row)] for row in sources], w)
        return formulas.standardized(ACTIVATIONS[code](z), w)

    @property
    def last_uses(self) -> list[list[int]]:
        """The rows that no later node takes from, by node."""
        last = dict.fromkeys(range(len(INPUTS)), -1)
        for node, sources in enumerate(self.sources):
            last[len(INPUTS) + node] = node
            last.update(dict.fromkeys(map(int, sources), node))
        rows: list[list[int]] = [[] for _ in self.sources]
        for row, node in last.items():
            if node >= 0 and row not in self.outputs:
                rows[node].append(row)
        return rows

    def part(self, outputs: Sequence[int]) -> Graph:
        """Only the nodes that some of the outputs depend on."""
        first, rows = len(INPUTS), [self.outputs[n] for n in outputs]
        needed = set(rows)
        for node in reversed(range(len(self.codes))):
            if first + node in needed:
                needed.update(map(int, self.sources[node]))
        nodes = [node for node in range(len(self.codes)) if first + node in needed]
        row_of = {**{n: n for n in range(first)}, **{first + node: first + n for n, node in enumerate(nodes)}}
        sources = np.array([[row_of[int(row)] for row in self.sources[node]] for node in nodes], np.int64)
        return Graph(sources, self.codes[nodes], self.weights[nodes], tuple(row_of[row] for row in rows))


@dataclass(frozen=True, eq=False)
class Network:
    """A plane with a graph over it."""

    plane: Plane
    graph: Graph


def pixel_values(x: Numbers, y: Numbers, p: Numbers, plane: Plane, sound: Sequence[Numbers]) -> list[Numbers]:
    """The values of `INPUTS` at positions; `p` are rows of `Plane.numbers`."""
    mirrors = plane.mirrors.tolist()
    x, y = formulas.folded(x, y, mirrors, len(mirrors) // 2)
    radius = formulas.distance(x, y)
    waves = [formulas.plane_wave(x, y, p[n], p[n + 1]) for n in (FOURIER, FOURIER + 2)]
    time = [p[formulas.TIME_CIRCLE], p[formulas.TIME_CIRCLE + 1]]
    angle = formulas.angle_waves(x, y, radius, plane.sectors)
    return [x, y, radius, formulas.log_distance(radius), *angle, *waves, *time, *sound]


@lru_cache(maxsize=64)
def random_network(seed: int, nodes: int, symmetry: int, genome: str = "") -> Network:
    """The network of a seed; with a genome, its plane with the nodes of the genome."""
    plane = random_plane(seed, symmetry)
    with ThreadPoolExecutor(1, "explorer-network", use_single_torch_thread) as pool:
        # its tensors are small: several threads would wait for each other longer than they work
        if genome:
            return Network(plane, pool.submit(graph_of_genome, parse_genome(genome), plane).result())
        return Network(plane, pool.submit(random_graph, seed, nodes, plane).result())


def network_of(settings: GraphSettings) -> Network:
    """The network of a field."""
    return random_network(settings.seed, settings.nodes, settings.symmetry, settings.genome)


def random_plane(seed: int, symmetry: int) -> Plane:
    """Waves of the warp, Fourier features, and the mirrors of an n-fold symmetry."""
    rng = np.random.RandomState([seed, 1])
    octave = 1.1 + 0.9 * np.arange(OCTAVES)
    frequencies = octave[:, None] * rng.uniform(0.8, 1.25, (OCTAVES, 2))
    phases = rng.uniform(0, 2 * np.pi, (OCTAVES, 2))
    frequency, angle = rng.uniform(1.2, 3.2, 2), rng.uniform(0, np.pi, 2)
    fourier = np.column_stack((frequency * np.cos(angle), frequency * np.sin(angle))).ravel()
    return Plane(
        frequencies=frequencies.astype(np.float32),
        phases=phases.astype(np.float32),
        fourier=fourier.astype(np.float32),
        mirrors=mirrors(symmetry).astype(np.float32),
        sectors=max(1, symmetry),
    )


def mirrors(symmetry: int) -> np.ndarray:
    """The normals of lines that reflect the plane into one sector of n, one after the other.

    The first is the x axis. Each further line halves the number of sectors that are left.
    """
    if not symmetry:
        return np.zeros(0)
    angles, left = [], symmetry
    while left > 1:
        left = -(-left // 2)
        angles.append(left * np.pi / symmetry)
    return np.array([(0.0, 1.0), *[(np.sin(angle), -np.cos(angle)) for angle in angles]]).ravel()


def random_graph(seed: int, nodes: int, plane: Plane) -> Graph:
    """All nodes and outputs, standardized one after the other over `calibration_inputs`."""
    values, chain = list(calibration_inputs(plane)), []
    rng = np.random.RandomState(seed)
    for number in range(nodes):
        node, value = standardized(random_node(rng, number, number), values)
        values.append(value)
        chain.append(node)
    rng = np.random.RandomState([seed, 2])
    chain += [_random_output(rng, nodes, values) for _ in OUTPUTS]
    return _graph(chain)


def graph_of_genome(genome: Genome, plane: Plane) -> Graph:
    """The nodes of a genome, standardized one after the other over `calibration_inputs`."""
    values, chain = list(calibration_inputs(plane)), []
    rows = {n: n for n in range(len(INPUTS))} | {
        gene.id: len(INPUTS) + n for n, gene in enumerate(genome.nodes)
    }
    for gene in (*genome.nodes, *genome.outputs):
        sources, weights = np.zeros(MAX_SOURCES, np.int64), np.zeros(WEIGHTS, np.float32)
        count = len(gene.sources)
        sources[:count], weights[:count] = [rows[source] for source in gene.sources], gene.weights
        weights[4:7] = gene.product, gene.bias, 1
        node, value = standardized(Node(sources, gene.code, weights), values)
        values.append(value)
        chain.append(node)
    return _graph(chain)


def genome_of(settings: GraphSettings) -> Genome:
    """The genome of a field: its own, or that of the nodes that its seed draws, with the same bits."""
    if settings.genome:
        return parse_genome(settings.genome)
    graph = network_of(settings).graph
    genes = [
        _gene(len(INPUTS) + n, *numbers)
        for n, numbers in enumerate(zip(graph.sources, graph.codes, graph.weights, strict=True))
    ]
    return Genome(tuple(genes[: -len(OUTPUTS)]), tuple(genes[-len(OUTPUTS) :]))


def _gene(id: int, sources: np.ndarray, code: int, weights: np.ndarray) -> Gene:
    """A node without the numbers of its calibration; text of a float32 is short and has its bits."""
    plain = [float(str(weight)) for weight in weights[:6]]
    count = max([n + 1 for n in range(MAX_SOURCES) if plain[n]] + [2 if plain[4] else 1])
    return Gene(id, int(code), tuple(map(int, sources[:count])), tuple(plain[:count]), plain[5], plain[4])


def _graph(chain: Sequence[Node]) -> Graph:
    """Nodes as arrays; the last are the outputs."""
    first = len(INPUTS) + len(chain) - len(OUTPUTS)
    return Graph(
        np.array([node.sources for node in chain]),
        np.array([node.code for node in chain]),
        np.array([node.weights for node in chain]),
        tuple(range(first, first + len(OUTPUTS))),
    )


@dataclass(frozen=True, eq=False)
class Node:
    """Rows of values, the place in `ACTIVATIONS`, the numbers of `formulas.weighted` and `standardized`."""

    sources: Int64[np.ndarray, " 4"]
    code: int
    weights: Float32[np.ndarray, " 8"]


def random_node(rng: np.random.RandomState, number: int, before: int, *, is_output: bool = False) -> Node:
    """A node that takes from the inputs and the `before` nodes; not standardized yet."""
    inputs = len(INPUTS)
    likelihood = np.r_[np.full(inputs, 2 / inputs if number > 3 else 1.0), np.linspace(0.5, 2, before)]
    count = rng.randint(2, MAX_SOURCES + 1)
    rows = rng.choice(inputs + before, count, replace=False, p=likelihood / likelihood.sum())
    strength, bias = rng.randn(count), rng.uniform(-0.8, 0.8)
    code, place = rng.randint(len(ACTIVATIONS)), rng.randint(PLACES)
    if all(PLACES <= row < inputs for row in rows):  # it would be the same at all pixels
        rows[0] = place
    sources, weights = np.zeros(MAX_SOURCES, np.int64), np.zeros(WEIGHTS, np.float32)
    sources[:count], weights[5:7] = rows, (bias, 1)
    if number % 4 == 3 and not is_output:
        weights[4], weights[count - 1] = 1, 0.5 * strength[-1]
    else:
        weights[:count] = strength / np.sqrt(count)
    return Node(sources, IDENTITY if is_output else code, weights)


def standardized(node: Node, values: Sequence[torch.Tensor]) -> tuple[Node, torch.Tensor]:
    """A node with its mean and deviation over the values of its sources, and its own values."""
    sources = [values[row] for row in node.sources]
    value = ACTIVATIONS[node.code](formulas.weighted(*sources, node.weights.tolist()))
    mean = round(float(value.mean()), DECIMALS)
    scale = 1 / round(float(value.std(correction=0)) + MIN_DEVIATION, DECIMALS)
    weights = np.r_[node.weights[:6], scale, -mean * scale].astype(np.float32)
    node = Node(node.sources, node.code, weights)
    return node, formulas.standardized(value, weights.tolist())


def _random_output(rng: np.random.RandomState, nodes: int, values: Sequence[torch.Tensor]) -> Node:
    """The first of some candidates that has contrast at every moment, or the one with most."""
    best, most = None, -1.0
    for _ in range(OUTPUT_CANDIDATES):
        node, value = standardized(random_node(rng, nodes, nodes, is_output=True), values)
        tones = formulas.tone(value, 1.0)
        contrast = round(min(float(moment.std(correction=0)) for moment in tones), DECIMALS)
        if contrast > most:
            best, most = node, contrast
        if contrast >= MIN_CONTRAST:
            break
    assert best is not None
    return best


def calibration_inputs(plane: Plane) -> list[torch.Tensor]:
    """The inputs on a fixed grid at fixed moments and sounds, (moments, points) in double precision."""
    rng = np.random.RandomState(1)
    clock, sounds = rng.uniform(0, 200, CALIBRATION_MOMENTS), rng.uniform(0, 1, (3, CALIBRATION_MOMENTS))
    zero = np.zeros(CALIBRATION_MOMENTS)
    numbers = plane.numbers(zero, zero + 1, zero + CALIBRATION_WARP, clock, zero)
    x, y = torch.from_numpy(CALIBRATION_GRID.xy().astype(np.float64).T)
    moments = []
    for p, sound in zip(torch.from_numpy(numbers.astype(np.float64)), sounds.T, strict=True):
        across, down = formulas.warped(x, y, p)
        values = pixel_values(across, down, p, plane, list(torch.from_numpy(sound)))
        moments.append([value.expand(x.shape) for value in values])
    return [torch.stack(rows) for rows in zip(*moments, strict=True)]
