"""Reading every format, exact excerpts, repairs, and one clear line for what is no sound."""

import gc
import os
import struct
import warnings
from pathlib import Path

import numpy as np
import pytest
import soundfile

from explorer import ffmpeg
from explorer.audio import analyze, open_sound
from explorer.audio.sound_file import (
    MAX_AMPLITUDE,
    MAX_CHANNELS,
    MAX_SAMPLE_RATE,
    MIN_SAMPLE_RATE,
    existing_file,
)
from explorer.errors import ExplorerError, ExplorerWarning, SettingsError, SoundError
from tests.playlists import PLAYLISTS, write_playlist
from tests.signals import noise, silence, tone, write_m4a, write_wav, write_with_ffmpeg


def samples_of(path, **excerpt):
    return np.concatenate(list(open_sound(path).blocks(**excerpt)))


def shared_pitch(samples, rate):
    """Frequency of the strongest bin, Hz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return spectrum.argmax() * rate / len(samples)


@pytest.mark.parametrize(
    ("subtype", "step"),
    [
        ("PCM_U8", 2**-6),
        ("PCM_16", 2**-14),
        ("PCM_24", 2**-22),
        ("PCM_32", 2**-23),
        ("FLOAT", 0),
        ("DOUBLE", 0),
    ],
)
def test_every_kind_of_wav_is_read_to_its_precision(tmp_path, subtype, step):
    wave = tone(440, 0.1)
    path = write_wav(tmp_path / "a.wav", wave, subtype=subtype)
    np.testing.assert_allclose(samples_of(path)[:, 0], wave, atol=step)


@pytest.mark.parametrize(
    ("name", "rate", "subtype"),
    [
        ("a.flac", 44100, "PCM_16"),
        ("a.ogg", 44100, "VORBIS"),
        ("a.opus", 48000, "OPUS"),
        ("a.mp3", 44100, "MPEG_LAYER_III"),
        ("a.aiff", 44100, "PCM_16"),
    ],
)
def test_compressed_formats_keep_length_and_pitch(tmp_path, name, rate, subtype):
    kind = "OGG" if name.endswith("opus") else None
    soundfile.write(tmp_path / name, tone(1000, 1.0, rate), rate, subtype=subtype, format=kind)
    samples = samples_of(tmp_path / name)[:, 0]
    assert abs(len(samples) - rate) <= 0.05 * rate
    assert shared_pitch(samples, rate) == pytest.approx(1000, abs=3)


def test_m4a_comes_through_ffmpeg(tmp_path):
    path = write_m4a(tmp_path / "a.m4a", np.stack([tone(1000), tone(2000)], axis=1))
    sound = open_sound(path)
    samples = samples_of(path)
    assert (sound.decoder, sound.sample_rate, sound.channels) == ("ffmpeg", 44100, 2)
    assert sound.header_duration == pytest.approx(1, abs=0.05)
    assert [shared_pitch(channel, 44100) for channel in samples.T] == pytest.approx([1000, 2000], abs=3)
    assert samples[4000:40000].std() == pytest.approx(0.5 / np.sqrt(2), rel=0.02)


def test_an_ffmpeg_that_cannot_start_is_told_in_one_line(tmp_path, monkeypatch):
    path = write_m4a(tmp_path / "a.m4a", tone(440, 0.5))
    monkeypatch.setattr(ffmpeg, "command", lambda: [str(tmp_path / "no-such-program")])
    with pytest.raises(ExplorerError, match=r"cannot start .*no-such-program"):
        open_sound(path)


def test_closing_a_reader_half_way_ends_the_decoder(tmp_path):
    blocks = open_sound(write_m4a(tmp_path / "a.m4a", tone(440, 4))).blocks(size=100)
    next(blocks)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # an unclosed pipe or a living child would warn
        blocks.close()
        gc.collect()


@pytest.mark.parametrize("rate", [8000, 11025, 22050, 96000, 192000])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_rates_and_channels(tmp_path, rate, channels):
    path = write_wav(tmp_path / "a.wav", np.zeros((rate // 10, channels), np.float32), rate)
    sound = open_sound(path)
    assert (sound.sample_rate, sound.channels, sound.name) == (rate, channels, "a.wav")
    assert samples_of(path).shape == (rate // 10, channels)


@pytest.mark.parametrize("make", [write_wav, write_m4a], ids=["soundfile", "ffmpeg"])
def test_an_excerpt_is_the_same_part_of_the_whole_to_the_sample(tmp_path, make):
    path = make(tmp_path / ("a.wav" if make is write_wav else "a.m4a"), tone(333, 2))
    whole = samples_of(path)
    first = round(0.7003 * 44100)
    part = samples_of(path, start=0.7003, duration=0.5, size=1234)
    np.testing.assert_array_equal(part, whole[first : first + 22050])


def test_an_excerpt_beyond_the_end_is_empty_and_before_the_start_refused(tmp_path):
    sound = open_sound(write_wav(tmp_path / "a.wav", tone(440)))
    assert list(sound.blocks(start=5)) == []
    with pytest.raises(SettingsError, match="start -1 s"):
        sound.blocks(start=-1)


@pytest.mark.parametrize("name", ["naïve café 音楽.wav", "two words.m4a", "-dash.m4a", "colon 100%d.m4a"])
def test_names_with_spaces_unicode_and_signs(tmp_path, name):
    make = write_m4a if name.endswith("m4a") else write_wav
    assert open_sound(make(tmp_path / name, tone(440, 0.2))).name == name


def test_nan_and_infinite_samples_become_silence_with_one_warning(tmp_path):
    wave = tone(440, 2.0)
    wave[[5, 50000]], wave[70000] = np.nan, -np.inf
    path = write_wav(tmp_path / "a.wav", wave)
    with pytest.warns(ExplorerWarning, match=r"a\.wav: 3 samples") as caught:
        samples = samples_of(path)[:, 0]
    assert len(caught) == 1
    np.testing.assert_array_equal(samples, np.where(np.isfinite(wave), wave, 0))


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.m4a"])
def test_a_truncated_file_is_read_as_far_as_it_goes_with_a_warning(tmp_path, name):
    wave = np.cumsum(np.random.default_rng(0).standard_normal(44100 * 5)) * 1e-3
    path = tmp_path / name
    if name == "a.m4a":
        write_m4a(path, wave)
    else:
        soundfile.write(path, wave, 44100, subtype="PCM_16")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    with pytest.warns(ExplorerWarning, match="damaged or cut short"):
        samples = samples_of(path)
    assert 1.5 < len(samples) / 44100 < 3.5


@pytest.mark.parametrize("header", ["0", "1"], ids=["length unknown", "length known"])
@pytest.mark.parametrize("first", [tone, silence], ids=["guess too short", "guess too long"])
def test_an_mp3_of_varying_bit_rate_is_read_whole_without_a_warning(tmp_path, first, header):
    uneven = np.concatenate([tone(440, 4) if first is tone else silence(4), noise(4)])
    path = write_with_ffmpeg(tmp_path / "a.mp3", uneven, 44100, "-q:a", "4", "-write_xing", header)
    assert open_sound(path).decoder == ("soundfile" if header == "1" else "ffmpeg")
    assert len(samples_of(path)) / 44100 == pytest.approx(8, abs=0.1)


@pytest.mark.parametrize("form", PLAYLISTS)
def test_a_sound_file_opens_no_other_file(tmp_path, form):
    target = write_m4a(tmp_path / "private.mp4", tone(440, 1.5))
    with pytest.raises(SoundError, match="is no sound file"):
        open_sound(write_playlist(tmp_path / "song.wav", form, target))


def test_a_loud_sound_is_refused_and_a_loud_sample_is_silence(tmp_path):
    wave = tone(440)
    with pytest.raises(
        SoundError, match=r"a\.wav is too loud: most samples are beyond 1e\+10 times full scale"
    ):
        open_sound(write_wav(tmp_path / "a.wav", wave * 1e38))
    loud = wave.copy()
    loud[5000] = 1e30
    with pytest.warns(ExplorerWarning, match=r"b\.wav: 1 samples were .* beyond 1e\+10"):
        samples = samples_of(write_wav(tmp_path / "b.wav", loud))[:, 0]
    np.testing.assert_array_equal(samples, np.where(loud < 1, wave, 0))


def test_the_level_of_a_sound_does_not_matter_up_to_the_limit(tmp_path):
    wave = tone(440, 0.5)
    plain, loud = (
        analyze(write_wav(tmp_path / f"{gain:g}.wav", wave * np.float32(gain)), cache=False)
        for gain in (1, 0.9 * MAX_AMPLITUDE)
    )
    np.testing.assert_allclose(loud.values, plain.values, atol=1e-3)


@pytest.mark.parametrize("name", ["rate", "channels"])
@pytest.mark.parametrize(
    ("limit", "allowed"), [("low", True), ("below", False), ("high", True), ("above", False), ("most", False)]
)
def test_rates_and_channels_beyond_the_limits_are_refused(tmp_path, name, limit, allowed):
    low, high, most = (
        (MIN_SAMPLE_RATE, MAX_SAMPLE_RATE, 2**31 - 1) if name == "rate" else (1, MAX_CHANNELS, 65535)
    )
    value = {"low": low, "below": low - 1, "high": high, "above": high + 1, "most": most}[limit]
    path = tmp_path / "a.wav"
    channels, rate = (value, 8000) if name == "channels" else (1, value)
    header = struct.pack("<4sI4s4sIHHII", b"RIFF", 4036, b"WAVE", b"fmt ", 16, 1, channels, rate, 0)
    header += struct.pack("<HH4sI", min(2 * channels, 65535), 16, b"data", 4000)
    path.write_bytes(header + bytes(4000))
    if allowed:
        sound = open_sound(path)
        assert (sound.channels, sound.sample_rate) == (channels, rate)
    else:
        with pytest.raises(SoundError, match=r"allowed: |is no sound file"):
            open_sound(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("kind", ["device", "pipe"])
def test_devices_and_pipes_are_refused_at_once_and_links_to_them(tmp_path, kind):
    path = tmp_path / "pipe.wav" if kind == "pipe" else Path("/dev/zero")
    if kind == "pipe":
        os.mkfifo(path)
    link = tmp_path / "link.wav"
    link.symlink_to(path)
    for source in (path, link):
        with pytest.raises(SoundError, match="is a device or a pipe; give a sound file"):
            open_sound(source)


def text(path):
    path.write_text("this is a text and no sound\n" * 500)


def header_only(path):
    write_wav(path, silence(0))


def header_without_data(path):
    """A WAV that ends after its fmt chunk."""
    write_wav(path, tone(440), subtype="PCM_16")
    path.write_bytes(path.read_bytes()[:36])


def all_nan(path):
    write_wav(path, np.full(100_000, np.nan, np.float32))


BAD = {
    "missing.wav": (lambda path: None, "there is no file"),
    "folder.wav": (lambda path: path.mkdir(), "is a folder"),
    "empty.mp3": (lambda path: path.touch(), "is empty"),
    "text.mp3": (text, "is no sound file"),
    "text.m4a": (text, "is no sound file"),
    "header.wav": (header_only, "0 samples"),
    "no_data.wav": (header_without_data, "holds no sound"),
    "nan.wav": (all_nan, "all 100000 samples are NaN"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_in_one_clear_line(tmp_path, name):
    make, message = BAD[name]
    make(tmp_path / name)
    with pytest.raises(SoundError, match=message) as caught:
        open_sound(tmp_path / name)
    assert str(tmp_path / name) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_told_with_where_it_was_searched_and_what_is_near(tmp_path, monkeypatch):
    (tmp_path / "music").mkdir()
    (tmp_path / "work").mkdir()
    (tmp_path / "music" / "song.ogg").write_bytes(b"x")
    (tmp_path / "notes.txt").write_bytes(b"x")
    monkeypatch.chdir(tmp_path)

    def said(name):
        with pytest.raises(SoundError) as caught:
            existing_file(name)
        return str(caught.value)

    near = Path("music/song.ogg")
    assert said("song.ogg") == f"there is no file {tmp_path / 'song.ogg'}; did you mean {near}?"
    assert said("other.ogg").endswith("it holds no sound files; give the folder too")
    assert said("music/sogn.ogg").endswith(f"did you mean {Path('music/song.ogg')}?")
    assert said("muisc/song.ogg").endswith(f"{tmp_path} has no folder 'muisc'")
    assert said("music/abc.wav").endswith("sound files there: song.ogg")
    address = "https://example.com/a.ogg"
    words = f"{address} is an address on the network (example.com); explorer reads files: download it"
    assert said(Path(address)).startswith(words)
    monkeypatch.chdir(tmp_path / "work")
    (tmp_path / "work" / "music").write_bytes(b"x")
    (tmp_path / "up.wav").write_bytes(b"x")
    assert said("UP.wav").endswith(f"did you mean {Path('../up.wav')}?")
