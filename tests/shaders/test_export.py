"""Looks as shaders for other programs: their texts. What they draw is tested in a browser."""

import json
import re

import pytest

from explorer.fields import CPPN, GraphCPPN, Julia, Patterns
from explorer.fields.graph.timeline import DELAYS
from explorer.fields.sketch.presets import shipped_sketch
from explorer.shaders.export.isf import isf_file
from explorer.shaders.export.light_code import LIGHT_KNOBS
from explorer.shaders.export.look_program import LookProgram, comment, program_notes
from explorer.shaders.export.portable_glsl import number, vector
from explorer.shaders.export.shadertoy import shadertoy_file
from explorer.shaders.export.touchdesigner import touchdesigner_file

FIELDS = {
    "network": CPPN(hidden=6, layers=3, palette="ember", time_span=20.0),
    "graph": GraphCPPN(seed=3, palette="gold", light=True, finish=True),
    "patterns": Patterns(),
    "Julia set": Julia(iterations=30),
    "sketch": shipped_sketch("weave"),
}
FILES = {"shadertoy": shadertoy_file, "isf": isf_file, "touchdesigner": touchdesigner_file}


def program_of(field, title="look"):
    return LookProgram(title, field, ("echoes are left out",))


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("name", FIELDS)
def test_files_say_what_is_left_out_and_use_no_array_of_constants(kind, name):
    text = FILES[kind](program_of(FIELDS[name]))
    assert text.isascii()
    assert "Not carried over: echoes are left out" in text
    assert not re.search(r"\[\d+\]\s*\(", text)  # which GLSL ES 1.00 does not know
    assert not re.search(r"\btanh\(|\bround\(|__", text)
    assert text.count("{") == text.count("}")


@pytest.mark.parametrize("kind", FILES)
def test_a_title_cannot_become_code(kind):
    text = FILES[kind](program_of(FIELDS["network"], "a\nb */ } void main() {\\"))
    line = next(line for line in text.splitlines() if "a?b" in line)
    assert line.strip().startswith(("//", '"DESCRIPTION"'))
    assert text.count("*/") == (1 if kind == "isf" else 0)


def test_comments_are_one_line():
    assert comment("sizes \u00e9\r\n of */ them\\") == "sizes ???  of * / them/".replace("  ", " ")


def test_shadertoy_has_a_tab_for_each_step():
    def tabs(field):
        return re.findall(r"^// ======== (.+) ========$", shadertoy_file(program_of(field)), re.M)

    assert tabs(FIELDS["network"]) == ["Common", "Buffer A", "Image"]
    every = ["Common", "Buffer A", "Buffer B", "Buffer C", "Buffer D", "Image"]
    assert tabs(FIELDS["graph"]) == every
    dull = FIELDS["graph"].replace(**{"finish.bloom": 0.0})
    assert tabs(dull) == [name for name in every if name != "Buffer D"]
    text = shadertoy_file(program_of(FIELDS["graph"]))
    assert re.search(r"const float knob_zoom = 1\.0;  // [\d.]+ to [\d.]+: larger is closer", text)


def test_isf_has_the_sound_and_every_knob_as_inputs():
    field = FIELDS["graph"].replace(zoom=1.5)
    text = isf_file(program_of(field))
    header = json.loads(text[2 : text.index("*/")])
    assert header["ISFVSN"] == "2"
    sound, *knobs = header["INPUTS"]
    assert sound == {"NAME": "sound", "TYPE": "audioFFT"}
    inputs = {knob["NAME"]: knob for knob in knobs}
    assert {f"knob_light_{name}" for name in LIGHT_KNOBS} < inputs.keys()
    assert {"knob_audio_gain", "knob_finish_bloom"} < inputs.keys()
    assert inputs["knob_zoom"]["DEFAULT"] == 1.5
    assert all(knob["MIN"] <= knob["DEFAULT"] <= knob["MAX"] for knob in knobs)
    names = [each.get("TARGET") for each in header["PASSES"]]
    assert names == ["state_image", "surface_image", "light_image", "glow_image", None]
    assert header["PASSES"][0]["PERSISTENT"]
    assert header["PASSES"][0]["HEIGHT"] == "5"


def test_touchdesigner_names_its_uniforms():
    text = touchdesigner_file(program_of(FIELDS["graph"]))
    uniforms = re.findall(r"^uniform (.+);$", text, re.M)
    assert "float uBass" in uniforms
    assert f"vec3 uSound[{DELAYS}]" in uniforms
    said = re.findall(r"^// (u\w+): ", text, re.M)
    assert [uniform.split()[1].partition("[")[0] for uniform in uniforms] == said
    assert "shine_" not in text
    families = touchdesigner_file(program_of(Patterns(weights=(0, 1, 1, 0))))
    assert "uOrganic" not in families
    assert "uOrganic" in touchdesigner_file(program_of(Patterns()))


def test_every_file_says_that_nothing_limits_flashes():
    assert "flashes" in program_notes(FIELDS["network"])[0]
    assert any("running means" in note for note in program_notes(FIELDS["patterns"]))
    assert any("Bloom TOP" in note for note in program_notes(FIELDS["graph"], has_bloom=False))
    assert any("one sample" in note for note in program_notes(FIELDS["graph"].replace(finish={"samples": 2})))


def test_knobs_move_and_other_settings_are_numbers():
    program = program_of(FIELDS["Julia set"].replace(zoom=2.5))
    assert program.knobs["zoom"][1] == 2.5
    painted = program_of(CPPN(hidden=6, layers=3, output_gain=2.0))
    assert set(painted.knobs) == {"audio_gain", "coord_scale", "gain"}


def test_a_network_whose_clock_runs_on_sound_measures_it():
    plain = CPPN(hidden=6, layers=3, features=("bass",), time_span=20.0)
    assert "flux" not in program_of(plain).columns
    program = program_of(plain.replace(sound_clock=0.5))
    assert {"rms", "onset", "flux"} < set(program.columns)
    assert "old.x + (1.0 + 0.5 * (" in program.state
    assert "old.x + 1.0 * seconds * 0.1" in program_of(plain).state
    assert "Speed CHOP" in touchdesigner_file(program)


def test_numbers_are_floats():
    assert [number(value) for value in (1, 0.1, 1e-9, 1e20)] == ["1.0", "0.1", "1e-09", "1e+20"]
    assert vector([1, 2.5]) == "vec2(1.0, 2.5)"
