package foresync

import (
	"time"

	pb "foresync.example/client/foresyncv1"
)

// Held is one content. Neither its checkpoint nor its bytes may be changed.
type Held struct {
	Checkpoint *pb.Checkpoint
	Content    []byte
	// Current is when it was last known to be current.
	Current time.Time
	// Stale: another content is known to be current.
	Stale bool
}

// Buffer is what a device keeps. A client makes its calls one at a time; after it is closed the buffer may be given to the
// next one of the same device, which then resumes. A call that returns an error ends the session: what is not stored is
// not acknowledged.
type Buffer interface {
	// Get returns what is held of an item; that is no use of it. What cannot be read is not held.
	Get(space, item string) (Held, bool)
	// Touch makes an item the most recently used one.
	Touch(space, item string)
	// Put holds a content as the most recently used one, in place of what was held of the item, and returns what had to
	// go for it: other items, or what came itself.
	Put(held Held) (gone []Held, err error)
	// Update changes what is known of a content that is held.
	Update(held Held) error
	// Drop lets an item go.
	Drop(space, item string) error
	// Items returns everything held of a space.
	Items(space string) []Held
	// Spaces returns those of which something is held.
	Spaces() []string
	// ResumeToken returns what SetResumeToken stored last; empty at first.
	ResumeToken() []byte
	// SetResumeToken stores where the device is to go on.
	SetResumeToken(token []byte) error
}
