"""What stars as a term of the loss change: python -m tests.benchmarks.preference [PRESET] [WEIGHT] [EPOCHS]

A sweep of 24 pictures is made, and the lighter half gets stars, so the taste is known. The same field is
taught without the preference and with it, on the demo clip and generated clips. Both are measured on others.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

import explorer as ex
from explorer.audio import DEMO_CLIP
from explorer.experiments.runs.run_folder import set_star
from explorer.learn.dataset import synthetic_tracks
from explorer.learn.evaluation import correlations, driven_field, evaluation_windows, mean_preference
from explorer.learn.teaching.field_subject import FieldSubject
from explorer.learn.teaching.star_preference import library_preference

CLIP_SEED = 4711  # of clips that no training uses
VARY = {"seed": list(range(6)), "gain": [1.5, 2.5, 4.0, 6.0]}
TRAINING = {
    "made_clips": 4,
    "batch_size": 2,
    "learning_rate": 0.004,
    "pairs": ("loudness-luminance", "hits-motion"),
}


def lightness(path):
    """The mean lightness of a picture file."""
    return float(np.asarray(Image.open(path).convert("L")).mean())


def main():
    preset, weight, epochs = (*sys.argv[1:], *("molten", "1", "4")[len(sys.argv) - 1 :])
    field = ex.CPPN.preset(preset)
    with tempfile.TemporaryDirectory() as folder:
        ex.sweep(
            field, DEMO_CLIP, vary=VARY, size=(96, 54), clips=False, moments=2, workers=1, explorations=folder
        )
        table = ex.runs(folder)
        light = table["thumb"].map(lightness)
        for path in table["folder"][light > light.median()]:
            set_star(Path(path), True)
        preference = library_preference(folder)
        sys.stdout.write(preference.sentence + "\n")
        tracks = synthetic_tracks(4, CLIP_SEED)
        windows = evaluation_windows(tracks)
        for value in (0.0, float(weight)):
            options = TRAINING | {"epochs": int(epochs), "preference": value, "explorations": folder}
            run = ex.train([DEMO_CLIP], field=field, **options)
            moves = tuple(parameter.name for parameter in run.model.parameter_ranges)
            subject = FieldSubject(field, moves, TRAINING["pairs"], preference)
            driven = driven_field(run.folder)
            r, _ = correlations(driven, tracks, windows, 0.0, subject)
            pairs = ", ".join(f"{name} r {values.mean():.2f}" for name, values in r.items())
            mean = mean_preference(driven, tracks, windows, subject).mean()
            sys.stdout.write(f"weight {value:g}: predicted preference {mean:.3f}, {pairs}" + "\n")


if __name__ == "__main__":
    main()
