import json

import numpy as np
import pytest

from explorer.errors import SettingsError
from explorer.fields import CPPN
from explorer.fields.cppn.drawing import output_statistics
from explorer.fields.cppn.weights import random_network
from explorer.fields.palette_table import color_table, srgb_table
from explorer.web.networks_api import MAX_HIDDEN, PAGE_COLORS, build_network
from tests.web.test_api import client, make_client  # noqa: F401  fixtures


def test_a_network_is_told_whole():
    field = CPPN(hidden=5, layers=2, radius=True, palette="ember", seed=3)
    network_json = build_network(field.model_dump())
    network = random_network(field)
    assert network_json.shapes == [(5, 11), (5, 5), (3, 5)]
    assert network_json.pixel_inputs == 3
    assert network_json.weights == [weight.ravel().tolist() for weight in network.weights]
    assert network_json.activations == ["sin", "cos"]
    assert network_json.palette["kind"] == "cosine"
    assert CPPN(**network_json.settings) == field


def test_a_palette_of_three_colours_is_told_too():
    assert build_network({"hidden": 4, "palette": "#101830-#c05a20-#ffe8a0"}).palette["kind"] == "cosine"


def test_a_path_of_colors_comes_as_a_table():
    palette = build_network({"hidden": 4, "palette": "lava"}).palette
    table = srgb_table("lava")
    assert palette["kind"] == "table"
    assert len(palette["numbers"]) == 3 * PAGE_COLORS
    np.testing.assert_allclose(palette["numbers"][:3], table[0])
    np.testing.assert_allclose(palette["numbers"][-3:], table[-1])


def test_a_lit_network_comes_with_its_surface():
    field = CPPN(hidden=4, layers=2, palette="lava", light={"film": 0.5})
    lit = build_network(field.model_dump(mode="json"))
    mean, scale = output_statistics(field)
    assert lit.surface.mean == pytest.approx(mean[:2])
    assert lit.surface.scale == pytest.approx(scale[:2])
    np.testing.assert_allclose(lit.surface.table, color_table("lava").ravel())
    assert lit.light["film"] == 0.5
    assert lit.finish is None
    flat = build_network({"hidden": 4, "finish": True})
    assert flat.surface is None
    assert flat.light is None
    assert flat.finish["bloom"] == 0.5


@pytest.mark.parametrize("name", ["magma", "rosette"])
def test_lit_looks_fit_the_page(name):
    assert build_network(CPPN.preset(name).model_dump(mode="json")).surface is not None


def test_what_belongs_to_a_track_stays_there():
    settings = build_network({"hidden": 4, "drift": 0.5, "sections": True}).settings
    assert settings["drift"] == 0
    assert "sections" not in settings


@pytest.mark.parametrize(
    "settings", [{"hidden": MAX_HIDDEN + 1}, {"layers": 64, "hidden": 4}, {"gain": -1}, {"colour": 1}]
)
def test_what_cannot_be_drawn_is_refused(settings):
    with pytest.raises(SettingsError):
        build_network(settings)


def test_looks_runs_and_sliders_are_offered(client, tmp_path):  # noqa: F811
    runs = tmp_path / "runs"
    narrow, wide = CPPN(hidden=8, seed=5), CPPN(hidden=64)
    fields = {"a": narrow.model_dump(), "b": wide.model_dump(), "c": {"kind": "julia"}, "d": [1]}
    for name, field in fields.items():
        (runs / f"render_2026_{name}").mkdir(parents=True)
        (runs / f"render_2026_{name}" / "recipe.json").write_text(json.dumps({"field": field}))
    (runs / "render_2026_e").mkdir()
    body = client.get("/api/networks").json()
    assert body["runs"] == ["render_2026_a"]
    assert {"molten", "magma", "rosette"} <= set(body["looks"])
    assert "tuned-256x4" not in body["looks"]
    hidden = next(slider for slider in body["sliders"] if slider["name"] == "hidden")
    assert hidden["high"] == MAX_HIDDEN
    names = {slider["name"] for slider in body["sliders"]}
    assert "light.relief" in names
    assert not any("sections" in name for name in names)
    of_run = client.get("/api/networks/render_2026_a").json()
    assert of_run["settings"]["seed"] == 5
    assert client.get("/api/networks/render_2026_b").status_code == 404
    assert client.get("/api/networks/..%2frender_2026_a").status_code == 404
    assert client.post("/api/networks", json={"settings": {"hidden": 400}}).status_code == 422
    for settings in ({"self": 1}, {"cls": 1}, {"keyframes": [{"self": 1}]}):
        assert client.post("/api/networks", json={"settings": settings}).status_code == 422
