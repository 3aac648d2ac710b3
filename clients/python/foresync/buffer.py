"""What a device holds."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from foresync.digest import digest_of, manifest_term
from foresync.v1 import checkpoint_pb2 as wire

Key = tuple[str, str]


@dataclass
class Held:
    """One content."""

    checkpoint: wire.Checkpoint
    content: bytes
    current: float
    """When it was last known to be current, seconds since the epoch."""
    stale: bool = False
    """Whether it is known that another content is current."""


class Buffer:
    """
    Contents in memory, by space and item: at most `capacity` bytes; beyond them the least recently used goes. May be given
    to one client after another, which then resumes.
    """

    def __init__(self, capacity: int = 64 * 1024 * 1024) -> None:
        self.capacity = capacity
        self.resume_token = b""
        self._held: OrderedDict[Key, Held] = OrderedDict()
        self._bytes = 0
        self._terms: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._held)

    @property
    def size(self) -> int:
        """Bytes of the contents held, at most the capacity."""
        return self._bytes

    def get(self, space: str, item: str) -> Held | None:
        """What is held of an item; that is no use of it."""
        return self._held.get((space, item))

    def touch(self, space: str, item: str) -> None:
        """Makes an item the most recently used one."""
        self._held.move_to_end((space, item))

    def put(self, held: Held) -> list[Held]:
        """Holds a content as the most recently used one; answers what had to go: that itself, if it is larger than all."""
        key = (held.checkpoint.space, held.checkpoint.item)
        replaced = self.drop(*key)
        if len(held.content) > self.capacity:
            return [held] if replaced is None else [replaced, held]
        gone = []
        while self._bytes + len(held.content) > self.capacity:
            oldest = self.drop(*next(iter(self._held)))
            assert oldest is not None
            gone.append(oldest)
        self._held[key] = held
        self._count(held, 1)
        return gone

    def drop(self, space: str, item: str) -> Held | None:
        """Lets an item go, and answers it."""
        held = self._held.pop((space, item), None)
        if held is not None:
            self._count(held, -1)
        return held

    def wipe(self, space: str | None = None) -> None:
        """Drops everything of one space, or of all, and the resume token."""
        self.resume_token = b""
        for key in [key for key in self._held if space in (None, key[0])]:
            self.drop(*key)

    def renew(self, space: str) -> None:
        """Forgets the versions of a space, and the resume token: the log that they were numbered by is gone."""
        self.resume_token = b""
        for held in self.of_space(space):
            held.checkpoint = wire.Checkpoint.FromString(held.checkpoint.SerializeToString())
            held.checkpoint.version = 0

    def of_space(self, space: str) -> Iterator[Held]:
        """Everything held of a space."""
        return iter([held for (of, _), held in self._held.items() if of == space])

    def digest(self, space: str) -> bytes:
        """The digest of a space's manifest."""
        return digest_of(self._terms.get(space, 0))

    def _count(self, held: Held, sign: int) -> None:
        space = held.checkpoint.space
        term = manifest_term(space, held.checkpoint.item, held.checkpoint.data_hash)
        self._terms[space] = self._terms.get(space, 0) + sign * term
        self._bytes += sign * len(held.content)
