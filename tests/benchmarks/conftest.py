"""For benchmarks: torch has all threads, as it has outside of tests."""

import pytest
import torch

from explorer.threads import usable_threads


@pytest.fixture(autouse=True)
def _all_torch_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(usable_threads())
    yield
    torch.set_num_threads(before)
