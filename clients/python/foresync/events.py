"""What a client tells, and what it is told."""

from __future__ import annotations

from dataclasses import dataclass

from foresync.errors import ForesyncError
from foresync.v1 import checkpoint_pb2 as wire


@dataclass(frozen=True)
class Opened:
    """An item as the user sees it."""

    content: bytes
    checkpoint: wire.Checkpoint
    zero_wait: bool
    """Whether the device held what is current, so that nobody waited."""
    age: float | None = None
    """Off line only: seconds since the content was last known to be current."""


@dataclass(frozen=True)
class Pushed:
    """Something came that nobody asked for, because it is likely to be needed next."""

    checkpoint: wire.Checkpoint
    content: bool
    """Whether the content came along and is held."""
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Invalidated:
    """What is held of an item is no longer current."""

    space: str
    item: str
    deleted: bool


@dataclass(frozen=True)
class Rejected:
    """A content did not match its hash: it was dropped, and nobody saw it."""

    space: str
    item: str


@dataclass(frozen=True)
class Connection:
    """The connection changed: connecting, live, waiting or closed."""

    state: str
    error: ForesyncError | None = None


@dataclass(frozen=True)
class Refused:
    """The server refused something that the device sent. Unless the error is retryable, an activity batch is given up."""

    error: ForesyncError


Event = Pushed | Invalidated | Rejected | Connection | Refused
