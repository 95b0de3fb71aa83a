"""The settings of a graph CPPN: how many nodes, from where it is seen, how it moves and sounds."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, field_validator

from explorer.fields.base import FieldSettings
from explorer.fields.graph.genome import parse_genome
from explorer.fields.palette import PaletteName, check_palette
from explorer.settings import Settings, knob

SOUND_INPUTS = ("bass", "mid", "treble")  # what every pixel hears
FEATURES = (*SOUND_INPUTS, "rms", "onset", "flux")  # the others move the clock


class Form(Settings):
    """What the network draws: a body before a ground, an endless zoom, or both, or else the plain picture."""

    figure: bool = knob(
        False,
        mutation=0.02,
        group="form",
        help="a body in the middle, cut out by the network, before a dim ground",
    )
    ground_palette: Annotated[PaletteName | str, AfterValidator(check_palette)] = knob(
        "nightfall", group="form", help="the palette of the ground"
    )
    ground_seed: int | None = knob(
        None, low=0, high=2**32 - 1, slider=(0, 999), step=1, mutation=0, group="form",
        help="the random graph of the ground; none: one that follows from the seed",
    )  # fmt: skip
    zoom_rate: float = knob(
        0.0, low=-5, high=5, slider=(-1, 1), step=0.02, mutation=0.03, group="form",
        help="octaves per unit of the clock of an endless zoom, negative is outward; 0: no zoom",
    )  # fmt: skip


FORM_OFF = Form()


class GraphSettings(FieldSettings):
    """The settings of a graph CPPN; see `GraphCPPN`."""

    kind: Literal["graph"] = "graph"
    added_settings: ClassVar[tuple[str, ...]] = ("genome",)
    features: tuple[str, ...] = FEATURES
    usable_features: ClassVar[tuple[str, ...]] = FEATURES
    movable: ClassVar[tuple[str, ...]] = ("audio_gain", "contrast", "speed", "spin", "warp", "zoom")

    nodes: int = knob(
        14,
        low=0,
        high=500,
        slider=(0, 64),
        step=1,
        flag="graph-nodes",
        mutation=0,
        group="network",
        help="activations between the inputs and the outputs",
    )
    seed: int = knob(
        0,
        low=0,
        high=2**32 - 1,
        slider=(0, 999),
        step=1,
        mutation=0,
        group="network",
        help="which random graph",
    )
    symmetry: int = knob(
        0,
        low=0,
        high=24,
        slider=(0, 12),
        step=1,
        mutation=0.08,
        group="look",
        help="mirrored n-fold symmetry, bent by the warp; 0: none, 1: mirrored once",
    )
    zoom: float = knob(
        1.0, low=0.1, high=10, slider=(0.4, 3), step=0.05, group="look", help="larger is closer"
    )
    warp: float = knob(
        0.28,
        low=0,
        high=1,
        slider=(0, 1),
        step=0.02,
        group="look",
        help="how far slow waves bend the plane, in halves of the picture's height",
    )
    palette: Annotated[PaletteName | str, AfterValidator(check_palette)] = knob(
        "lava", mutation=0.15, group="look", help="a name, three colors or stops, dark to light"
    )
    contrast: float = knob(
        1.0,
        low=0,
        high=10,
        slider=(0.2, 3),
        step=0.05,
        group="look",
        help="how far colors spread from the middle of the palette to its ends",
    )
    audio_gain: float = knob(
        1.0, low=0, high=5, slider=(0, 2), step=0.05, group="audio", help="how strongly the sound moves it"
    )
    sound_speed: float = knob(
        1.9,
        low=0,
        high=100,
        slider=(0, 6),
        step=0.1,
        group="audio",
        help="how fast sound runs outward, halves of the picture's height a second; 0: everywhere at once",
    )
    speed: float = knob(
        1.0,
        low=0,
        high=10,
        slider=(0, 3),
        step=0.05,
        mutation=0.06,
        group="time",
        help="speed of the clock, which runs on sound",
    )
    spin: float = knob(
        0.05,
        low=-10,
        high=10,
        slider=(-1, 1),
        step=0.01,
        unit="rad",
        mutation=0.03,
        group="time",
        help="rotation per unit of the clock",
    )

    form: Form = FORM_OFF
    genome: str = ""  # the nodes as text, in the place of those that the seed draws; see `genome`

    @field_validator("genome")
    @classmethod
    def _check_genome(cls, genome: str) -> str:
        return parse_genome(genome).text if genome else ""

    def replace(self, /, **changes: Any) -> Self:
        """See `FieldSettings.replace`. Another seed or number of nodes drops the genome: nodes are drawn."""
        is_new = any(changes.get(name, self.value(name)) != self.value(name) for name in ("seed", "nodes"))
        if is_new and changes.get("genome", self.genome) == self.genome:
            changes["genome"] = ""
        return super().replace(**changes)

    @property
    def node_count(self) -> int:
        """Nodes between the inputs and the outputs."""
        return len(parse_genome(self.genome).nodes) if self.genome else self.nodes
