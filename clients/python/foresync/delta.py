"""Deltas: docs/02-session.md says how they are written."""

from __future__ import annotations


def apply_delta(base: bytes, delta: bytes, max_bytes: int) -> bytes:
    """Makes the target from its base. Raises ValueError for what is no delta to this base, or makes more than max_bytes."""
    version, at = _varint(delta, 0)
    base_length, at = _varint(delta, at)
    length, at = _varint(delta, at)
    if version != 1 or base_length != len(base) or length > max_bytes:
        raise ValueError("not a delta to this base")
    target = bytearray()
    while at < len(delta):
        instruction, at = _varint(delta, at)
        size = instruction >> 1
        if instruction & 1:
            offset, at = _varint(delta, at)
            piece = base[offset : offset + size]
        else:
            piece, at = delta[at : at + size], at + size
        if size == 0 or len(piece) != size or len(target) + size > length:
            raise ValueError("an instruction reaches beyond its end")
        target += piece
    if len(target) != length:
        raise ValueError("the delta ends early")
    return bytes(target)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data) and shift < 56:
        byte = data[at]
        value, at, shift = value | (byte & 127) << shift, at + 1, shift + 7
        if byte < 128:
            return value, at
    raise ValueError("a number does not end")
