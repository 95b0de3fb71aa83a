"""Analysed once, and never wrongly: what counts as the same, and what is computed again."""

import os

import numpy as np
import pytest

from explorer.audio import analysis, analyze, cache
from explorer.audio.array_cache import cache_folder
from tests import processes
from tests.signals import music, write_wav


@pytest.fixture
def sound(tmp_path):
    return write_wav(tmp_path / "a.wav", music(1, 8000), 8000)


@pytest.fixture
def analysed(monkeypatch):
    """Names of the sounds that were really analysed."""
    names = []
    real = analysis.analyze_sound

    def spy(sound, *arguments):
        names.append(sound.name)
        return real(sound, *arguments)

    monkeypatch.setattr(analysis, "analyze_sound", spy)
    return names


def age(path, seconds=100):
    """Make a file look `seconds` older, so that its hash may be remembered."""
    moment = path.stat().st_mtime - seconds
    os.utime(path, (moment, moment))


def test_the_second_time_costs_nothing_and_is_the_same(sound, analysed):
    first, second = analyze(sound), analyze(sound)
    assert analysed == ["a.wav"]
    np.testing.assert_array_equal(first.values, second.values)
    np.testing.assert_array_equal(first.raw, second.raw)
    assert (first.settings, first.duration, first.sha256) == (second.settings, second.duration, second.sha256)


def test_a_copy_under_another_name_is_the_same_sound(sound, analysed):
    analyze(sound)
    copied = analyze(sound.rename(sound.with_name("b.wav")))
    assert analysed == ["a.wav"]
    assert copied.name == "b.wav"


@pytest.mark.parametrize("change", [{"smoothing": 0.2}, {"fps": 30}, {"peak_percentile": 90}])
def test_other_settings_are_another_track(sound, analysed, change):
    assert analyze(sound, **change).settings != analyze(sound).settings
    assert len(analysed) == 2


def test_other_contents_of_the_same_size_are_another_track(sound, analysed):
    before = analyze(sound)
    write_wav(sound, music(1, 8000, seed=1), 8000)
    assert analyze(sound).sha256 != before.sha256
    assert len(analysed) == 2


def test_a_new_feature_version_forgets_the_old(sound, analysed, monkeypatch):
    analyze(sound)
    monkeypatch.setattr(cache, "FEATURE_VERSION", cache.FEATURE_VERSION + 1)
    analyze(sound)
    assert len(analysed) == 2


def test_without_cache_nothing_is_read_or_kept(sound, analysed):
    analyze(sound, cache=False)
    assert not list(cache_folder().glob("*.npy"))
    analyze(sound)
    analyze(sound, cache=False)
    assert len(analysed) == 3


@pytest.mark.parametrize("ending", [".npy", ".json"])
@pytest.mark.parametrize("damage", ["cut", "lost", "emptied"])
def test_a_damaged_entry_is_computed_again_and_repaired(sound, analysed, ending, damage):
    whole = analyze(sound)
    (entry,) = cache_folder().glob(f"*{ending}")
    if damage == "lost":
        entry.unlink()
    else:
        entry.write_bytes(entry.read_bytes()[:40] if damage == "cut" else b"")
    np.testing.assert_array_equal(analyze(sound).values, whole.values)
    analyze(sound)
    assert len(analysed) == 2


def test_the_hash_of_an_unchanged_file_is_remembered(sound, monkeypatch):
    age(sound)
    known = cache.content_hash(sound)
    monkeypatch.setattr(cache, "sha256_of", lambda path: "read again")
    assert cache.content_hash(sound) == known
    age(sound, 1)
    assert cache.content_hash(sound) == "read again"


def test_the_hash_of_a_file_just_written_is_not_trusted(sound, monkeypatch):
    cache.content_hash(sound)
    monkeypatch.setattr(cache, "sha256_of", lambda path: "read again")
    assert cache.content_hash(sound) == "read again"


def test_a_garbled_hash_note_is_ignored(sound):
    age(sound)
    known = cache.content_hash(sound)
    (note,) = (cache_folder() / "paths").iterdir()
    note.write_text("{}")
    assert cache.content_hash(sound) == known


def test_a_cache_that_cannot_be_written_only_costs_time(sound, analysed, tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.touch()
    monkeypatch.setenv("EXPLORER_CACHE", str(blocked))
    np.testing.assert_array_equal(analyze(sound).values, analyze(sound).values)
    assert len(analysed) == 2


def keep(sound, path):
    np.save(path, analyze(sound).values)


def test_two_processes_at_once_both_succeed_and_leave_one_whole_entry(sound, analysed, tmp_path):
    paths = [tmp_path / "one.npy", tmp_path / "two.npy"]
    both = [processes.start(keep, sound, path) for path in paths]
    for process in both:
        process.join()
        assert process.exitcode == 0
    for path in paths:
        np.testing.assert_array_equal(np.load(path), analyze(sound).values)
    assert analysed == []
    assert len(list(cache_folder().glob("*.npy"))) == 1
    assert not list(cache_folder().glob(".*"))
