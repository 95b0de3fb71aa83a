"""Folders of runs, sweeps and points: the name of every file in them, their checked paths, and stars.

    render_TIME_HEX/   manifest.json recipe.json features* diagnosis.json video.* poster.jpg sheet.jpg report.html
    sweep_TIME_HEX/    manifest.json sweep.json features-columns.safetensors tracks/ points/KEY/ sheet.jpg report.html .stop.SESSION
    points/KEY/        point.json recipe.json frame_NN.jpg thumb.jpg diagnosis.json clip.mp4 .claim.N
    breed_TIME_HEX/    manifest.json breeding.json features* generations/NNNN.json individuals/KEY/ sheet.jpg report.html
    individuals/KEY/   individual.json recipe.json thumb.jpg
    paint_TIME_HEX/    manifest.json settings.json picture_NN.png weights.safetensors look.json sheet.jpg checkpoint*
    atlas_TIME_HEX/    manifest.json atlas.json features-columns.safetensors tracks/ batches/NNNN.json points/KEY/ report.html

A folder with a star holds an empty file `.star`. Trainings (train_TIME_HEX/) belong to `explorer.learn`.
"""  # noqa: E501

from __future__ import annotations

import re
from pathlib import Path

from explorer import files
from explorer.errors import SettingsError
from explorer.video.containers import CONTAINERS, SUFFIXES

MANIFEST = "manifest.json"
RECIPE = "recipe.json"
FEATURES = "features"  # the track: features.npy and features.json
COLUMNS = "features-columns.safetensors"  # added to the track; of a run or a sweep
DIAGNOSIS = "diagnosis.json"
LYRICS_FONT = "lyrics-font"  # and the ending of the font file
VIDEO = "video"  # and the ending of its container: `video_path`
POSTER = "poster.jpg"
SHEET = "sheet.jpg"
REPORT = "report.html"
INDEX = "index.html"  # over all runs and sweeps of an explorations folder

SPECIFICATION = "sweep.json"
TRACKS = "tracks"  # folder of a sweep
POINTS = "points"  # folder of a sweep
POINT = "point.json"
THUMBNAIL = "thumb.jpg"
CLIP = "clip.mp4"

BREEDING = "breeding.json"
GENERATIONS = "generations"  # folder of a breeding
INDIVIDUALS = "individuals"  # folder of a breeding
INDIVIDUAL = "individual.json"

LOOK = "look.json"  # of a painting
ATLAS = "atlas.json"
BATCHES = "batches"  # folder of an atlas

STAR = ".star"
LEASE_PREFIX = ".claim."
STOP_PREFIX = ".stop."

VIDEO_NAMES = tuple(VIDEO + suffix for suffix in SUFFIXES)
POINT_KEY = re.compile(r"[0-9a-f]{12}")
INDIVIDUAL_KEY = re.compile(r"g\d{4}i\d{2}")


def video_path(folder: Path, container: str | None = None) -> Path:
    """The video of a run: in a container by name, else the one that is there, `video.mp4` without any."""
    if container is None:
        there = (path.suffix[1:] for path in map(folder.joinpath, VIDEO_NAMES) if files.is_file(path))
        container = next(there, next(iter(CONTAINERS)))
    return folder / f"{VIDEO}.{container}"


def point_folder(sweep: Path, key: str) -> Path:
    """The folder of a point, whether it is there or not.

    Raises SettingsError for a key that is not 12 hexadecimal digits, ReadError for a link out of the sweep.
    """
    if not is_point_key(key):
        raise SettingsError(f"no point {str(key)[:40]!r} in {sweep.name}; a key has 12 digits of 0-9 and a-f")
    return files.path_within(files.path_within(sweep, POINTS), key)


def is_point_key(key: object) -> bool:
    """Whether a value from a file is the key of a point: it names a folder and nothing else."""
    return isinstance(key, str) and bool(POINT_KEY.fullmatch(key))


def is_point_folder(folder: Path) -> bool:
    """Whether a folder is that of a point of a sweep."""
    return folder.parent.name == POINTS and (sweep_of(folder) / SPECIFICATION).is_file()


def individual_key(generation: int, place: int) -> str:
    """The name of an individual: `g0003i07`."""
    return f"g{generation:04d}i{place:02d}"


def individual_numbers(key: str) -> tuple[int, int]:
    """Generation and place of an individual."""
    return int(key[1:5]), int(key[6:])


def is_individual_key(key: object) -> bool:
    """Whether a value from a file is the key of an individual."""
    return isinstance(key, str) and bool(INDIVIDUAL_KEY.fullmatch(key))


def individual_folder(breeding: Path, key: str) -> Path:
    """The folder of an individual, whether it is there or not. Raises SettingsError for what is no key."""
    if not is_individual_key(key):
        raise SettingsError(f"no individual {str(key)[:40]!r} in {breeding.name}; keys are as in g0003i07")
    return files.path_within(files.path_within(breeding, INDIVIDUALS), key)


def generation_path(breeding: Path, number: int) -> Path:
    """The file of a choice and the generation that followed from it."""
    return breeding / GENERATIONS / f"{number:04d}.json"


def batch_path(atlas: Path, number: int) -> Path:
    """The file of a batch of an atlas: the parameters of its points."""
    return atlas / BATCHES / f"{number:04d}.json"


def sweep_of(point: Path) -> Path:
    """The folder of the sweep or atlas that a point belongs to, or of the breeding of an individual."""
    return point.parents[1]


def frame_path(point: Path, number: int) -> Path:
    """The picture of a point at one of its moments."""
    return point / f"frame_{number:02d}.jpg"


def frame_paths(point: Path) -> list[Path]:
    """The pictures of a point, in the order of their moments."""
    return sorted(path for path in point.glob("frame_*.jpg") if files.file_within(point, path.name))


def stop_file(sweep: Path, session: str) -> Path:
    """The file whose existence asks the workers of one session to stop, on whatever machine they are."""
    return sweep / f"{STOP_PREFIX}{session}"


def is_starred(folder: Path) -> bool:
    """Whether a run, sweep or point has a star."""
    return (folder / STAR).exists()


def set_star(folder: Path, starred: bool = True) -> None:
    """Give a run, sweep or point a star, or take it away."""
    if starred:
        files.write_bytes(folder / STAR, b"")
    else:
        (folder / STAR).unlink(missing_ok=True)
