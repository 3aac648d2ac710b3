from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ActivityType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ACTIVITY_TYPE_UNSPECIFIED: _ClassVar[ActivityType]
    ACTIVITY_TYPE_VIEWED: _ClassVar[ActivityType]
    ACTIVITY_TYPE_EDITED: _ClassVar[ActivityType]
    ACTIVITY_TYPE_CREATED: _ClassVar[ActivityType]
    ACTIVITY_TYPE_SEARCHED: _ClassVar[ActivityType]
ACTIVITY_TYPE_UNSPECIFIED: ActivityType
ACTIVITY_TYPE_VIEWED: ActivityType
ACTIVITY_TYPE_EDITED: ActivityType
ACTIVITY_TYPE_CREATED: ActivityType
ACTIVITY_TYPE_SEARCHED: ActivityType

class Activity(_message.Message):
    __slots__ = ("type", "item", "query_buckets", "time_ms", "location_cell")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    ITEM_FIELD_NUMBER: _ClassVar[int]
    QUERY_BUCKETS_FIELD_NUMBER: _ClassVar[int]
    TIME_MS_FIELD_NUMBER: _ClassVar[int]
    LOCATION_CELL_FIELD_NUMBER: _ClassVar[int]
    type: ActivityType
    item: str
    query_buckets: _containers.RepeatedScalarFieldContainer[int]
    time_ms: int
    location_cell: str
    def __init__(self, type: _Optional[_Union[ActivityType, str]] = ..., item: _Optional[str] = ..., query_buckets: _Optional[_Iterable[int]] = ..., time_ms: _Optional[int] = ..., location_cell: _Optional[str] = ...) -> None: ...

class ActivityBatch(_message.Message):
    __slots__ = ("sequence", "space", "activities")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    SPACE_FIELD_NUMBER: _ClassVar[int]
    ACTIVITIES_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    space: str
    activities: _containers.RepeatedCompositeFieldContainer[Activity]
    def __init__(self, sequence: _Optional[int] = ..., space: _Optional[str] = ..., activities: _Optional[_Iterable[_Union[Activity, _Mapping]]] = ...) -> None: ...
