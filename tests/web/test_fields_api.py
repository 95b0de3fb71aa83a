import json

import numpy as np
import pytest

from explorer.errors import SettingsError
from explorer.fields import CPPN, GraphCPPN, Patterns
from explorer.fields.cppn.drawing import output_statistics
from explorer.fields.cppn.weights import random_network
from explorer.fields.palette_table import color_table, srgb_table
from explorer.fields.sketch.field import sketch_of
from explorer.shaders.descriptions import MAX_NODES, PAGE_COLORS
from explorer.web.field_descriptions import build_field
from tests.fields.sketch.texts import text_of
from tests.web.test_api import client, make_client  # noqa: F401  fixtures


@pytest.mark.parametrize(
    "seeds", [(), ((3, 0.8), (4, -0.6)), "3:1/0/0.8, 4:0/1/0.6"], ids=["seed", "mixture", "by layer"]
)
def test_a_network_is_told_whole(seeds):
    field = CPPN(hidden=5, layers=2, radius=True, palette="ember", seed=3, seeds=seeds)
    network_json = build_field(field.model_dump())
    network = random_network(field)
    assert network_json.shapes == [(5, 11), (5, 5), (3, 5)]
    assert network_json.pixel_inputs == 3
    assert network_json.weights == [weight.ravel().tolist() for weight in network.weights]
    assert network_json.activations == ["sin", "cos"]
    assert network_json.palette["kind"] == "cosine"
    assert CPPN(**network_json.settings) == field


def test_a_palette_of_three_colours_is_told_too():
    assert build_field({"hidden": 4, "palette": "#101830-#c05a20-#ffe8a0"}).palette["kind"] == "cosine"


def test_a_path_of_colors_comes_as_a_table():
    palette = build_field({"hidden": 4, "palette": "lava"}).palette
    table = srgb_table("lava")
    assert palette["kind"] == "table"
    assert len(palette["numbers"]) == 3 * PAGE_COLORS
    np.testing.assert_allclose(palette["numbers"][:3], table[0])
    np.testing.assert_allclose(palette["numbers"][-3:], table[-1])


def test_a_lit_network_comes_with_its_surface():
    field = CPPN(hidden=4, layers=2, palette="lava", light={"film": 0.5})
    lit = build_field(field.model_dump(mode="json"))
    mean, scale = output_statistics(field)
    assert lit.surface.mean == pytest.approx(mean[:2])
    assert lit.surface.scale == pytest.approx(scale[:2])
    np.testing.assert_allclose(lit.surface.table, color_table("lava").ravel())
    assert lit.light["film"] == 0.5
    assert lit.finish is None
    flat = build_field({"hidden": 4, "finish": True})
    assert flat.surface is None
    assert flat.light is None
    assert flat.finish["bloom"] == 0.5


@pytest.mark.parametrize("name", ["magma", "rosette"])
def test_lit_looks_fit_the_page(name):
    assert build_field(CPPN.preset(name).model_dump(mode="json")).surface is not None


@pytest.mark.parametrize("name", ["obsidian", "corona"])
def test_a_graph_comes_as_a_shader(name):
    graph = build_field(GraphCPPN.preset(name).model_dump(mode="json"))
    assert graph.kind == "graph"
    assert graph.code.startswith("vec4 field_at(float x, float y, float pixel)")
    assert len(graph.code) < 8000
    assert "input bass" in graph.numbers.operations
    assert [len(palette) for palette in graph.palettes] == [3 * 512]
    assert graph.is_linear
    assert not build_field({"kind": "graph"}).is_linear


def test_patterns_come_with_the_families_that_may_be_seen():
    assert build_field(Patterns().model_dump(mode="json")).code.count("vec4 family_") == 4
    silk = build_field(Patterns.preset("silk").model_dump(mode="json"))
    assert silk.code.count("vec4 family_") == 1
    assert "input flowing" in silk.numbers.operations
    assert silk.palettes == []
    mixed = build_field({"kind": "patterns", "weights": [1, 0, 0, 3], "palette": "lava"})
    assert mixed.code.count("vec4 family_") == len(mixed.palettes) == 2


def test_what_belongs_to_a_track_stays_there():
    settings = build_field({"hidden": 4, "drift": 0.5, "sections": True}).settings
    assert settings["drift"] == 0
    assert "sections" not in settings


@pytest.mark.parametrize(
    "settings",
    [
        *({"hidden": 1025}, {"gain": -1}, {"colour": 1}),
        *({"kind": "graph", "nodes": MAX_NODES + 1}, {"kind": "graph", "form": {"figure": True}}),
        *({"kind": "sketch:f"}, {"kind": "sketch:f", "source": "import os"}),
        *({"kind": "patterns", "family": "cubist"}, {"kind": "mix"}, {"kind": ["cppn"]}, {"kind": "x" * 99}),
    ],
)
def test_what_cannot_be_drawn_is_refused(settings):
    with pytest.raises(SettingsError):
        build_field(settings)


def test_looks_runs_and_sliders_are_offered(client, tmp_path):  # noqa: F811
    runs = tmp_path / "runs"
    narrow, wide = CPPN(hidden=8, seed=5), CPPN(hidden=64)
    fields = {"a": narrow.model_dump(), "b": wide.model_dump(), "c": {"kind": "julia"}, "d": [1]}
    fields["f"] = Patterns(seed=7).model_dump()
    fields["g"] = {"kind": ["cppn"]}
    sketch = fields["h"] = sketch_of(
        text_of("return x * size", "x, y, *, size: float = slider(1, 0, 4)")
    ).model_dump()
    fields["i"] = {**sketch, "source": ""}
    fields["j"] = {**sketch, "source": "import os"}  # listed by its settings alone
    for name, field in fields.items():
        (runs / f"render_2026_{name}").mkdir(parents=True)
        (runs / f"render_2026_{name}" / "recipe.json").write_text(json.dumps({"field": field}))
    (runs / "render_2026_e").mkdir()
    body = client.get("/api/fields").json()
    assert body["runs"] == [f"render_2026_{name}" for name in "jhfba"]
    assert {"molten", "magma", "rosette"} <= set(body["looks"])
    assert "tuned-256x4" in body["looks"]
    assert {"obsidian", "filament", "silk", "strata"} <= set(body["looks"])
    assert not {"calla", "gossamer"} & set(body["looks"])  # figure, echoes
    assert {"dunes", "weave"} <= set(body["looks"])
    sliders = {kind: {slider["name"]: slider for slider in group} for kind, group in body["sliders"].items()}
    assert "fractal_depth" in sliders["patterns"]
    assert sliders[sketch["source"]]["size"]["high"] == 4
    assert "wind" in sliders[body["looks"]["dunes"]["source"]]
    for names in sliders.values():
        assert "light.relief" in names
        assert not any(part in name for name in names for part in ("sections", "figure", "keyframes"))
    assert client.get("/api/fields/render_2026_f").json()["kind"] == "patterns"
    assert client.get("/api/fields/render_2026_h").json()["settings"]["size"] == 1
    refusal = client.get("/api/fields/render_2026_j")
    assert refusal.status_code == 422
    assert "outside of functions" in refusal.json()["detail"]
    of_run = client.get("/api/fields/render_2026_a").json()
    assert of_run["settings"]["seed"] == 5
    assert client.get("/api/fields/render_2026_b").json()["program"]["group_points"] > 0
    assert client.get("/api/fields/render_2026_d").status_code == 404
    assert client.get("/api/fields/..%2frender_2026_a").status_code == 404
    assert client.post("/api/fields", json={"settings": {"hidden": 4000}}).status_code == 422
    for settings in ({"self": 1}, {"cls": 1}, {"keyframes": [{"self": 1}]}):
        assert client.post("/api/fields", json={"settings": settings}).status_code == 422
