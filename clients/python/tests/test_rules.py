"""What every client computes alike, and what the buffer keeps to."""

from __future__ import annotations

import pytest

from foresync.buffer import Buffer, Held
from foresync.delta import apply_delta
from foresync.digest import content_hash, digest_of, manifest_term, query_buckets
from foresync.v1 import checkpoint_pb2

# From docs/02-session.md.
DELTA = bytes.fromhex("010b110d000c6272617665200b06")


def held(item: str, content: bytes) -> Held:
    checkpoint = checkpoint_pb2.Checkpoint(space="s", item=item, data_hash=content_hash(content), size_bytes=len(content))
    return Held(checkpoint, content, 0)


def test_a_delta_makes_what_the_docs_say() -> None:
    assert apply_delta(b"hello world", DELTA, 100) == b"hello brave world"


@pytest.mark.parametrize(
    ("base", "delta", "most"),
    [
        (b"hello", DELTA, 100),
        (b"hello world", DELTA, 16),
        (b"hello world", DELTA[:-1], 100),
        (b"hello world", b"", 100),
        (b"hello world", b"\x02" + DELTA[1:], 100),
        (b"hello world", bytes.fromhex("010b110d08"), 100),
        (b"hello world", b"\xff" * 12, 100),
    ],
)
def test_what_is_no_delta_is_refused(base: bytes, delta: bytes, most: int) -> None:
    with pytest.raises(ValueError, match=r"delta|instruction|number"):
        apply_delta(base, delta, most)


def test_the_digest_is_a_sum_of_terms() -> None:
    buffer = Buffer()
    assert buffer.digest("s") == bytes(32)
    buffer.put(held("a", b"1"))
    buffer.put(held("b", b"2"))
    both = manifest_term("s", "a", content_hash(b"1")) + manifest_term("s", "b", content_hash(b"2"))
    assert buffer.digest("s") == digest_of(both)
    buffer.drop("s", "a")
    assert buffer.digest("s") == digest_of(manifest_term("s", "b", content_hash(b"2")))


def test_the_buffer_keeps_to_its_capacity_and_drops_what_was_used_least_recently() -> None:
    buffer = Buffer(capacity=10)
    buffer.put(held("a", b"12345"))
    buffer.put(held("b", b"12345"))
    buffer.touch("s", "a")
    gone = buffer.put(held("c", b"123"))
    assert [one.checkpoint.item for one in gone] == ["b"]
    assert (len(buffer), buffer.size) == (2, 8)
    huge = held("huge", bytes(11))
    assert buffer.put(huge) == [huge]
    assert buffer.get("s", "huge") is None


def test_queries_become_buckets_alone() -> None:
    key = bytes(range(32))
    assert query_buckets(key, "Plan, plan; PLAN!") == query_buckets(key, "plan")
    assert len(query_buckets(key, " ".join(str(n) for n in range(40)))) == 16
    assert query_buckets(key, "plan") != query_buckets(bytes(32), "plan")
