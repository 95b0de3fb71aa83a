"""Looks as WGSL, run by a small host on a GPU: what the CPU draws, within a level."""

import base64
import re

import numpy as np
import pytest

import explorer as ex
from explorer.fields import CPPN, GraphCPPN, Julia, Patterns
from explorer.fields.graph.settings import SOUND_INPUTS
from explorer.fields.graph.timeline import delay_columns
from explorer.fields.sketch.presets import shipped_sketch
from explorer.rendering import Renderer
from explorer.shaders.export.look_program import LookProgram
from explorer.shaders.export.wgsl_file import LIGHT_NOTE, wgsl_file, wgsl_look
from tests.tracks import made_up_track

SIZE, T = (64, 36), 1.5
FIELDS = {
    "narrow": CPPN(hidden=5, layers=5, palette="oklab", symmetry=3, radius=True, time_span=20.0),
    "wide": CPPN(hidden=70, layers=3, gain=4.0, palette="copper"),
    "path of colors": CPPN(hidden=16, layers=2, gain=3.0, palette="lava", audio_gain=5.0),
    "graph": GraphCPPN(seed=3, palette="gold", symmetry=5),
    "zoom": GraphCPPN(seed=8, form={"zoom_rate": 0.2}),
    "Julia set": Julia(iterations=40, samples=2),
    "patterns": Patterns(weights=(1, 1, 1, 1), palette="lava"),
    "sketch": shipped_sketch("weave").replace(turn=0.4, light=False, finish=False),
}


class Host:
    """Runs both entry points of a file, as its head says."""

    def __init__(self, gpu, text):
        import wgpu

        from explorer.rendering.devices import resolve
        from explorer.rendering.gpu.session import session_of

        self.usage, self.session = wgpu.BufferUsage, session_of(resolve(gpu).adapter)
        self.device, self.text = self.session.device, text
        self.module = self.device.create_shader_module(code=text)
        self.group_points = int(re.search(r"height / (\d+)\) workgroups", text)[1])
        self.groups = int(re.search(r"(\d+) numbers of the moment", text)[1])
        self.columns = re.search(r"^// Columns, .*: (.*)$", text, re.M)[1].split(", ")

    def picture(self, inputs, width, height):
        """The picture of columns."""
        storage = self.usage.STORAGE | self.usage.COPY_SRC
        constants = base64.b64decode(re.search(r"^// constants: (.*)$", self.text, re.M)[1])
        size = np.array([width, width * height, height, 0], np.uint32)
        words = self.device.create_buffer(size=-(-3 * width * height // 12) * 12, usage=storage)
        buffers = [
            self.device.create_buffer_with_data(data=size, usage=self.usage.UNIFORM),
            self.device.create_buffer_with_data(data=np.array(inputs, np.float32), usage=storage),
            self.device.create_buffer_with_data(data=constants, usage=storage),
            self.device.create_buffer(size=16 * self.groups, usage=storage),
            words,
        ]
        encoder = self.device.create_command_encoder()
        for entry, count in (("moment", 1), ("main", -(-width * height // self.group_points))):
            pipeline = self.device.create_compute_pipeline(
                layout="auto", compute={"module": self.module, "entry_point": entry}
            )
            used = self.bindings(entry)
            group = self.device.create_bind_group(
                layout=pipeline.get_bind_group_layout(0),
                entries=[{"binding": n, "resource": {"buffer": buffers[n]}} for n in used],
            )
            compute = encoder.begin_compute_pass()
            compute.set_pipeline(pipeline)
            compute.set_bind_group(0, group)
            compute.dispatch_workgroups(count)
            compute.end()
        self.device.queue.submit([encoder.finish()])
        data = np.frombuffer(self.device.queue.read_buffer(words), np.uint8)
        return data[: 3 * width * height].reshape(height, width, 3)

    def bindings(self, entry):
        """What an entry point uses: `auto` layouts have nothing else."""
        if entry == "moment":
            code = self.text[self.text.index("fn set_moment") :]
            reads = {0: "part.", 1: "inputs[", 2: "constants["}
            return [n for n, mark in reads.items() if mark in code] + [3]
        code = re.sub(r"^fn set_moment.*", "", self.text, flags=re.S | re.M)
        reads_constants = code.count("constants[") > 1 or len(re.findall(r"\blook_up\(", code)) > 1
        reads_numbers = len(re.findall(r"\bp\[", code)) > 1
        return [0, *([2] if reads_constants else []), *([3] if reads_numbers else []), 4]


def columns_of(field, track, columns):
    """What a host gives, from the controls of Python."""
    controls = field.controls(track, np.array([T]))
    value = dict(zip(controls.names, controls.values[0].tolist(), strict=True))
    if "angle" in value:
        value["angle"] += field.travel * T
    past = [value.get(name, 0.0) for sound in SOUND_INPUTS for name in delay_columns(sound)]
    return [value[name] for name in columns] + (past if isinstance(field, GraphCPPN) else [])


@pytest.mark.parametrize("name", FIELDS)
def test_a_file_draws_what_the_cpu_draws(gpu, name):
    field, track = FIELDS[name], made_up_track()
    host = Host(gpu, wgsl_file(LookProgram(name, field, ())))
    drawn = host.picture(columns_of(field, track, host.columns), *SIZE)
    with Renderer(field, track, SIZE, device="cpu", threads=1) as renderer:
        expected = renderer.frame(T)
    assert expected.std() > 5
    assert np.abs(drawn.astype(int) - expected).max() <= 2
    assert (np.abs(drawn.astype(int) - expected) > 1).mean() < 0.001


def test_wide_networks_and_lit_looks_leave_with_a_note(tmp_path):
    exported = ex.export_look(CPPN(hidden=64, layers=3, light=True), tmp_path / "look.wgsl", name="a\nb")
    text = exported.path.read_text()
    assert LIGHT_NOTE in exported.notes
    assert f"Not carried over: {LIGHT_NOTE}" in text
    assert "// a?b: a look of explorer" in text
    constants = base64.b64decode(text.rpartition("// constants: ")[2])
    look = wgsl_look(CPPN(hidden=64, layers=3))
    assert np.frombuffer(constants, "<f4").tolist() == look.constants.tolist()
    assert len(look.constants) > 64 * 64 * 2
