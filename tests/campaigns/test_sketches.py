"""10,000 sketches by chance: nothing is executed, nothing crashes, and what is accepted agrees."""

import pytest

from tests.fields.sketch.agreement import (
    check_agreement,
    formula_of,
    kernel_outputs,
    nothing_executed,
    shader_outputs,
    single_precision,
    together,
)
from tests.fields.sketch.programs import inside, outside

pytestmark = pytest.mark.campaign

TEXTS = 5_000  # inside of the language, and as many outside
IN_KERNELS, IN_A_KERNEL = 300, 15


def test_ten_thousand_texts(tmp_path):
    mark = tmp_path / "mark"
    with nothing_executed():
        formulas = [formula_of(inside(seed)) for seed in range(TEXTS)]
        others = [formula_of(outside(seed, mark.as_posix())) for seed in range(TEXTS)]
    assert not mark.exists()
    assert all(isinstance(formula, tuple) for formula in formulas)
    accepted = [*formulas, *(formula for formula in others if isinstance(formula, tuple))]
    steady, count = 0, 0
    for formula in accepted:
        program = together([formula])
        more, of = check_agreement(program, single_precision(program))
        steady, count = steady + more, count + of
    refused = 2 * TEXTS - len(accepted)
    print(
        f"{len(accepted)} of {2 * TEXTS} accepted, {refused} refused; {steady / count:.1%} of points compared"
    )


@pytest.mark.parametrize("first", range(0, IN_KERNELS, IN_A_KERNEL))
def test_three_hundred_in_kernels_and_shaders(first, gpu):
    program = together([formula_of(inside(seed)) for seed in range(first, first + IN_A_KERNEL)])
    steady, count = check_agreement(program, kernel_outputs(program))
    check_agreement(program, shader_outputs(program))
    print(f"{IN_A_KERNEL} in a kernel and a shader: {steady / count:.1%} of points compared")
