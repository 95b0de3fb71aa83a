"""The language: what it has, and the one line that says what it lacks."""

import pytest

from explorer.fields.sketch.definition import definition_of
from explorer.fields.sketch.language import SketchError, SketchText
from tests.fields.sketch.texts import outputs_of, text_of

LONG = "s = x\n" + "s = s + x\n" * 700


def number(body, helpers=""):
    """The constant that a formula comes to."""
    (output,) = outputs_of(body, helpers=helpers)
    return output.constant


@pytest.mark.parametrize(
    ("body", "result"),
    [
        ("return 7 // 2 + 7 % 4 - -1 + 2 ** 3 * 0.5", 11),
        ("a, (b, c) = 1, (2, 3)\nreturn a + b * c", 7),
        ("s = 0\nfor n in range(1, 6, 2):\n    s += n\nreturn s", 9),
        ("c = (1, 2, 3)\nreturn c[0] - c[-1]", -2),
        ("return where(0 < 1 < 2 and not 1 == 2 or 1 > 2, 4, 5)", 4),
        ("return where(1 != 1, 4, 5) + where(2 >= 2, 1, 0) + where(2 <= 1, 10, 0)", 6),
        ("return length(*rotate(3, 4, 1))", 5),
        ("return min(4, 2 * pi, 3) + max(1, 2)", 5),
        ("return 1 / 0 + sqrt(-1)", 0),
        ("'''Text.'''\ntotal: float = 2\npass\nreturn total", 2),
        ("return twice(HALF) + twice(a=1, b=3)", 4),
        ("return 10 ** 100 * 10 ** 100 * 0", 0),
    ],
)
def test_what_the_language_has(body, result):
    helpers = "from explorer.fields.sketch import sin\nHALF = 1 / 2\ndef twice(a, b=2):\n    return a * b\n"
    assert number(body, helpers) == pytest.approx(result, abs=1e-6)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return math.sin(x)", "line 3 of the sketch, column 12: math.sin: write sin"),
        ("return np.sinn(x)", "np.sinn; did you mean 'sin'"),
        ("return x.sum()", ".sum: a formula is one number per pixel"),
        ("return x.__class__", ".__class__: a formula is one number per pixel"),
        ("if x:\n    y = 1\nreturn y", "3 of the sketch, column 5: a formula has no branches: write where"),
        ("return 1 if x > 0 else 0", "write where(condition, a, b)"),
        ("while x < 1:\n    x += 1\nreturn x", "write for n in range(10)"),
        ("return [n for n in range(3)]", "write a loop"),
        ("for n in range(10 ** 9):\n    x += n\nreturn x", "has 1000000000 passes; allowed: 1000"),
        ("for n in range(x):\n    x += n\nreturn x", "whole numbers that are written down, no sliders"),
        ("for n in (1, 2):\n    x += n\nreturn x", "loops run over range(10)"),
        ("for a in range(900):\n    for b in range(20):\n        x += 1\nreturn x", "than 30000 steps"),
        ("return f(x, y, t, bass)", "f calls itself; write a loop"),
        ("return around(x)", "around calls itself"),
        ("return deep(x)", "no function 'deep'"),
        ("return open('a')", "no function 'open'"),
        ("return __import__('os')", "no function '__import__'"),
        ("return sinus(x)", "no function 'sinus'; did you mean 'sin'"),
        ("return trebel", "no name 'trebel'"),
        ("return bas", "no name 'bas'; did you mean 'bass'"),
        ("return sin", "sin is a function: write sin(...)"),
        ("return sin(x, y)", "sin(x): too many positional arguments"),
        ("return sin(x < 0)", "a comparison belongs into where"),
        ("return x < 0", "one number, or a color"),
        ("return where(x, 1, 2)", "begins with a comparison"),
        ("return fbm(x, y, octaves=bass)", "octaves must be a whole number"),
        ("return (x, y)", "one number, or a color"),
        ("return (x, y) + 1", "tuples have no arithmetic"),
        ("a, b = x\nreturn a", "expected 2 values, got one number"),
        ("return mix((x, y), (1, 2, 3), 0.5)", "tuples of the same length"),
        ("return (x, y)[t]", "an index is a number that is written down"),
        ("return 'text'", "Constant is not part of the language"),
        ("return True", "write 0 or 1"),
        ("return 1e99", "numbers are below 1e+30"),
        ("x = 1", "f ends with return"),
        ("return", "f ends with return"),
        ("sin(x)\nreturn x", "computes what no other line uses"),
        ("import os\nreturn x", "names of explorer.fields.sketch need no import"),
        ("lambda: 1\nreturn x", "computes what no other line uses"),
        ("global x\nreturn x", "Global is not part of the language"),
        ("x.y = 1\nreturn x", "assign to a name"),
        ("return x @ y", "numbers have + - * / % // **"),
        ("return x in y", "comparisons are"),
        ("return (yield x)", "Yield is not part of the language"),
        ("return (a := x)", "write the assignment on a line of its own"),
        ("return " + "(" * 150 + "x" + ")" * 150 + " +", "this is no Python"),
        ("return " + "-" * 80 + "x", "60 levels deep"),
        ("return " + "+".join("x" * 3000), "60 levels deep|cannot be read|no Python"),
        (LONG + "return s", "lines; allowed: 20000 characters in 600 lines"),
        ("x += 1\n" * 2000 + "return x", "lines; allowed: 20000 characters in 600 lines"),
        ("return x" + "  #" + "-" * 20_000, "characters in"),
        ("s = x\nfor n in range(900):\n    s = worley(s, y)[0]\nreturn s", "too many operations"),
        ("s = x\nfor n in range(30):\n    s = worley(s, y)[0]\nreturn s", "operations; allowed: 6000"),
        ("return \x00", "cannot be read|no Python"),
    ],
)  # fmt: skip
def test_what_it_lacks_is_one_line_with_its_place(body, words):
    helpers = (
        "def around(a):\n    return again(a)\ndef again(a):\n    return around(a)\n"
        if "around" in body
        else ""
    )
    with pytest.raises(SketchError) as error:
        outputs_of(body, helpers=helpers)
    assert any(part in str(error.value) for part in words.split("|"))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "expected one function with @ex.sketch above it, got none"),
        ("import os", "line 1 of the sketch, column 1: outside of functions there are constants"),
        ("import explorer.cli", "outside of functions"),
        ("from explorer.fields.sketch import sin as s", "outside of functions"),
        ("print(1)", "outside of functions"),
        ("class A:\n    pass", "outside of functions"),
        ("A = print(1)", "expected a number that is written down"),
        ("A = 9 ** 9 ** 9 ** 9", "expected a number that is written down"),
        ("A = (-1) ** 0.5", "expected a number that is written down"),
        ("a.b = 1", "as in WIDTH = 0.2"),
        ("ä = 1", "the name 'ä': allowed are"),
        ("def f(x:\n", "line 1 of the sketch, column"),
        ("@sketch\ndef f(x): return x\n@sketch\ndef g(x): return x", "got f, g"),
        ("@print\ndef f(x): return x", "a sketch has one decorator"),
        ("@sketch\n@sketch\ndef f(x): return x", "a sketch has one decorator"),
        ("@sketch(palette=PALETTE)\ndef f(x): return x", "with the text of a palette"),
        ("@sketch(palette='nothing')\ndef f(x): return x", "palette: got 'nothing'"),
        ("@sketch\ndef f(*x): return x", "parameters have names"),
        ("@sketch\ndef f(x, bass=1): return x", "sliders stand after a *"),
        ("@sketch\ndef f(x, *, a): return x", "a needs a range: a: float = ex.slider"),
        ("@sketch\ndef f(x, *, a=5): return x", "a needs a range"),
        ("@sketch\ndef f(x, *, a=slider(5)): return x", "expected ex.slider(default, low, high)"),
        ("@sketch\ndef f(x, *, a=slider(5, 0, 1)): return x", "with low < high and the default between"),
        ("@sketch\ndef f(x, *, a=slider(1, 1, 1)): return x", "with low < high"),
        ("@sketch\ndef f(x, *, a=slider(x, 0, 1)): return x", "expected a number that is written down"),
        ("@sketch\ndef f(x, *, a: int = slider(0.5, 0, 1)): return x", "a is whole"),
        ("@sketch\ndef f(x, *, a=slider(1, 0, 1, help=x)): return x", "unit and help are texts"),
        ("@sketch\ndef f(x, *, ä=slider(1, 0, 1)): return x", "the name 'ä'"),
        ("@sketch\ndef f(x, __a): return x", "the name '__a'"),
    ],
)
def test_texts_that_are_no_sketch(text, words):
    with pytest.raises(SketchError) as error:
        definition_of(SketchText(text))
    assert words in str(error.value)


def test_a_file_says_which_sketch():
    text = text_of("return x") + "\n" + text_of("return y").replace("f(", "g(")
    assert definition_of(SketchText(text), "g").name == "g"
