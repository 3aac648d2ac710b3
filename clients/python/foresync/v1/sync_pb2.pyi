from foresync.v1 import checkpoint_pb2 as _checkpoint_pb2
from foresync.v1 import context_pb2 as _context_pb2
from google.rpc import status_pb2 as _status_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Verdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VERDICT_UNSPECIFIED: _ClassVar[Verdict]
    VERDICT_RESUME: _ClassVar[Verdict]
    VERDICT_SEND_MANIFEST: _ClassVar[Verdict]
    VERDICT_ANEW: _ClassVar[Verdict]
    VERDICT_WIPE: _ClassVar[Verdict]

class ContentEncoding(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONTENT_ENCODING_UNSPECIFIED: _ClassVar[ContentEncoding]
    CONTENT_ENCODING_NONE: _ClassVar[ContentEncoding]
    CONTENT_ENCODING_IDENTITY: _ClassVar[ContentEncoding]
    CONTENT_ENCODING_DELTA: _ClassVar[ContentEncoding]

class GoodbyeReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    GOODBYE_REASON_UNSPECIFIED: _ClassVar[GoodbyeReason]
    GOODBYE_REASON_SHUTDOWN: _ClassVar[GoodbyeReason]
    GOODBYE_REASON_SLOW_CONSUMER: _ClassVar[GoodbyeReason]
    GOODBYE_REASON_TAKEN_OVER: _ClassVar[GoodbyeReason]
    GOODBYE_REASON_TOKEN_EXPIRED: _ClassVar[GoodbyeReason]
    GOODBYE_REASON_SILENT: _ClassVar[GoodbyeReason]
    GOODBYE_REASON_FORGOTTEN: _ClassVar[GoodbyeReason]
VERDICT_UNSPECIFIED: Verdict
VERDICT_RESUME: Verdict
VERDICT_SEND_MANIFEST: Verdict
VERDICT_ANEW: Verdict
VERDICT_WIPE: Verdict
CONTENT_ENCODING_UNSPECIFIED: ContentEncoding
CONTENT_ENCODING_NONE: ContentEncoding
CONTENT_ENCODING_IDENTITY: ContentEncoding
CONTENT_ENCODING_DELTA: ContentEncoding
GOODBYE_REASON_UNSPECIFIED: GoodbyeReason
GOODBYE_REASON_SHUTDOWN: GoodbyeReason
GOODBYE_REASON_SLOW_CONSUMER: GoodbyeReason
GOODBYE_REASON_TAKEN_OVER: GoodbyeReason
GOODBYE_REASON_TOKEN_EXPIRED: GoodbyeReason
GOODBYE_REASON_SILENT: GoodbyeReason
GOODBYE_REASON_FORGOTTEN: GoodbyeReason

class SyncRequest(_message.Message):
    __slots__ = ("events",)
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[ClientEvent]
    def __init__(self, events: _Optional[_Iterable[_Union[ClientEvent, _Mapping]]] = ...) -> None: ...

class SyncResponse(_message.Message):
    __slots__ = ("events",)
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[ServerEvent]
    def __init__(self, events: _Optional[_Iterable[_Union[ServerEvent, _Mapping]]] = ...) -> None: ...

class SubscribeRequest(_message.Message):
    __slots__ = ("hello",)
    HELLO_FIELD_NUMBER: _ClassVar[int]
    hello: Hello
    def __init__(self, hello: _Optional[_Union[Hello, _Mapping]] = ...) -> None: ...

class SubscribeResponse(_message.Message):
    __slots__ = ("events",)
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[ServerEvent]
    def __init__(self, events: _Optional[_Iterable[_Union[ServerEvent, _Mapping]]] = ...) -> None: ...

class ReportRequest(_message.Message):
    __slots__ = ("session_id", "events")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    events: _containers.RepeatedCompositeFieldContainer[ClientEvent]
    def __init__(self, session_id: _Optional[str] = ..., events: _Optional[_Iterable[_Union[ClientEvent, _Mapping]]] = ...) -> None: ...

class ReportResponse(_message.Message):
    __slots__ = ("activity_sequence", "durability")
    ACTIVITY_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    DURABILITY_FIELD_NUMBER: _ClassVar[int]
    activity_sequence: int
    durability: _checkpoint_pb2.Durability
    def __init__(self, activity_sequence: _Optional[int] = ..., durability: _Optional[_Union[_checkpoint_pb2.Durability, str]] = ...) -> None: ...

class FetchRequest(_message.Message):
    __slots__ = ("request",)
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    request: Request
    def __init__(self, request: _Optional[_Union[Request, _Mapping]] = ...) -> None: ...

class FetchResponse(_message.Message):
    __slots__ = ("answer", "chunk")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    answer: Answer
    chunk: Chunk
    def __init__(self, answer: _Optional[_Union[Answer, _Mapping]] = ..., chunk: _Optional[_Union[Chunk, _Mapping]] = ...) -> None: ...

class ClientEvent(_message.Message):
    __slots__ = ("hello", "activities", "ack", "request", "manifest", "heartbeat", "budget")
    HELLO_FIELD_NUMBER: _ClassVar[int]
    ACTIVITIES_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    MANIFEST_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    BUDGET_FIELD_NUMBER: _ClassVar[int]
    hello: Hello
    activities: _context_pb2.ActivityBatch
    ack: Ack
    request: Request
    manifest: Manifest
    heartbeat: Heartbeat
    budget: PushBudget
    def __init__(self, hello: _Optional[_Union[Hello, _Mapping]] = ..., activities: _Optional[_Union[_context_pb2.ActivityBatch, _Mapping]] = ..., ack: _Optional[_Union[Ack, _Mapping]] = ..., request: _Optional[_Union[Request, _Mapping]] = ..., manifest: _Optional[_Union[Manifest, _Mapping]] = ..., heartbeat: _Optional[_Union[Heartbeat, _Mapping]] = ..., budget: _Optional[_Union[PushBudget, _Mapping]] = ...) -> None: ...

class ServerEvent(_message.Message):
    __slots__ = ("delivery", "welcome", "activity_ack", "push", "chunk", "invalidation", "position", "answer", "heartbeat", "goodbye", "refusal")
    DELIVERY_FIELD_NUMBER: _ClassVar[int]
    WELCOME_FIELD_NUMBER: _ClassVar[int]
    ACTIVITY_ACK_FIELD_NUMBER: _ClassVar[int]
    PUSH_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    INVALIDATION_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    GOODBYE_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    delivery: int
    welcome: Welcome
    activity_ack: ActivityAck
    push: Push
    chunk: Chunk
    invalidation: Invalidation
    position: PositionUpdate
    answer: Answer
    heartbeat: Heartbeat
    goodbye: Goodbye
    refusal: Refusal
    def __init__(self, delivery: _Optional[int] = ..., welcome: _Optional[_Union[Welcome, _Mapping]] = ..., activity_ack: _Optional[_Union[ActivityAck, _Mapping]] = ..., push: _Optional[_Union[Push, _Mapping]] = ..., chunk: _Optional[_Union[Chunk, _Mapping]] = ..., invalidation: _Optional[_Union[Invalidation, _Mapping]] = ..., position: _Optional[_Union[PositionUpdate, _Mapping]] = ..., answer: _Optional[_Union[Answer, _Mapping]] = ..., heartbeat: _Optional[_Union[Heartbeat, _Mapping]] = ..., goodbye: _Optional[_Union[Goodbye, _Mapping]] = ..., refusal: _Optional[_Union[Refusal, _Mapping]] = ...) -> None: ...

class Hello(_message.Message):
    __slots__ = ("resume_token", "spaces", "digests", "budget", "location_permitted", "client_version")
    RESUME_TOKEN_FIELD_NUMBER: _ClassVar[int]
    SPACES_FIELD_NUMBER: _ClassVar[int]
    DIGESTS_FIELD_NUMBER: _ClassVar[int]
    BUDGET_FIELD_NUMBER: _ClassVar[int]
    LOCATION_PERMITTED_FIELD_NUMBER: _ClassVar[int]
    CLIENT_VERSION_FIELD_NUMBER: _ClassVar[int]
    resume_token: bytes
    spaces: _containers.RepeatedScalarFieldContainer[str]
    digests: _containers.RepeatedCompositeFieldContainer[ManifestDigest]
    budget: PushBudget
    location_permitted: bool
    client_version: str
    def __init__(self, resume_token: _Optional[bytes] = ..., spaces: _Optional[_Iterable[str]] = ..., digests: _Optional[_Iterable[_Union[ManifestDigest, _Mapping]]] = ..., budget: _Optional[_Union[PushBudget, _Mapping]] = ..., location_permitted: _Optional[bool] = ..., client_version: _Optional[str] = ...) -> None: ...

class ManifestDigest(_message.Message):
    __slots__ = ("space", "digest", "count")
    SPACE_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    space: str
    digest: bytes
    count: int
    def __init__(self, space: _Optional[str] = ..., digest: _Optional[bytes] = ..., count: _Optional[int] = ...) -> None: ...

class PushBudget(_message.Message):
    __slots__ = ("bytes_per_hour", "max_in_flight", "max_in_flight_bytes", "metadata_only", "paused")
    BYTES_PER_HOUR_FIELD_NUMBER: _ClassVar[int]
    MAX_IN_FLIGHT_FIELD_NUMBER: _ClassVar[int]
    MAX_IN_FLIGHT_BYTES_FIELD_NUMBER: _ClassVar[int]
    METADATA_ONLY_FIELD_NUMBER: _ClassVar[int]
    PAUSED_FIELD_NUMBER: _ClassVar[int]
    bytes_per_hour: int
    max_in_flight: int
    max_in_flight_bytes: int
    metadata_only: bool
    paused: bool
    def __init__(self, bytes_per_hour: _Optional[int] = ..., max_in_flight: _Optional[int] = ..., max_in_flight_bytes: _Optional[int] = ..., metadata_only: _Optional[bool] = ..., paused: _Optional[bool] = ...) -> None: ...

class Welcome(_message.Message):
    __slots__ = ("session_id", "query_key", "verdicts", "activity_sequence", "server_time_ms", "heartbeat_interval_ms", "limits")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    QUERY_KEY_FIELD_NUMBER: _ClassVar[int]
    VERDICTS_FIELD_NUMBER: _ClassVar[int]
    ACTIVITY_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    SERVER_TIME_MS_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_INTERVAL_MS_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    query_key: bytes
    verdicts: _containers.RepeatedCompositeFieldContainer[SpaceVerdict]
    activity_sequence: int
    server_time_ms: int
    heartbeat_interval_ms: int
    limits: Limits
    def __init__(self, session_id: _Optional[str] = ..., query_key: _Optional[bytes] = ..., verdicts: _Optional[_Iterable[_Union[SpaceVerdict, _Mapping]]] = ..., activity_sequence: _Optional[int] = ..., server_time_ms: _Optional[int] = ..., heartbeat_interval_ms: _Optional[int] = ..., limits: _Optional[_Union[Limits, _Mapping]] = ...) -> None: ...

class Limits(_message.Message):
    __slots__ = ("activity_batch_bytes", "chunk_bytes", "item_bytes", "frame_bytes")
    ACTIVITY_BATCH_BYTES_FIELD_NUMBER: _ClassVar[int]
    CHUNK_BYTES_FIELD_NUMBER: _ClassVar[int]
    ITEM_BYTES_FIELD_NUMBER: _ClassVar[int]
    FRAME_BYTES_FIELD_NUMBER: _ClassVar[int]
    activity_batch_bytes: int
    chunk_bytes: int
    item_bytes: int
    frame_bytes: int
    def __init__(self, activity_batch_bytes: _Optional[int] = ..., chunk_bytes: _Optional[int] = ..., item_bytes: _Optional[int] = ..., frame_bytes: _Optional[int] = ...) -> None: ...

class SpaceVerdict(_message.Message):
    __slots__ = ("space", "verdict")
    SPACE_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    space: str
    verdict: Verdict
    def __init__(self, space: _Optional[str] = ..., verdict: _Optional[_Union[Verdict, str]] = ...) -> None: ...

class Manifest(_message.Message):
    __slots__ = ("space", "entries", "last")
    SPACE_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    LAST_FIELD_NUMBER: _ClassVar[int]
    space: str
    entries: _containers.RepeatedCompositeFieldContainer[ManifestEntry]
    last: bool
    def __init__(self, space: _Optional[str] = ..., entries: _Optional[_Iterable[_Union[ManifestEntry, _Mapping]]] = ..., last: _Optional[bool] = ...) -> None: ...

class ManifestEntry(_message.Message):
    __slots__ = ("item", "data_hash")
    ITEM_FIELD_NUMBER: _ClassVar[int]
    DATA_HASH_FIELD_NUMBER: _ClassVar[int]
    item: str
    data_hash: bytes
    def __init__(self, item: _Optional[str] = ..., data_hash: _Optional[bytes] = ...) -> None: ...

class ActivityAck(_message.Message):
    __slots__ = ("sequence", "durability")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    DURABILITY_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    durability: _checkpoint_pb2.Durability
    def __init__(self, sequence: _Optional[int] = ..., durability: _Optional[_Union[_checkpoint_pb2.Durability, str]] = ...) -> None: ...

class Ack(_message.Message):
    __slots__ = ("delivery", "opened", "held", "evicted", "rejected")
    DELIVERY_FIELD_NUMBER: _ClassVar[int]
    OPENED_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    EVICTED_FIELD_NUMBER: _ClassVar[int]
    REJECTED_FIELD_NUMBER: _ClassVar[int]
    delivery: int
    opened: _containers.RepeatedCompositeFieldContainer[Opened]
    held: _containers.RepeatedCompositeFieldContainer[Held]
    evicted: _containers.RepeatedCompositeFieldContainer[Held]
    rejected: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, delivery: _Optional[int] = ..., opened: _Optional[_Iterable[_Union[Opened, _Mapping]]] = ..., held: _Optional[_Iterable[_Union[Held, _Mapping]]] = ..., evicted: _Optional[_Iterable[_Union[Held, _Mapping]]] = ..., rejected: _Optional[_Iterable[int]] = ...) -> None: ...

class Opened(_message.Message):
    __slots__ = ("space", "item", "data_hash", "zero_wait")
    SPACE_FIELD_NUMBER: _ClassVar[int]
    ITEM_FIELD_NUMBER: _ClassVar[int]
    DATA_HASH_FIELD_NUMBER: _ClassVar[int]
    ZERO_WAIT_FIELD_NUMBER: _ClassVar[int]
    space: str
    item: str
    data_hash: bytes
    zero_wait: bool
    def __init__(self, space: _Optional[str] = ..., item: _Optional[str] = ..., data_hash: _Optional[bytes] = ..., zero_wait: _Optional[bool] = ...) -> None: ...

class Held(_message.Message):
    __slots__ = ("space", "item", "data_hash")
    SPACE_FIELD_NUMBER: _ClassVar[int]
    ITEM_FIELD_NUMBER: _ClassVar[int]
    DATA_HASH_FIELD_NUMBER: _ClassVar[int]
    space: str
    item: str
    data_hash: bytes
    def __init__(self, space: _Optional[str] = ..., item: _Optional[str] = ..., data_hash: _Optional[bytes] = ...) -> None: ...

class Request(_message.Message):
    __slots__ = ("request_id", "space", "item", "latest")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SPACE_FIELD_NUMBER: _ClassVar[int]
    ITEM_FIELD_NUMBER: _ClassVar[int]
    LATEST_FIELD_NUMBER: _ClassVar[int]
    request_id: int
    space: str
    item: str
    latest: _checkpoint_pb2.Checkpoint
    def __init__(self, request_id: _Optional[int] = ..., space: _Optional[str] = ..., item: _Optional[str] = ..., latest: _Optional[_Union[_checkpoint_pb2.Checkpoint, _Mapping]] = ...) -> None: ...

class Answer(_message.Message):
    __slots__ = ("request_id", "found", "not_modified", "error")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    FOUND_FIELD_NUMBER: _ClassVar[int]
    NOT_MODIFIED_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    request_id: int
    found: Push
    not_modified: _checkpoint_pb2.Checkpoint
    error: _status_pb2.Status
    def __init__(self, request_id: _Optional[int] = ..., found: _Optional[_Union[Push, _Mapping]] = ..., not_modified: _Optional[_Union[_checkpoint_pb2.Checkpoint, _Mapping]] = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ...) -> None: ...

class Push(_message.Message):
    __slots__ = ("checkpoint", "encoding", "content", "transfer", "encoded_bytes", "base_hash", "reasons")
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    ENCODING_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    TRANSFER_FIELD_NUMBER: _ClassVar[int]
    ENCODED_BYTES_FIELD_NUMBER: _ClassVar[int]
    BASE_HASH_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    checkpoint: _checkpoint_pb2.Checkpoint
    encoding: ContentEncoding
    content: bytes
    transfer: int
    encoded_bytes: int
    base_hash: bytes
    reasons: _containers.RepeatedCompositeFieldContainer[_checkpoint_pb2.Reason]
    def __init__(self, checkpoint: _Optional[_Union[_checkpoint_pb2.Checkpoint, _Mapping]] = ..., encoding: _Optional[_Union[ContentEncoding, str]] = ..., content: _Optional[bytes] = ..., transfer: _Optional[int] = ..., encoded_bytes: _Optional[int] = ..., base_hash: _Optional[bytes] = ..., reasons: _Optional[_Iterable[_Union[_checkpoint_pb2.Reason, _Mapping]]] = ...) -> None: ...

class Chunk(_message.Message):
    __slots__ = ("transfer", "offset", "data", "last", "cancelled")
    TRANSFER_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    LAST_FIELD_NUMBER: _ClassVar[int]
    CANCELLED_FIELD_NUMBER: _ClassVar[int]
    transfer: int
    offset: int
    data: bytes
    last: bool
    cancelled: bool
    def __init__(self, transfer: _Optional[int] = ..., offset: _Optional[int] = ..., data: _Optional[bytes] = ..., last: _Optional[bool] = ..., cancelled: _Optional[bool] = ...) -> None: ...

class Invalidation(_message.Message):
    __slots__ = ("space", "item", "version", "data_hash")
    SPACE_FIELD_NUMBER: _ClassVar[int]
    ITEM_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    DATA_HASH_FIELD_NUMBER: _ClassVar[int]
    space: str
    item: str
    version: int
    data_hash: bytes
    def __init__(self, space: _Optional[str] = ..., item: _Optional[str] = ..., version: _Optional[int] = ..., data_hash: _Optional[bytes] = ...) -> None: ...

class PositionUpdate(_message.Message):
    __slots__ = ("positions", "resume_token")
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    RESUME_TOKEN_FIELD_NUMBER: _ClassVar[int]
    positions: _containers.RepeatedCompositeFieldContainer[_checkpoint_pb2.Position]
    resume_token: bytes
    def __init__(self, positions: _Optional[_Iterable[_Union[_checkpoint_pb2.Position, _Mapping]]] = ..., resume_token: _Optional[bytes] = ...) -> None: ...

class Heartbeat(_message.Message):
    __slots__ = ("nonce", "echo", "time_ms", "token_expires_in_ms")
    NONCE_FIELD_NUMBER: _ClassVar[int]
    ECHO_FIELD_NUMBER: _ClassVar[int]
    TIME_MS_FIELD_NUMBER: _ClassVar[int]
    TOKEN_EXPIRES_IN_MS_FIELD_NUMBER: _ClassVar[int]
    nonce: int
    echo: int
    time_ms: int
    token_expires_in_ms: int
    def __init__(self, nonce: _Optional[int] = ..., echo: _Optional[int] = ..., time_ms: _Optional[int] = ..., token_expires_in_ms: _Optional[int] = ...) -> None: ...

class Goodbye(_message.Message):
    __slots__ = ("reason", "retry_after_ms", "message")
    REASON_FIELD_NUMBER: _ClassVar[int]
    RETRY_AFTER_MS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    reason: GoodbyeReason
    retry_after_ms: int
    message: str
    def __init__(self, reason: _Optional[_Union[GoodbyeReason, str]] = ..., retry_after_ms: _Optional[int] = ..., message: _Optional[str] = ...) -> None: ...

class Refusal(_message.Message):
    __slots__ = ("activity_sequence", "status")
    ACTIVITY_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    activity_sequence: int
    status: _status_pb2.Status
    def __init__(self, activity_sequence: _Optional[int] = ..., status: _Optional[_Union[_status_pb2.Status, _Mapping]] = ...) -> None: ...
