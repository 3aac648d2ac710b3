package foresync

import (
	"time"

	pb "foresync.example/client/foresyncv1"
)

// State says how the connection stands.
type State string

// The states of a connection.
const (
	Connecting State = "connecting" // a session is opened, or compares what changed meanwhile
	Live       State = "live"       // what is held and not marked stale is current
	Waiting    State = "waiting"    // until the next attempt
	Stopped    State = "closed"     // for good: closed, or trying again would not help
)

// Kind is what a user did with an item.
type Kind pb.ActivityType

// Kinds of activity.
const (
	Viewed  = Kind(pb.ActivityType_ACTIVITY_TYPE_VIEWED)
	Edited  = Kind(pb.ActivityType_ACTIVITY_TYPE_EDITED)
	Created = Kind(pb.ActivityType_ACTIVITY_TYPE_CREATED)
)

// Opened is an item as the user sees it.
type Opened struct {
	Content    []byte // the caller's own
	Checkpoint *pb.Checkpoint
	// ZeroWait: the device held what is current, so nobody waited.
	ZeroWait bool
	// Age is how long ago the content was last known to be current; off line only.
	Age time.Duration
}

// Event is a Pushed, Invalidated, Rejected, Refused or Connection.
type Event interface{ event() }

// Pushed: something came that nobody asked for, because it is likely to be needed next.
type Pushed struct {
	Checkpoint *pb.Checkpoint
	// Content: it came along and is held.
	Content bool
	// Reasons are sentences, strongest first.
	Reasons []string
}

// Invalidated: what is held of an item is no longer current.
type Invalidated struct {
	Space, Item string
	Deleted     bool
}

// Rejected: a content did not match its hash. It was dropped, and nobody saw it.
type Rejected struct{ Space, Item string }

// Refused: the server refused something that the device sent. Unless the error is retryable, an activity batch is given up.
type Refused struct{ Err error }

// Connection: its state changed. Err is why it ended; nil if it did not.
type Connection struct {
	State State
	Err   error
}

func (Pushed) event()      {}
func (Invalidated) event() {}
func (Rejected) event()    {}
func (Refused) event()     {}
func (Connection) event()  {}
