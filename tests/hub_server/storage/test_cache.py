from __future__ import annotations

from huggingnersc.hub_server.storage.cache import Memory


def test_the_value_used_longest_ago_is_forgotten() -> None:
    memory: Memory[str, int] = Memory(2)
    for key in "ab":
        memory.put(key, ord(key))
    assert memory.get("a", lambda: 0) == ord("a")
    memory.put("c", 3)
    assert (memory.peek("a"), memory.peek("b"), memory.peek("c")) == (97, None, 3)


def test_values_are_weighed() -> None:
    memory: Memory[str, str] = Memory(5, weigh=len)
    memory.put("a", "xx")
    memory.put("b", "xxx")
    memory.put("c", "x")
    assert (memory.peek("a"), memory.peek("b"), memory.peek("c")) == (None, "xxx", "x")
    memory.put("d", "x" * 6)
    assert (memory.peek("c"), memory.peek("d")) == (None, "x" * 6)  # the newest stays


def test_a_known_value_is_not_made_again() -> None:
    memory: Memory[str, int] = Memory(2)
    made = [memory.get("a", lambda n=number: n) for number in range(3)]  # type: ignore[misc]
    assert made == [0, 0, 0]
