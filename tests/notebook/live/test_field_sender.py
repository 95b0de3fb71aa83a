"""What the kernel sends to a page that draws: the field, its controls once, the flash limits as they come."""

import numpy as np
import pytest

from explorer.fields import CPPN, Controls, GraphCPPN
from explorer.notebook.live.field_sender import FieldSender, NumberedField
from explorer.notebook.live.preview_renderer import PreviewRenderer
from explorer.shaders.compute.programs import program_of
from tests.tracks import made_up_track

FIELD = CPPN(hidden=4, layers=2)
PATIENCE = 60


@pytest.fixture
def sender():
    sent = []
    renderer = PreviewRenderer(made_up_track(2.0), (64, 36), "cpu")
    sender = FieldSender(lambda message, buffers: sent.append((message, buffers[0])), renderer)
    sender.sent = sent
    yield sender
    sender.close()
    renderer.close()


def submit(sender, number, field, first=False):
    """The messages about a field."""
    sender.sent.clear()
    (sender.open if first else sender.submit)(NumberedField(number, field, sender._renderer.track))
    assert sender.wait(PATIENCE)
    return [message for message, _ in sender.sent]


def test_nothing_is_sent_before_a_page_asks(sender):
    assert submit(sender, 1, FIELD) == []


def test_moments_come_once_and_again_when_they_change(sender):
    (first,) = submit(sender, 1, FIELD, first=True)
    place = first["moments"]["rows"]
    numbers = np.frombuffer(sender.sent[0][1], np.float32)
    rows = numbers[place["first"] :][: place["count"]].reshape(-1, len(first["moments"]["names"]))
    lead = first["moments"]["lead"]
    assert rows[lead, 0] == -1  # time, at the start
    weights = first["parts"][0]["weights"][0]["floats"]
    assert weights["count"] == 4 * (3 + len(FIELD.features))
    (second,) = submit(sender, 2, FIELD.replace(gain=3.0))
    assert (second["id"], second["moments"]) == (2, None)
    assert len(sender.sent[0][1]) < 1000
    (third,) = submit(sender, 3, FIELD.replace(time_span=5.0))
    assert third["moments"] is not None
    (again,) = submit(sender, 3, FIELD.replace(time_span=5.0), first=True)
    assert again["moments"] is not None  # another page has nothing yet


def test_a_large_network_comes_as_a_compute_shader_where_the_page_has_webgpu(sender):
    (message,) = submit(sender, 1, CPPN(hidden=40, layers=2, seed=3), first=True)
    (part,) = message["parts"]
    program, (weights,) = part["program"], part["weights"]
    assert "@compute" in program["code"]
    assert weights["floats"]["count"] == 40 * (3 + 7)  # of the first layer alone: the others are constants
    constants = program["constants"]["floats"]
    numbers = np.frombuffer(sender.sent[0][1], np.float32)[constants["first"] :][: constants["count"]]
    expected = gpu_program(CPPN(hidden=40, layers=2, seed=3)).constants
    np.testing.assert_array_equal(numbers, expected)
    reason = "it has no WebGPU"
    sender.open(NumberedField(2, CPPN(hidden=40), sender._renderer.track), reason)
    assert sender.wait(PATIENCE)
    assert sender.sent[-1][0]["reason"] == reason
    (message,) = submit(sender, 3, FIELD)
    assert message["reason"] == ""


def gpu_program(field):
    """The program that Python's engine of GPUs runs."""
    prepared = field.prepare(Controls(np.zeros((1, 8), np.float32), ("time", *field.features)))
    return program_of(prepared, 0, 0.1, lit=False)


def test_what_the_page_cannot_draw_comes_as_a_reason(sender):
    (message,) = submit(sender, 1, GraphCPPN(light={"echoes": 1}), first=True)
    assert message["reason"] == "the page draws no echoes"
    sender._renderer.track = None
    (message,) = submit(sender, 2, GraphCPPN(nodes=3).replace(seed=7))
    assert message["reason"]  # an error is one, too


def test_flash_limits_come_as_they_are_computed(sender):
    renderer = sender._renderer
    submit(sender, 1, FIELD, first=True)
    sender.sent.clear()
    renderer.search_ahead(FIELD, 0.0)
    assert renderer._flash_search.wait(PATIENCE)
    message, data = sender.sent[0]
    assert (message["kind"], message["id"], message["first"]) == ("limits", 1, 0)
    rows = np.frombuffer(data, np.float32).reshape(-1, 2)
    limit = renderer.exposure(FIELD).cached_at(1.0)
    assert tuple(rows[30]) == pytest.approx(limit, abs=0.006)  # above 0.995 nothing is calmed
    sender.sent.clear()
    renderer.search_ahead(FIELD, 0.0)
    assert renderer._flash_search.wait(PATIENCE)
    assert sender.sent == []
