"""Sounds to train on: sequences, analyzed once, split by track, cut into sequences."""

import numpy as np
import pytest

from explorer.audio.extras import live
from explorer.audio.live import live_features
from explorer.errors import ExplorerWarning, SoundError
from explorer.learn.dataset import (
    load_track,
    load_tracks,
    sequence_frames,
    sound_files,
    split,
    synthetic_tracks,
)
from explorer.learn.synthetic_clips import synthetic_clips
from tests.learn.conftest import synthetic_track
from tests.signals import music, silence, tone, write_wav


def test_a_folder_is_searched_recursively_and_every_content_loaded_once(folder):
    tracks, skipped = load_tracks(folder)
    assert skipped == []
    assert {track.name for track in tracks} >= {"b.wav", "c.wav"}
    assert len(tracks) == 3
    assert tracks == sorted(tracks, key=lambda track: track.sha256)
    a = next(track for track in tracks if track.name in ("a.wav", "again.wav"))
    np.testing.assert_allclose(a.values, live_features(music(6, 48000, 1)), atol=1e-6)


def test_a_broken_file_is_skipped_with_a_warning(folder):
    (folder / "broken.wav").write_bytes(b"RIFF....WAVE")
    with pytest.warns(ExplorerWarning, match="skipped: .*broken.wav"):
        tracks, (broken,) = load_tracks(folder)
    assert len(tracks) == 3
    assert broken.name == "broken.wav"
    assert broken.reason.startswith("broken.wav ")  # and no path: notebooks travel
    assert str(folder) not in broken.reason


def test_a_loud_file_of_a_folder_is_named(folder):
    write_wav(folder / "loud.wav", tone(440) * 1e38)
    with pytest.warns(ExplorerWarning, match=r"skipped: .*loud\.wav is too loud"):
        tracks, (loud,) = load_tracks(folder)
    assert (len(tracks), loud.name) == (3, "loud.wav")


def test_links_that_lead_out_of_a_folder_are_not_followed(folder, tmp_path_factory):
    outside = write_wav(tmp_path_factory.mktemp("outside") / "private.wav", tone(440, 6))
    (folder / "inside.wav").symlink_to(folder / "a.wav")
    (folder / "link.wav").symlink_to(outside)
    (folder / "other").symlink_to(outside.parent, target_is_directory=True)
    with pytest.warns(ExplorerWarning, match="links that lead out of .* are not followed; copy the files"):
        files = sound_files(folder)
    assert folder / "inside.wav" in files
    assert all(file.resolve().is_relative_to(folder.resolve()) for file in files)
    linked = outside.parent.parent / "linked"
    linked.mkdir()
    (linked / "link.wav").symlink_to(outside)
    with pytest.raises(SoundError, match="no sound file of its own: links that lead out"):
        sound_files(linked)
    assert sound_files(linked / "link.wav") == [linked / "link.wav"]  # somebody chose it


@pytest.mark.parametrize("content", [None, b"", b"no sound at all"])
def test_no_usable_sound_is_an_error(tmp_path, content, recwarn):
    if content is not None:
        (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(SoundError, match="sound"):
        load_tracks(tmp_path)


def test_a_file_and_a_list_of_files_will_do(folder):
    assert len(load_tracks(folder / "a.wav")[0]) == 1
    assert len(load_tracks([folder / "a.wav", folder / "c.wav"])[0]) == 2
    with pytest.raises(SoundError, match="no file"):
        load_tracks(folder / "missing.wav")


def test_a_track_is_analyzed_once_and_again_when_the_definition_changes(folder, monkeypatch):
    first = load_track(folder / "a.wav")
    monkeypatch.setattr(live, "live_features_of", None)  # would fail if it were called
    np.testing.assert_array_equal(load_track(folder / "a.wav").values, first.values)
    np.testing.assert_array_equal(load_track(folder / "again.wav").values, first.values)  # the same content
    monkeypatch.setattr(live, "LIVE_VERSION", 999)
    with pytest.raises(TypeError):
        load_track(folder / "a.wav")


def test_the_split_is_by_track_and_follows_from_the_seed():
    tracks = [synthetic_track(6, seed) for seed in range(10)]
    training, held_out = split(tracks, 0.2, 0)
    assert len(held_out) == 2
    assert {t.sha256 for t in training} | {t.sha256 for t in held_out} == {t.sha256 for t in tracks}
    assert not {t.sha256 for t in training} & {t.sha256 for t in held_out}
    assert split(tracks[::-1], 0.2, 0)[1] == held_out  # whatever their order
    assert any(split(tracks, 0.2, seed)[1] != held_out for seed in range(1, 6))


def test_what_is_too_short_to_tell_is_not_held_out_and_a_single_track_is_cut():
    long, short = synthetic_track(20, 1), synthetic_track(1, 2)
    training, held_out = split([long, short], 0.2, 0)
    assert [track.seconds for track in held_out] == pytest.approx([4], abs=0.1)
    assert short in training
    assert len(training[0].values) + len(held_out[0].values) == len(long.values)
    with pytest.raises(SoundError, match="give 5 s or more"):
        split([short], 0.2, 0)


@pytest.mark.parametrize("frames", [1, 5, 63, 64, 65, 500])
def test_sequences_lie_in_the_track_and_cover_it(frames):
    sequences = list(sequence_frames(frames, 16, 2, offset=3 if frames > 100 else 0))
    assert sequences
    for numbers in sequences:
        assert numbers.shape == (16,)
        assert numbers.min() >= 0
        assert numbers.max() < frames
    if frames >= 64:
        assert all((np.diff(numbers) == 2).all() for numbers in sequences)
        firsts = [numbers[0] for numbers in sequences]
        assert (np.diff(firsts) == 32).all()


def test_made_clips_are_the_same_for_a_seed_and_of_many_kinds():
    first = list(synthetic_clips(8, seed=3, seconds=1.6))
    repeated = synthetic_clips(3, seed=3, seconds=1.6)
    for (name, samples), (again, same) in zip(first[:3], repeated, strict=True):
        assert name == again
        np.testing.assert_array_equal(samples, same)
    for name, samples in first:
        assert samples.shape == (76800,)
        assert np.abs(samples).max() < 1
        level = 20 * np.log10(np.sqrt(np.mean(samples**2)))
        assert -40 < level < -5, name
    rows = {name.split()[0]: live_features(samples) for name, samples in first}
    assert rows["drums"][:, 4].mean() > 3 * rows["drone"][:, 4].mean()  # onsets
    assert rows["sweeps"][:, 0].std() > 3 * rows["drone"][:, 0].std()  # centroid
    assert rows["swells"][:, 2].std() > 2 * rows["sweeps"][:, 2].std()  # level


@pytest.mark.slow
def test_made_tracks_have_a_name_and_a_hash_each():
    tracks = synthetic_tracks(9)
    assert len({track.sha256 for track in tracks}) == 9
    assert all(track.seconds == pytest.approx(20, abs=0.1) for track in tracks)


def test_silence_is_a_sound_to_train_on(tmp_path):
    assert load_tracks(write_wav(tmp_path / "a.wav", silence(6)))[0][0].values.max() == 0
