package foresync

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	pb "foresync.example/client/foresyncv1"
	"google.golang.org/protobuf/proto"
)

const (
	maxTries     = 4   // how often a content that comes corrupt is sent before it is given up
	maxTransfers = 256 // that are open at a time; more are rejected
	maxDelta     = 1024
)

// Contents on their way in, of one session: whole or in chunks, as they are or as deltas. Nothing is held that does not
// match its hash. Methods are called with the device locked; their errors are the buffer's.
type landing struct {
	d         *device
	ask       func(key)
	transfers map[uint64]*transfer
	rejected  []uint64 // to be told with the next Ack
}

type transfer struct {
	delivery uint64
	push     *pb.Push
	asked    bool
	data     []byte
}

// A checkpoint came, with its content, before it, or without.
func (l *landing) push(delivery uint64, push *pb.Push, asked bool) error {
	checkpoint := push.GetCheckpoint()
	switch {
	case push.Encoding == pb.ContentEncoding_CONTENT_ENCODING_NONE:
		l.d.publish(Pushed{Checkpoint: checkpoint, Reasons: reasonsOf(push)})
		return l.noteNewer(checkpoint)
	case push.Transfer == 0:
		return l.land(&transfer{delivery, push, asked, push.Content})
	case l.transfers[push.Transfer] != nil || len(l.transfers) >= maxTransfers ||
		push.EncodedBytes > checkpoint.GetSizeBytes()+maxDelta:
		return l.reject(delivery, checkpoint)
	}
	l.transfers[push.Transfer] = &transfer{delivery: delivery, push: push, asked: asked}
	return l.noteNewer(checkpoint)
}

// A part of a transfer came. Those of one that is not known were rejected or cancelled.
func (l *landing) chunk(chunk *pb.Chunk) error {
	t := l.transfers[chunk.Transfer]
	if t == nil {
		return nil
	}
	end := chunk.Offset + uint64(len(chunk.Data))
	misfit := chunk.Offset != uint64(len(t.data)) || end > t.push.EncodedBytes
	if chunk.Last || chunk.Cancelled || misfit {
		delete(l.transfers, chunk.Transfer)
	}
	switch {
	case chunk.Cancelled:
		return nil
	case misfit:
		return l.reject(t.delivery, t.push.Checkpoint)
	}
	t.data = append(t.data, chunk.Data...)
	if !chunk.Last {
		return nil
	}
	return l.land(t)
}

// What is held is current. If that is another content, the whole one is asked for.
func (l *landing) notModified(checkpoint *pb.Checkpoint) error {
	at := key{checkpoint.GetSpace(), checkpoint.GetItem()}
	held, ok := l.d.buffer.Get(at.space, at.item)
	if !ok || !bytes.Equal(held.Checkpoint.DataHash, checkpoint.GetDataHash()) {
		if a := l.d.asks[at]; a != nil {
			a.tries++
		}
		l.ask(at)
		return nil
	}
	held = Held{Checkpoint: checkpoint, Content: held.Content, Current: time.Now()}
	err := l.d.buffer.Update(held)
	l.d.answer(at, held, nil)
	return err
}

// What is held of an item is no longer current, unless it is newer than that.
func (l *landing) invalidation(told *pb.Invalidation) error {
	held, ok := l.d.buffer.Get(told.Space, told.Item)
	if !ok || held.Checkpoint.Version > told.Version || bytes.Equal(held.Checkpoint.DataHash, told.DataHash) {
		return nil
	}
	deleted := len(told.DataHash) == 0
	l.d.publish(Invalidated{Space: told.Space, Item: told.Item, Deleted: deleted})
	if deleted {
		return l.drop(held)
	}
	held.Stale = true
	return l.d.buffer.Update(held)
}

// The server does not serve a request.
func (l *landing) refused(request uint64, why *Error) error {
	for at, a := range l.d.asks {
		if a.id != request {
			continue
		}
		l.d.answer(at, Held{}, why)
		if held, ok := l.d.buffer.Get(at.space, at.item); ok && why.Code == ItemUnknown {
			return l.drop(held)
		}
	}
	return nil
}

// The ANEW of a space: the log that its versions were numbered by is gone.
func (l *landing) renew(space string) error {
	for _, held := range l.d.buffer.Items(space) {
		held.Checkpoint = proto.CloneOf(held.Checkpoint)
		held.Checkpoint.Version = 0
		if err := l.d.buffer.Update(held); err != nil {
			return err
		}
	}
	return l.d.buffer.SetResumeToken(nil)
}

// The earliest delivery whose content is not complete; false if all are.
func (l *landing) earliestOpen() (uint64, bool) {
	var open []uint64
	for _, t := range l.transfers {
		open = append(open, t.delivery)
	}
	if len(open) == 0 {
		return 0, false
	}
	return slices.Min(open), true
}

func (l *landing) land(t *transfer) error {
	checkpoint := t.push.GetCheckpoint()
	content, ok := l.content(t)
	if hash := sha256.Sum256(content); !ok || uint64(len(content)) != checkpoint.GetSizeBytes() ||
		!bytes.Equal(hash[:], checkpoint.DataHash) {
		return l.reject(t.delivery, checkpoint)
	}
	at := key{checkpoint.Space, checkpoint.Item}
	held, holds := l.d.buffer.Get(at.space, at.item)
	if holds && held.Checkpoint.Version > checkpoint.Version {
		l.d.answer(at, held, nil)
		return nil
	}
	held, err := l.d.hold(checkpoint, content)
	if !t.asked {
		l.d.publish(Pushed{Checkpoint: checkpoint, Content: true, Reasons: reasonsOf(t.push)})
	}
	l.d.answer(at, held, nil)
	return err
}

func (l *landing) content(t *transfer) ([]byte, bool) {
	checkpoint := t.push.GetCheckpoint()
	switch t.push.Encoding {
	case pb.ContentEncoding_CONTENT_ENCODING_IDENTITY:
		return t.data, true
	case pb.ContentEncoding_CONTENT_ENCODING_DELTA:
		held, ok := l.d.buffer.Get(checkpoint.GetSpace(), checkpoint.GetItem())
		if !ok || !bytes.Equal(held.Checkpoint.DataHash, t.push.BaseHash) {
			return nil, false
		}
		content, err := applyDelta(held.Content, t.data, checkpoint.SizeBytes)
		return content, err == nil
	}
	return nil, false
}

// Drops what came, and asks for it in full, a few times at most.
func (l *landing) reject(delivery uint64, checkpoint *pb.Checkpoint) error {
	at := key{checkpoint.GetSpace(), checkpoint.GetItem()}
	l.rejected = append(l.rejected, delivery)
	l.d.publish(Rejected{Space: at.space, Item: at.item})
	if a, _ := l.d.askFor(at); a != nil {
		if a.tries++; a.tries < maxTries {
			l.ask(at)
		} else {
			text := fmt.Sprintf("the content of %s came corrupt %d times", at.item, maxTries)
			l.d.answer(at, Held{}, &Error{Code: ContentCorrupt, Message: text})
		}
	}
	return l.noteNewer(checkpoint)
}

func (l *landing) noteNewer(checkpoint *pb.Checkpoint) error {
	held, ok := l.d.buffer.Get(checkpoint.GetSpace(), checkpoint.GetItem())
	same := ok && bytes.Equal(held.Checkpoint.DataHash, checkpoint.GetDataHash())
	if !ok || same || held.Stale || held.Checkpoint.Version > checkpoint.GetVersion() {
		return nil
	}
	held.Stale = true
	return l.d.buffer.Update(held)
}

func (l *landing) drop(held Held) error {
	l.d.evicted = append(l.d.evicted, named(held.Checkpoint))
	return l.d.buffer.Drop(held.Checkpoint.Space, held.Checkpoint.Item)
}

func reasonsOf(push *pb.Push) []string {
	var reasons []string
	for _, reason := range push.Reasons {
		reasons = append(reasons, reason.Text)
	}
	return reasons
}
