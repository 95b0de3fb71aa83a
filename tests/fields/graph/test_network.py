"""The network of a graph CPPN: contrast in every picture, mirrors, waves, and rows of the kernel."""

import numpy as np
import pytest
import torch

from explorer.fields import Grid
from explorer.fields.graph import formulas
from explorer.fields.graph.kernel import Program
from explorer.fields.graph.network import (
    CALIBRATION_MOMENTS,
    INPUTS,
    OUTPUTS,
    PLACES,
    calibration_inputs,
    mirrors,
    random_network,
    random_plane,
)

ALL = tuple(range(len(OUTPUTS)))
FROZEN_SOURCES = [[10, 5, 0, 0], [9, 10, 5, 0], [14, 3, 8, 0], [4, 7, 15, 3]]
FROZEN_WEIGHTS = [0.953, 0.0891, -0.2235, 0.0, 0.0, -0.4722, 3.2808, -0.9117]
FROZEN_FOURIER = [0.2472146, 1.7042696, -1.2566427, 2.4961681]


def test_every_output_has_contrast_at_every_moment():
    for seed in range(16):
        network = random_network.__wrapped__(seed, (0, 1, 14, 40)[seed % 4], (0, 0, 1, 6)[seed % 4])
        values = network.graph.evaluate(calibration_inputs(network.plane))
        tones = torch.stack([formulas.tone(v.expand(CALIBRATION_MOMENTS, -1), 1.0) for v in values])
        assert tones.std(dim=-1).min() > 0.05, seed


@pytest.mark.parametrize("nodes", [0, 1, 14, 500])
def test_nodes_take_from_inputs_and_nodes_before_them(nodes):
    graph = random_network(3, nodes, 0).graph
    assert len(graph.codes) == nodes + len(OUTPUTS)
    assert np.isfinite(graph.weights).all()
    for node, sources in enumerate(graph.sources):
        assert sources.max() < len(INPUTS) + min(node, nodes)
        used = sources[graph.weights[node, :4] != 0]
        assert (used < PLACES).any() or (used >= len(INPUTS)).any()  # not the same at all pixels


def test_standard_nodes_have_zero_mean_and_unit_deviation():
    network = random_network(5, 14, 0)
    graph, inputs = network.graph, calibration_inputs(network.plane)
    everything = type(graph)(graph.sources, graph.codes, graph.weights, tuple(range(13, 13 + 14)))
    for value in everything.evaluate(inputs):
        assert abs(value.mean()) < 0.05
        assert value.std() < 1.01  # less where a node is nearly constant


def test_networks_are_the_same_again_and_differ_by_seed():
    one, again, other = (random_network.__wrapped__(seed, 14, 0).graph for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.weights, again.weights)
    np.testing.assert_array_equal(one.sources, again.sources)
    assert not np.array_equal(one.weights, other.weights)


def test_the_streams_of_random_numbers_are_frozen():
    """Old recipes keep their pictures: sources and weights of a seed never change."""
    graph, plane = random_network(7, 14, 0).graph, random_plane(7, 0)
    assert graph.sources[:4].tolist() == FROZEN_SOURCES
    np.testing.assert_allclose(graph.weights[2], FROZEN_WEIGHTS, atol=2e-4)
    np.testing.assert_allclose(plane.fourier, FROZEN_FOURIER, atol=1e-6)


def test_a_part_gives_the_same_values_as_the_whole():
    network = random_network(11, 40, 3)
    inputs = calibration_inputs(network.plane)
    whole = network.graph.evaluate(inputs)
    for n in ALL:
        part = network.graph.part((n,))
        assert len(part.codes) < len(network.graph.codes)
        torch.testing.assert_close(part.evaluate(inputs)[0], whole[n], rtol=0, atol=0)


@pytest.mark.parametrize("nodes", [0, 14, 500])
def test_rows_of_the_kernel_hold_what_later_nodes_need(nodes):
    """Simulates the rows: whatever a node reads is the value that its source wrote last."""
    graph = random_network(2, nodes, 0).graph
    program = Program.of(graph)
    rows = {row: row for row in range(len(INPUTS))}
    for node, sources in enumerate(program.sources):
        assert [rows[row] for row in sources] == graph.sources[node].tolist()
        rows[program.targets[node]] = len(INPUTS) + node
    assert [rows[row] for row in program.outputs] == list(graph.outputs)
    assert program.rows <= len(INPUTS) + len(graph.codes)
    assert max(rows) < program.rows


@pytest.mark.parametrize("symmetry", [1, 2, 3, 5, 6, 7, 12, 24])
def test_folding_reflects_the_plane_into_one_sector(symmetry):
    rng = np.random.default_rng(symmetry)
    radius, angle = rng.uniform(0.1, 2, 500), rng.uniform(-np.pi, np.pi, 500)
    x, y = (torch.from_numpy(radius * wave(angle)) for wave in (np.cos, np.sin))
    normals = mirrors(symmetry).tolist()
    x, y = formulas.folded(x, y, normals, len(normals) // 2)
    sector = 2 * np.pi / symmetry
    expected = np.abs((angle + sector / 2) % sector - sector / 2)
    np.testing.assert_allclose(torch.hypot(x, y), radius, atol=1e-12)
    np.testing.assert_allclose(torch.atan2(y, x), expected, atol=1e-9)


@pytest.mark.parametrize("sectors", [1, 2, 5, 24])
def test_angle_waves_are_cosine_and_sine_of_multiples(sectors):
    angle = torch.linspace(-3, 3, 101, dtype=torch.float64)
    c, s = formulas.angle_waves(2 * angle.cos(), 2 * angle.sin(), torch.full_like(angle, 2.0), sectors)
    torch.testing.assert_close(c, (sectors * angle).cos())
    torch.testing.assert_close(s, (sectors * angle).sin())


@pytest.mark.parametrize(
    ("activation", "at", "value"),
    [
        (formulas.sine, np.pi / 3.2, 1),
        (formulas.cosine, np.pi / 1.6, -1),
        (formulas.gaussian, 1, np.exp(-1)),
        (formulas.hyperbolic, 1, np.tanh(1.5)),
        (formulas.ridge, np.pi / 2.6, 0),
        (formulas.step, 0.25, 1 / (1 + np.exp(-1))),
        (formulas.absolute, -2, 2),
        (formulas.triangle, 2.75, 0.75),
        (formulas.triangle, 3.5, 0.5),
        (formulas.wavelet, -1, -1),
        (formulas.identity, -0.3, -0.3),
    ],
)
def test_activations_have_known_values(activation, at, value):
    z = torch.tensor([at], dtype=torch.float64)
    assert activation(z).item() == pytest.approx(value, abs=1e-6)


def test_the_warp_bends_by_at_most_its_waves():
    plane = random_plane(4, 0)
    one = np.ones(1)
    p = torch.from_numpy(plane.numbers(0 * one, one, 0.28 * one, 5 * one, 0 * one).T[..., None])
    xy = torch.from_numpy(Grid(64, 36).xy())
    x, y = formulas.warped(xy[:, 0], xy[:, 1], p)
    limit = 0.28 * (1 + 1 / 1.6 + 1 / 2.2)
    moved = max((x - xy[:, 0]).abs().max(), (y - xy[:, 1]).abs().max())
    assert 0.5 * limit < moved <= limit * 1.0001
