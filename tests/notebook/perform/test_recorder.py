"""What was played is what the keyframes say, at every frame of 60 and of 30 a second."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from explorer.fields import CPPN, keyframes
from explorer.notebook.perform.recorder import FPS, Recorder
from tests.tracks import made_up_track

FIELD = CPPN(hidden=8, layers=2, gain=2.0, coord_scale=1.0)
TRACK = made_up_track(3.0)
moves = st.lists(
    st.tuples(st.integers(0, 170), st.sampled_from(["gain", "coord_scale"]), st.floats(0.5, 6.0)), max_size=12
)


def replay(field, name, fps=FPS):
    times = np.arange(int(3 * fps)) / fps
    if not any(name == each for each in keyframes.animated_names(field)):
        return np.full(len(times), field.value(name))
    return keyframes.values(field, TRACK, times)[name]


@given(moves)
def test_every_frame_has_the_value_that_was_played(played):
    recorder, expected = (
        Recorder(FIELD),
        {name: np.full(180, FIELD.value(name)) for name in ("gain", "coord_scale")},
    )
    for frame, name, value in sorted(played):
        recorder.move(frame / FPS, name, value)
        expected[name][frame:] = value
    field = recorder.result()
    for name, values in expected.items():
        assert np.array_equal(replay(field, name), values)
        assert np.array_equal(replay(field, name, 30), values[::2])


def test_where_the_sound_jumps_back_the_later_pass_counts():
    recorder = Recorder(FIELD)
    for t, gain in ((0.5, 3.0), (1.5, 4.0)):
        recorder.move(t, "gain", gain)
    recorder.advance(1.0)
    recorder.move(2.0, "gain", 5.0)
    gains = replay(recorder.result(), "gain")
    assert [gains[0], gains[60], gains[100], gains[150]] == [2.0, 3.0, 3.0, 5.0]


def test_keyframes_of_what_was_moved_are_replaced_and_others_stay():
    field = FIELD.replace(keyframes=((1.0, {"gain": 5.0, "drift": 0.3}), ("section 1", {"gain": 3.0})))
    recorder = Recorder(field)
    recorder.move(0.5, "gain", 4.0)
    result = recorder.result()
    assert [(keyframe.at, dict(keyframe.settings)) for keyframe in result.keyframes] == [
        (29 / FPS, {"gain": 2.0}),
        (30 / FPS, {"gain": 4.0}),
        (1.0, {"drift": 0.3}),
    ]


def test_what_keyframes_cannot_move_is_refused():
    recorder = Recorder(FIELD)
    assert not recorder.move(0.5, "hidden", 16)
    assert recorder.names == ()
    assert recorder.result() == FIELD
