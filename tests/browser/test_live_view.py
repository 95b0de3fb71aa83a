"""The live view drawn by the page: the kernel's pictures, few bytes, and a word where it cannot draw."""

import numpy as np
import pytest

from explorer.fields import CPPN, GraphCPPN, Julia, Patterns
from explorer.notebook.live.live_view import UNBUILT_MODULE
from explorer.rendering import Renderer
from explorer.rendering.flash_limiter import NO_LIMIT
from tests.browser.live_model import live_page
from tests.signals import music, write_wav

SECONDS, SIZE = 6.0, (160, 90)
MOMENTS = (0.55, 2.26, 4.5)
CONTROLS = ("field", "limits")
MOVING = ((2.0, {"gain": 5.0, "audio_gain": 4.0}), (4.0, {"seed": 3}))


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    return write_wav(tmp_path_factory.mktemp("live") / "song.wav", music(SECONDS, 22050), 22050)


def plain(field):
    """Without grain, whose noise is another one on the page; with sections that change soon."""
    if field.finish.on:
        field = field.replace(finish=field.finish.replace(grain=0.0))
    return field.replace(sections=field.sections.replace(min_seconds=1.0)) if field.sections.on else field


SMOOTH_JULIA = {"audio_gain": 1.0, "hue": 0.13, "brightness": 0.75}  # fewer fine edges than the look has

FIELDS = {
    "a network": CPPN.preset("orchid"),
    "a moving network": CPPN.preset("orchid").replace(drift=0.4, drift_span=5.0, keyframes=MOVING),
    "a lit network with sections": plain(
        CPPN.preset("rosette").replace(**{"coord_scale": 0.7, "gain": 3.5, "light.film": 0.0})
    ),
    "a lit graph with sections": plain(GraphCPPN.preset("obsidian")),
    "a moving graph": GraphCPPN(seed=3, keyframes=((3.0, {"contrast": 3.0, "zoom": 2.0, "spin": 0.5}),)),
    "silk": Patterns.preset("silk"),
    "moving patterns": Patterns(keyframes=((3.0, {"zoom": 2.0, "speed": 2.0, "organic_size": 1.5}),)),
    "a Julia set": Julia.preset("dahlia"),
    "a lit Julia set": plain(Julia.preset("ammonite").replace(**SMOOTH_JULIA)),
}

CALMED = ("a moving network", "a lit graph with sections", "a moving graph")  # and dimmed


@pytest.mark.parametrize("name", FIELDS)
def test_the_page_draws_the_frames_of_the_kernel(browser, song, name):
    """Calmed, dimmed, in the midst of keyframes and of sections: two levels at 99.9 % of the pixels."""
    field = FIELDS[name]
    track = field.analyze(song)
    limit = "calm" if name in CALMED else False
    with live_page(browser, track, song, SIZE) as page, Renderer(field, track, SIZE) as renderer:
        page.open(field, flash_limit=limit)
        exposure = page.views[0]._renderer.exposure(field)
        if exposure:
            limits = [exposure.at(t) for t in MOMENTS]  # known before the page asks for them
            assert limits[0].swing < 1
        page.carry(kinds=CONTROLS)
        for t in MOMENTS:
            page.show(t)
            page.wait_for_picture(t)
            expected = renderer.frame(t, limit=exposure.cached_at(t) if exposure else NO_LIMIT)
            difference = np.abs(page.pixels().astype(int) - expected).max(axis=2)
            assert expected.std() > 10
            assert (difference > 2).mean() <= 0.001, f"{t} s: up to {difference.max()} levels"


@pytest.fixture
def network(browser, song):
    """A live view of a network."""
    field = CPPN.preset("orchid")
    with live_page(browser, field.analyze(song), song, SIZE) as page:
        page.open(field, flash_limit=False)
        yield page


def play(page, n=0):
    page.carry(n, kinds=CONTROLS)
    press = "views[n].el.querySelector('.explorer-live-play').click()"  # no sound: that needs a hand
    page.page.evaluate(f"(n) => {{ views[n].model.receive({{ kind: 'silent' }}, []); {press}; }}", n)
    page.until("(el) => el.querySelector('canvas').dataset.t > 0", n)


def test_a_slider_sends_weights_alone_and_playing_no_frame(network):
    view = network.views[0]
    network.page.evaluate("() => { views[0].model.sent.length = 0 }")
    view._handle_custom_msg({"kind": "ready", "draws": True}, [])
    assert view.wait(60)
    ((_, first),) = [each for each in network.carry(kinds=CONTROLS) if each[0]["kind"] == "field"]
    play(network)
    network.carry()  # the kernel learns that the page draws
    view.load(view.field.replace(seed=5, gain=3.0))
    ((message, weights),) = network.carry(kinds=("field", "frame", "limits"))
    assert (message["kind"], message["moments"]) == ("field", None)
    assert weights < 4000 < first
    network.until("(el) => el.querySelector('canvas').dataset.t > 0.5")
    assert network.carry(kinds=("frame", "field")) == []  # and none was requested
    assert "this browser" in network.text(".explorer-live-facts")
    network.page.evaluate("() => views[0].el.querySelector('.explorer-live-play').click()")
    network.carry(kinds=("frame",))
    network.until("(el) => el.querySelector('canvas').dataset.quality === 'final'")
    assert network.text(".explorer-live-reason") == ""


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (CPPN(hidden=64, layers=2), "needs WebGPU"),
        (GraphCPPN.preset("gossamer"), "draws no echoes"),
        (GraphCPPN.preset("calla"), "without a figure"),
        (CPPN.preset("orchid").replace(sections=True), "sections of lit fields"),
    ],
)
def test_what_the_page_cannot_draw_comes_from_the_kernel_with_a_reason(browser, song, field, words):
    with live_page(browser, field.analyze(song), song, (64, 36)) as page:
        page.open(field, flash_limit=False)
        page.carry()
        page.until("(el) => el.querySelector('canvas').dataset.quality === 'final'")
        assert words in page.text(".explorer-live-reason")


def test_a_context_lost_while_it_plays_goes_on_with_frames_of_the_kernel(network):
    lose = """() => {
      const getContext = HTMLCanvasElement.prototype.getContext;
      HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
        const context = getContext.call(this, kind, ...rest);
        if (kind === "webgl2") window.extension = context.getExtension("WEBGL_lose_context");
        return context;
      };
    }"""
    network.page.evaluate(lose)
    n = network.open(CPPN.preset("orchid"), flash_limit=False)
    play(network, n)
    network.page.evaluate("() => extension.loseContext()")
    network.until("(el) => !el.querySelector('.explorer-live-reason').hidden", n)
    assert "this browser lost its picture" in network.text(".explorer-live-reason", n)
    network.page.wait_for_function(f"() => views[{n}].model.sent.some((each) => each.kind === 'frame')")
    network.carry(n, kinds=("frame",))
    network.until("(el) => el.querySelector('canvas').dataset.quality !== 'this browser'", n)
    network.page.evaluate("() => extension.restoreContext()")
    network.until("(el) => el.querySelector('canvas').dataset.quality === 'this browser'", n)
    assert network.text(".explorer-live-reason", n) == ""


def test_the_exact_frame_stays_when_what_the_page_draws_with_comes_late(browser, song):
    field = CPPN.preset("orchid")
    with live_page(browser, field.analyze(song), song, SIZE) as page:
        page.open(field)
        page.show(1 / 3)
        page.carry(kinds=("field", "sound", "frame"))
        page.until("(el) => el.querySelector('.explorer-live').dataset.sound === 'yes'")
        page.wait_for_picture(1 / 3, "final")
        sender, renderer = page.views[0]._field_sender, page.views[0]._renderer
        sender._complete_rows[:] = False  # as if the page had none yet
        renderer.on_limits(renderer.exposure(field))
        assert page.carry(kinds=("limits",))
        assert page.page.evaluate("() => views[0].el.querySelector('canvas').dataset.quality") == "final"


def test_four_live_views_draw_in_one_page(browser, song):
    field = CPPN.preset("orchid")
    with live_page(browser, field.analyze(song), song, SIZE) as page:
        views = [page.open(field.replace(seed=seed), flash_limit=False) for seed in range(4)]
        for n in views:
            page.carry(n, kinds=CONTROLS)
            page.show(1.0, n)
        for n in views:
            page.wait_for_picture(1.0, n=n)
        pictures = [page.pixels(n) for n in views]
        assert len({picture.tobytes() for picture in pictures}) == 4


def test_without_webgl_or_build_or_kernel_there_is_a_word(browser, song):
    field = CPPN.preset("orchid")
    with live_page(browser, field.analyze(song), song, (64, 36), context={}) as page:  # for its clock
        unbuilt = page.open(field, UNBUILT_MODULE, flash_limit=False)
        page.carry(unbuilt)
        page.until("(el) => el.querySelector('canvas').dataset.quality === 'final'", unbuilt)
        assert "the front end was not built" in page.text(".explorer-live-reason", unbuilt)
        page.page.clock.install()
        page.page.evaluate("() => { HTMLCanvasElement.prototype.getContext = () => null }")
        silent = page.open(field)
        page.page.clock.run_for(6100)
        assert "no answer from the kernel" in page.text(".explorer-live-note", silent)
        page.carry(silent, kinds=("field",))
        assert page.page.evaluate(f"() => views[{silent}].el.querySelector('.explorer-live-note').hidden")
        assert "no WebGL2" in page.text(".explorer-live-reason", silent)
