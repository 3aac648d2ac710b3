from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EdgeKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EDGE_KIND_UNSPECIFIED: _ClassVar[EdgeKind]
    EDGE_KIND_PART: _ClassVar[EdgeKind]
    EDGE_KIND_LINK: _ClassVar[EdgeKind]

class Durability(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DURABILITY_UNSPECIFIED: _ClassVar[Durability]
    DURABILITY_LOCAL: _ClassVar[Durability]
    DURABILITY_REPLICATED: _ClassVar[Durability]
    DURABILITY_DEGRADED: _ClassVar[Durability]
EDGE_KIND_UNSPECIFIED: EdgeKind
EDGE_KIND_PART: EdgeKind
EDGE_KIND_LINK: EdgeKind
DURABILITY_UNSPECIFIED: Durability
DURABILITY_LOCAL: Durability
DURABILITY_REPLICATED: Durability
DURABILITY_DEGRADED: Durability

class Checkpoint(_message.Message):
    __slots__ = ("space", "item", "timestamp", "user_context", "data_hash", "dependency_hashes", "prediction_score", "version", "size_bytes", "edges")
    SPACE_FIELD_NUMBER: _ClassVar[int]
    ITEM_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    USER_CONTEXT_FIELD_NUMBER: _ClassVar[int]
    DATA_HASH_FIELD_NUMBER: _ClassVar[int]
    DEPENDENCY_HASHES_FIELD_NUMBER: _ClassVar[int]
    PREDICTION_SCORE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    EDGES_FIELD_NUMBER: _ClassVar[int]
    space: str
    item: str
    timestamp: int
    user_context: str
    data_hash: bytes
    dependency_hashes: _containers.RepeatedScalarFieldContainer[bytes]
    prediction_score: float
    version: int
    size_bytes: int
    edges: _containers.RepeatedCompositeFieldContainer[Edge]
    def __init__(self, space: _Optional[str] = ..., item: _Optional[str] = ..., timestamp: _Optional[int] = ..., user_context: _Optional[str] = ..., data_hash: _Optional[bytes] = ..., dependency_hashes: _Optional[_Iterable[bytes]] = ..., prediction_score: _Optional[float] = ..., version: _Optional[int] = ..., size_bytes: _Optional[int] = ..., edges: _Optional[_Iterable[_Union[Edge, _Mapping]]] = ...) -> None: ...

class Edge(_message.Message):
    __slots__ = ("item", "kind")
    ITEM_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    item: str
    kind: EdgeKind
    def __init__(self, item: _Optional[str] = ..., kind: _Optional[_Union[EdgeKind, str]] = ...) -> None: ...

class Position(_message.Message):
    __slots__ = ("space", "shard", "epoch", "offset")
    SPACE_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    space: str
    shard: int
    epoch: str
    offset: int
    def __init__(self, space: _Optional[str] = ..., shard: _Optional[int] = ..., epoch: _Optional[str] = ..., offset: _Optional[int] = ...) -> None: ...

class Reason(_message.Message):
    __slots__ = ("code", "text", "weight")
    CODE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    code: str
    text: str
    weight: float
    def __init__(self, code: _Optional[str] = ..., text: _Optional[str] = ..., weight: _Optional[float] = ...) -> None: ...
