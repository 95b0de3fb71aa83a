"""One look of an atlas: judged, measured and drawn small in its folder, on any worker.

`run_look` takes plain data and reads everything else from the folder of the atlas, as `run_point` of a sweep.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from explorer import files
from explorer.diagnostics.look_measures import LOOK_MEASURES, quality
from explorer.diagnostics.verdict import judge
from explorer.errors import SettingsError
from explorer.evolution.quick_verdict import quick_facts
from explorer.evolution.specimens import draw, moments
from explorer.experiments.atlases.log import AtlasSpecification, Batch
from explorer.experiments.runs.run_folder import RECIPE, THUMBNAIL
from explorer.experiments.sweeps.leased_point import Outcome, settle_point
from explorer.experiments.sweeps.point_metrics import fact_metrics
from explorer.experiments.sweeps.tracks import track_of
from explorer.progress import Progress
from explorer.rendering import FrameSettings
from explorer.video import save_image


def run_look(
    atlas: str,
    key: str,
    *,
    batch: int,
    threads: int = 1,
    device: str = "cpu",
    session: str = "",
    retry_failed: bool = False,
) -> Outcome:
    """Judge, measure and draw one look unless that was done, on one thread: see `settle_point`."""
    root, spec, params = Path(atlas), _specification(atlas), _batch_params(atlas, batch)[key]

    def work(folder: Path, progress: Progress) -> dict[str, Any]:
        recipe = spec.recipe(params)
        files.write_json(folder / RECIPE, recipe.to_dict())
        track = track_of(root, recipe)
        width, height = spec.picture
        facts = quick_facts(recipe.field, track, FrameSettings(width=width, height=height))
        progress("drawing", 0, 1)
        times = moments(spec.begin, spec.seconds, track.duration)
        pictures = draw(recipe.field, track, spec.picture, times)
        save_image(pictures[len(pictures) // 2], folder / THUMBNAIL)
        measures = {name: measure(facts, pictures) for name, measure in LOOK_MEASURES.items()}
        return {
            "moments": list(times),
            "verdict": judge(facts),
            "metrics": {**measures, "quality": quality(facts), **fact_metrics(facts)},
        }

    return settle_point(root, key, params, work, session=session, retry_failed=retry_failed)


@lru_cache(maxsize=2)
def _specification(atlas: str) -> AtlasSpecification:
    """Read once by each process: it never changes."""
    return AtlasSpecification.read(Path(atlas))


@lru_cache(maxsize=4)
def _batch_params(atlas: str, number: int) -> dict[str, dict[str, Any]]:
    batch = Batch.read(Path(atlas), number)
    if batch is None:
        raise SettingsError(f"{atlas} has no batch {number}")
    return dict(zip(batch.keys, batch.params, strict=True))
