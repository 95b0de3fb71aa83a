"""The checks that tests wrap around the package find wrong shapes and types."""

from dataclasses import dataclass

import numpy as np
import pytest
from jaxtyping import Float, TypeCheckError

from tests.checking import EVERY, FIRST, begin_test, check_types, checked

WRONG = np.zeros(2), np.zeros(3)


@checked(typechecker=check_types)
def add(one: Float[np.ndarray, " n"], other: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    return one[0] + other


@checked(typechecker=check_types)
def double(number: int) -> int:
    return 2 * number


@checked(typechecker=check_types)
@dataclass
class Pair:
    one: Float[np.ndarray, " n"]
    other: Float[np.ndarray, " n"]


@pytest.mark.parametrize("call", [add, Pair])
def test_wrong_shapes_are_found_in_the_first_calls_and_in_some_later_ones(call):
    for _ in range(FIRST):
        with pytest.raises(TypeCheckError):
            call(*WRONG)
    for _ in range(FIRST, EVERY - 1):
        call(*WRONG)
    with pytest.raises(TypeCheckError):
        call(*WRONG)
    begin_test()
    with pytest.raises(TypeCheckError):
        call(*WRONG)


def test_functions_without_shapes_are_left_to_mypy():
    assert double("2") == "22"


def make():
    @checked(typechecker=check_types)
    def inner(one: Float[np.ndarray, " n"], other: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        return one[0] + other

    return inner


def test_functions_inside_others_are_wrapped_when_the_first_ones_are_made_and_some_later_ones():
    for count in range(1, EVERY + 1):
        inner = make()
        if count <= FIRST or count == EVERY:
            with pytest.raises(TypeCheckError):
                inner(*WRONG)
        else:
            inner(*WRONG)
            assert not hasattr(inner, "__wrapped__")
