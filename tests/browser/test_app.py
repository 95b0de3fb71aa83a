"""`explorer app` in a browser: the panel as a page of its own, under Voila."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from explorer.cli import main
from tests.browser.jupyter import PATIENCE, free_port
from tests.signals import music, write_wav


@pytest.fixture
def app(tmp_path):
    """The command at work on a sound, and the address it tells."""
    write_wav(tmp_path / "it's a song.wav", music(2.0, 22050), 22050)
    command = [sys.executable, "-m", "explorer", "app", "it's a song.wav", "--no-browser"]
    command += ["--port", str(free_port()), "--explorations", "kept"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    said = process.stdout.readline()
    yield process, re.search(r"http://\S+", said)[0]
    process.kill()
    process.wait()
    process.stdout.close()


def test_the_panel_answers_and_ctrl_c_leaves_nothing_behind(app, browser):
    process, address = app
    page = browser.new_page()
    page.set_default_timeout(1000 * PATIENCE)
    page.goto(address)
    page.wait_for_selector(".explorer-panel")
    assert "it's a song.wav" in page.inner_text(".explorer-title")
    picture = page.locator("img.explorer-picture, .explorer-picture img").first
    page.wait_for_function("() => document.querySelector('img.explorer-picture')?.src.startsWith('blob:')")
    before = picture.get_attribute("src")
    handle = page.locator(".explorer-left .noUi-handle").first  # time
    handle.focus()
    handle.press("ArrowRight")
    page.wait_for_function("(src) => document.querySelector('.explorer-picture').src !== src", arg=before)
    page.get_by_title("play the sound and let the picture move").click()
    page.wait_for_selector(".explorer-live canvas[data-quality=final]")
    kernels = psutil.Process(process.pid).children(recursive=True)
    assert kernels
    page.close()
    if sys.platform == "win32":
        return  # only a console has a Ctrl-C there
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 0
    assert not [kernel for kernel in kernels if kernel.is_running()]


def test_a_sound_that_cannot_be_used_is_told_before_anything_is_served(tmp_path, capsys):
    assert main(["app", str(tmp_path / "gone.wav")]) == 1
    assert "there is no file" in capsys.readouterr().err


def test_without_voila_the_extra_is_named(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "voila.app", None)
    assert main(["app", "--no-browser"]) == 1
    assert "audio-feature-explorer[app]" in capsys.readouterr().err


def test_the_notebook_of_the_app_holds_no_more_than_a_call(tmp_path, monkeypatch):
    from explorer.cli import voila_app

    served = []
    monkeypatch.setattr(voila_app, "_serve", lambda path, *_: served.append(path.read_text("utf-8")))
    song = write_wav(tmp_path / "song.wav", music(1.0, 22050), 22050)
    monkeypatch.chdir(tmp_path)
    assert main(["app", Path(song).name, "--device", "cpu"]) == 0
    assert "ex.explore(" in served[0]
    assert "'device': 'cpu'" in served[0]
