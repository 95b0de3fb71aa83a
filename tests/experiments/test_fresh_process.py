"""A recipe with columns, stems and a field of one's own repeats frame for frame in a fresh process."""

import sys

import pytest

import explorer as ex
from explorer.fields import registry
from explorer.fields.custom.importing import import_fields
from tests.processes import error_lines, start_command
from tests.signals import music, write_wav

FIELD = """
import numpy as np
import explorer as ex

class Tides(ex.Field):
    features = ("bass", "energy", "drums_rms")
    rings = ex.knob(5.0, low=1, high=9, help="rings across the frame")

    def colors(self, controls, xy, pixel):
        radius = np.hypot(xy[:, 0], xy[:, 1])
        wave = np.sin(self.rings * radius - 9 * controls.time - 3 * controls.bass)
        return 0.5 + 0.5 * wave, 0.5 + 0.5 * controls.energy * radius, 0.5 + 0.5 * controls.drums_rms
"""


@pytest.fixture
def tides(tmp_path, monkeypatch):
    """A file with a field, and its class."""
    monkeypatch.setattr(registry, "_CUSTOM", {})
    monkeypatch.setattr(sys, "path", [*sys.path])
    path = tmp_path / "tides_of_a_test.py"
    path.write_text(FIELD)
    yield path, import_fields(str(path))[0]
    sys.modules.pop(path.stem, None)


def test_own_columns_stems_and_field_repeat_in_a_fresh_process(tides, tmp_path):
    path, cls = tides
    song = write_wav(tmp_path / "song.wav", music(1.0, 8000), 8000)
    (tmp_path / "stems").mkdir()
    drums = write_wav(tmp_path / "stems" / "drums.wav", music(1.0, 8000)[::-1], 8000)
    table = tmp_path / "energy.csv"
    table.write_text("time,energy\n0,0\n0.3,1\n0.5,-0.4\n1,0.8\n")
    track = ex.analyze(song, columns=table, stems=drums.parent)
    options = {"size": (36, 20), "duration": 0.2, "explorations": tmp_path / "runs", "flash_limit": "off"}
    run = ex.render(cls(rings=7.0), track, png_dir=tmp_path / "first", **options)
    for file in (table, drums):  # what repeats it lies in the run
        file.unlink()

    command = ["render", "--recipe", run.folder, "--import", path, "--png-dir", tmp_path / "second"]
    again = start_command(tmp_path, *command, "--explorations", tmp_path / "runs")  # which has no such field
    again.join()
    assert again.exitcode == 0, error_lines(tmp_path)
    first, second = (
        [p.read_bytes() for p in sorted((tmp_path / name).iterdir())] for name in ("first", "second")
    )
    assert len(set(first)) == len(first) == 6
    assert first == second
