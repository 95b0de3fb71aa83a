"""Formulas as GLSL functions.

Sines are `sine` and `cosine` of the page (`picture/sine.glsl.ts`): those of graphics cards are too coarse.
"""

from __future__ import annotations

from functools import partial

from explorer.shaders.emitter import OPERATORS, Dialect, formula_code, function_code

GLSL = Dialect(
    templates={
        **OPERATORS,
        "mod": "mod({0}, {1})",
        "tanh": "tanh(clamp({0}, -15.0, 15.0))",  # some drivers divide infinity by itself beyond
        "hypot": "length(vec2({0}, {1}))",
        "atan2": "atan({0}, {1})",
        "where": "({0} ? {1} : {2})",
        "look_up": "look_up({0}, {1}, {2})",  # row of a texture, number of entries, position
    },
    vectors={1: "float", 2: "vec2", 3: "vec3", 4: "vec4"},
    array="float {name}[{size}]",
    argument="{type} {name}",
    variable="{type} {name} = {value};",
    function="{kind} {name}({arguments}) {{\n{body}}}",
)

glsl_of = partial(formula_code, GLSL)
glsl_function = partial(function_code, GLSL)
