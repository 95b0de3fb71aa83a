"""The settings of a painting."""

from __future__ import annotations

from typing import ClassVar, Literal

from explorer.settings import Settings, knob

PAINTING_PHASE = "painting"


class PaintSettings(Settings):
    """How long and how finely a network is painted from a picture."""

    added_settings: ClassVar[tuple[str, ...]] = ("match",)

    match: Literal["pixels", "style", "palette"] = knob(
        "pixels", group="painting",
        help="What the network takes from the picture: all of it; its style, which is its colors, scales and "
        "directions as a texture without its things; or its palette alone.",
    )  # fmt: skip
    seconds: float = knob(
        60.0, low=0.1, high=36000, slider=(10, 600), step=10, unit="s", group="painting",
        help="How long it paints; with twice the time edges become sharper.",
    )  # fmt: skip
    steps: int | None = knob(
        None, low=1, high=10_000_000, slider=(500, 50_000), step=500, group="painting",
        help="The steps after which it ends, if that is before its time; none: time alone.",
    )  # fmt: skip
    side: int = knob(
        256, low=8, high=2048, slider=(96, 512), step=32, unit="pixels", group="painting",
        help="The longer side that the picture is scaled down to before it is painted.",
    )  # fmt: skip
    hidden: int = knob(
        32, low=2, high=256, slider=(16, 64), step=4, group="network",
        help="Neurons in each hidden layer; up to 32 pages draw it, too.",
    )  # fmt: skip
    layers: int = knob(
        4, low=1, high=16, slider=(2, 8), step=1, group="network", help="Hidden layers.",
    )  # fmt: skip
    structure: float = knob(
        0.1, low=0, high=10, slider=(0, 1), step=0.05, group="painting",
        help="How much edges count in the loss of pixels beside colors.",
    )  # fmt: skip
    seed: int = knob(
        0, low=0, high=2**32 - 1, slider=(0, 999), step=1, group="painting",
        help="Which random network it starts from, and which waves each feature of the sound moves.",
    )  # fmt: skip
