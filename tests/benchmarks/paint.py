"""Paintings beside a JPEG of the same number of bytes and a SIREN of the same size in the same time.

    python -m tests.benchmarks.paint [--seconds 240] [--pictures portrait,type] [--boards FOLDER]

Seconds are processor time, so that a busy machine gives the same result; 240 are two minutes of two cores.
The SIREN (Sitzmann et al., 2020) has omega 30 in every layer, as many neurons and layers, Adam, and a squared
difference in sRGB. Its rate is ten times the paper's and falls to 0, which is much better within minutes.
"""

from __future__ import annotations

import argparse
import io
import math
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import matplotlib
import numpy as np
import sklearn
import torch
from PIL import Image, ImageDraw, ImageFont

from explorer.fields import Grid
from explorer.fields.cppn.painted import picture_at_rest
from explorer.fields.cppn.picture_quality import psnr, ssim
from explorer.learn.painting.paint import paint
from explorer.learn.painting.picture import load_picture

SIDE, HIDDEN, LAYERS = 256, 32, 4
BATCH, RATE = 4096, 1e-3
SHIPPED = Path(matplotlib.get_data_path()), Path(sklearn.__file__).parent / "datasets" / "images"


def portrait() -> Image.Image:
    """Grace Hopper, public domain, ships with matplotlib."""
    return Image.open(SHIPPED[0] / "sample_data" / "grace_hopper.jpg")


def landscape() -> Image.Image:
    """The summer palace in Beijing, CC BY, ships with scikit-learn."""
    return Image.open(SHIPPED[1] / "china.jpg")


def line_drawing() -> Image.Image:
    """Nine closed curves, black on white."""
    image, rng = Image.new("RGB", (1024, 1024), "white"), np.random.RandomState(3)
    t, draw = np.linspace(0, 2 * math.pi, 600), ImageDraw.Draw(image)
    for k in range(9):
        a = rng.uniform(-1, 1, (4, 2))
        x, y = (
            sum(a[n, axis] * wave((n + 1) * t + k) for n in range(4))
            for axis, wave in enumerate((np.cos, np.sin))
        )
        draw.line(list(zip(512 + 200 * x, 512 + 200 * y, strict=True)), fill=(20, 20, 30), width=9)
    return image


def texture() -> Image.Image:
    """Rings of wood."""
    rng = np.random.RandomState(1)
    y, x = np.mgrid[-1:1:512j, -1:1:512j]
    noise = sum(
        rng.randn()
        / (k + 1)
        * np.sin((k + 1) / 2 * (rng.uniform(-9, 9) * x + rng.uniform(-9, 9) * y) + rng.uniform(0, 6))
        for k in range(10)
    )
    light = (np.sin(6 * (np.hypot(1.3 * x, y) * 3 + noise)) + 1) / 2
    colors = np.stack((0.35 + 0.5 * light, 0.18 + 0.42 * light, 0.08 + 0.25 * light), -1)
    return Image.fromarray(np.uint8(255 * colors))


def typography() -> Image.Image:
    """Six letters in two colors."""
    image = Image.new("RGB", (1024, 1024), (250, 240, 220))
    font = ImageFont.truetype(SHIPPED[0] / "fonts" / "ttf" / "DejaVuSerif-Bold.ttf", 330)
    draw = ImageDraw.Draw(image)
    draw.text((60, 80), "Aa&", font=font, fill=(30, 40, 90))
    draw.text((60, 480), "Rg7", font=font, fill=(190, 50, 30))
    return image


PICTURES: dict[str, Callable[[], Image.Image]] = {
    "portrait": portrait, "landscape": landscape, "line": line_drawing, "texture": texture,
    "type": typography,
}  # fmt: skip


def siren(picture: np.ndarray, seconds: float) -> np.ndarray:
    """The picture that a plain SIREN shows after so much processor time."""
    random = torch.Generator().manual_seed(0)
    sizes = [2, *[HIDDEN] * LAYERS, 3]
    layers = []
    for n, (fan_in, fan_out) in enumerate(pairwise(sizes)):
        bound = math.sqrt(6 / fan_in) / 30 if n else 1 / fan_in
        layers.append((torch.rand(fan_out, fan_in, generator=random) * 2 - 1) * bound)
        layers.append((torch.rand(fan_out, generator=random) * 2 - 1) / math.sqrt(fan_in))
    for values in layers:
        values.requires_grad_()
    optimizer = torch.optim.Adam(layers, lr=RATE)
    height, width = picture.shape[:2]
    points, colors = (
        torch.from_numpy(Grid(width, height).xy()),
        torch.from_numpy(picture.reshape(-1, 3).copy()),
    )

    def draw(x: torch.Tensor) -> torch.Tensor:
        for n in range(0, len(layers) - 2, 2):
            x = torch.sin(30 * torch.addmm(layers[n + 1], x, layers[n].T))
        return torch.addmm(layers[-1], x, layers[-2].T)

    start = time.process_time()
    while (share := (time.process_time() - start) / seconds) < 1:
        optimizer.param_groups[0]["lr"] = RATE * (0.5 + 0.5 * math.cos(math.pi * share))
        places = torch.randint(len(points), (BATCH,), generator=random)
        loss = ((draw(points[places]) - colors[places]) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        return draw(points).clamp(0, 1).view(height, width, 3).numpy()


def jpeg(picture: np.ndarray, size: int) -> tuple[np.ndarray, int]:
    """The best JPEG of at most so many bytes, and its bytes."""
    best = picture, 0
    for quality in range(1, 96):
        file = io.BytesIO()
        Image.fromarray(np.uint8(picture * 255 + 0.5)).save(file, "JPEG", quality=quality, optimize=True)
        if file.tell() > size and quality > 1:
            break
        best = np.asarray(Image.open(file), np.float32) / 255, file.tell()
    return best


def write(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Print a row for each picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=240.0)
    parser.add_argument("--pictures", default=",".join(PICTURES))
    parser.add_argument("--boards", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    heads = ("painted", "SIREN", "JPEG")
    write(f"{'picture':<10} {'bytes':>6}" + "".join(f"{head:>15}" for head in heads) + "   PSNR in dB, SSIM")
    for name in options.pictures.split(","):
        picture = load_picture(PICTURES[name](), SIDE).pixels
        with tempfile.TemporaryDirectory() as folder:
            image = np.uint8(picture * 255 + 0.5)
            run = paint(
                image, explorations=folder, seconds=options.seconds, clock=time.process_time, side=SIDE,
                hidden=HIDDEN, layers=LAYERS,
            )  # fmt: skip
            painted, size = picture_at_rest(run.field, *image.shape[1::-1]), run.manifest["painting"]["bytes"]
        plain = siren(picture, options.seconds)
        small, _ = jpeg(picture, size)
        cells = [f"{psnr(p, picture):6.2f}  {ssim(p, picture):5.3f}" for p in (painted, plain, small)]
        write(f"{name:<10} {size:>6}" + "".join(f"{cell:>15}" for cell in cells))
        if options.boards:
            options.boards.mkdir(exist_ok=True)
            board = np.hstack((picture, painted, plain, small))
            Image.fromarray(np.uint8(board * 255 + 0.5)).save(options.boards / f"{name}.png")


if __name__ == "__main__":
    sys.exit(main())
