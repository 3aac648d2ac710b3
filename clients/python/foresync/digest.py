"""Hashes that both sides compute alike."""

from __future__ import annotations

import hmac
import unicodedata
from hashlib import sha256
from itertools import groupby

_MODULUS = 1 << 256


def content_hash(content: bytes) -> bytes:
    """SHA-256, 32 bytes."""
    return sha256(content).digest()


def manifest_term(space: str, item: str, data_hash: bytes) -> int:
    """What one held item adds to the digest of its space's manifest."""
    parts = (space.encode(), item.encode())
    framed = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return int.from_bytes(sha256(framed + data_hash).digest(), "big")


def digest_of(terms: int) -> bytes:
    """A sum of terms as the wire carries it: 32 bytes, big-endian."""
    return (terms % _MODULUS).to_bytes(32, "big")


def query_buckets(key: bytes, query: str) -> list[int]:
    """At most 16 buckets of a query's words. The words themselves never leave the device."""
    text = unicodedata.normalize("NFKC", query).lower()
    words = ["".join(letters) for in_word, letters in groupby(text, _in_word) if in_word]
    terms = list(dict.fromkeys(word[:64] for word in words))[:16]
    return [int.from_bytes(hmac.digest(key, term.encode(), "sha256")[:4], "big") for term in terms]


def _in_word(letter: str) -> bool:
    """Letters, numbers, and the marks on them: the same in every client, for buckets of one user have to agree."""
    return unicodedata.category(letter)[0] in "LNM"
