"""Renders at the same time, in threads and in a worker process, draw the same frames as one alone."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

from explorer.experiments import Run, render
from explorer.fields import CPPN
from explorer.video import read_frames
from tests.processes import context
from tests.signals import music, write_wav

FIELDS = {  # of the narrow kernel and of the wide one
    "molten": CPPN.preset("molten"),
    "wide": CPPN.preset("tuned-256x4").replace(hidden=48, layers=2),
}


def rendered(song, root, look):
    """The folder of a run; a function of this module, so that a worker process can call it."""
    return str(render(FIELDS[look], song, size=(96, 54), duration=0.2, explorations=root).folder)


@pytest.mark.parametrize("look", FIELDS)
def test_the_same_frames_at_once_and_in_a_worker(tmp_path, look):
    song = write_wav(tmp_path / "song.wav", music(1.0, 22050), 22050)
    with ThreadPoolExecutor(2) as threads, ProcessPoolExecutor(1, context) as processes:
        jobs = [pool.submit(rendered, song, tmp_path, look) for pool in (threads, threads, processes)]
        folders = [job.result() for job in jobs]
    alone = list(read_frames(Run(Path(rendered(song, tmp_path, look))).video))
    for folder in folders:
        for frame, same in zip(read_frames(Run(Path(folder)).video), alone, strict=True):
            assert (frame == same).all()
