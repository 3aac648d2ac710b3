"""What comes in, by the bounds that no script of clients/conformance reaches."""

from __future__ import annotations

from foresync.buffer import Buffer
from foresync.device import Device
from foresync.digest import content_hash
from foresync.landing import MAX_OVERHEAD, MAX_TRANSFERS, Landing
from foresync.v1 import checkpoint_pb2, sync_pb2

CONTENT = b"content"


def pushed(item: str, transfer: int = 0, encoded_bytes: int = 0) -> sync_pb2.Push:
    checkpoint = checkpoint_pb2.Checkpoint(space="s", item=item, data_hash=content_hash(CONTENT), size_bytes=len(CONTENT))
    return sync_pb2.Push(
        checkpoint=checkpoint,
        encoding=sync_pb2.CONTENT_ENCODING_IDENTITY,
        content=b"" if transfer else CONTENT,
        transfer=transfer,
        encoded_bytes=encoded_bytes,
    )


async def test_a_whole_content_lands_however_many_transfers_are_open() -> None:
    device = Device(Buffer())
    landing = Landing(device, lambda _space, _item: None)
    for number in range(1, MAX_TRANSFERS + 2):
        landing.push(number, pushed(f"in-chunks-{number}", transfer=number, encoded_bytes=len(CONTENT)), asked=False)
    assert landing.rejected == [MAX_TRANSFERS + 1]
    landing.push(1000, pushed("whole"), asked=False)
    assert landing.rejected == [MAX_TRANSFERS + 1]
    assert device.buffer.get("s", "whole") is not None


async def test_a_transfer_of_more_than_its_content_can_take_is_rejected_before_it_comes() -> None:
    landing = Landing(Device(Buffer()), lambda _space, _item: None)
    most = len(CONTENT) + MAX_OVERHEAD
    landing.push(1, pushed("a", transfer=1, encoded_bytes=most), asked=False)
    landing.push(2, pushed("b", transfer=2, encoded_bytes=most + 1), asked=False)
    assert landing.rejected == [2]
