"""The sound as the extra features hear it: at its exact times, whatever its rate and however it arrives."""

import numpy as np
import pytest

from explorer.audio import open_sound
from explorer.audio.extras.mono import HOP, PIECE_ROWS, RATE, at_times, pieces, read_mono, row_count
from tests.signals import click_track, noise, write_wav


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 48000, 96000])
def test_a_click_stays_where_it_was(tmp_path, rate):
    samples = read_mono(open_sound(write_wav(tmp_path / "a.wav", click_track([0.5, 3.7], 4.0, rate), rate)))
    assert len(samples) == pytest.approx(4 * RATE, abs=2)
    for moment in (0.5, 3.7):
        around = slice(round((moment - 0.1) * RATE), round((moment + 0.1) * RATE))
        peak = around.start + np.abs(samples[around]).argmax()
        assert peak / RATE == pytest.approx(moment, abs=1 / min(rate, RATE))


def test_channels_are_averaged(tmp_path):
    left = noise(0.5, RATE)
    path = write_wav(tmp_path / "a.wav", np.stack([left, -left / 2], axis=1), RATE)
    np.testing.assert_allclose(read_mono(open_sound(path)), left / 4, atol=1e-4)


@pytest.mark.parametrize("samples", [0, 1, HOP, PIECE_ROWS * HOP, 2 * PIECE_ROWS * HOP + 77])
def test_pieces_hold_every_row_once_with_its_surroundings(samples):
    sound = np.arange(1, samples + 1, dtype=np.float32)
    padded = np.pad(sound, 3 * HOP)  # sample k of the sound at k + 3 HOP
    rows = []
    for piece in pieces(sound, 3 * HOP):
        rows += range(piece.first, piece.last)
        assert piece.start == (piece.first - 3) * HOP
        wanted = padded[piece.first * HOP :][: len(piece.samples)]
        np.testing.assert_array_equal(piece.samples[: len(wanted)], wanted)
        assert len(piece.samples) == (piece.last - piece.first + 5) * HOP
    assert rows == list(range(row_count(sound)))


def test_rows_are_read_at_their_exact_times_after_hours():
    rows = np.arange(1000.0, dtype=np.float32)[:, None]
    times = np.array([0.0, 500.5 * HOP / RATE, 998 * HOP / RATE, 9999.0])
    np.testing.assert_allclose(at_times(rows, times)[:, 0], [0, 500.5, 998, 999], rtol=1e-6)
