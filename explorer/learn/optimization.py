"""Fitting a model: sequences of consecutive moments -> pictures of the twin -> losses -> a step.

The gradient flows from the losses through the pictures into the model. Everything random follows from the
seed and the number of the epoch, so an interrupted training that goes on repeats the one that was not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float32, Int64

from explorer.audio.live import LIVE_FEATURES, LIVE_FPS, live_windows
from explorer.fields.julia import parameters
from explorer.fields.julia.parameters import SMOOTHING_BY_MODEL
from explorer.learn.dataset import Track, mean_and_spread, sequence_starts
from explorer.learn.differentiable_julia import draw, sketch
from explorer.learn.losses import losses
from explorer.learn.metrics import measure
from explorer.learn.model import AudioToVisualModel
from explorer.learn.settings import TrainSettings

STRIDE = 2  # frames between consecutive pictures: 30 a second
AT_ONCE = 4  # sequences drawn together; more would only need more memory
LONGEST = 1.0  # norm of a gradient
LEVERS = {"angle": ("speed", parameters.SPEED), "rotation": ("turn", parameters.TURN)}
FURTHER = 0.2  # of the longest step, for a secant
VALIDATED = 24  # sequences at most

Losses = dict[str, float]
Values = Float32[torch.Tensor, "sequences moments"]


class Batch(NamedTuple):
    """Sequences: what the model hears at every frame, and the features that pictures should follow."""

    windows: Float32[torch.Tensor, "sequences frames inputs"]
    features: Float32[torch.Tensor, "sequences moments 6"]


class Material:
    """Tracks as windows, cut into sequences."""

    def __init__(self, tracks: list[Track], settings: TrainSettings) -> None:
        self.settings = settings
        deltas = settings.include_delta, settings.include_delta_delta
        self.values = [track.values for track in tracks]
        self.windows = [live_windows(values, settings.window_frames, *deltas) for values in self.values]

    def sequences(self, epoch: int | None = None) -> list[tuple[int, Int64[np.ndarray, " moments"]]]:
        """Every sequence as track and frames; those of an epoch begin elsewhere and come in its own order."""
        chance = np.random.default_rng([self.settings.seed, 1, epoch or 0])
        span = self.settings.sequence * STRIDE
        found = []
        for track, values in enumerate(self.values):
            room = min(span, max(1, len(values) - span + 1))
            offset = 0 if epoch is None else int(chance.integers(room))
            for frames in sequence_starts(len(values), self.settings.sequence, STRIDE, offset):
                found.append((track, frames))
        return found if epoch is None else [found[i] for i in chance.permutation(len(found))]

    def batch(self, sequences: list[tuple[int, Int64[np.ndarray, " moments"]]]) -> Batch:
        """The numbers of some sequences."""
        between = np.arange(1 - STRIDE, 1)
        windows = np.stack(
            [
                self.windows[track][np.maximum(frames[:, None] + between, 0).ravel()]
                for track, frames in sequences
            ]
        )
        features = np.stack([self.values[track][frames] for track, frames in sequences])
        return Batch(torch.from_numpy(windows), torch.from_numpy(features))


class Fit:
    """A model on its way: the optimiser, and how far it is."""

    def __init__(self, settings: TrainSettings, train: list[Track], held_out: list[Track]) -> None:
        self.settings = settings
        self.train, self.held_out = Material(train, settings), Material(held_out, settings)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(settings.seed)
            self.model = AudioToVisualModel(settings)
        normalise(self.model, self.train)
        self.optimiser = torch.optim.AdamW(
            self.model.parameters(), lr=settings.learning_rate, weight_decay=0.01
        )

    def epoch(self, number: int) -> Iterator[tuple[int, int, Losses]]:
        """One epoch; yields the step, the steps of an epoch, and the losses after each."""
        sequences = self.train.sequences(number)
        size = self.settings.batch_size
        steps = math.ceil(len(sequences) / size)
        chance = torch.Generator().manual_seed(self.settings.seed * 100_003 + number)
        for step in range(steps):
            done = (number + step / steps) / self.settings.epochs
            for group in self.optimiser.param_groups:
                group["lr"] = self.settings.learning_rate * one_cycle(done)
            yield step + 1, steps, self._step(sequences[step * size : (step + 1) * size], chance)

    def _step(
        self, sequences: list[tuple[int, Int64[np.ndarray, " moments"]]], chance: torch.Generator
    ) -> Losses:
        self.optimiser.zero_grad(set_to_none=True)
        total: Losses = {}
        for first in range(0, len(sequences), AT_ONCE):
            part = sequences[first : first + AT_ONCE]
            terms = self.terms(self.train.batch(part), chance)
            share = len(part) / len(sequences)
            loss = torch.stack(list(terms.values())).sum() * share
            loss.backward()  # type: ignore[no-untyped-call]
            for name, term in terms.items():
                total[name] = total.get(name, 0.0) + share * term.item()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), LONGEST)
        self.optimiser.step()
        return total

    def validate(self) -> Losses:
        """The losses on sequences of the tracks held out, from the same starting angles each time."""
        sequences = self.held_out.sequences()
        chosen = sequences[:: max(1, math.ceil(len(sequences) / VALIDATED))]
        chance = torch.Generator().manual_seed(self.settings.seed)
        total: Losses = {}
        with torch.no_grad():
            for first in range(0, len(chosen), AT_ONCE):
                part = chosen[first : first + AT_ONCE]
                for name, term in self.terms(self.held_out.batch(part), chance).items():
                    total[name] = total.get(name, 0.0) + term.item() * len(part) / len(chosen)
        return total

    def terms(self, batch: Batch, chance: torch.Generator) -> dict[str, torch.Tensor]:
        """Every loss of a batch; each sequence begins at random angles."""
        shares = self.model.shares(batch.windows)
        metrics = pictured(self.model.low + self.model.width * smoothed(shares), chance)
        features = dict(zip(LIVE_FEATURES, batch.features.unbind(dim=2), strict=True))
        return losses(features, metrics, shares)


def pictured(
    outputs: Float32[torch.Tensor, "sequences frames 7"], chance: torch.Generator
) -> dict[str, Values]:
    """Metrics of the twin's pictures, one every `STRIDE` frames."""
    controls, steps = integrate(outputs, chance)
    drawn = draw({name: values.flatten() for name, values in controls.items()})
    metrics = measure(*(part.reshape(len(outputs), -1, *part.shape[1:]) for part in drawn))
    return metrics | {"change": moved(metrics["change"], drawn.structure, controls, steps)}


def smoothed(
    shares: Float32[torch.Tensor, "sequences frames 7"],
) -> Float32[torch.Tensor, "sequences frames 7"]:
    """What the field makes of a model's answers: its smoothing, a Gaussian along each sequence."""
    reach = round(4 * SMOOTHING_BY_MODEL * LIVE_FPS)
    steps = torch.arange(-reach, reach + 1) / (LIVE_FPS * SMOOTHING_BY_MODEL)
    weights = torch.exp(-steps.square() / 2)
    columns = shares.transpose(1, 2).flatten(0, 1)[:, None]
    padded = torch.nn.functional.pad(columns, (reach, reach), mode="reflect")
    found = torch.nn.functional.conv1d(padded, (weights / weights.sum())[None, None])
    return found.reshape(len(shares), -1, shares.shape[1]).transpose(1, 2)


def integrate(
    outputs: Float32[torch.Tensor, "sequences frames 7"], chance: torch.Generator
) -> tuple[dict[str, Values], dict[str, Values]]:
    """The controls of pictures, and the steps of their angles since the picture before.

    Speed and turn add up to angles from a random beginning. These carry no gradient: see `moved`.
    """
    columns = dict(zip(parameters.NAMES, outputs.unbind(dim=2), strict=True))
    controls = {name: values[:, STRIDE - 1 :: STRIDE] for name, values in columns.items()}
    steps = {}
    for name, (velocity, most) in LEVERS.items():
        start = torch.rand(len(outputs), 1, generator=chance) * (2 * math.pi)
        steps[name] = (columns[velocity] * (most / LIVE_FPS)).view(len(outputs), -1, STRIDE).sum(dim=2)
        controls[name] = start + steps[name].detach().cumsum(dim=1)
    return controls, steps


def moved(
    change: Values,
    structure: Float32[torch.Tensor, "pictures rows columns"],
    controls: dict[str, Values],
    steps: dict[str, Values],
) -> Values:
    """The change of pictures, with slopes for the steps of their angles.

    Such a slope is a secant: the picture is drawn once more, a bit further on. The derivatives of pixels say
    little of their change, for one step of an angle crosses fine detail.
    """
    now = structure.detach()[:, ::2, ::2].reshape(*change.shape, structure.shape[1] // 2, -1)
    before = now.roll(1, dims=1)
    here = (now - before).abs().mean(dim=(2, 3))
    drawn = {name: values.detach().flatten() for name, values in controls.items()}
    found = change
    for name, (_, most) in LEVERS.items():
        further = FURTHER * most * STRIDE / LIVE_FPS
        pictures = sketch(drawn | {name: drawn[name] + further}).view_as(now)
        slope = ((pictures - before).abs().mean(dim=(2, 3)) - here) / further
        slope[:, 0] = 0.0  # there is no picture before the first
        found = found + slope * (steps[name] - steps[name].detach())
    return found


def normalise(model: AudioToVisualModel, material: Material) -> None:
    """Give the model the mean and spread of what it is trained on."""
    mean, spread = mean_and_spread(np.concatenate(material.windows))
    model.mean.copy_(torch.from_numpy(mean))
    model.spread.copy_(torch.from_numpy(spread))


@contextmanager
def one_thread() -> Iterator[None]:
    """One thread for torch: the pictures are small, threads would wait for each other more than they work,
    and the sums, so the model, would depend on their number.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def one_cycle(done: float) -> float:
    """The learning rate's share of its highest: up in the first fifth, then down, along cosines."""
    if done < 0.2:
        return 0.1 + 0.9 * (1 - math.cos(math.pi * done / 0.2)) / 2
    return 0.01 + 0.99 * (1 + math.cos(math.pi * (done - 0.2) / 0.8)) / 2
