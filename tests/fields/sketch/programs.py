"""Sketches made up by chance, inside of the language and outside of it."""
# ruff: noqa: E501

import random

from tests.fields.sketch.texts import text_of

NUMBERS = ("0", "1", "2", "0.5", "3.7", "-1.5", "pi", "1e-3", "7", "x", "y", "t", "bass", "x", "y")
ONE = ("sin", "cos", "exp", "sqrt", "abs", "floor", "fract", "log", "sign", "round", "tan", "ridges")
TWO = (
    "min",
    "max",
    "length",
    "angle",
    "mod",
    "step",
    "value_noise",
    "simplex_noise",
    "repeat",
    "pow",
    "glow",
)
THREE = ("mix", "clamp", "smoothstep", "circle", "value_noise", "union")
HOSTILE = (  # each would leave a mark if anything were executed
    "__import__('os').system('touch {mark}')", "open('{mark}', 'w')", "exec('open(\"{mark}\", \"w\")')",
    "eval('open(\"{mark}\", \"w\")')", "().__class__.__bases__[0].__subclasses__()", "x.__globals__",
    "(lambda: open('{mark}', 'w'))()", "[open('{mark}', 'w') for n in range(3)]", "f'{{open(\"{mark}\", \"w\")}}'",
    "sin.__wrapped__", "getattr(x, 'y')", "math.sin(x)", "breakpoint()", "x if x else y", "x.sum()", "(yield x)",
    "9 ** 9 ** 9 ** 9 ** 9", "1e999", "x[0]", "'a' * 10 ** 9", "{{}}", "...", "*x", "x @ y", "not x", "x is y",
    "(a := x)", "await x", "sin", "undefined", "f(x, y, t, bass)", "where(x, y, t)", "(x, y) + 1", "10 ** 400",
)  # fmt: skip
HOSTILE_LINES = (
    "import os", "from os import system", "while True: pass", "for n in range(10 ** 9): x = x", "del x", "raise x",
    "with open('{mark}', 'w'): pass", "class A: pass", "def g(a=open('{mark}', 'w')): return a", "global x",
    "try:\n    pass\nexcept x:\n    pass", "if x: y = 1", "x.y = 1", "x[0] = 1", "x: open('{mark}', 'w') = 1",
    "assert open('{mark}', 'w')", "a, b = x", "return x", "async def g(): pass", "match x:\n    case 1: pass",
)  # fmt: skip
HOSTILE_HEADS = (
    "import os", "open('{mark}', 'w')", "@open('{mark}', 'w')\ndef g(x): return x", "A = open('{mark}', 'w')",
    "class A(open('{mark}', 'w')): pass", "def g(x=open('{mark}', 'w')): return x", "from os import *", "x.y = 1",
)  # fmt: skip


def number(rng, depth, names=()):
    """An expression."""
    if depth <= 0 or rng.random() < 0.12:
        return rng.choice((*NUMBERS, *names))

    def inner():
        return number(rng, depth - 1, names)

    match rng.randrange(8):
        case 0 | 1:
            return f"({inner()} {rng.choice('+-*/')} {inner()})"
        case 2:
            return f"{rng.choice(ONE)}({inner()})"
        case 3:
            return f"{rng.choice(TWO)}({inner()}, {inner()})"
        case 4:
            return f"{rng.choice(THREE)}({inner()}, {inner()}, {inner()})"
        case 5:
            condition = f"{inner()} {rng.choice(('<', '>', '<=', '>='))} {inner()}"
            if rng.random() < 0.3:
                condition = f"not {condition} {rng.choice(('and', 'or'))} {inner()} < {inner()}"
            return f"where({condition}, {inner()}, {inner()})"
        case 6:
            return f"(-{inner()} % {rng.choice(('2', '0.7', inner()))})"
        case _:
            return f"rotate({inner()}, {inner()}, {inner()})[{rng.randrange(2)}]"


def inside(seed):
    """A text inside of the language, and small."""
    rng = random.Random(seed)
    lines, names = [], []
    for n in range(rng.randrange(4)):
        lines.append(f"v{n} = {number(rng, 2, names)}")
        names.append(f"v{n}")
    if rng.random() < 0.3:
        lines += [
            "s = 0",
            f"for n in range({rng.randrange(1, 5)}):",
            f"    s += {number(rng, 1, ['n', *names])}",
        ]
        names.append("s")
    if rng.random() < 0.2:
        lines.append(f"a, b = {number(rng, 1, names)}, own({number(rng, 1, names)})")
        names += ["a", "b"]
    count = 3 if rng.random() < 0.2 else 1
    lines.append("return " + ", ".join(number(rng, 3, names) for _ in range(count)))
    return text_of("\n".join(lines), helpers="K = 0.3\ndef own(a, b=2):\n    return a * b + K\n")


def outside(seed, mark):
    """A text that is most probably none of the language: something is put in, cut out or exchanged."""
    rng = random.Random(seed)
    text = inside(seed)
    match rng.randrange(6):
        case 0 | 1:
            words = [word for word in NUMBERS[9:] if word in text] or ["x"]
            return text.replace(rng.choice(words), rng.choice(HOSTILE).format(mark=mark), rng.randrange(1, 3))
        case 2:
            *start, last = text.split("\n")
            line = rng.choice(HOSTILE_LINES).format(mark=mark).replace("\n", "\n    ")
            return "\n".join([*start, f"    {line}", last])
        case 3:
            return rng.choice(HOSTILE_HEADS).format(mark=mark) + "\n" + text
        case 4:
            place = rng.randrange(len(text))
            return text[:place] + rng.choice(("(", ")", "\0", "é", ".", "'", "\n", "@", ":")) + text[place:]
        case _:
            start, end = sorted(rng.randrange(len(text)) for _ in range(2))
            return text[:start] + text[end:]
