"""The checker of shapes and types that tests wrap around every function of the package."""

from beartype import BeartypeConf, beartype
from beartype.roar import BeartypeDecorHintPep673Exception

_check = beartype(conf=BeartypeConf(is_pep484_tower=True))  # an int is a valid float


def checked(function):
    """The function with its signature checked; one that speaks of `Self` cannot be, seen alone."""
    try:
        return _check(function)
    except BeartypeDecorHintPep673Exception:
        return function
