"""`--help` of commands: short, in groups, or everything."""

import re

import pytest

from explorer.cli import main, options
from explorer.cli.app import build_command
from explorer.fields import registry

SKETCH = """
import explorer as ex
from explorer.fields.sketch import sin

@ex.sketch
def rings(x, y, t, *, swirls: float = ex.slider(6, 1, 20)):
    return sin(x * swirls)
"""


@pytest.fixture(scope="module", autouse=True)
def fields_that_ship():
    """No flags of sketches and classes that other tests have imported."""
    own = dict(registry._CUSTOM)
    registry._CUSTOM.clear()
    _derive()
    yield
    registry._CUSTOM.clear()
    registry._CUSTOM.update(own)
    _derive()


@pytest.fixture
def sketch(tmp_path):
    """A file, whose flags are gone at the end."""
    path = tmp_path / "rings.py"
    path.write_text(SKETCH)
    yield path
    registry._CUSTOM.clear()
    _derive()


def _derive():
    for derive in options._derivations:
        derive()
    build_command.cache_clear()


def help_lines(arguments, capsys):
    assert main(arguments.split()) == 0
    return capsys.readouterr().out.splitlines()


def headings_of(lines):
    return [line[:-1] for line in lines if re.fullmatch(r"[A-Z][\w ]*:", line)]


def test_all_help_of_render_has_headings_and_every_flag_once(capsys):
    lines = help_lines("render --help-all", capsys)
    assert lines == help_lines("render --help all", capsys)
    headings = headings_of(lines)
    assert headings[:2] == ["Arguments", "Options"]
    assert {"Field", "Frames", "Audio", "Machine", "Output", "Video", "Network", "Light"} <= {*headings}
    assert len(headings) == len({*headings})
    flags = [line.split()[0] for line in lines if line.startswith("  --")]
    assert len(flags) == len({*flags}) > 100


@pytest.mark.parametrize("command", ["render", "sweep", "diagnose", "seeds", "breed", "atlas"])
def test_help_is_short_with_what_is_used_most_first(command, capsys):
    lines = help_lines(f"{command} --help", capsys)
    assert len(lines) <= 60
    assert headings_of(lines) == ["Arguments", "Most used", "Options"]
    flags = [line.split()[0] for line in lines if line.startswith("  --")]
    assert "--preset" in flags[: flags.index("--seed")]
    assert len(flags) == len({*flags})
    groups = re.findall(r"(\w+) +\((\d+)\)", " ".join(lines).partition("More flags")[2])
    everything = help_lines(f"{command} --help-all", capsys)
    assert {name.capitalize() for name, _ in groups} == {*headings_of(everything)} - {"Arguments", "Options"}
    name, count = groups[-1]
    rows = help_lines(f"{command} --help {name.upper()}", capsys)
    assert headings_of(rows) == [name.capitalize()]
    assert sum(line.startswith("  --") for line in rows) == int(count)


def test_every_most_used_flag_is_a_flag():
    parameters = [parameter for command in build_command().commands.values() for parameter in command.params]
    assert {*options.MOST_USED_FLAGS} <= {flag for parameter in parameters for flag in parameter.opts}


def test_short_help_shows_the_sliders_of_a_sketch(sketch, capsys):
    lines = help_lines(f"render --sketch {sketch} --help", capsys)
    assert any(line.startswith("  --swirls") for line in lines[: lines.index("Options:")])


def test_a_command_with_few_flags_shows_them_all(capsys):
    assert {"Options", "Training", "Model"} <= {*headings_of(help_lines("train --help", capsys))}


def test_help_lists_the_allowed_values(capsys):
    output = " ".join(" ".join(help_lines("render --help-all", capsys)).split())
    assert "those of a picture such as photo.jpg" in output
    assert "or a train_... run or its folder" in output
    assert "Pretrained models whose features are measured too: notes, tags, yamnet, vggish, openl3" in output
