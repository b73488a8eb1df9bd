"""Loops among things that refer to one another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.vocabulary.graphs import find_loops


@pytest.mark.parametrize(
    ("edges", "loops"),
    [
        ({}, []),
        ({"a": ["b"], "b": ["c"]}, []),
        ({"a": ["a"]}, [["a"]]),
        ({"x": ["a"], "a": ["b"], "b": ["c"], "c": ["a"]}, [["a", "b", "c"]]),
        ({"b": ["a"], "a": ["b"], "d": ["d"]}, [["b", "a"], ["d"]]),
        ({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}, []),
        ({"a": ["gone"]}, []),
    ],
)
def test_each_loop_is_found_once(edges: dict[str, list[str]], loops: list[list[str]]) -> None:
    assert find_loops(edges) == loops


GRAPHS = st.dictionaries(
    st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdefg"), max_size=3), max_size=6
)


@given(GRAPHS)
def test_loops_are_real_and_without_them_there_are_none(edges: dict[str, list[str]]) -> None:
    loops = find_loops(edges)
    for loop in loops:
        for one, next_one in zip(loop, [*loop[1:], loop[0]], strict=True):
            assert next_one in edges[one]
    cut = {name for loop in loops for name in loop}
    assert find_loops({name: to for name, to in edges.items() if name not in cut}) == []


def test_a_chain_longer_than_the_stack() -> None:
    edges = {str(n): [str((n + 1) % 5000)] for n in range(5000)}
    assert [len(loop) for loop in find_loops(edges)] == [5000]
