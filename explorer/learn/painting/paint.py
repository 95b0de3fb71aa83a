"""paint(): a CPPN from a picture, in a run folder that can be resumed."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from explorer.errors import ExplorerError, SettingsError, Stopped
from explorer.experiments.library.look import Look
from explorer.experiments.library.lookup import find_folder
from explorer.experiments.runs import manifest
from explorer.experiments.runs.run_folder import LOOK, SHEET
from explorer.fields import CPPN
from explorer.fields.cppn.painted import picture_at_rest
from explorer.fields.cppn.picture_quality import psnr, ssim
from explorer.fields.cppn.stored_weights import WEIGHTS_FILE, of_bytes, serialize
from explorer.fields.registry import field_from
from explorer.files import (
    explorations_folder,
    new_folder,
    path_within,
    read_json,
    remove_stale_parts,
    write_bytes,
    write_json,
)
from explorer.learn.optimization import single_torch_thread
from explorer.learn.painting.best_state import BestState
from explorer.learn.painting.checkpoint import load_checkpoint, save_checkpoint
from explorer.learn.painting.fitting import Fit
from explorer.learn.painting.paint_run import PICTURE, PREFIX, PREVIEW, SETTINGS, PaintRun
from explorer.learn.painting.picture import Picture, load_picture
from explorer.learn.painting.settings import PAINTING_PHASE, PaintSettings
from explorer.processes import identity
from explorer.progress import Progress, silent
from explorer.rendering.frames import MAX_SIDE, MIN_SIDE
from explorer.video import save_image

FEATURES = ("bass", "mid", "treble", "onset")  # that bend a picture unless a field says others
PREVIEW_SECONDS, CHECKPOINT_SECONDS = 2.0, 20.0
LOOK_SIDE = 1280  # the longer side of its frames, pixels
OnPicture = Callable[[np.ndarray], None]


def paint(
    image: Any = None,
    field: CPPN | None = None,
    *,
    progress: Progress = silent,
    on_picture: OnPicture | None = None,
    explorations: str | Path | None = None,
    resume: str | Path | None = None,
    clock: Callable[[], float] = time.monotonic,
    **settings: Any,
) -> PaintRun:
    """Paint a CPPN from a picture: `run.field` draws it, at rest in silence, and sound bends it.

    `image` is a file, a PIL image or an array (height, width, 3) of uint8; `settings` are those of
    `PaintSettings`, as in `seconds=120`. `field` gives size, coordinates, features and audio gain of the
    network; its colors are those of the picture. `on_picture` gets the picture as it grows, uint8, every two
    seconds. Ctrl-C, or a `Stopped` from `progress`, ends it with the best network so far; `resume` names a
    run to paint further, for `seconds` in all. Raises SettingsError for what cannot be painted.
    """
    if resume is not None:
        folder = find_folder(resume, explorations)
        options, base, picture = _earlier(folder, settings)
    else:
        options = PaintSettings(**settings)
        base = _base_field(field, options)
        picture = load_picture(image, options.side)
        folder = new_folder(explorations_folder(explorations), PREFIX)
    log = _log(picture, options)
    with manifest.recording(folder, log), single_torch_thread():
        remove_stale_parts(folder)
        write_json(
            folder / SETTINGS, {"settings": options.model_dump(), "field": base.model_dump(mode="json")}
        )
        save_image(picture.image, folder / PICTURE)
        fit = Fit(base, picture.pixels, options)
        best = load_checkpoint(folder, fit)
        stopped = _paint(folder, fit, best, options, progress, on_picture, clock)
        log |= _finish(folder, fit, best, base, picture)
        with suppress(OSError):  # on Windows, while another program has it open
            (folder / PREVIEW).unlink(missing_ok=True)
    if stopped:
        manifest.write(folder, log | {"status": "stopped"})
    return PaintRun(folder)


def _base_field(field: CPPN | None, options: PaintSettings) -> CPPN:
    """The field whose weights are painted."""
    if field is None:
        shape = {"hidden": options.hidden, "layers": options.layers, "seed": options.seed}
        return CPPN(features=FEATURES, **shape)
    if not isinstance(field, CPPN):
        raise SettingsError(f"paint fits the weights of a CPPN; got {type(field).__name__}")
    if field.hidden < 2:
        raise SettingsError("paint: got a network 1 wide; allowed: 2 or more, 16 to 64 is good")
    names = (
        "hidden",
        "layers",
        "seed",
        "coord_scale",
        "radius",
        "symmetry",
        "features",
        "routing",
        "audio_gain",
    )
    return CPPN(**{name: getattr(field, name) for name in names})


def _earlier(folder: Path, settings: dict[str, Any]) -> tuple[PaintSettings, CPPN, Picture]:
    """Settings, field and picture of a painting that is resumed; `seconds` and `steps` may be others."""
    if other := settings.keys() - {"seconds", "steps"}:
        raise SettingsError(
            f"a painting is resumed with its settings; only seconds and steps may change, not {min(other)}"
        )
    try:
        values = read_json(path_within(folder, SETTINGS))
        options = PaintSettings(**values["settings"]).replace(**settings)
        base: CPPN = field_from(values["field"])
        picture = load_picture(path_within(folder, PICTURE), options.side)
        name = str(manifest.read(folder)["picture"]["name"])
    except (ExplorerError, LookupError, TypeError) as error:
        raise SettingsError(f"{folder.name} cannot be resumed: {error}; paint the picture again") from None
    return options, base, Picture(name, picture.pixels)


def _log(picture: Picture, options: PaintSettings) -> dict[str, Any]:
    height, width = picture.pixels.shape[:2]
    return {
        "schema": manifest.SCHEMA,
        "kind": PREFIX,
        "status": "running",
        "started": manifest.now(),
        **identity(),
        "command": manifest.command(),
        "picture": {"name": picture.name, "sha256": picture.sha256, "width": width, "height": height},
        "settings": options.model_dump(),
        "environment": manifest.environment(),
    }


def _paint(
    folder: Path,
    fit: Fit,
    best: BestState,
    options: PaintSettings,
    progress: Progress,
    on_picture: OnPicture | None,
    clock: Callable[[], float],
) -> bool:
    """Step until time or steps are over; whether it was stopped before."""
    start = shown = saved = clock() - best.seconds

    def share() -> float:
        best.seconds = clock() - start
        steps = fit.optimizer.steps / options.steps if options.steps else 0.0
        return max(best.seconds / options.seconds, steps)

    stopped = False
    try:
        while (done := share()) < 1:
            progress(PAINTING_PHASE, done, 1)
            fit.step(done)
            if best.seconds - (shown - start) > PREVIEW_SECONDS:
                shown = clock()
                best.update(fit)
                _show(folder, fit, on_picture)
            if best.seconds - (saved - start) > CHECKPOINT_SECONDS:
                saved = clock()
                save_checkpoint(folder, fit, best)
    except (KeyboardInterrupt, Stopped):
        stopped = True
    if not fit.optimizer.steps:
        raise Stopped("painting was stopped before it began")
    best.update(fit)
    if fit.optimizer.state[0]:
        save_checkpoint(folder, fit, best)
    return stopped


def _show(folder: Path, fit: Fit, on_picture: OnPicture | None) -> None:
    image = np.asarray(fit.image() * 255 + 0.5, np.uint8)
    save_image(image, folder / PREVIEW)
    if on_picture:
        on_picture(image)


def _finish(folder: Path, fit: Fit, best: BestState, base: CPPN, picture: Picture) -> dict[str, Any]:
    """Write the weights, the look and the pictures; what the manifest says about them."""
    best.apply(fit)
    data = serialize([fit.layers()], {})
    field = base.replace(weights=of_bytes(data, folder.name))
    painted = picture_at_rest(field, fit.width, fit.height)
    quality = {
        "psnr": round(psnr(painted, picture.pixels), 2),
        "ssim": round(ssim(painted, picture.pixels), 4),
    }
    data = serialize([fit.layers()], {"quality": [quality], "pictures": [picture.name]})
    stored = of_bytes(data, folder.name)
    write_bytes(folder / WEIGHTS_FILE, data, durable=True)
    look = Look(name=folder.name, field=base.replace(weights=stored), size=_frame_size(fit.width, fit.height))
    write_json(folder / LOOK, look.to_dict())
    save_image(np.hstack((picture.image, np.asarray(painted * 255 + 0.5, np.uint8))), folder / SHEET)
    numbers = {"steps": fit.optimizer.steps, "seconds": round(best.seconds, 2), "bytes": len(data)}
    return {
        "weights": {"file": WEIGHTS_FILE, "sha256": stored.sha256},
        "quality": quality,
        "painting": numbers,
    }


def _frame_size(width: int, height: int) -> tuple[int, int]:
    """The size of frames of the picture's shape, in even numbers."""
    scale = LOOK_SIDE / max(width, height)
    across, down = (int(np.clip(2 * round(side * scale / 2), MIN_SIDE, MAX_SIDE)) for side in (width, height))
    return across, down
