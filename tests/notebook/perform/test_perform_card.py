"""Controllers of the panel without a browser: what they move, what is learned, recorded and kept."""

import json
import socket
import time

import pytest

from explorer.errors import ReadError, SettingsError
from explorer.notebook import explore
from explorer.notebook.panel import preview_pipeline
from explorer.notebook.perform.control_map import ControlMap
from explorer.notebook.perform.midi_listener import MidiListener
from explorer.notebook.perform.osc_receiver import OscReceiver
from tests.notebook.small_panel import FIELD, SIZE, settle


class FakePlayback:
    """A live view that plays as long as a test says."""

    t, playing = 0.0, False

    def observe(self, handler, names):
        self.handler = handler

    def unobserve(self, handler, names):
        self.handler = None

    def report(self, t):
        self.t = t
        self.handler()


@pytest.fixture(autouse=True)
def map_path(tmp_path, monkeypatch):
    path = tmp_path / "kept" / "controllers.json"
    monkeypatch.setenv("EXPLORER_CONTROLLERS", str(path))
    return path


@pytest.fixture
def panel(panel):
    card = panel.perform_card
    card.button.value = card.learn_button.value = card.record_button.value = False
    card.control_map = ControlMap()
    return panel


@pytest.fixture
def card(panel):
    panel.perform_card.button.value = True
    return panel.perform_card


def test_a_touched_slider_and_a_turned_knob_belong_together_in_later_sessions_too(panel, card, map_path):
    card.learn_button.value = True
    card.move("cc 7, channel 1", 0.2)
    assert "first touch the slider" in card.line.value
    panel.controls["gain"].set(3.0)
    card.move("cc 7, channel 1", 1.0)
    assert panel.field.gain == panel.controls["gain"].slider_values[-1]
    card.learn_button.value = False
    card.move("cc 7, channel 1", 0.0)
    assert panel.field.gain == panel.controls["gain"].slider_values[0]
    kept = ControlMap()
    kept.load()
    assert kept.settings == {"cc 7, channel 1": "gain"}
    card._list.children[0].children[1].click()
    assert json.loads(map_path.read_text())["controllers"] == {}


def test_controllers_move_every_kind_of_control(panel, card):
    numbers = panel.controls["hidden"].slider_values
    for name, share, value in (
        ("hidden", 0.5, numbers[len(numbers) // 2]),
        ("light.on", 1.0, True),
        ("palette", 0.0, panel.controls["palette"].widget.options[0]),
    ):
        card.control_map.settings["cc 1"] = name
        card.move("cc 1", share)
        assert panel.field.value(name) == value


def test_a_damaged_map_is_named_and_stays(panel, map_path):
    map_path.parent.mkdir()
    map_path.write_text('{"controllers": 3}')
    panel.perform_card.button.value = True
    assert "delete it to begin again" in panel.error
    assert map_path.read_text() == '{"controllers": 3}'
    with pytest.raises(ReadError, match="no list of controllers"):
        ControlMap().load()


def test_a_recording_needs_sound_that_plays(panel, card):
    card.record_button.value = True
    assert "press Live first" in panel.error
    assert not card.record_button.value


def test_what_is_played_becomes_keyframes_and_the_settings_return(panel, card, monkeypatch):
    playback = FakePlayback()
    monkeypatch.setattr(preview_pipeline, "suggest", lambda *_: None)  # a search
    monkeypatch.setattr(type(panel), "playback", property(lambda _: playback))
    panel.exporter.fields["flash_limit"].value = "off"  # or what is played takes a search
    panel.load(FIELD.replace(keyframes=((1.0, {"gain": 5.0}),)))
    card.record_button.value = True
    playback.report(0.5)
    panel.controls["gain"].set(3.0)
    assert panel.field.keyframes == ()  # they would hide what is played
    panel.controls["hidden"].set(16)
    assert "hidden: keyframes cannot move this" in card.line.value
    playback.report(1.0)
    panel.controls["gain"].set(6.0)
    card.record_button.value = False
    assert panel.field.gain == FIELD.gain
    assert panel.field.hidden == 16
    moments = [(round(each.at * 60), dict(each.settings)["gain"]) for each in panel.field.keyframes]
    assert moments == [(29, 4.0), (30, 3.0), (59, 3.0), (60, 6.0)]
    settle(panel)
    assert panel.error == ""


def test_hundreds_of_keyframes_are_a_line_and_no_rows(sound):
    field = FIELD.replace(keyframes=tuple((n / 60, {"gain": 1 + n / 100}) for n in range(300)))
    with explore(sound, field, size=SIZE) as panel:
        editor = panel.controls["keyframes"]
        assert editor.rows == []
        assert "300 keyframes" in editor._summary.value
        editor.clear_button.click()
        assert panel.field.keyframes == ()


def test_malformed_messages_of_a_page_are_ignored():
    moves, words = [], []
    with_page = MidiListener(lambda *move: moves.append(move), words.append)
    for message in (
        None,
        {},
        {"kind": "moves", "moves": 3},
        {"kind": "moves", "moves": [1, ["a"], ["a", "b"]]},
    ):
        with_page._receive(message)
    with_page._receive({"kind": "moves", "moves": [["cc 1", float("nan")], ["cc 1", 7.0], ["cc 1", 0.25]]})
    with_page._receive({"kind": "status", "words": "no MIDI: no"})
    assert moves == [("cc 1", 1.0), ("cc 1", 0.25)]
    assert words == ["no MIDI: no"]
    with_page.close()


def test_osc_sets_and_moves_from_this_computer_alone(panel, card):
    udp_client = pytest.importorskip("pythonosc.udp_client")
    port = card.open_osc(0)
    client = udp_client.SimpleUDPClient("127.0.0.1", port)
    card.control_map.settings["/1/fader2"] = "coord_scale"
    client.send_message("/explorer/nothing", 1.0)
    client.send_message("/explorer/light/relief", 0.75)
    client.send_message("/1/fader2", 5.0)  # beyond the end of the fader
    client.send_message("/explorer/gain", "loud")
    client.send_message("/explorer/gain", [3.25])
    wait_until(lambda: panel.field.gain == 3.25)
    assert panel.field.light.relief == 0.75
    assert panel.field.coord_scale == panel.controls["coord_scale"].slider_values[-1]
    assert card._receiver._server.server_address[0] == "127.0.0.1"
    card.open_osc(0, host="0.0.0.0")  # other computers, when asked for
    assert card._receiver.host == "0.0.0.0"
    assert "from 0.0.0.0" in card.line.value
    card.close_osc()
    card.close_osc()


def test_a_port_in_use_is_named():
    pytest.importorskip("pythonosc")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        with pytest.raises(SettingsError, match="choose another port"):
            OscReceiver(print, print, other.getsockname()[1])


def wait_until(true):
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)
