"""The checker of shapes and types that tests wrap around every function of the package."""

from beartype import BeartypeConf, beartype

checked = beartype(conf=BeartypeConf(is_pep484_tower=True))  # an int is a valid float
