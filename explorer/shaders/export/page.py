"""A look as one page: it draws by itself, with a microphone, a file, or along a track that is in the page.

The script is built from `explorer/frontend/src/player.ts`. Nothing is loaded, and a content security policy
forbids it.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from explorer.audio import FeatureTrack
from explorer.audio.features import BANDS
from explorer.audio.live import LIVE_FEATURES
from explorer.errors import ExplorerError, SettingsError
from explorer.expressions import inputs, program
from explorer.fields import FieldSettings, Julia
from explorer.fields.julia.mapping import parameters_of_levels
from explorer.shaders.descriptions import describe
from explorer.shaders.field_messages import field_message, with_moments

SHADERS = Path(__file__).parents[1]
PLAYER, WORKLET = SHADERS / "player" / "player.js", SHADERS / "worklet" / "worklet.js"
LIVE_LEVELS = frozenset((*LIVE_FEATURES, *BANDS, "flatness"))  # features that a page measures in a live sound
STYLE = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
TEMPLATE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark">
<meta name="generator" content="explorer">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<canvas class="picture"></canvas>
<script type="application/json" id="content">{content}</script>
<script type="text/plain" id="worklet">{worklet}</script>
<script>{player}</script>
</body>
</html>
"""


def look_page(title: str, live: Any, notes: Sequence[str], track: dict[str, Any] | None = None) -> bytes:
    """The page of a field that moves with a live sound, and of `track_content`."""
    description = describe(live).model_dump(mode="json")
    if isinstance(live, Julia):
        description["parameters"] = _julia_parameters(live)
    content = {"title": title, "notes": list(notes), "field": description, "track": track}
    player = _script(PLAYER)
    digest = base64.b64encode(hashlib.sha256(player.encode("utf-8")).digest()).decode("ascii")
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}' data:; style-src 'unsafe-inline'; img-src data:; "
        "media-src blob:; base-uri 'none'; form-action 'none'"
    )
    return TEMPLATE.format(
        policy=policy,
        title=html.escape(title),
        style=STYLE,
        content=_json(content),
        worklet=_script(WORKLET),
        player=player,
    ).encode("utf-8", "backslashreplace")


def track_content(field: FieldSettings, track: FeatureTrack) -> dict[str, Any]:
    """A field along a track, with the controls of every frame.

    Raises SettingsError where a page cannot draw it.
    """
    message, data, table = field_message(field, track, calm=False)
    if message["reason"]:
        raise SettingsError(f"a page cannot play it along a track: {message['reason']}; leave the track out")
    if table:
        message, data = with_moments(message, data, table)
    return {"message": message, "numbers": base64.b64encode(data).decode("ascii"), "duration": track.duration}


def _julia_parameters(field: Julia) -> dict[str, Any]:
    """The hand-written mapping as a program of levels."""

    def level(name: str) -> Any:
        return inputs(name)[0] if name in field.features else 0.0

    return program(parameters_of_levels(level))


def _json(value: Any) -> str:
    """JSON that is safe inside of a script element."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")


def _script(path: Path) -> str:
    """A built script, whose text cannot end its element."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        raise ExplorerError(
            "the script of exported pages was not built; run `pip install` of explorer again, or "
            "`python explorer/frontend/build.py`"
        ) from None
    return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")
