"""What was made lately is kept within its bound, and nothing more."""

from hypothesis import given
from hypothesis import strategies as st

from explorer.notebook.widgets.lru_cache import LRUCache


def test_the_least_recently_used_goes_first():
    recent = LRUCache(2)
    recent.put("a", 1)
    recent.put("b", 2)
    assert recent.get("a") == 1
    recent.put("c", 3)
    assert [recent.get(key) for key in "abc"] == [1, None, 3]


def test_what_alone_is_too_large_is_not_kept():
    recent = LRUCache(10, len)
    recent.put("a", "12345")
    recent.put("b", "1" * 11)
    assert (recent.get("b"), recent.size, len(recent)) == (None, 0, 0)


def test_a_key_that_is_put_again_counts_once():
    recent = LRUCache(10, len)
    recent.put("a", "123")
    recent.put("a", "12345")
    assert (recent.get("a"), recent.size) == ("12345", 5)


@given(st.lists(st.tuples(st.integers(0, 5), st.binary(max_size=8))))
def test_the_size_is_that_of_what_is_kept_and_within_the_bound(puts):
    recent, model = LRUCache(12, len), {}
    for key, data in puts:
        recent.put(key, data)
        model[key] = data
    kept = {key: made for key in range(6) if (made := recent.get(key)) is not None}
    assert recent.size == sum(map(len, kept.values())) <= 12
    assert all(model[key] == made for key, made in kept.items())
    if puts and len(puts[-1][1]) <= 12:
        assert puts[-1][0] in kept
