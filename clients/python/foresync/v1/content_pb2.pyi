from foresync.v1 import checkpoint_pb2 as _checkpoint_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PutRequest(_message.Message):
    __slots__ = ("header", "chunk")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    header: PutHeader
    chunk: bytes
    def __init__(self, header: _Optional[_Union[PutHeader, _Mapping]] = ..., chunk: _Optional[bytes] = ...) -> None: ...

class PutHeader(_message.Message):
    __slots__ = ("space", "item", "if_match", "create_only", "data_hash", "size_bytes", "edges", "modified_ms", "audience")
    SPACE_FIELD_NUMBER: _ClassVar[int]
    ITEM_FIELD_NUMBER: _ClassVar[int]
    IF_MATCH_FIELD_NUMBER: _ClassVar[int]
    CREATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    DATA_HASH_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    EDGES_FIELD_NUMBER: _ClassVar[int]
    MODIFIED_MS_FIELD_NUMBER: _ClassVar[int]
    AUDIENCE_FIELD_NUMBER: _ClassVar[int]
    space: str
    item: str
    if_match: bytes
    create_only: bool
    data_hash: bytes
    size_bytes: int
    edges: _containers.RepeatedCompositeFieldContainer[_checkpoint_pb2.Edge]
    modified_ms: int
    audience: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, space: _Optional[str] = ..., item: _Optional[str] = ..., if_match: _Optional[bytes] = ..., create_only: _Optional[bool] = ..., data_hash: _Optional[bytes] = ..., size_bytes: _Optional[int] = ..., edges: _Optional[_Iterable[_Union[_checkpoint_pb2.Edge, _Mapping]]] = ..., modified_ms: _Optional[int] = ..., audience: _Optional[_Iterable[str]] = ...) -> None: ...

class PutResponse(_message.Message):
    __slots__ = ("checkpoint", "position", "durability")
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    DURABILITY_FIELD_NUMBER: _ClassVar[int]
    checkpoint: _checkpoint_pb2.Checkpoint
    position: _checkpoint_pb2.Position
    durability: _checkpoint_pb2.Durability
    def __init__(self, checkpoint: _Optional[_Union[_checkpoint_pb2.Checkpoint, _Mapping]] = ..., position: _Optional[_Union[_checkpoint_pb2.Position, _Mapping]] = ..., durability: _Optional[_Union[_checkpoint_pb2.Durability, str]] = ...) -> None: ...

class GetRequest(_message.Message):
    __slots__ = ("space", "item", "if_none_match")
    SPACE_FIELD_NUMBER: _ClassVar[int]
    ITEM_FIELD_NUMBER: _ClassVar[int]
    IF_NONE_MATCH_FIELD_NUMBER: _ClassVar[int]
    space: str
    item: str
    if_none_match: bytes
    def __init__(self, space: _Optional[str] = ..., item: _Optional[str] = ..., if_none_match: _Optional[bytes] = ...) -> None: ...

class GetResponse(_message.Message):
    __slots__ = ("checkpoint", "chunk", "not_modified")
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    NOT_MODIFIED_FIELD_NUMBER: _ClassVar[int]
    checkpoint: _checkpoint_pb2.Checkpoint
    chunk: bytes
    not_modified: _checkpoint_pb2.Checkpoint
    def __init__(self, checkpoint: _Optional[_Union[_checkpoint_pb2.Checkpoint, _Mapping]] = ..., chunk: _Optional[bytes] = ..., not_modified: _Optional[_Union[_checkpoint_pb2.Checkpoint, _Mapping]] = ...) -> None: ...

class DeleteRequest(_message.Message):
    __slots__ = ("space", "item", "if_match")
    SPACE_FIELD_NUMBER: _ClassVar[int]
    ITEM_FIELD_NUMBER: _ClassVar[int]
    IF_MATCH_FIELD_NUMBER: _ClassVar[int]
    space: str
    item: str
    if_match: bytes
    def __init__(self, space: _Optional[str] = ..., item: _Optional[str] = ..., if_match: _Optional[bytes] = ...) -> None: ...

class DeleteResponse(_message.Message):
    __slots__ = ("position", "durability")
    POSITION_FIELD_NUMBER: _ClassVar[int]
    DURABILITY_FIELD_NUMBER: _ClassVar[int]
    position: _checkpoint_pb2.Position
    durability: _checkpoint_pb2.Durability
    def __init__(self, position: _Optional[_Union[_checkpoint_pb2.Position, _Mapping]] = ..., durability: _Optional[_Union[_checkpoint_pb2.Durability, str]] = ...) -> None: ...

class ListRequest(_message.Message):
    __slots__ = ("space", "prefix", "page_size", "page_token")
    SPACE_FIELD_NUMBER: _ClassVar[int]
    PREFIX_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    space: str
    prefix: str
    page_size: int
    page_token: str
    def __init__(self, space: _Optional[str] = ..., prefix: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListResponse(_message.Message):
    __slots__ = ("checkpoints", "next_page_token")
    CHECKPOINTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    checkpoints: _containers.RepeatedCompositeFieldContainer[_checkpoint_pb2.Checkpoint]
    next_page_token: str
    def __init__(self, checkpoints: _Optional[_Iterable[_Union[_checkpoint_pb2.Checkpoint, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class WatchRequest(_message.Message):
    __slots__ = ("space", "prefix", "positions")
    SPACE_FIELD_NUMBER: _ClassVar[int]
    PREFIX_FIELD_NUMBER: _ClassVar[int]
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    space: str
    prefix: str
    positions: _containers.RepeatedCompositeFieldContainer[_checkpoint_pb2.Position]
    def __init__(self, space: _Optional[str] = ..., prefix: _Optional[str] = ..., positions: _Optional[_Iterable[_Union[_checkpoint_pb2.Position, _Mapping]]] = ...) -> None: ...

class WatchResponse(_message.Message):
    __slots__ = ("changes", "positions")
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    changes: _containers.RepeatedCompositeFieldContainer[Change]
    positions: _containers.RepeatedCompositeFieldContainer[_checkpoint_pb2.Position]
    def __init__(self, changes: _Optional[_Iterable[_Union[Change, _Mapping]]] = ..., positions: _Optional[_Iterable[_Union[_checkpoint_pb2.Position, _Mapping]]] = ...) -> None: ...

class Change(_message.Message):
    __slots__ = ("item", "version", "data_hash", "size_bytes", "timestamp", "shard")
    ITEM_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    DATA_HASH_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    item: str
    version: int
    data_hash: bytes
    size_bytes: int
    timestamp: int
    shard: int
    def __init__(self, item: _Optional[str] = ..., version: _Optional[int] = ..., data_hash: _Optional[bytes] = ..., size_bytes: _Optional[int] = ..., timestamp: _Optional[int] = ..., shard: _Optional[int] = ...) -> None: ...
