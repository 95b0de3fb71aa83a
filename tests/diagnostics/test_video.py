"""Made videos with known motion, flashes and lags."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest

from explorer.diagnostics.sync import synchrony
from explorer.diagnostics.video import measure_video
from explorer.errors import SettingsError, Stopped
from explorer.video import VideoWriter
from tests.signals import click_track
from tests.video.material import SIZE, Samples, flicker, gray, tone

FPS = Fraction(30)


def write(path, frames, sound=None, fps=FPS):
    """A video of these frames, with little loss."""
    frames = list(frames)
    size = frames[0].shape[1::-1]
    with VideoWriter(path, size=size, fps=fps, frames=len(frames), sound=sound) as video:
        for frame in frames:
            video.write(frame)
    return path


def noise(seed, size=SIZE):
    return np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3)).astype(np.uint8)


def slope():
    """A still picture with every level in it; coders leave it alone, which they do not do with noise."""
    return np.add.outer(np.arange(48), np.arange(64)).astype(np.uint8)[..., None] * np.array(
        [2, 1, 2], np.uint8
    )


def test_motion_and_a_static_stretch(tmp_path):
    frames = [gray(60 + 4 * n) for n in range(15)] + [gray(200)] * 45 + [gray(200 - 4 * n) for n in range(15)]
    found = measure_video(write(tmp_path / "a.mp4", frames))
    [stretch] = found.static
    assert stretch.start == pytest.approx(15 / 30, abs=1.1 / 30)
    assert stretch.end == pytest.approx(61 / 30, abs=1.1 / 30)  # the first frame of the way down is level too
    assert found.static_share == pytest.approx(46 / 75, abs=0.03)
    assert len(found.change) == 75
    assert found.change[0] == 0
    assert found.change[2:14].mean() == pytest.approx(
        16, rel=0.25
    )  # steps of 4 levels, less what coding blurs
    assert found.change[20:59].max() < 0.3
    assert found.over_time(0.5)[0] > 10 > 0.5 > found.over_time(0.5)[2]
    assert "static 6" in found.summary()


def test_slow_motion_is_not_static(tmp_path):
    found = measure_video(write(tmp_path / "a.mp4", [gray(40 + n // 3) for n in range(90)]))
    assert found.static == ()
    assert "never static" in found.summary()


@pytest.mark.parametrize(("rate", "passed"), [(2, True), (3, True), (5, False)])
def test_full_field_flashes_are_counted(tmp_path, rate, passed):
    found = measure_video(write(tmp_path / "a.mp4", flicker(rate)))
    assert found.flashes.worst == rate
    assert found.flashes.passed is passed
    assert ("MORE THAN" in found.summary()) is not passed
    assert (found.flashes.over > 1) is not passed


CLICKS = np.cumsum([0.5, 0.43, 0.71, 0.36, 0.9, 0.52, 0.77, 0.41, 0.66, 0.58, 0.83, 0.47, 0.6])


@pytest.mark.parametrize("delay", [-2, 3])
def test_a_picture_late_by_some_frames_is_measured_as_late(tmp_path, delay):
    frames = [gray(40) for _ in range(255)]
    for time in CLICKS:
        first = round(time * 30) + delay
        for n in range(first, min(first + 6, 255)):
            frames[n] = gray(200 - 30 * (n - first))
    sound = Samples(click_track(CLICKS, 8.5))
    found = measure_video(write(tmp_path / "a.mp4", frames, sound))
    assert found.sync.lag_ms == pytest.approx(1000 * delay / 30, abs=1000 / 30)
    assert found.sync.correlation > 0.6
    assert found.sync.p < 0.05
    assert ("late" if delay >= 0 else "early") in found.summary()
    assert "follows the sound" in found.summary()


def test_a_picture_of_its_own_follows_no_sound(tmp_path):
    turns = np.random.default_rng(3).random(255) < 0.06
    frames = [gray(60 if turned % 2 else 200) for turned in np.cumsum(turns)]
    found = measure_video(write(tmp_path / "a.mp4", frames, Samples(click_track(CLICKS, 8.5))))
    assert found.sync.p > 0.05
    assert "no better than by chance" in found.summary()


def test_lag_between_frames_and_its_sign():
    times = np.arange(600) / 30
    pulses = sum(np.exp(-(((times - t) / 0.05) ** 2)) for t in np.cumsum(np.r_[CLICKS[0], np.diff(CLICKS)]))
    late = np.interp(times - 0.05, times, pulses)
    assert synchrony(late, pulses, 30).lag_ms == pytest.approx(50, abs=3)
    assert synchrony(pulses, late, 30).lag_ms == pytest.approx(-50, abs=3)
    assert synchrony(np.ones(600), pulses, 30) is None
    assert synchrony(pulses[:5], pulses[:5], 30) is None
    assert synchrony(pulses[:40], pulses[:40], 30).p is None


def test_no_sound_silence_and_a_still_picture(tmp_path):
    frames = [gray(5 * n) for n in range(30)]
    mute = measure_video(write(tmp_path / "mute.mp4", frames))
    assert mute.sync is None
    assert mute.summary().endswith("sound: none")
    silent = measure_video(write(tmp_path / "silent.mp4", frames, Samples(np.zeros(44100, np.float32))))
    assert silent.sync is None
    still = measure_video(write(tmp_path / "still.mp4", [slope()] * 30, tone(1)))
    assert "the picture or the sound stays the same" in silent.summary()
    assert [round(stretch.seconds, 2) for stretch in still.static] == [1.0]
    assert still.frame_variance < 1


def test_one_frame(tmp_path):
    found = measure_video(write(tmp_path / "a.mp4", [noise(0)], fps=Fraction(1)))
    assert (found.frame_variance, found.sync, found.flashes.worst) == (0, None, 0)
    found.summary()
    found.figure()


def test_everything_is_plain_and_ascii(tmp_path):
    import json

    found = measure_video(write(tmp_path / "é.mp4", flicker(5, 1.5), tone(1.5)))
    said = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert said["flashes"]["passed"] is False
    assert said["frames"] == 45
    assert len(said["frame_variance_each_second"]) == 2
    assert found.summary().replace("é", "e").isascii()
    assert len(found.figure().axes) >= 3


def test_a_file_that_is_no_video(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_text("no video")
    with pytest.raises(SettingsError, match=r"cannot read .*a\.mp4"):
        measure_video(path)
    with pytest.raises(SettingsError, match="no such file"):
        measure_video(tmp_path / "b.mp4")


def test_a_callback_may_stop_it(tmp_path):
    @dataclass
    class StopAtTheFifth:
        calls: int = 0

        def __call__(self, step, done, total):
            self.calls += 1
            if self.calls == 5:
                raise Stopped("enough")

    with pytest.raises(Stopped):
        measure_video(write(tmp_path / "a.mp4", [gray()] * 30), progress=StopAtTheFifth())
