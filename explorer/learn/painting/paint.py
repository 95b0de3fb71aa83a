"""paint(): a CPPN from a picture, in a run folder that can be resumed."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from explorer.errors import ExplorerError, SettingsError, Stopped
from explorer.experiments.library.look import Look
from explorer.experiments.library.lookup import find_folder
from explorer.experiments.runs import manifest
from explorer.experiments.runs.run_folder import LOOK, SHEET
from explorer.fields import CPPN
from explorer.fields.cppn.painted import picture_at_rest
from explorer.fields.cppn.stored_weights import MAX_HIDDEN, WEIGHTS_FILE, of_bytes, serialize
from explorer.fields.image_palette import palette_of
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
from explorer.learn.painting.checkpoint import CHECKPOINT, load_checkpoint, save_checkpoint
from explorer.learn.painting.fitting import Fit
from explorer.learn.painting.paint_run import PICTURE, PREFIX, PREVIEW, SETTINGS, PaintRun
from explorer.learn.painting.picture import Picture, in_8_bits, load_picture, load_pictures
from explorer.learn.painting.quality import quality
from explorer.learn.painting.settings import PAINTING_PHASE, PaintSettings
from explorer.learn.painting.style import StyleFit
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

    `image` is a file, a PIL image or an array (height, width, 3) of uint8, or several of them in a list or a
    folder: then keyframes of the setting `picture` go from one to another. `settings` are those of
    `PaintSettings`, as in `seconds=120` (for each picture). `field` gives size, coordinates, features and
    audio gain of the network; its colors are those of the picture. With `match="style"` the network takes
    colors, scales and directions of the picture without its things, with `match="palette"` its colors alone.
    `on_picture` gets the picture as it grows, uint8, every two seconds. Ctrl-C, or a `Stopped` from
    `progress`, ends it with the best network so far; `resume` names a run to paint further, for `seconds` in
    all. Raises SettingsError for what cannot be painted.
    """
    if resume is not None:
        folder = find_folder(resume, explorations)
        options, base, pictures = _earlier(folder, settings)
    else:
        options = PaintSettings(**settings)
        base = _base_field(field, options)
        pictures = load_pictures(image, options.side)
        if options.match == "palette":
            rows = np.vstack([picture.image for picture in pictures])
            base = base.replace(palette=palette_of(Image.fromarray(rows)))
        folder = new_folder(explorations_folder(explorations), PREFIX)
    log = _log(pictures, options)
    with manifest.recording(folder, log), single_torch_thread():
        remove_stale_parts(folder)
        values = {"settings": options.model_dump(), "field": base.model_dump(mode="json")}
        write_json(folder / SETTINGS, values)
        for n, picture in enumerate(pictures):
            save_image(picture.image, folder / PICTURE.format(n))
        parts: list[tuple[Fit, BestState]] = []
        stopped = False
        for n, picture in enumerate(pictures):
            earlier = parts[-1][1].matrices if parts else None  # so that weights lead from one to the next
            fit = (Fit if options.match == "pixels" else StyleFit)(base, picture.pixels, options, earlier)
            parts.append((fit, load_checkpoint(folder / CHECKPOINT.format(n), fit)))
            report = partial(_report, progress, n, len(pictures))
            stopped = _paint(folder / CHECKPOINT.format(n), *parts[-1], options, report, on_picture, clock)
            if stopped:
                break
        parts = [part for part in parts if part[0].optimizer.steps]
        if not parts:
            raise Stopped("painting was stopped before it began")
        log |= _finish(folder, parts, base, pictures)
        with suppress(OSError):  # on Windows, while another program has it open
            (folder / PREVIEW).unlink(missing_ok=True)
    if stopped:
        manifest.write(folder, log | {"status": "stopped"})
    return PaintRun(folder)


def _report(progress: Progress, number: int, count: int, share: float) -> None:
    progress(PAINTING_PHASE, number + share, count)


def _base_field(field: CPPN | None, options: PaintSettings) -> CPPN:
    """The field whose weights are painted."""
    if field is None:
        shape = {"hidden": options.hidden, "layers": options.layers, "seed": options.seed}
        return CPPN(features=FEATURES, **shape)
    if not isinstance(field, CPPN):
        raise SettingsError(f"paint fits the weights of a CPPN; got {type(field).__name__}")
    if not 2 <= field.hidden <= MAX_HIDDEN + 1:
        raise SettingsError(
            f"paint: got a network {field.hidden} wide; allowed: 2 to {MAX_HIDDEN + 1}, 16 to 64 is good"
        )
    names = (
        "hidden", "layers", "seed", "coord_scale", "radius", "symmetry", "features", "routing", "audio_gain",
    )  # fmt: skip
    return CPPN(**{name: getattr(field, name) for name in names})


def _earlier(folder: Path, settings: dict[str, Any]) -> tuple[PaintSettings, CPPN, list[Picture]]:
    """Settings, field and pictures of a painting that is resumed; `seconds` and `steps` may be others."""
    if other := settings.keys() - {"seconds", "steps"}:
        raise SettingsError(
            f"a painting is resumed with its settings; only seconds and steps may change, not {min(other)}"
        )
    try:
        values = read_json(path_within(folder, SETTINGS))
        options = PaintSettings(**values["settings"]).replace(**settings)
        base: CPPN = field_from(values["field"])
        names = [str(picture["name"]) for picture in manifest.read(folder)["pictures"]]
        paths = [path_within(folder, PICTURE.format(n)) for n in range(len(names))]
        pictures = [load_picture(path, options.side) for path in paths]
    except (ExplorerError, LookupError, TypeError) as error:
        raise SettingsError(f"{folder.name} cannot be resumed: {error}; paint the picture again") from None
    return options, base, [Picture(name, part.pixels) for name, part in zip(names, pictures, strict=True)]


def _log(pictures: list[Picture], options: PaintSettings) -> dict[str, Any]:
    height, width = pictures[0].pixels.shape[:2]
    return {
        "schema": manifest.SCHEMA,
        "kind": PREFIX,
        "status": "running",
        "started": manifest.now(),
        **identity(),
        "command": manifest.command(),
        "pictures": [{"name": picture.name, "sha256": picture.sha256} for picture in pictures],
        "size": {"width": width, "height": height},
        "settings": options.model_dump(),
        "environment": manifest.environment(),
    }


def _paint(
    checkpoint: Path,
    fit: Fit,
    best: BestState,
    options: PaintSettings,
    report: Callable[[float], None],
    on_picture: OnPicture | None,
    clock: Callable[[], float],
) -> bool:
    """Step until time or steps are over; whether it was stopped before."""
    start = clock() - best.seconds
    preview_time = checkpoint_time = best.seconds

    def share() -> float:
        best.seconds = clock() - start
        steps = fit.optimizer.steps / options.steps if options.steps else 0.0
        return max(best.seconds / options.seconds, steps)

    stopped = False
    try:
        while (done := share()) < 1:
            report(done)
            fit.step(done)
            if best.seconds - preview_time > PREVIEW_SECONDS:
                preview_time = best.seconds
                best.update(fit)
                _show(checkpoint.with_name(PREVIEW), fit, on_picture)
            if best.seconds - checkpoint_time > CHECKPOINT_SECONDS:
                checkpoint_time = best.seconds
                save_checkpoint(checkpoint, fit, best)
    except (KeyboardInterrupt, Stopped):
        stopped = True
    if fit.optimizer.steps:
        best.update(fit)
        save_checkpoint(checkpoint, fit, best)
    return stopped


def _show(path: Path, fit: Fit, on_picture: OnPicture | None) -> None:
    image = in_8_bits(fit.image())
    save_image(image, path)
    if on_picture:
        on_picture(image)


def _finish(
    folder: Path, parts: list[tuple[Fit, BestState]], base: CPPN, pictures: list[Picture]
) -> dict[str, Any]:
    """Write the weights, the look and the pictures; what the manifest says about them."""
    for fit, best in parts:
        best.apply(fit)
    layers = [fit.layers() for fit, _ in parts]
    plain = base.replace(weights=of_bytes(serialize(layers, {}), folder.name))
    qualities, rows = [], []
    for n, (fit, _) in enumerate(parts):
        field = plain.replace(picture=float(n))
        qualities.append(quality(field, pictures[n].pixels, fit))
        painted = picture_at_rest(field, fit.width, fit.height)
        rows.append(np.hstack((pictures[n].image, in_8_bits(painted))))
    data = serialize(layers, {"quality": qualities, "pictures": [picture.name for picture in pictures]})
    write_bytes(folder / WEIGHTS_FILE, data, durable=True)
    field = base.replace(weights=of_bytes(data, folder.name))
    look = Look(name=folder.name, field=field, size=_frame_size(fit.width, fit.height))
    write_json(folder / LOOK, look.to_dict())
    save_image(np.vstack(rows), folder / SHEET)
    numbers = {
        "steps": sum(fit.optimizer.steps for fit, _ in parts),
        "seconds": round(sum(best.seconds for _, best in parts), 2),
        "bytes": len(data),
    }
    weights = {"file": WEIGHTS_FILE, "sha256": sha256(data).hexdigest()}
    return {"weights": weights, "quality": qualities, "painting": numbers}


def _frame_size(width: int, height: int) -> tuple[int, int]:
    """The size of frames of the picture's shape, in even numbers."""
    scale = LOOK_SIDE / max(width, height)
    across, down = (int(np.clip(2 * round(side * scale / 2), MIN_SIDE, MAX_SIDE)) for side in (width, height))
    return across, down
