"""Contents on their way in: whole or in chunks, as they are or as deltas; nothing is held that does not match its hash."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from foresync.buffer import Held
from foresync.delta import apply_delta
from foresync.device import Device
from foresync.digest import content_hash
from foresync.errors import ForesyncError
from foresync.events import Invalidated, Pushed, Rejected
from foresync.v1 import checkpoint_pb2, sync_pb2

MAX_TRIES = 4
"""How often a content that comes corrupt is sent before it is given up."""
MAX_TRANSFERS = 256
"""Transfers that are open at a time; more are rejected."""
MAX_OVERHEAD = 1024
"""Bytes that a transfer may have beyond those of its content: a delta can be longer than what it makes."""


@dataclass
class _Transfer:
    delivery: int
    push: sync_pb2.Push
    asked: bool
    data: bytearray = field(default_factory=bytearray)


class Landing:
    """What comes in one session."""

    def __init__(self, device: Device, ask: Callable[[str, str], None]) -> None:
        self._device = device
        self._ask = ask
        self._transfers: dict[int, _Transfer] = {}
        self.rejected: list[int] = []
        """To be told with the next Ack."""

    @property
    def complete_before(self) -> int | None:
        """The earliest delivery whose content is not complete; None if all are."""
        return min((transfer.delivery for transfer in self._transfers.values()), default=None)

    def push(self, delivery: int, push: sync_pb2.Push, *, asked: bool) -> None:
        """A checkpoint came, with its content, before it, or without."""
        if push.encoding == sync_pb2.CONTENT_ENCODING_NONE:
            self._note_newer(push.checkpoint)
            self._device.publish(Pushed(push.checkpoint, False, _reasons(push)))
        elif not push.transfer:
            self._land(delivery, push, push.content, asked)
        elif (
            push.transfer in self._transfers
            or len(self._transfers) >= MAX_TRANSFERS
            or push.encoded_bytes > push.checkpoint.size_bytes + MAX_OVERHEAD
        ):
            self._reject(delivery, push.checkpoint)
        else:
            self._note_newer(push.checkpoint)
            self._transfers[push.transfer] = _Transfer(delivery, push, asked)

    def chunk(self, chunk: sync_pb2.Chunk) -> None:
        """A part of a transfer came."""
        transfer = self._transfers.get(chunk.transfer)
        if transfer is None:
            return
        misfit = chunk.offset != len(transfer.data) or chunk.offset + len(chunk.data) > transfer.push.encoded_bytes
        if chunk.last or chunk.cancelled or misfit:
            del self._transfers[chunk.transfer]
        if chunk.cancelled:
            return
        if misfit:
            self._reject(transfer.delivery, transfer.push.checkpoint)
            return
        transfer.data += chunk.data
        if chunk.last:
            self._land(transfer.delivery, transfer.push, bytes(transfer.data), transfer.asked)

    def not_modified(self, checkpoint: checkpoint_pb2.Checkpoint) -> None:
        """What is held is current."""
        key = (checkpoint.space, checkpoint.item)
        held = self._device.buffer.get(*key)
        if held is None or held.checkpoint.data_hash != checkpoint.data_hash:
            self._ask(*key)
            return
        self._answer(self._device.hold(checkpoint, held.content))

    def invalidation(self, told: sync_pb2.Invalidation) -> None:
        """What is held of an item is no longer current, unless it is newer than that."""
        held = self._device.buffer.get(told.space, told.item)
        if held is None or held.checkpoint.version > told.version or held.checkpoint.data_hash == told.data_hash:
            return
        held.stale = True
        if not told.data_hash:
            self._device.forget(self._device.buffer.drop(told.space, told.item))
        self._device.publish(Invalidated(told.space, told.item, not told.data_hash))

    def _land(self, delivery: int, push: sync_pb2.Push, data: bytes, asked: bool) -> None:
        checkpoint = push.checkpoint
        content = self._content(push, data)
        if content is None or len(content) != checkpoint.size_bytes or content_hash(content) != checkpoint.data_hash:
            self._reject(delivery, checkpoint)
            return
        held = self._device.buffer.get(checkpoint.space, checkpoint.item)
        if held is None or held.checkpoint.version <= checkpoint.version:
            held = self._device.hold(checkpoint, content)
            if not asked:
                self._device.publish(Pushed(checkpoint, True, _reasons(push)))
        self._answer(held)

    def _content(self, push: sync_pb2.Push, data: bytes) -> bytes | None:
        if push.encoding == sync_pb2.CONTENT_ENCODING_IDENTITY:
            return data
        held = self._device.buffer.get(push.checkpoint.space, push.checkpoint.item)
        if held is None or held.checkpoint.data_hash != push.base_hash:
            return None
        try:
            return apply_delta(held.content, data, push.checkpoint.size_bytes)
        except ValueError:
            return None

    def _reject(self, delivery: int, checkpoint: checkpoint_pb2.Checkpoint) -> None:
        self._note_newer(checkpoint)
        self.rejected.append(delivery)
        self._device.publish(Rejected(checkpoint.space, checkpoint.item))
        ask = self._device.ask_for(checkpoint.space, checkpoint.item)
        if ask is None:
            return
        ask.tries += 1
        if ask.tries < MAX_TRIES:
            self._ask(checkpoint.space, checkpoint.item)
        elif not ask.answer.done():
            text = f"the content of {checkpoint.item} came corrupt {MAX_TRIES} times"
            ask.answer.set_exception(ForesyncError("CONTENT_CORRUPT", text))

    def _note_newer(self, checkpoint: checkpoint_pb2.Checkpoint) -> None:
        held = self._device.buffer.get(checkpoint.space, checkpoint.item)
        if held is not None and held.checkpoint.data_hash != checkpoint.data_hash:
            held.stale = held.stale or held.checkpoint.version <= checkpoint.version

    def _answer(self, held: Held) -> None:
        ask = self._device.asks.get((held.checkpoint.space, held.checkpoint.item))
        if ask is not None and not ask.answer.done():
            ask.answer.set_result(held)


def _reasons(push: sync_pb2.Push) -> tuple[str, ...]:
    return tuple(reason.text for reason in push.reasons)
