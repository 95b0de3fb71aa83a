"""Sweep and run folders as the commands leave them, made of nothing but tiny pictures and JSON."""

import hashlib
import itertools
import json
import math
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from explorer.experiments.reports.load import ReportPoint, ReportSource
from explorer.experiments.sweeps.point_metrics import METRICS
from explorer.files import write_json
from tests.experiments.runs.test_recipe import a_recipe

STARTED = "2026-01-02T03:04:05+00:00"
MOMENTS = (0.5, 1.0, 1.5)
PROCESS_GONE = 2**22 + 12345


def key_of(params):
    return hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()[:12]


def a_sweep(
    root, vary, *, name="sweep_20260102T030405Z_abc123", audio="song.wav", clip=False, picture=None, **log
):
    """A finished grid sweep over `vary`; `picture(params, moment)` gives uint8 (h, w, 3)."""
    folder = root / name
    recipe = base_recipe(audio)
    combinations = [dict(zip(vary, values, strict=True)) for values in itertools.product(*vary.values())]
    points = [[key_of(params), params] for params in combinations]
    for key, params in points:
        a_point(folder, key, params, recipe, clip=clip, picture=picture or a_picture)
    write_json(folder / "sweep.json", the_specification(recipe, vary, points))
    write_json(folder / "manifest.json", a_manifest("sweep", audio, spec_hash="5f" * 32) | log)
    return folder


def base_recipe(audio="song.wav"):
    recipe = a_recipe().to_dict()
    recipe["audio"]["name"] = audio
    return recipe


def the_specification(recipe, vary, points):
    return {
        "version": 1,
        "base": recipe,
        "vary": {name: list(values) for name, values in vary.items()},
        "sampler": "grid",
        "sampler_seed": 7,
        "moments": list(MOMENTS),
        "thumb": 320,
        "clip": None,
        "points": points,
    }


def a_manifest(kind, audio="song.wav", **more):
    return {
        "schema": 1,
        "kind": kind,
        "status": "done",
        "started": STARTED,
        "ended": "2026-01-02T03:14:05+00:00",
        "process": PROCESS_GONE,
        "command": f"explorer {kind} /home/somebody/music/{audio} --gain 3",
        "audio": {"name": audio, "sha256": "ab" * 32, "path": f"/home/somebody/music/{audio}"},
        "environment": {
            "python": "3.12.1",
            "packages": {"audio-feature-explorer": "0.1.0", "torch": "2.13.0"},
            "os": "Linux",
            "cpu": "a processor",
            "cores": 2,
        },
    } | more


def a_point(folder, key, params, recipe, *, clip=False, picture=None, **told):
    """One finished point with a verdict that follows from its parameters."""
    place = folder / "points" / key
    place.mkdir(parents=True)
    gain = float(params.get("gain", 3))
    depth = float(params.get("layers", 4))
    space = 0.17 / (1 + math.exp(3 - gain))
    neighbour = 1 / (1 + math.exp(gain * depth / 4 - 9))
    verdict = (
        "noisy" if neighbour < 0.8 else "static" if space < 0.02 else "faint" if space < 0.06 else "alive"
    )
    point = {
        "status": "done",
        "params": params,
        "seconds": 0.5 + gain / 10,
        "moments": list(MOMENTS),
        "metrics": the_metrics(space, neighbour, gain, depth),
        "verdict": verdict,
        "sentence": f"The picture is {verdict} at a gain of {gain:g}.",
    }  # fmt: skip
    write_json(place / "point.json", point | told)
    write_json(
        place / "recipe.json",
        recipe | {"field": recipe["field"] | {k: v for k, v in params.items() if "." not in k}},
    )
    for n, moment in enumerate(MOMENTS):
        Image.fromarray((picture or a_picture)(params, moment)).save(place / f"frame_{n:02d}.jpg", quality=88)
    with Image.open(place / "frame_01.jpg") as frame:
        frame.thumbnail((320, 320))
        frame.save(place / "thumb.jpg", quality=85)
    if clip:
        (place / "clip.mp4").write_bytes(clip if isinstance(clip, bytes) else b"not a real clip")


def the_metrics(space, neighbour, gain, depth):
    return {
        "space_variance": space,
        "time_variance": space * 0.8,
        "audio_variance": space * 0.5,
        "neighbour_correlation": neighbour,
        "frame_variance": math.exp(gain * depth / 3),
        "saturated": gain / 20,
    }


def a_picture(params, moment, size=(64, 36)):
    """Stripes that differ for every point and moment."""
    seed = int(key_of(params), 16)
    x = np.linspace(0, 9 + seed % 7, size[0])
    shade = 0.5 + 0.5 * np.sin(x[None, :, None] + moment + np.array([0, 1, 2]) * (seed % 5))
    return np.repeat((shade * 255).astype(np.uint8), size[1], axis=0)


def a_render(root, name="render_20260102T030405Z_abc123", audio="song.wav", **log):
    """A finished run with a video that no player would take."""
    folder = root / name
    folder.mkdir(parents=True)
    performance = {
        "frames": 30,
        "seconds": 2.0,
        "fps": 15.0,
        "megapixels_per_second": 1.4,
        "times_real_time": 0.5,
    }
    write_json(folder / "recipe.json", base_recipe(audio))
    write_json(folder / "manifest.json", a_manifest("render", audio, performance=performance) | log)
    Image.fromarray(a_picture({"run": name}, 1.0, (128, 72))).save(folder / "poster.jpg")
    Image.fromarray(a_picture({"run": name}, 2.0, (320, 200))).save(folder / "sheet.jpg")
    (folder / "video.mp4").write_bytes(b"not a real video")
    return folder


def a_large_source(folder, names, count=10_000):
    """A sweep of random values as a report reads it, without its many folders; one picture for all."""
    draws = random.Random(3)
    recipe = base_recipe()
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(a_picture({}, 1.0, (320, 180))).save(folder / "thumb.jpg", quality=85)

    def point(n):
        params = {name: draws.uniform(0.1, 5.0) for name in names}
        key = key_of({"n": n})
        metrics = {name: draws.expovariate(3) for name in METRICS}
        return ReportPoint(
            key=key,
            params=params,
            state=draws.choice(["alive", "alive", "faint", "noisy", "static"]),
            starred=n % 97 == 0,
            sentence=f"Alive: neighboring pixels of 720 rows correlate at {draws.random():.2f}, consecutive "
            f"frames at {draws.random():.2f}, and {draws.random():.0%} of the change is the music's.",
            error="",
            seconds=draws.uniform(1, 9),
            metrics=metrics,
            recipe=recipe | {"field": recipe["field"] | params},
            thumb=folder / "thumb.jpg",
            frames=tuple(f"points/{key}/frame_{frame:02d}.jpg" for frame in range(3)),
            moments=MOMENTS,
            clip=None,
        )

    return ReportSource(
        folder=folder,
        kind="sweep",
        status="done",
        log=a_manifest("sweep"),
        recipe=recipe,
        spec={"sampler": "random", "vary": {name: {"low": 0.1, "high": 5.0} for name in names}},
        points=tuple(map(point, range(count))),
        diagnosis={},
        notices=(),
    )


def a_large_report(folder, names):
    """The report of `a_large_source`, made in a process that does not check types, in a tenth of the time."""
    subprocess.run([sys.executable, "-m", __name__, folder, *names], check=True)
    return folder / "report.html"


if __name__ == "__main__":  # python -m tests.experiments.report_folders FOLDER NAME ...
    from explorer.experiments.reports.sweep_report import write_sweep

    write_sweep(a_large_source(Path(sys.argv[1]), sys.argv[2:]))
