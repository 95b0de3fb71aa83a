"""Boards to judge looks by eye: python -m tests.benchmarks.look_boards SOUND FOLDER [--look NAME].

beside  looks of version 0.1 above lit looks, at the same six moments
seeds   24 seeds of the look
hit     eight frames around the strongest hit, of the look and of others
song    twelve moments of the whole song, of the look and of others
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageDraw

from explorer.fields import FieldSettings
from explorer.fields.presets import LOOKS, look
from explorer.files import write_bytes
from explorer.rendering import Renderer

SIZE = (320, 180)
BESIDE = ("molten", "obsidian", "mandala", "rosette", "coral", "strata", "dahlia", "amethyst")
OTHERS = ("gossamer", "chrysalis", "iris", "corona")  # beside the look that is judged
SEEDS, MOMENTS, AROUND_SECONDS = 24, 12, np.arange(-2, 6) * 0.08

Picture = UInt8[np.ndarray, "rows columns 3"]


def pictures(field: FieldSettings, sound: str, times: np.ndarray) -> list[Picture]:
    """Frames at some moments, finely sampled."""
    field = field.replace(**{"finish.samples": 2}) if field.finish.on else field
    with Renderer(field, field.analyze(sound), SIZE) as renderer:
        return [renderer.frame(float(t)) for t in times]


def board(rows: dict[str, list[Picture]], columns: int) -> bytes:
    """Rows of pictures, each named in its first, as a WebP file; long rows go on below."""
    lines = []
    for name, row in rows.items():
        first = Image.fromarray(row[0])
        ImageDraw.Draw(first).text((6, 4), name, fill="white", stroke_width=1, stroke_fill="black")
        row = [np.asarray(first), *row[1:]]
        row += [np.zeros_like(row[0])] * (-len(row) % columns)
        lines += [np.hstack(row[n : n + columns]) for n in range(0, len(row), columns)]
    file = io.BytesIO()
    Image.fromarray(np.vstack(lines)).save(file, "webp", quality=85)
    return file.getvalue()


def boards(sound: str, name: str) -> dict[str, bytes]:
    """All four, by their names."""
    track = look(name).analyze(sound)
    names = dict.fromkeys((name, *OTHERS))
    shares = (np.arange(MOMENTS) + 0.5) / MOMENTS * track.duration
    onset = track.levels("onset")[:, 0]
    middle = track.times[len(onset) // 4 + int(np.argmax(onset[len(onset) // 4 :]))]  # not the first sound
    seeds = [
        pictures(look(name).replace(seed=seed, sections=False), sound, shares[5:6])[0]
        for seed in range(SEEDS)
    ]
    return {
        "beside": board({each: pictures(look(each), sound, shares[::2]) for each in BESIDE}, 6),
        "seeds": board({name: seeds}, 6),
        "hit": board({each: pictures(look(each), sound, middle + AROUND_SECONDS) for each in names}, 8),
        "song": board({each: pictures(look(each), sound, shares) for each in names}, 6),
    }


def main() -> None:
    """Write the boards."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sound")
    parser.add_argument("folder", type=Path)
    names = [name for looks in LOOKS.values() for name in looks]
    parser.add_argument("--look", choices=names, default="obsidian", metavar="NAME", help="the look to judge")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for name, data in boards(options.sound, options.look).items():
        write_bytes(options.folder / f"{name}.webp", data)
        sys.stdout.write(f"{name}.webp: {len(data)} bytes\n")


if __name__ == "__main__":
    main()
