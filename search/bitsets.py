"""Sets of document numbers as whole numbers of one bit each.

Python's integers intersect and count these at memory speed, which keeps filters and exact
facet counts cheap without any library.
"""

from collections.abc import Iterable, Iterator

_BITS_OF_BYTE = tuple(tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256))


def make_bitset(numbers: Iterable[int], size: int) -> int:
    """The set of these numbers, each below `size`."""
    packed = bytearray((size + 7) // 8)
    for number in numbers:
        packed[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(packed, "little")


def full_bitset(size: int) -> int:
    """The set of all numbers below `size`."""
    return (1 << size) - 1


def iterate_bitset(bitset: int) -> Iterator[int]:
    """The numbers in the set, ascending."""
    packed = bitset.to_bytes((bitset.bit_length() + 7) // 8, "little")
    for place, byte in enumerate(packed):
        if byte:
            base = place << 3
            for bit in _BITS_OF_BYTE[byte]:
                yield base + bit


def at_least(needed: int, bitsets: Iterable[int]) -> int:
    """The numbers that are in at least `needed` (>= 1) of the sets."""
    # reached[n] holds what was in n of the sets so far.
    reached = [0] * (needed + 1)
    reached[0] = -1
    for bitset in bitsets:
        for count in range(needed, 0, -1):
            reached[count] |= reached[count - 1] & bitset
    return reached[needed]
