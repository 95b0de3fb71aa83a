"""Pictures of looks for README and guide: python -m tests.benchmarks.look_pictures hero|sheet SOUND.

The hero is an animated WebP of three looks on a stretch of the sound, the sheet a still of all lit looks.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from explorer.fields.presets import LOOKS, look
from explorer.files import write_bytes
from explorer.rendering import Renderer

IMAGES = Path(__file__).parents[2] / "notebooks" / "images"
HERO, HERO_SIZE, HERO_FPS = ("obsidian", "filament", "chrysalis"), (320, 180), 12
HERO_START, HERO_SECONDS = 30.0, 3.0  # of the sound
SHEET_SIZE, SHEET_SHARES = (240, 135), (0.15, 0.45, 0.8)  # of the sound: moments of a look
MAX_BYTES = 900_000


def hero(sound: str) -> bytes:
    """Three looks beside each other, in motion."""
    columns = []
    for name in HERO:
        field = look(name)
        field = field.replace(**{"finish.samples": 2, "finish.grain": 0.0})
        with Renderer(field, field.analyze(sound), HERO_SIZE) as renderer:
            times = HERO_START + np.arange(round(HERO_SECONDS * HERO_FPS)) / HERO_FPS
            columns.append(np.stack(list(renderer.frames(times))))
    frames = [Image.fromarray(frame) for frame in np.concatenate(columns, axis=2)]
    for quality in (70, 50, 40):
        file = io.BytesIO()
        settings = {"duration": round(1000 / HERO_FPS), "loop": 0, "quality": quality, "method": 6}
        frames[0].save(file, "webp", save_all=True, append_images=frames[1:], **settings)
        if file.tell() < MAX_BYTES:
            break
    return file.getvalue()


def sheet(sound: str) -> bytes:
    """Every lit look at three moments."""
    names = [name for looks in LOOKS.values() for name, field in looks.items() if field.light.on]
    rows = []
    for name in names:
        field = look(name)
        track = field.analyze(sound)
        with Renderer(field.replace(**{"finish.samples": 2}), track, SHEET_SIZE) as renderer:
            row = np.hstack([renderer.frame(share * track.duration) for share in SHEET_SHARES])
        picture = Image.fromarray(row)
        ImageDraw.Draw(picture).text((6, 4), name, fill="white", stroke_width=1, stroke_fill="black")
        rows.append(np.asarray(picture))
    rows += [np.zeros_like(rows[0])] * (len(rows) % 2)
    pairs = [np.hstack(rows[n : n + 2]) for n in range(0, len(rows), 2)]
    file = io.BytesIO()
    Image.fromarray(np.vstack(pairs)).save(file, "webp", quality=82, method=6)
    return file.getvalue()


def main() -> None:
    """Write one of the pictures."""
    kind, sound = sys.argv[1:]
    name, make = {"hero": ("hero.webp", hero), "sheet": ("lit-looks.webp", sheet)}[kind]
    data = make(sound)
    write_bytes(IMAGES / name, data)
    sys.stdout.write(f"{name}: {len(data)} bytes\n")


if __name__ == "__main__":
    main()
