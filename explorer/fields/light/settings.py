"""The settings of light (numbers of a field to linear light) and of the finish (light to the frame)."""

from __future__ import annotations

from explorer.settings import Settings, knob


class Light(Settings):
    """Shading: a field's height is lit as a relief, and its hue becomes the color of the surface.

    Lengths are in units of half the shorter side of the frame, so every size looks alike. Blinn, "Models of
    light reflection for computer synthesized pictures", SIGGRAPH 1977 (highlight); Schlick, "An inexpensive
    BRDF model for physically-based rendering", Computer Graphics Forum 13 (1994) (rim).
    """

    on: bool = knob(True, mutation=0, group="light", help="shade the field as a lit relief")
    relief: float = knob(
        0.55, low=0, high=10, slider=(0, 2), step=0.05, group="light", help="height of the relief; 0 is flat"
    )
    direction: float = knob(
        130.0, low=-360, high=360, slider=(0, 360), step=5, unit="deg", group="light",
        help="where the light comes from: 0 right, 90 above, 180 left",
    )  # fmt: skip
    elevation: float = knob(
        38.0, low=0, high=90, slider=(10, 90), step=1, unit="deg", group="light",
        help="how high the light stands: low makes long slopes dark",
    )  # fmt: skip
    ambient: float = knob(
        0.22, low=0, high=2, slider=(0, 1), step=0.02, group="light", help="light from everywhere"
    )
    diffuse: float = knob(
        1.25, low=0, high=4, slider=(0, 2), step=0.05, group="light", help="light on slopes that face it"
    )
    specular: float = knob(
        1.0, low=0, high=4, slider=(0, 2), step=0.05, group="light", help="strength of highlights"
    )
    shininess: float = knob(
        40.0, low=1, high=500, slider=(4, 120), step=1, group="light", help="larger makes highlights smaller"
    )
    rim: float = knob(
        0.3, low=0, high=2, slider=(0, 1), step=0.02, group="light", help="glow of steep slopes"
    )
    film: float = knob(
        0.0, low=0, high=1, slider=(0, 1), step=0.05, group="light", help="colors of a thin film, as on soap"
    )
    lines: float = knob(
        0.0, low=0, high=50, slider=(0, 8), step=0.5, mutation=0.06, group="light",
        help="level lines per unit of height; 0: none, or 1 where there are echoes",
    )  # fmt: skip
    line_width: float = knob(
        1.2, low=0.1, high=20, slider=(0.5, 5), step=0.1, group="light",
        help="half the width of level lines, in pixels of a frame 360 high",
    )  # fmt: skip
    echoes: int = knob(
        0, low=0, high=32, slider=(0, 8), step=1, mutation=0, group="light",
        help="glowing level lines of so many moments before, on a dim surface; each takes as long as a frame",
    )  # fmt: skip
    echo_delay: float = knob(
        0.09, low=0.01, high=10, slider=(0.02, 0.5), step=0.01, unit="s", group="light",
        help="time between two echoes",
    )  # fmt: skip
    echo_scale: float = knob(
        0.9, low=0.5, high=2, slider=(0.7, 1.3), step=0.01, group="light",
        help="size of what an echo sees, by that of the echo before: below 1 echoes grow",
    )  # fmt: skip
    echo_turn: float = knob(
        3.5, low=-180, high=180, slider=(-20, 20), step=0.5, unit="deg", group="light",
        help="how far each echo is turned from the one before",
    )  # fmt: skip
    dynamics: float = knob(
        1.0, low=0, high=1, slider=(0, 1), step=0.05, group="light",
        help="how far loudness drives light: loud is deep, glossy and bright, quiet flat and dim",
    )  # fmt: skip
    swell: float = knob(
        0.0, low=0, high=2, slider=(0, 1), step=0.05, group="light",
        help="how much brighter build-ups are, where the sound gets louder over seconds; 1: twice as bright",
    )  # fmt: skip
    rings: float = knob(
        0.6, low=0, high=4, slider=(0, 2), step=0.05, group="light",
        help="strength of the rings in which hits run outward",
    )  # fmt: skip
    ring_speed: float = knob(
        1.9, low=0.6, high=20, slider=(0.6, 5), step=0.1, group="light",
        help="half heights a second that rings run outward",
    )  # fmt: skip
    focus_x: float = knob(
        0.0, low=-20, high=20, slider=(-1.5, 1.5), step=0.05, group="light",
        help="where rings start, from the center to the right",
    )  # fmt: skip
    focus_y: float = knob(
        0.0, low=-20, high=20, slider=(-1, 1), step=0.05, group="light",
        help="where rings start, from the center downward",
    )  # fmt: skip

    @property
    def has_lines(self) -> bool:
        """Whether the surface itself has level lines: echoes bring their own."""
        return self.lines > 0 and not self.echoes


class Finish(Settings):
    """From light to the frame: bloom, tone curve, vignette, grain; and how many samples a pixel has."""

    on: bool = knob(True, mutation=0, group="finish", help="bloom, tone curve, vignette and grain")
    exposure: float = knob(
        1.0,
        low=0,
        high=10,
        slider=(0, 3),
        step=0.05,
        mutation=0.04,
        group="finish",
        help="factor of all light",
    )
    bloom: float = knob(
        0.5, low=0, high=4, slider=(0, 1.5), step=0.05, group="finish", help="glow around bright places"
    )
    threshold: float = knob(
        0.55, low=0, high=4, slider=(0, 1.5), step=0.05, group="finish", help="light above this glows"
    )
    filmic: bool = knob(True, mutation=0.02, group="finish", help="a tone curve that keeps hue, as film has")
    vignette: float = knob(
        0.35, low=0, high=1, slider=(0, 1), step=0.05, group="finish", help="how far the corners are darkened"
    )
    grain: float = knob(
        0.01,
        low=0,
        high=0.5,
        slider=(0, 0.06),
        step=0.002,
        mutation=0.04,
        group="finish",
        help="noise, as film has",
    )
    samples: int = knob(
        1, low=1, high=4, slider=(1, 4), step=1, mutation=0, group="finish",
        help="samples along each side of a pixel: 2 is smoother and takes four times as long",
    )  # fmt: skip


LIGHT_OFF, FINISH_OFF = Light(on=False), Finish(on=False)
