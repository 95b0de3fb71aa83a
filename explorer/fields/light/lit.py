"""A field at some moments with its light: what diagnostics evaluate, and the reference of whole frames."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float, Float32

from explorer.errors import SettingsError
from explorer.fields.controls import Controls
from explorer.fields.kernels.color_formulas import linear_light
from explorer.fields.light import formulas
from explorer.fields.light.echo import Echoes
from explorer.fields.light.finish import NEUTRAL, finish_numbers
from explorer.fields.light.settings import Finish, Light
from explorer.fields.light.shading import Shading
from explorer.fields.light.tone import interpolate
from explorer.fields.prepared import Prepared
from explorer.fields.section_change import SectionedField

Numbers = Float[torch.Tensor, "numbers moments 1"]


@runtime_checkable
class Surface(Prepared, Protocol):
    """A field ready to draw that can be lit: it gives the numbers of a surface besides its colors.

    Planes, in this order: height (about zero mean and unit deviation), red, green and blue of the surface
    (linear light), emission (light of its own, added in the accent color).
    """

    def numbers(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype = ...
    ) -> Float[torch.Tensor, "moments 5 points"]:
        """The reference: the planes at points `xy`, on their device."""
        ...

    def draw_numbers(
        self,
        moment: int,
        pixel_inputs: Float32[np.ndarray, "inputs points"],
        pixel: float,
        out: Float32[np.ndarray, "5 points"],
        dtype: torch.dtype = ...,
    ) -> None:
        """Fill the planes of some points on the CPU; releases the GIL and uses one thread."""
        ...

    def accent(self, moment: int) -> Float32[np.ndarray, 3]:
        """The color of rims, rings and lines, linear light."""
        ...


class LitField:
    """A field at some moments, its light and its finish; `prepared` draws the field."""

    def __init__(self, field: Any, controls: Controls) -> None:
        self.light: Light = field.light
        self.finish: Finish = field.finish
        self.prepared = _prepared(field, controls)
        self._shading = Shading(self.light, controls) if self.light.on else None
        if self.light.on and not isinstance(self.prepared, Surface):
            raise SettingsError(f"the field '{field.kind}' has no surface to light; leave light off")
        self.echoes = Echoes(field, controls, _prepared) if field.echo_count else None

    @property
    def is_plain(self) -> bool:
        """Whether the field's own colors are the frame."""
        return not self.light.on and not self.finish.on

    @property
    def shading(self) -> Shading:
        """The light of the moments, where the field is lit."""
        assert self._shading is not None
        return self._shading

    @property
    def surface(self) -> Surface:
        """The field, where it is lit."""
        assert isinstance(self.prepared, Surface)
        return self.prepared

    def colors(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype = torch.float32
    ) -> Float[torch.Tensor, "moments points 3"]:
        """sRGB in [0, 1] at any points, as `Prepared.colors`: without what needs a whole frame.

        That is glow, vignette, grain and samples. Neighbors are evaluated a pixel away.
        """
        if self.is_plain:
            return self.prepared.colors(xy, pixel, dtype)
        if not self.light.on:
            light = linear_light(self.prepared.colors(xy, pixel, dtype).clamp(min=0))
        else:
            light = self._light(xy, pixel, dtype)
        rgb = light.unbind(-1)
        if self.finish.on:
            rgb = tuple(channel * self.finish.exposure for channel in rgb)
            rgb = formulas.filmic(*rgb) if self.finish.filmic else rgb
        f = finish_numbers(NEUTRAL)
        return torch.stack(formulas.encoded(*rgb, torch.zeros_like(rgb[0]), f), -1).clamp(0, 1)

    def _light(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype
    ) -> Float[torch.Tensor, "moments points 3"]:
        """Linear light at points, whose four neighbors are a pixel away."""
        steps = xy.new_tensor([(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)]) * pixel
        places = (xy[None] + steps[:, None]).reshape(-1, 2)
        n = self._numbers(pixel, xy)
        planes = self._planes(places, pixel, dtype, n)
        planes = planes.reshape(*planes.shape[:2], len(steps), len(xy))
        height = planes[:, 0]
        across, down = height[:, 2] - height[:, 1], height[:, 4] - height[:, 3]
        center = planes[:, :, 0]
        if self.echoes:
            center = self.echoes.reference(planes, xy[None] + steps[:, None], pixel, dtype, n)
        return self._shaded(center, across, down, n)

    def _planes(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype, n: Numbers
    ) -> Float[torch.Tensor, "moments 5 points"]:
        """The planes of the field with the rings of hits."""
        planes, light = self.surface.numbers(xy, pixel, dtype), self.light
        height, emission = formulas.finite_height(planes[:, 0]), planes[:, 4]
        if self.shading.has_rings:
            distance = torch.hypot(xy[:, 0] - light.focus_x, xy[:, 1] - light.focus_y)
            history = torch.from_numpy(self.shading.history).to(xy)
            away = formulas.ring_distance(distance, height)
            ring = interpolate(history, away * self.shading.delays_per_length) * formulas.fall_off(away)
            emission = emission + formulas.ring_light(ring, height, n)
            height = formulas.finite_height(height + formulas.ring_height(ring, n))
        return torch.cat((height[:, None], planes[:, 1:4], emission[:, None]), 1)

    def _shaded(
        self,
        planes: Float[torch.Tensor, "moments 5 points"],
        across: Float[torch.Tensor, "moments points"],
        down: Float[torch.Tensor, "moments points"],
        n: Numbers,
    ) -> Float[torch.Tensor, "moments points 3"]:
        """Linear light of points, from their planes and the differences of height over two pixels."""
        light = self.light
        height, red, green, blue, emission = planes.unbind(1)
        slopes = formulas.normal(across, down, n)
        rgb = formulas.lit(*slopes, red, green, blue, n)
        if light.film > 0:
            base = (red + green + blue) * 0.33333333
            rgb = formulas.film_color(*slopes, height, *rgb, base, n)
        if light.has_lines:
            line = formulas.line_weight(height, across, down, n)
            rgb = [formulas.lined_channel(c, line, n[12 + k]) for k, c in enumerate(rgb)]
        return torch.stack([formulas.exposed(c, emission, n[12 + k], n) for k, c in enumerate(rgb)], -1)

    def _numbers(self, pixel: float, like: torch.Tensor) -> Numbers:
        """`shading.NUMBERS` of all moments."""
        rows = [
            self.shading.numbers(moment, self.surface.accent(moment), pixel)
            for moment in range(len(self.shading.history))
        ]
        return torch.from_numpy(np.stack(rows).T[..., None].copy()).to(like)


def _prepared(field: Any, controls: Controls) -> Prepared:
    """The field ready to draw, without its light."""
    prepared: Prepared = SectionedField(field, controls) if field.sections.on else field.prepare(controls)
    return prepared
