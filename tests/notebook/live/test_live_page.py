"""The live page in a cell without a browser: messages driven by hand."""

import pytest
import traitlets

import explorer as ex
from explorer.errors import SettingsError, SoundError
from explorer.notebook.live import live_page
from explorer.notebook.live.live_page import LivePage
from tests.signals import music, write_wav

ORCHID = ex.CPPN.preset("orchid")


class Server:
    """Stands in for the child: check_field what is narrow."""

    address = "http://127.0.0.1:1/secret/"

    def check_field(self, field):
        if field.get("hidden", 0) > 32:
            raise SettingsError("up to 32 wide")


@pytest.fixture
def make():
    views = []

    def make_page(field=None):
        view = LivePage(Server(), field)
        view.sent = []
        view.send = lambda message, buffers=None: view.sent.append(message)
        views.append(view)
        return view

    yield make_page
    for view in views:
        view.close()


def receive(view, settings):
    view._handle_custom_msg({"kind": "field", "settings": settings}, [])


def test_a_page_begins_as_it_likes_unless_a_field_is_given(make):
    assert make().settings == {}
    assert make(ORCHID).settings == ORCHID.model_dump(mode="json")
    assert make(ex.Julia(model="default")).settings["kind"] == "julia"  # though the default says it too


def test_what_the_page_sends_becomes_the_field_and_is_not_sent_back(make):
    view = make(ORCHID)
    seeds = []
    view.observe(lambda change: seeds.append(change.new.seed), "field")
    receive(view, {**ORCHID.model_dump(mode="json"), "seed": 41})
    assert view.field == ORCHID.replace(seed=41)
    assert view.settings["seed"] == 41  # for a page that opens later
    assert (seeds, view.sent) == ([41], [])


def test_a_field_that_is_set_goes_to_the_page_again_and_again(make):
    view = make(ORCHID)
    receive(view, {**ORCHID.model_dump(mode="json"), "seed": 41})
    received = view.field
    for field in (ORCHID, received, ex.Julia(hue=0.3)):
        view.field = field
    assert [message["settings"].get("seed") for message in view.sent] == [ORCHID.seed, 41, None]
    assert {message["kind"] for message in view.sent} == {"show"}


def test_settings_of_a_julia_set_without_a_slider_keep_their_values(make):
    view = make(ex.Julia(model="default", iterations=60, hue=0.1))
    receive(view, {"kind": "julia", "model": "default", "hue": 0.6})
    assert (view.field.hue, view.field.iterations) == (0.6, 60)
    receive(view, {**ORCHID.model_dump(mode="json")})
    assert view.field == ORCHID


@pytest.mark.parametrize(
    "message",
    [
        None,
        3,
        {},
        {"kind": "field"},
        *(
            {"kind": "field", "settings": settings}
            for settings in (None, {"kind": 3}, {"kind": "cppn", "seed": "w"})
        ),
    ],
)
def test_what_is_no_field_is_ignored(make, message):
    view = make(ORCHID)
    view._handle_custom_msg(message, [])
    assert view.field == ORCHID


@pytest.mark.parametrize(("field", "words"), [(ex.CPPN(), "32 wide"), (ex.Mix(ORCHID, ORCHID), "not mix")])
def test_what_the_page_cannot_draw_is_refused_and_changes_nothing(make, field, words):
    view = make(ORCHID)
    with pytest.raises(SettingsError, match=words):
        view.field = field
    with pytest.raises(SettingsError, match=words):
        make(field)
    with pytest.raises(traitlets.TraitError):
        view.field = "orchid"
    assert (view.field, view.sent) == (ORCHID, [])


def test_live_takes_fields_recipes_and_runs(monkeypatch, tmp_path):
    folders = []
    monkeypatch.setattr(live_page, "page_server", lambda folder, _: folders.append(folder) or Server())
    view = ex.live(ORCHID, height=300, explorations=tmp_path)
    assert (view.field, view.height, view.address, folders) == (ORCHID, 300, Server.address, [tmp_path])
    with pytest.raises(SettingsError, match="give a field, a recipe or a run"):
        ex.live(3)


def test_the_page_begins_with_a_sound_file_or_that_of_a_track(monkeypatch, tmp_path):
    sounds = []
    monkeypatch.setattr(live_page, "page_server", lambda _, sound: sounds.append(sound) or Server())
    song = write_wav(tmp_path / "song.wav", music(1.0, 22050), 22050)
    monkeypatch.chdir(tmp_path)
    track = ex.analyze(song)
    assert ex.live("song.wav").settings == {}
    assert ex.live(ORCHID, track).field == ORCHID
    ex.live(track)
    ex.live()
    assert sounds == [song, song, song, None]
    with pytest.raises(SoundError, match="there is no file"):
        ex.live(ORCHID, "other.wav")
    with pytest.raises(SettingsError, match="sound file, or a track"):
        ex.live(ORCHID, 3)
