"""The one error of the client."""

from __future__ import annotations

from collections.abc import Mapping

import grpc
from google.rpc import error_details_pb2, status_pb2

RETRYABLE = frozenset(
    {"SESSION_UNKNOWN", "OVERLOADED", "SHUTTING_DOWN", "SLOW_CONSUMER", "STORE_UNAVAILABLE", "MODEL_FAILED"}
    | {"UNAVAILABLE", "TIMEOUT", "SILENT", "CONTENT_CORRUPT", "TOO_MANY_OPENS"}
)
"""Codes after which the same call can succeed later."""

FINAL = frozenset(
    {"TAKEN_OVER", "FORGOTTEN", "SPACE_UNKNOWN", "SPACE_FORBIDDEN", "DEVICE_REQUIRED", "FIELD_INVALID"}
    | {"HELLO_EXPECTED", "UNIMPLEMENTED", "UNAUTHENTICATED", "CLOSED"}
)
"""Codes that end the client: connecting again would not help."""


class ForesyncError(Exception):
    """
    Whatever fails: `code` is one of docs/03-errors.md, or UNAVAILABLE, TIMEOUT, SILENT, CLOSED, FORGOTTEN, CONTENT_CORRUPT,
    TOO_MANY_OPENS.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        field: str = "",
        retry_after: float = 0.0,
        facts: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"[{code}] {message}")
        self.code = code
        self.field = field
        """The field that is wrong, as a path; empty if none is."""
        self.retry_after = retry_after
        """Seconds that the server asks to wait before trying again."""
        self.facts: Mapping[str, str] = facts or {}
        """Facts for machines, for example `expected`."""

    @property
    def retryable(self) -> bool:
        """Whether the same call can succeed later."""
        return self.code in RETRYABLE


def error_of_status(status: status_pb2.Status) -> ForesyncError:
    """A google.rpc.Status as the error that it stands for. Details that are not known are ignored."""
    code, field, retry_after, facts = "INTERNAL", "", 0.0, {}
    for detail in status.details:
        info, request, retry = (
            error_details_pb2.ErrorInfo(),
            error_details_pb2.BadRequest(),
            error_details_pb2.RetryInfo(),
        )
        if detail.Unpack(info):
            code, facts = info.reason, dict(info.metadata)
        elif detail.Unpack(request) and request.field_violations:
            field = request.field_violations[0].field
        elif detail.Unpack(retry):
            retry_after = retry.retry_delay.seconds + retry.retry_delay.nanos / 1e9
    message = status.message.removeprefix(f"[{code}] ")
    return ForesyncError(code, message, field=field, retry_after=retry_after, facts=facts)


def error_of_call(call: grpc.aio.AioRpcError) -> ForesyncError:
    """What a gRPC call failed with."""
    for key, value in call.trailing_metadata() or ():
        if key == "grpc-status-details-bin" and isinstance(value, bytes):
            return error_of_status(status_pb2.Status.FromString(value))
    if call.code() == grpc.StatusCode.DEADLINE_EXCEEDED:
        return ForesyncError("TIMEOUT", call.details() or "it took too long")
    return ForesyncError("UNAVAILABLE", call.details() or "the connection broke")
