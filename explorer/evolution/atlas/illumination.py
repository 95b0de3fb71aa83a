"""Illumination: batches of positions that fill the cells of an archive with ever better looks.

Quality diversity with `ribs` (Pugh, Soros & Stanley 2016). The first batches, and all until some look lives,
are Latin hypercubes. Then half of each batch are elites moved along the line to another elite (Vassiliades &
Mouret 2018), half come from an evolution strategy that prefers new cells, then improvements (CMA-ME: Fontaine
et al. 2020).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float64

from explorer.errors import ExplorerError

MIN_STRATEGY_BATCH = 8  # looks of a batch, below which there is no evolution strategy
POSITION_DIGITS = 6  # of what files hold
ISO_SIGMA, LINE_SIGMA = 0.05, 0.2  # of the steps of elites, of the cube
STRATEGY_SIGMA = 0.15  # of the first steps of the evolution strategy

Positions = Float64[np.ndarray, "looks coordinates"]


def import_ribs() -> tuple[Any, Any]:
    """The modules of archives and emitters. Raises ExplorerError without them."""
    try:
        import numpy_groupies as groupies

        compiled, groupies.aggregate_nb = groupies.aggregate_nb, groupies.aggregate_np
        try:  # ribs takes the compiled sums, which numba compiles for 10 s on a machine's first atlas
            from ribs import archives, emitters
            from ribs.emitters.opt import CMAEvolutionStrategy
        finally:
            groupies.aggregate_nb = compiled
    except ImportError:
        raise ExplorerError(
            'ribs is not installed; run: pip install "audio-feature-explorer[search]"'
        ) from None
    for method in ("_transform_and_check_sol", "_calc_cov_update"):
        function: Any = getattr(CMAEvolutionStrategy, method, None)
        if hasattr(function, "enable_caching"):  # else numba compiles it for 8 s in every process
            function.enable_caching()
    return archives, emitters


class Illumination:
    """Positions in a cube to try next, `batch` at a time; the results of each come before the next.

    The same start, seed and results give the same positions. Qualities are in [0, 1]; a look of quality 0
    gets no cell.
    """

    def __init__(
        self,
        start: Float64[np.ndarray, " coordinates"],
        cells: tuple[int, int],
        batch: int,
        first_batches: int,
        seed: int = 0,
    ) -> None:
        archives, emitters = import_ribs()
        self._start, self._first_batches, self._batch = start, first_batches, batch
        self._rng = np.random.default_rng(seed)
        self._archive = archives.GridArchive(
            solution_dim=len(start), dims=cells, ranges=[(0.0, 1.0)] * 2, learning_rate=1.0,
            threshold_min=0.0, seed=seed,
        )  # fmt: skip
        half = batch // 2 if batch >= MIN_STRATEGY_BATCH else 0
        self._emitters = [
            emitters.IsoLineEmitter(
                self._archive, iso_sigma=ISO_SIGMA, line_sigma=LINE_SIGMA, x0=start,
                batch_size=batch - half, seed=seed + 1,
            )
        ]  # fmt: skip
        if half:
            self._emitters.append(
                emitters.EvolutionStrategyEmitter(
                    self._archive, x0=start, sigma0=STRATEGY_SIGMA, batch_size=half, seed=seed + 2
                )
            )  # fmt: skip
        self._batch_number, self._is_spread = 0, True
        self._positions = np.empty((0, len(start)))

    def next_batch(self) -> Positions:
        """The next batch."""
        self._batch_number += 1
        self._is_spread = self._batch_number <= self._first_batches or self._archive.empty
        if self._is_spread:
            positions = self._spread_positions()
        else:
            positions = np.concatenate([emitter.ask() for emitter in self._emitters])
        self._positions = np.round(_reflected(positions), POSITION_DIGITS)
        return self._positions

    def add_results(
        self,
        positions: Positions,
        qualities: Float64[np.ndarray, " looks"],
        measures: Float64[np.ndarray, "looks 2"],
    ) -> None:
        """Add the results of the last batch, or of its first looks; the others count as dead."""
        statuses = self._archive.add(positions, qualities, measures)
        if self._is_spread:
            return
        missing = self._batch - len(positions)
        positions = np.concatenate([positions, self._positions[len(positions) :]])
        qualities, measures = np.pad(qualities, (0, missing)), np.pad(measures, ((0, missing), (0, 0)))
        statuses = {name: np.pad(values, (0, missing)) for name, values in statuses.items()}
        first = 0
        for emitter in self._emitters:
            own = slice(first, first + emitter.batch_size)
            first += emitter.batch_size
            status = {name: values[own] for name, values in statuses.items()}
            emitter.tell(positions[own], qualities[own], measures[own], status)

    def _spread_positions(self) -> Positions:
        """A Latin hypercube; the very first look is the field itself."""
        places = np.stack([self._rng.permutation(self._batch) for _ in self._start], axis=1)
        positions = (places + self._rng.random(places.shape)) / self._batch
        if self._batch_number == 1:
            positions[0] = self._start
        return positions


def _reflected(positions: Positions) -> Positions:
    """Positions that left the cube, reflected at its sides; an emitter with bounds may try again for ever."""
    folded: Positions = np.abs(positions) % 2.0
    return np.where(folded > 1, 2 - folded, folded)
