"""Untrained models in the files that training leaves, normal from a seed."""

import json
from itertools import pairwise

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save_file

from explorer.audio.live import HOP, LIVE_FEATURES, LIVE_VERSION, RATE, WINDOW, live_width
from explorer.fields.julia.model import FORMAT, NORM_EPSILON
from explorer.fields.julia.parameters import PARAMETERS


def make_model(folder, hidden=(16, 16), window_frames=10, delta=False, delta_delta=False, seed=0):
    """model.onnx, model.safetensors and model.json in a folder; gives the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    width = window_frames * live_width(delta, delta_delta)
    tensors = _tensors(np.random.default_rng(seed), [width, *hidden, len(PARAMETERS)])
    save_file(tensors, folder / "model.safetensors")
    onnx.save(_graph(tensors, width, len(hidden)), folder / "model.onnx")
    facts = {
        "format": FORMAT,
        "window_frames": window_frames,
        "include_delta": delta,
        "include_delta_delta": delta_delta,
        "hidden": list(hidden),
        "input_dim": width,
        "features": list(LIVE_FEATURES),
        "rate": RATE,
        "hop": HOP,
        "window": WINDOW,
        "parameters": [
            {"name": parameter.name, "low": parameter.low, "high": parameter.high, "rest": parameter.rest}
            for parameter in PARAMETERS
        ],
        "feature_version": LIVE_VERSION,
        "trained_on": [{"name": "a song.wav", "sha256": "", "seconds": 1.0}],
        "proof": {},
    }
    (folder / "model.json").write_text(json.dumps(facts), encoding="utf-8")
    return folder


def _tensors(chance, widths):
    def normal(*shape):
        return chance.normal(0, 1 / np.sqrt(shape[-1]), shape).astype(np.float32)

    tensors = {"mean": np.full(widths[0], 0.3, np.float32), "spread": np.full(widths[0], 0.25, np.float32)}
    for i, (before, after) in enumerate(pairwise(widths[:-1])):
        tensors |= {f"hidden.{i}.weight": normal(after, before), f"hidden.{i}.bias": normal(after)}
        tensors |= {f"norm.{i}.weight": np.ones(after, np.float32), f"norm.{i}.bias": normal(after)}
    return tensors | {"output.weight": normal(widths[-1], widths[-2]), "output.bias": normal(widths[-1])}


def _graph(tensors, width, layers):
    """The same arithmetic as `explorer.fields.julia.model.VisualModel`, as ONNX."""
    low = np.array([parameter.low for parameter in PARAMETERS], np.float32)
    high = np.array([parameter.high for parameter in PARAMETERS], np.float32)
    constants = {**tensors, "low": low, "span": high - low}
    nodes = [
        helper.make_node("Sub", ["windows", "mean"], ["centred"]),
        helper.make_node("Div", ["centred", "spread"], ["x0"]),
    ]
    for i in range(layers):
        linear = [f"hidden.{i}.weight", f"hidden.{i}.bias"]
        norm = [f"z{i}", f"norm.{i}.weight", f"norm.{i}.bias"]
        nodes += [
            helper.make_node("Gemm", [f"x{i}", *linear], [f"z{i}"], transB=1),
            helper.make_node("LayerNormalization", norm, [f"n{i}"], epsilon=NORM_EPSILON),
            helper.make_node("Gelu", [f"n{i}"], [f"x{i + 1}"], approximate="tanh"),
        ]
    nodes += [
        helper.make_node("Gemm", [f"x{layers}", "output.weight", "output.bias"], ["z"], transB=1),
        helper.make_node("Sigmoid", ["z"], ["share"]),
        helper.make_node("Mul", ["share", "span"], ["scaled"]),
        helper.make_node("Add", ["scaled", "low"], ["visual_parameters"]),
    ]
    graph = helper.make_graph(
        nodes,
        "visual",
        [helper.make_tensor_value_info("windows", TensorProto.FLOAT, ["batch", width])],
        [helper.make_tensor_value_info("visual_parameters", TensorProto.FLOAT, ["batch", len(PARAMETERS)])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
