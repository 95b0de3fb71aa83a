"""Rows of models: windows at exact times, cached piece by piece, resumed after a stop."""

import tracemalloc

import numpy as np
import pytest

from explorer.audio.models import rows as rows_module
from explorer.audio.models.rows import ModelRows
from explorer.audio.models.stream import LOUDNESS_DBFS, Framing, loudness_gain, windows
from explorer.audio.sound_file import Sound, open_sound
from explorer.errors import Stopped
from tests.signals import click_track, silence, tone, write_wav

FRAMING = Framing(rate=8000, hop=80, rows=7, before=160, samples=7 * 80 + 400)


@pytest.fixture
def sound(tmp_path):
    """Two seconds at 8 kHz with a click a tenth of a second."""
    times = np.arange(0.1, 2.0, 0.1)
    return open_sound(write_wav(tmp_path / "a.wav", click_track(times, 2.0, 8000), 8000))


@pytest.fixture
def short_pieces(monkeypatch):
    """Four windows a piece."""
    monkeypatch.setattr(rows_module, "PIECE_SECONDS", 4 * FRAMING.step / FRAMING.rate)


def peak_rows(window):
    """The network of these tests: for each row the highest sample within half a hop of its time."""
    around = np.lib.stride_tricks.sliding_window_view(window[FRAMING.before - 40 :], 80)[:: FRAMING.hop]
    return np.abs(around[: FRAMING.rows]).max(axis=1, keepdims=True)


def measured(sound, folder=None, network=peak_rows, progress=lambda done, total: None):
    return ModelRows(sound, FRAMING, 1, lambda: network, folder, progress)


def test_row_n_lies_at_n_hops_and_the_last_one_at_the_end(sound, short_pieces):
    pieces = list(measured(sound))
    rows = np.concatenate(pieces)[:, 0]
    assert [len(piece) for piece in pieces[:-1]] == [28] * (len(pieces) - 1)
    assert len(rows) == 2 * 8000 // 80 + 1
    assert np.flatnonzero(rows > 0.5 * rows.max()).tolist() == list(range(10, 200, 10))


def test_a_window_is_silent_outside_the_sound(tmp_path):
    sound = open_sound(write_wav(tmp_path / "b.wav", tone(440, 0.01, 8000), 8000))
    ((window, rows),) = windows(sound, FRAMING)
    assert (rows, len(window)) == (2, FRAMING.samples)
    assert not window[: FRAMING.before].any()
    assert not window[FRAMING.before + 80 :].any()


def test_pieces_are_measured_once_and_a_stop_loses_one_piece(sound, short_pieces, tmp_path):
    calls = []

    def counted(window):
        calls.append(1)
        return peak_rows(window)

    def stop(done, total):
        assert total == pytest.approx(2.0)
        if len(calls) == 10:
            raise Stopped("stopped")

    folder = tmp_path / "pieces"
    with pytest.raises(Stopped):
        list(measured(sound, folder, counted, stop))
    first = np.concatenate(list(measured(sound, folder, counted)))
    assert len(calls) == 10 + 29 - 8  # of 29 windows two pieces were kept
    np.testing.assert_array_equal(first, np.concatenate(list(measured(sound))))
    again = measured(sound, folder, network=None)  # measures nothing
    np.testing.assert_array_equal(first, np.concatenate(list(again)))
    (folder / "0001.npy").write_bytes(b"damaged")
    np.testing.assert_array_equal(first, np.concatenate(list(measured(sound, folder))))


def test_without_a_folder_rows_stay_in_memory(sound):
    calls = []
    rows = measured(sound, network=lambda window: calls.append(1) or peak_rows(window))
    np.testing.assert_array_equal(np.concatenate(list(rows)), np.concatenate(list(rows)))
    assert len(calls) == 29


@pytest.mark.parametrize("gain", [1.0, 0.01])
def test_loud_passages_are_brought_to_one_level(tmp_path, gain):
    sound = open_sound(write_wav(tmp_path / "c.wav", gain * tone(200, 1.0, 8000), 8000))
    level = 20 * np.log10(loudness_gain(sound) * gain * 0.5 / np.sqrt(2))
    assert level == pytest.approx(LOUDNESS_DBFS, abs=0.01)


def test_silence_stays_silence(tmp_path):
    for seconds in (1.0, 0.001):
        assert loudness_gain(open_sound(write_wav(tmp_path / "d.wav", silence(seconds, 8000), 8000))) == 1


class LongSound(Sound):
    """Two hours of a tone, made a minute at a time."""

    def blocks(self, *_):
        minute = tone(50, 60.0, 1000)[:, None].astype(np.float32)
        for _ in range(120):
            yield minute


def test_two_hours_are_never_in_memory_at_once(tmp_path):
    framing = Framing(rate=1000, hop=480, rows=20, before=500, samples=19 * 480 + 1000)
    seconds, columns = [], 256
    rows = ModelRows(
        LongSound(tmp_path / "long.wav", 1000, 1, 7200.0, "soundfile"),
        framing,
        columns,
        lambda: lambda window: np.full((framing.rows, columns), window[500], np.float32),
        tmp_path,
        lambda done, total: seconds.append((done, total)),
    )
    tracemalloc.start()
    count = sum(len(piece) for piece in rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 7200 * 1000 // 480 + 1
    assert peak < 0.5 * count * columns * 4  # bytes: stored rows take none
    assert seconds[-1] == (7200, 7200)
    assert sum(len(piece) for piece in rows) == count  # from the cache
