"""Sound files with bytes flipped, cut, doubled and headers of nonsense: a track or one clear line."""

import random
import struct

import numpy as np
import pytest

from tests.campaigns.isolation import Figures, IsolatedProcess
from tests.signals import music, write_m4a, write_wav

EXTREMES = [0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]


def analyze(path):
    import explorer as ex

    track = ex.analyze(path, cache=False)
    assert np.isfinite(track.values).all()
    assert np.abs(track.values).max() <= 1
    return f"{track.duration:.2f} s"


def originals(folder):
    """One small file of each format, as (ending, bytes)."""
    samples = music(1.5, 22050)
    stereo = np.stack([samples, samples[::-1]], axis=1)
    for ending, subtype in [("wav", "PCM_16"), ("wav", "FLOAT"), ("wav", "PCM_24"), ("flac", "PCM_16")]:
        yield ending, write_wav(folder / f"a.{ending}", samples, 22050, subtype).read_bytes()
    for ending, subtype in [("ogg", "VORBIS"), ("mp3", "MPEG_LAYER_III"), ("aiff", "PCM_16")]:
        yield ending, write_wav(folder / f"a.{ending}", stereo, 22050, subtype).read_bytes()
    yield "m4a", write_m4a(folder / "a.m4a", samples, 22050).read_bytes()


def mutated(data, rng):
    """The same bytes with one to three kinds of damage."""
    data = bytearray(data)
    for _ in range(rng.randint(1, 3)):
        match rng.randrange(6):
            case 0:  # flipped bytes anywhere
                for _ in range(rng.choice([1, 5, 50])):
                    data[rng.randrange(len(data))] = rng.randrange(256)
            case 1:  # a field of the header
                at = rng.randrange(min(len(data) - 4, 96))
                data[at : at + 4] = struct.pack(rng.choice("<>") + "I", rng.choice(EXTREMES))
            case 2:  # cut short
                del data[rng.randrange(8, len(data)) :]
            case 3:  # a hole
                at = rng.randrange(len(data))
                del data[at : at + rng.choice([1, 7, 400])]
            case 4:  # a passage twice
                at = rng.randrange(len(data))
                data[at:at] = data[at : at + rng.choice([1, 64, 1000])]
            case 5:  # noise in the middle
                at = rng.randrange(len(data))
                data[at : at + 200] = rng.randbytes(200)
        if len(data) < 16:
            break
    return bytes(data)


def campaign(folder, count, seed=0):
    rng, figures = random.Random(seed), Figures()
    sources = list(originals(folder))
    with IsolatedProcess(analyze, EXPLORER_CACHE=str(folder / "cache")) as process:
        for number in range(count):
            ending, data = sources[number % len(sources)]
            path = folder / f"case_{number}.{ending}"
            path.write_bytes(mutated(data, rng))
            figures.add(path.name, process.run(str(path)))
    return figures


def test_damaged_sounds(tmp_path):
    figures = campaign(tmp_path, 24)
    assert figures.problems == []
    assert min(figures.outcomes["result"], figures.outcomes["refusal"]) > 0


@pytest.mark.campaign
def test_300_damaged_sounds(tmp_path, capsys):
    figures = campaign(tmp_path, 300)
    with capsys.disabled():
        print(f"\n{figures.line('damaged sounds')}", *figures.problems, sep="\n  ")
    assert figures.problems == []
