"""The columns of a state, each from the frame before: what a shader computes of a sound, and clocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from explorer.audio import live
from explorer.audio.features import BANDS, TIMBRES
from explorer.expressions import Value
from explorer.fields import CPPN, GraphCPPN, Julia, Patterns, clock
from explorer.fields.julia.mapping import parameters_of_levels
from explorer.fields.julia.parameters import CONTROL_LIMITS, PARAMETERS, SPEED, TURN
from explorer.fields.julia.timeline import CONTROL_NAMES
from explorer.fields.patterns import timeline as patterns
from explorer.fields.patterns.selection import FAMILIES
from explorer.shaders.export.portable_glsl import glsl_procedure, number, vector

LEVELS = (*live.LIVE_FEATURES, *BANDS, "flatness")
TRACK_SECONDS = 60.0  # of a network whose time spans the track: a live sound has no length
FAMILY_MARGINS = {"loud": 0.06, "quiet": -0.08, "bright": 0.25}  # that select families: levels, octaves
PASSAGE_NAMES = ("energy", "brightness level", "speed", "turn")
STATE_NAMES = ("time", "motion", *CONTROL_NAMES, *FAMILIES, "loud", "hit", "swell", *PASSAGE_NAMES)
MEMORY_SECONDS = 60.0  # of the music that a passage is compared with


def rest_value(name: str) -> float:
    """A column in silence."""
    own = {"loud": 0.5, "organic": 1.0}
    if name in (*TIMBRES, *STATE_NAMES):
        return own.get(name, 0.0)
    return -1.0


def level_text_of(name: str, columns: Sequence[str]) -> str:
    """A level of the frame before, from 0 to 1; 0 of a feature that the look does not use."""
    if name not in columns:
        return "0.0"
    text = f"column_before({number(columns.index(name))}).x"
    return text if name in TIMBRES else f"({text} * 0.5 + 0.5)"


def first_texel(look: Any, name: str) -> str:
    """A column in the first frame, with what it remembers."""
    if name == "time" and isinstance(look, CPPN):
        return vector([1.0 if look.weights else -1.0, 0, 0, 0])
    if isinstance(look, Julia):
        rests = {parameter.name: parameter.rest for parameter in PARAMETERS}
        rest = number(rests.get(name, 0.0))
        return f"vec4({julia_control(name, rest)}, {rest}, 0.0, 0.0)"
    if isinstance(look, Patterns) and name in FAMILIES:
        shares = family_shares(look) or [float(family == "organic") for family in FAMILIES]
        return vector([shares[FAMILIES.index(name)], 0, 0, 0])
    return vector([rest_value(name), 0, 0, 0])


def family_shares(look: Patterns) -> list[float] | None:
    """The shares of families that settings fix."""
    if look.weights is not None:
        return [weight / sum(look.weights) for weight in look.weights]
    if look.family in FAMILIES and look.timeline is None:
        return [float(name == look.family) for name in FAMILIES]
    return None


def follows_music(look: Any) -> bool:
    """Whether the sound selects families."""
    return isinstance(look, Patterns) and family_shares(look) is None


def column_step(look: Any, name: str, columns: Sequence[str]) -> str:
    """Statements that return a column, from `old` and from the columns of the frame before."""
    before = {each: f"now_{n}" for n, each in enumerate(columns)}
    measures = {
        **{band: f"level_of(band({number(low)}, {number(high)}))" for band, (low, high) in BANDS.items()},
        "rms": "level_of(measured_loudness())",
        "flux": "level_of(measured_flux())",
        "onset": "onset_of(measured_flux())",
        "centroid": "timbre_of(measured_centroid(), measured_loudness())",
        "rolloff": "timbre_of(measured_rolloff(), measured_loudness())",
        "zcr": "timbre_of(measured_crossings(), measured_loudness())",
        "flatness": "timbre_of(measured_flatness(), measured_loudness())",
        "loud": f"loud_of({before.get('rms')})",
        "hit": f"hit_of({before.get('onset')})",
        "swell": f"swell_of({before.get('loud')})",
    }
    if name in measures:
        return f"return {measures[name]};"
    if name in look.features:
        return f"return {first_texel(look, name)};"
    if isinstance(look, Julia):
        return _julia_step(look, name, columns)
    if isinstance(look, Patterns):
        return _patterns_step(look, name, columns)
    return f"return vec4({_clock_step(look, name, columns)}, 0.0, 0.0, 0.0);"


def _clock_step(look: Any, name: str, columns: Sequence[str]) -> str:
    if isinstance(look, CPPN):
        span = look.time_span if isinstance(look.time_span, int | float) else TRACK_SECONDS
        return (
            "1.0" if look.weights else f"old.x + {clock_rate(look, columns)} * seconds * {number(2 / span)}"
        )
    if not isinstance(look, GraphCPPN):
        return "old.x + seconds"
    time = f"{number(clock.SILENT_RATE)} * knob_speed * seconds"
    motion = f"{_sound_rate(columns, look.features)} * knob_speed * knob_audio_gain * seconds"
    turn = f"({time} + {motion}) * knob_spin - {time} * {number(look.spin)}"
    return f"old.x + {({'time': time, 'motion': motion, 'rotation': turn})[name]}"


def clock_rate(look: CPPN, columns: Sequence[str]) -> str:
    """Seconds of a network's clock in a second; see `CPPN.controls`."""
    from explorer.fields.cppn.field import CLOCK_SPEED  # slow to load

    if not look.sound_clock:
        return "1.0"
    rate = f"{number(CLOCK_SPEED)} * ({number(clock.SILENT_RATE)} + {_sound_rate(columns, clock.FEATURES)})"
    return f"(1.0 + {number(look.sound_clock)} * ({rate} - 1.0))"


def _sound_rate(columns: Sequence[str], features: Sequence[str]) -> str:
    """See `clock.sound_rate`."""
    rms, onset, flux = (
        level_text_of(name, columns) if name in features else "0.0" for name in clock.FEATURES
    )
    return (
        f"({number(clock.LOUDNESS_RATE)} * {rms} * {rms} + {number(clock.FLUX_RATE)} * {flux} + "
        f"{number(clock.ONSET_RATE)} * ({onset} > {number(clock.MIN_ONSET)} ? {onset} : 0.0))"
    )


def _patterns_step(look: Patterns, name: str, columns: Sequence[str]) -> str:
    rms = level_text_of("rms", columns)
    if name == "time":
        return f"return vec4(old.x + {number(patterns.SILENT_RATE)} * knob_speed * seconds, 0.0, 0.0, 0.0);"
    if name == "motion":
        rate = f"{number(patterns.ENERGY_RATE)} * {rms if 'rms' in look.features else '0.0'}"
        return f"return vec4(old.x + {rate} * knob_speed * knob_audio_gain * seconds, 0.0, 0.0, 0.0);"
    if name == "energy":
        return (
            f"float passage = old.y + share_of({number(look.window)}) * ({rms} - old.y), "
            f"memory = old.z + share_of({number(MEMORY_SECONDS)}) * (passage - old.z); "
            "return vec4(passage - memory, passage, memory, 0.0);"
        )
    if name == "brightness level":
        centroid = level_text_of("centroid", columns)
        return f"return vec4(old.x + share_of({number(look.window)}) * ({centroid} - old.x), 0.0, 0.0, 0.0);"
    if not follows_music(look):
        return f"return {first_texel(look, name)};"
    energy, bright = (
        f"column_before({number(columns.index(each))}).x" for each in ("energy", "brightness level")
    )
    margins = {key: number(value) for key, value in FAMILY_MARGINS.items()}
    selected = (
        f"{energy} > {margins['loud']} ? {number(FAMILIES.index('geometric'))} : "
        f"{bright} > {margins['bright']} ? {number(FAMILIES.index('fractal'))} : "
        f"{energy} < {margins['quiet']} ? {number(FAMILIES.index('organic'))} : "
        f"{number(FAMILIES.index('flowing'))}"
    )
    return (
        f"float family = {selected}, goal = family == {number(FAMILIES.index(name))} ? 1.0 : 0.0; "
        f"return vec4(old.x + share_of({number(max(look.fade, 0.1) / 2)}) * (goal - old.x), 0.0, 0.0, 0.0);"
    )


def _julia_step(look: Julia, name: str, columns: Sequence[str]) -> str:
    """The parameters are smoothed in the second number, angles are integrated there."""
    if name in ("angle", "rotation"):
        source, factor = {"angle": ("speed", SPEED), "rotation": ("turn", TURN)}[name]
        speed = f"column_before({number(columns.index(source))}).y"
        rate = f"{number(factor)} * knob_speed * knob_audio_gain * {speed}"
        drift = f" + {number(look.travel)}" if name == "angle" else ""
        control = julia_control(name, "sum")
        return f"float sum = old.y + ({rate}{drift}) * seconds; return vec4({control}, sum, 0.0, 0.0);"
    place = [parameter.name for parameter in PARAMETERS].index(name)
    parameter = PARAMETERS[place]
    gain = "1.0" if name in ("speed", "turn") else "knob_audio_gain"
    rest, low, high = (number(value) for value in (parameter.rest, parameter.low, parameter.high))
    return (
        f"set_targets(); float goal = clamp({rest} + {gain} * (target_{place} - {rest}), {low}, {high}), "
        f"value = old.y + share_of({number(look.smoothing)}) * (goal - old.y); "
        f"return vec4({julia_control(name, 'value')}, value, 0.0, 0.0);"
    )


def julia_control(name: str, value: str) -> str:
    """A control of a Julia set from its parameter, or from its sum."""
    low, high = (number(limit) for limit in CONTROL_LIMITS.get(name, (0.0, 0.0)))
    if name in ("angle", "rotation"):
        return f"knob_{'start_angle' if name == 'angle' else name} + {value}"
    if name == "distance":
        return f"clamp(1.0 + knob_distance * ({value} - 1.0), {low}, {high})"
    if name in CONTROL_LIMITS:
        return f"clamp(knob_{name} * {value}, {low}, {high})"
    return {"zoom": f"knob_zoom * {value}", "hue": f"knob_hue + {value}"}.get(name, value)


def julia_targets(look: Any, texts: Mapping[str, str]) -> str:
    """`void set_targets()`: the hand-written mapping of levels, whose texts are given by name."""
    if not isinstance(look, Julia):
        return ""

    def level(name: str) -> Any:
        return Value("input", texts[name]) if name in look.features and name in texts else Value.of(0)

    targets = [f"target_{n}" for n in range(len(PARAMETERS))]
    return f"float {', '.join(targets)};\n" + glsl_procedure(
        "set_targets", targets, parameters_of_levels(level)
    )
