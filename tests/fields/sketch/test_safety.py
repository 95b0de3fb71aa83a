"""Texts by chance and by malice: nothing is executed, nothing crashes, and what is accepted agrees."""

import json

import pytest

from explorer.errors import ExplorerError
from explorer.experiments.library.look import Look
from tests.fields.sketch.agreement import (
    check_agreement,
    formula_of,
    kernel_outputs,
    nothing_executed,
    shader_outputs,
    single_precision,
    together,
)
from tests.fields.sketch.programs import HOSTILE, HOSTILE_HEADS, HOSTILE_LINES, inside, outside
from tests.fields.sketch.texts import ripples, text_of

TEXTS = 50  # of each kind; a campaign takes many more
IN_A_KERNEL = 8


def test_texts_inside_and_outside_of_the_language(tmp_path):
    mark = tmp_path / "mark"
    with nothing_executed():
        accepted = [formula_of(inside(seed)) for seed in range(TEXTS)]
        others = [formula_of(outside(seed, mark.as_posix())) for seed in range(TEXTS)]
    assert all(isinstance(outputs, tuple) for outputs in accepted)
    assert sum(isinstance(outputs, str) for outputs in others) > 0.6 * TEXTS
    assert not mark.exists()
    steady, count = 0, 0
    for formula in accepted:
        more, of = check_agreement(program := together([formula]), single_precision(program))
        steady, count = steady + more, count + of
    assert steady > 0.7 * count  # else little was compared
    program = together(accepted[:IN_A_KERNEL])
    check_agreement(program, kernel_outputs(program))


def test_what_is_accepted_agrees_in_a_shader(gpu):
    program = together([formula_of(inside(seed)) for seed in range(IN_A_KERNEL)])
    check_agreement(program, shader_outputs(program))


@pytest.mark.parametrize("part", HOSTILE)
def test_no_expression_gets_out(part, tmp_path):
    mark = (tmp_path / "mark").as_posix()
    with nothing_executed():
        result = formula_of(text_of(f"return {part.format(mark=mark)}"))
        again = formula_of(text_of(f"a: {part.format(mark=mark)} = sin(x)\nreturn a"))
    assert isinstance(result, str) or "10 ** 400" in part or "9 ** 9" in part
    assert again is not None  # an annotation means nothing
    assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize("line", HOSTILE_LINES)
def test_no_statement_gets_out(line, tmp_path):
    mark = (tmp_path / "mark").as_posix()
    with nothing_executed():
        result = formula_of(text_of(line.format(mark=mark) + "\nreturn x"))
    assert isinstance(result, str) or line.startswith("x: open")
    assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize("head", HOSTILE_HEADS)
def test_nothing_outside_of_functions_gets_out(head, tmp_path):
    mark = (tmp_path / "mark").as_posix()
    with nothing_executed():
        assert (
            isinstance(formula_of(head.format(mark=mark) + "\n" + text_of("return x")), str)
            or "def g" in head
        )
    assert not (tmp_path / "mark").exists()


def test_a_look_of_a_stranger_draws_or_is_refused(tmp_path):
    mark = tmp_path / "mark"
    look = Look(name="shared", field=ripples)
    assert Look.of_text(look.text).field == ripples
    values = look.to_dict()
    for part in (*HOSTILE_HEADS, *HOSTILE_LINES):
        if part.startswith(("def g", "x: open")):  # a function that is never used, an annotation
            continue
        text = part.format(mark=mark.as_posix()) + "\n" + values["field"]["source"]
        changed = {**values, "field": {**values["field"], "source": text}}
        with nothing_executed(), pytest.raises(ExplorerError) as error:
            Look.of_values(json.loads(json.dumps(changed)), "look.json")
        assert "\n" not in str(error.value)
    for source in (3, ["x"], {"a": 1}, "x" * 100_000, "(" * 10_000):
        with pytest.raises(ExplorerError):
            Look.of_values({**values, "field": {**values["field"], "source": source}}, "look.json")
    assert not mark.exists()
