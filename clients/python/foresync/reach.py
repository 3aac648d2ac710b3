"""How a server is reached, and how long is waited for it."""

from __future__ import annotations

import asyncio
from types import TracebackType
from urllib.parse import urlsplit

import grpc

from foresync.errors import ForesyncError


def channel_to(endpoint: str, ca: bytes | None) -> grpc.aio.Channel:
    """A channel to `https://host:port` or `http://host:port`. Raises FIELD_INVALID."""
    url = urlsplit(endpoint)
    if url.scheme not in ("http", "https") or not url.hostname:
        raise ForesyncError("FIELD_INVALID", "endpoint is not https://host:port or http://host:port", field="endpoint")
    target = f"{url.hostname}:{url.port or (443 if url.scheme == 'https' else 80)}"
    options = [("grpc.max_receive_message_length", -1), ("grpc.enable_retries", 0)]
    if url.scheme == "http":
        return grpc.aio.insecure_channel(target, options)
    return grpc.aio.secure_channel(target, grpc.ssl_channel_credentials(ca), options)


class limit:
    """asyncio.timeout that raises a ForesyncError."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._timeout = asyncio.timeout(seconds)

    async def __aenter__(self) -> None:
        await self._timeout.__aenter__()

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            await self._timeout.__aexit__(kind, error, at)
        except TimeoutError as cause:
            raise ForesyncError("TIMEOUT", f"it took longer than {self._seconds} s") from cause
