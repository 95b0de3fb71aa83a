"""The picture and the table of a track."""

import numpy as np
import pytest

from explorer.audio import FEATURES, analyze, open_sound
from explorer.audio.plot import draw_track, sound_envelope, summary
from explorer.audio.plot_strips import beats, boundaries
from explorer.errors import SettingsError
from tests.signals import click_track, music, tone, write_wav


@pytest.fixture
def sound(tmp_path):
    return open_sound(write_wav(tmp_path / "a.wav", music(1)))


def test_the_picture_has_a_row_for_the_sound_and_each_feature(sound, tmp_path):
    track = analyze(sound.path)
    figure = draw_track(track, sound)
    assert [axis.get_ylabel() for axis in figure.axes] == ["sound", *FEATURES]
    figure.savefig(tmp_path / "a.png", dpi=20)
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert len(draw_track(track).axes) == len(FEATURES)


def test_columns_are_drawn_in_the_order_that_is_asked_for(sound):
    track = analyze(sound.path, stems={"drums": sound.path}, columns={"energy": ([0, 1], [0, 1])})
    figure = track.plot(("drums_rms", "rms", "energy"))
    assert [axis.get_ylabel() for axis in figure.axes] == ["sound", "drums_rms", "rms", "energy"]
    stem, own, column = (axis.yaxis.label.get_color() for axis in figure.axes[1:])
    assert stem == own != column
    with pytest.raises(SettingsError, match="did you mean 'drums_rms'"):
        track.plot(("drum_rms",))


@pytest.mark.parametrize("samples", [1, 300_000])
def test_the_shortest_and_longer_sounds_can_be_drawn(tmp_path, samples):
    path = write_wav(tmp_path / "a.wav", tone(440, 7)[:samples])
    draw_track(analyze(path), path, columns=("rms", "centroid")).savefig(tmp_path / "a.png", dpi=20)
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_the_envelope_holds_every_peak_in_its_column(tmp_path):
    path = write_wav(tmp_path / "a.wav", click_track([0.25, 2.6], 4.0) - click_track([3.3], 4.0))
    envelope = sound_envelope(open_sound(path), 4.0, columns=40)
    assert np.flatnonzero(envelope[:, 1]).tolist() == [2, 26]
    assert np.flatnonzero(envelope[:, 0]).tolist() == [33]
    np.testing.assert_allclose(envelope[[2, 26], 1], 0.8)


def test_the_envelope_of_few_samples_is_those_samples(tmp_path):
    path = write_wav(tmp_path / "a.wav", np.array([0.5, -0.25], np.float32))
    envelope = sound_envelope(open_sound(path), 2 / 44100, columns=4)
    np.testing.assert_array_equal(envelope[:, 0], [0.5, -0.25])


def test_the_summary_is_in_physical_units(tmp_path):
    table = summary(analyze(write_wav(tmp_path / "a.wav", tone(1000, 2, amplitude=0.5))))
    assert list(table.index) == list(FEATURES)
    assert table.loc["rms", "median"] == pytest.approx(0.5 / np.sqrt(2), rel=0.01)
    assert table.loc["centroid", "median"] == pytest.approx(1000, rel=0.01)
    assert table.loc["centroid", "unit"] == "hz"
    assert table.loc["rms", "active"] == 1


def test_beats_notes_and_sections_are_strips(tmp_path):
    first, second = click_track(np.arange(0.5, 8, 0.5), 8, 22050), tone(523.25, 8, 22050)
    path = write_wav(tmp_path / "a.wav", np.concatenate([first, second]), 22050)
    track = analyze(path, extras=("chroma", "beats", "sections"))
    active = summary(track)["active"]
    assert active["tempo"] > 0.4  # it rests at 120 bpm, which this is: active means that there is a beat
    assert np.isnan(active["section"])
    figure = draw_track(track, path)
    labels = [axis.get_ylabel() for axis in figure.axes]
    assert labels == ["sound", *FEATURES, "chroma", "beat_phase", "tempo", "section", "boundary"]
    assert beats(track)[1:11] == pytest.approx(np.arange(1.0, 6, 0.5), abs=0.02)
    assert boundaries(track) == pytest.approx([8], abs=0.5)
    written = {axis.get_ylabel(): [text.get_text() for text in axis.texts] for axis in figure.axes}
    assert written["section"] == ["0", "1", "2 sections"]
    assert written["chroma"][:3] == ["C", "", "D"]
    image = figure.axes[labels.index("chroma")].images[0].get_array()
    assert image[0, 60 * 12] > 0.9  # the tone is a C
    draw_track(track, path, columns=track.names[len(FEATURES) :]).savefig(tmp_path / "a.png", dpi=20)
