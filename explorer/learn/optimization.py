"""Optimization of a model: sequences of consecutive moments -> differentiable images -> losses -> a step.

The gradient flows from the losses through the images into the model. Everything random follows from the seed
and the number of the epoch, so a training that was interrupted and resumed ends like an uninterrupted one.
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
from explorer.fields.julia.parameters import PARAMETERS
from explorer.learn.dataset import LiveTrack, mean_and_spread, sequence_frames
from explorer.learn.differentiable_julia import draw_images, draw_structure
from explorer.learn.losses import PAIRS, FeatureMetricPair, losses
from explorer.learn.metrics import measure
from explorer.learn.model import AudioToVisualModel
from explorer.learn.settings import TrainSettings
from explorer.learn.teaching.sequences import STRIDE, smooth
from explorer.learn.teaching.subject import Subject

MAX_SEQUENCES_PER_PASS = 4  # drawn together; more would only need more memory
MAX_GRADIENT_NORM = 1.0
VELOCITIES = {  # of the angles: the parameter, and radians per second at 1
    "angle": ("speed", parameters.SPEED),
    "rotation": ("turn", parameters.TURN),
}
SECANT_STEP = 0.2  # of the largest step of an angle
MAX_VALIDATION_SEQUENCES = 24

Losses = dict[str, float]
Values = Float32[torch.Tensor, "sequences moments"]


class JuliaSubject:
    """A Julia set as what a training teaches; see `teaching.subject`."""

    parameters = PARAMETERS
    field = None
    preference = None

    def __init__(self, pairs: tuple[FeatureMetricPair, ...] = PAIRS) -> None:
        self.pairs = pairs

    def metrics(
        self, positions: Float32[torch.Tensor, "sequences frames 7"], rng: torch.Generator
    ) -> dict[str, Values]:
        """See `Subject.metrics`; each sequence begins at random angles."""
        low, high = (torch.tensor([getattr(p, end) for p in PARAMETERS]) for end in ("low", "high"))
        return image_metrics(low + (high - low) * smooth(positions), rng)


class Batch(NamedTuple):
    """Sequences: the inputs of the model at every frame, and the features that images should follow."""

    windows: Float32[torch.Tensor, "sequences frames inputs"]
    features: Float32[torch.Tensor, "sequences moments 6"]


class SequenceDataset:
    """Windows of tracks, cut into sequences."""

    def __init__(self, tracks: list[LiveTrack], settings: TrainSettings) -> None:
        self.settings = settings
        deltas = settings.include_delta, settings.include_delta_delta
        self.values = [track.values for track in tracks]
        self.windows = [live_windows(values, settings.window_frames, *deltas) for values in self.values]

    def sequences(self, epoch: int | None = None) -> list[tuple[int, Int64[np.ndarray, " moments"]]]:
        """All sequences as track and frames; each epoch has its own start offsets and order."""
        rng = np.random.default_rng([self.settings.seed, 1, epoch or 0])
        span = self.settings.sequence * STRIDE
        sequences = []
        for track, values in enumerate(self.values):
            offsets = min(span, max(1, len(values) - span + 1))
            offset = 0 if epoch is None else int(rng.integers(offsets))
            for frames in sequence_frames(len(values), self.settings.sequence, STRIDE, offset):
                sequences.append((track, frames))
        return sequences if epoch is None else [sequences[i] for i in rng.permutation(len(sequences))]

    def batch(self, sequences: list[tuple[int, Int64[np.ndarray, " moments"]]]) -> Batch:
        """Windows and features of some sequences."""
        offsets = np.arange(1 - STRIDE, 1)
        windows = np.stack(
            [
                self.windows[track][np.maximum(frames[:, None] + offsets, 0).ravel()]
                for track, frames in sequences
            ]
        )
        features = np.stack([self.values[track][frames] for track, frames in sequences])
        return Batch(torch.from_numpy(windows), torch.from_numpy(features))


class Trainer:
    """A model in training, with its optimizer and data."""

    def __init__(
        self,
        settings: TrainSettings,
        train: list[LiveTrack],
        held_out: list[LiveTrack],
        subject: Subject | None = None,
        device: torch.device | str = "cpu",
    ) -> None:
        """`device` is where the model and the measures of pictures are computed."""
        self.settings, self.subject, self.device = settings, subject or JuliaSubject(), torch.device(device)
        self.train, self.held_out = SequenceDataset(train, settings), SequenceDataset(held_out, settings)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(settings.seed)
            self.model = AudioToVisualModel(settings, self.subject.parameters, self.subject.field)
        normalize_inputs(self.model, self.train)
        self.model.to(self.device)
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), lr=settings.learning_rate, weight_decay=0.01
        )

    def epoch(self, number: int) -> Iterator[tuple[int, int, Losses]]:
        """Train for an epoch; yields the step, the number of steps, and the losses after each step."""
        sequences = self.train.sequences(number)
        size = self.settings.batch_size
        steps = math.ceil(len(sequences) / size)
        rng = torch.Generator().manual_seed(self.settings.seed * 100_003 + number)
        for step in range(steps):
            progress = (number + step / steps) / self.settings.epochs
            for group in self.optimizer.param_groups:
                group["lr"] = self.settings.learning_rate * one_cycle(progress)
            yield step + 1, steps, self._step(sequences[step * size : (step + 1) * size], rng)

    def _step(
        self, sequences: list[tuple[int, Int64[np.ndarray, " moments"]]], rng: torch.Generator
    ) -> Losses:
        self.optimizer.zero_grad(set_to_none=True)
        total: Losses = {}
        for first in range(0, len(sequences), MAX_SEQUENCES_PER_PASS):
            part = sequences[first : first + MAX_SEQUENCES_PER_PASS]
            terms = self.terms(self.train.batch(part), rng)
            share = len(part) / len(sequences)
            loss = torch.stack(list(terms.values())).sum() * share
            loss.backward()  # type: ignore[no-untyped-call]
            for name, term in terms.items():
                total[name] = total.get(name, 0.0) + share * term.item()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), MAX_GRADIENT_NORM)
        self.optimizer.step()
        return total

    def validate(self) -> Losses:
        """The losses on sequences of the held-out tracks, from the same starting angles each time."""
        sequences = self.held_out.sequences()
        sample = sequences[:: max(1, math.ceil(len(sequences) / MAX_VALIDATION_SEQUENCES))]
        rng = torch.Generator().manual_seed(self.settings.seed)
        total: Losses = {}
        with torch.no_grad():
            for first in range(0, len(sample), MAX_SEQUENCES_PER_PASS):
                part = sample[first : first + MAX_SEQUENCES_PER_PASS]
                for name, term in self.terms(self.held_out.batch(part), rng).items():
                    total[name] = total.get(name, 0.0) + term.item() * len(part) / len(sample)
        return total

    def terms(self, batch: Batch, rng: torch.Generator) -> dict[str, torch.Tensor]:
        """All losses of a batch."""
        batch = Batch(*(tensor.to(self.device) for tensor in batch))
        positions = self.model.positions(batch.windows)
        metrics = self.subject.metrics(positions, rng)
        features = dict(zip(LIVE_FEATURES, batch.features.unbind(dim=2), strict=True))
        terms = losses(features, metrics, positions, self.subject.pairs, self.subject.parameters)
        if self.settings.preference and self.subject.preference:
            terms["preference"] = self.settings.preference * self.subject.preference.loss(metrics)
        return terms


def image_metrics(
    outputs: Float32[torch.Tensor, "sequences frames 7"], rng: torch.Generator
) -> dict[str, Values]:
    """Metrics of differentiable images, one every `STRIDE` frames."""
    controls, steps = integrate(outputs, rng)
    images = draw_images({name: values.flatten() for name, values in controls.items()})
    metrics = measure(*(part.reshape(len(outputs), -1, *part.shape[1:]) for part in images))
    return metrics | {"change": change_with_slopes(metrics["change"], images.structure, controls, steps)}


def integrate(
    outputs: Float32[torch.Tensor, "sequences frames 7"], rng: torch.Generator
) -> tuple[dict[str, Values], dict[str, Values]]:
    """The controls of images, and the steps of their angles since the previous image.

    Speed and turn are integrated to angles from a random start. These carry no gradient: see
    `change_with_slopes`.
    """
    columns = dict(zip(parameters.NAMES, outputs.unbind(dim=2), strict=True))
    controls = {name: values[:, STRIDE - 1 :: STRIDE] for name, values in columns.items()}
    steps = {}
    for name, (velocity, limit) in VELOCITIES.items():
        start = torch.rand(len(outputs), 1, generator=rng) * (2 * math.pi)
        steps[name] = (columns[velocity] * (limit / LIVE_FPS)).view(len(outputs), -1, STRIDE).sum(dim=2)
        controls[name] = start + steps[name].detach().cumsum(dim=1)
    return controls, steps


def change_with_slopes(
    change: Values,
    structure: Float32[torch.Tensor, "images rows columns"],
    controls: dict[str, Values],
    steps: dict[str, Values],
) -> Values:
    """The change of images, with slopes for the steps of their angles.

    Such a slope is a secant: the image is drawn once more at a slightly larger angle. The derivatives of
    pixels say little about their change, because one step of an angle crosses fine detail.
    """
    images = structure.detach()[:, ::2, ::2].reshape(*change.shape, structure.shape[1] // 2, -1)
    previous = images.roll(1, dims=1)
    distance = (images - previous).abs().mean(dim=(2, 3))
    angles = {name: values.detach().flatten() for name, values in controls.items()}
    result = change
    for name, (_, limit) in VELOCITIES.items():
        step = SECANT_STEP * limit * STRIDE / LIVE_FPS
        moved = draw_structure(angles | {name: angles[name] + step}).view_as(images)
        slope = ((moved - previous).abs().mean(dim=(2, 3)) - distance) / step
        slope[:, 0] = 0.0  # there is no image before the first
        result = result + slope * (steps[name] - steps[name].detach())
    return result


def normalize_inputs(model: AudioToVisualModel, dataset: SequenceDataset) -> None:
    """Set the mean and spread of the model to those of its training data."""
    mean, spread = mean_and_spread(np.concatenate(dataset.windows))
    model.mean.copy_(torch.from_numpy(mean))
    model.spread.copy_(torch.from_numpy(spread))


@contextmanager
def single_torch_thread() -> Iterator[None]:
    """Run torch on one thread: the images are small, so that threads would mostly wait for each other, and
    the sums, and so the model, would depend on the number of threads.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def one_cycle(progress: float) -> float:
    """The learning rate relative to its maximum: up in the first fifth, then down, along cosines."""
    if progress < 0.2:
        return 0.1 + 0.9 * (1 - math.cos(math.pi * progress / 0.2)) / 2
    return 0.01 + 0.99 * (1 + math.cos(math.pi * (progress - 0.2) / 0.8)) / 2
