"""What a device holds, as it says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from foresync.buffer import Held
from foresync.v1 import sync_pb2

PART_ENTRIES = 2048
PART_BYTES = 256 * 1024
"""Well below a frame."""


def manifest_parts(space: str, held: Sequence[Held]) -> Iterator[sync_pb2.Manifest]:
    """In parts of bounded count and size; the last one says so, and is there even if nothing is held."""
    part, size = sync_pb2.Manifest(space=space), 0
    for one in held:
        if len(part.entries) == PART_ENTRIES or size >= PART_BYTES:
            yield part
            part, size = sync_pb2.Manifest(space=space), 0
        entry = part.entries.add(item=one.checkpoint.item, data_hash=one.checkpoint.data_hash)
        size += entry.ByteSize() + 4
    part.last = True
    yield part
