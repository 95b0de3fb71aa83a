"""The cache keeps recent values within its bound, and nothing more."""

from hypothesis import given
from hypothesis import strategies as st

from explorer.notebook.widgets.lru_cache import LRUCache


def test_the_least_recently_used_goes_first():
    cache = LRUCache(2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.get("a") == 1
    cache.put("c", 3)
    assert [cache.get(key) for key in "abc"] == [1, None, 3]


def test_a_value_that_alone_is_too_large_is_not_stored():
    cache = LRUCache(10, len)
    cache.put("a", "12345")
    cache.put("b", "1" * 11)
    assert (cache.get("b"), cache.size, len(cache)) == (None, 0, 0)


def test_a_key_that_is_put_again_counts_once():
    cache = LRUCache(10, len)
    cache.put("a", "123")
    cache.put("a", "12345")
    assert (cache.get("a"), cache.size) == ("12345", 5)


@given(st.lists(st.tuples(st.integers(0, 5), st.binary(max_size=8))))
def test_the_size_is_the_sum_of_all_values_and_within_the_bound(puts):
    cache, model = LRUCache(12, len), {}
    for key, data in puts:
        cache.put(key, data)
        model[key] = data
    entries = {key: value for key in range(6) if (value := cache.get(key)) is not None}
    assert cache.size == sum(map(len, entries.values())) <= 12
    assert all(model[key] == value for key, value in entries.items())
    if puts and len(puts[-1][1]) <= 12:
        assert puts[-1][0] in entries
