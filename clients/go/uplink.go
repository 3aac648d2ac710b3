package foresync

import (
	"strconv"
	"time"

	pb "foresync.example/client/foresyncv1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

const (
	frameEvents = 254         // of a frame's 256; two are left for an Ack and a batch
	frameBytes  = 512 << 10   // of a frame's 1 MiB; the rest is for them, and for one event more
	maxTold     = 1024        // entries of a list in an Ack
	maxRejected = 64          // likewise
	retryWait   = time.Second // how long a batch that the server could not store waits before it is sent again
)

// What one session says: single events in their order, then what was stored, opened and dropped, then an activity batch.
// Methods are called with the device locked.
type uplink struct {
	d        *device
	landing  *landing
	said     []*pb.ClientEvent
	welcomed bool
	handled  uint64 // the last delivery that was handled
	acked    uint64
	inFlight uint64 // the batch that waits to become durable; 0 if none does
}

// What goes next; empty if there is nothing to say.
func (u *uplink) frame() []*pb.ClientEvent {
	var frame []*pb.ClientEvent
	for size := 0; len(u.said) > 0 && len(frame) < frameEvents && size < frameBytes; u.said = u.said[1:] {
		size += proto.Size(u.said[0])
		frame = append(frame, u.said[0])
	}
	// What an Ack tells happened after what a manifest that still waits tells.
	if !u.welcomed || len(u.said) > 0 {
		return frame
	}
	if ack := u.ack(); ack != nil {
		frame = append(frame, &pb.ClientEvent{Event: &pb.ClientEvent_Ack{Ack: ack}})
	}
	if batch := u.batch(); batch != nil {
		frame = append(frame, &pb.ClientEvent{Event: &pb.ClientEvent_Activities{Activities: batch}})
	}
	return frame
}

// Every batch up to this number is durable.
func (u *uplink) durable(sequence uint64) {
	d := u.d
	// A device that starts anew is told where its numbers stand: nothing of this run has had one.
	if d.numbered && sequence > d.sequence {
		d.batches = d.batches[min(sequence-d.sequence, uint64(len(d.batches))):]
	}
	d.sequence, d.numbered, u.inFlight = sequence, true, 0
	d.notify()
}

// The batch under way, or another event, was refused.
func (u *uplink) refused(refusal *pb.Refusal, again func()) {
	why := errorOf(status.FromProto(refusal.Status))
	if why.Code == "SEQUENCE_GAP" {
		if expected, err := strconv.ParseUint(why.Facts["expected"], 10, 64); err == nil && expected > 0 {
			u.d.sequence, u.inFlight = expected-1, 0
		}
		return
	}
	u.d.publish(Refused{Err: why})
	if refusal.ActivitySequence == 0 || len(u.d.batches) == 0 {
		return
	}
	if why.Retryable() {
		time.AfterFunc(why.RetryAfter+retryWait, again)
		return
	}
	// The number is free again: the next batch gets it.
	u.d.batches, u.inFlight = u.d.batches[1:], 0
	u.d.notify()
}

func (u *uplink) ack() *pb.Ack {
	d, l := u.d, u.landing
	if u.handled == u.acked && len(d.opened) == 0 && len(d.evicted) == 0 && len(l.rejected) == 0 {
		return nil
	}
	u.acked = u.handled
	return &pb.Ack{
		Delivery: u.handled,
		Opened:   take(&d.opened, maxTold),
		Evicted:  take(&d.evicted, maxTold),
		Rejected: take(&l.rejected, maxRejected),
	}
}

// One at a time: what is refused must not make the next one wrong.
func (u *uplink) batch() *pb.ActivityBatch {
	if u.inFlight != 0 || len(u.d.batches) == 0 {
		return nil
	}
	u.inFlight = u.d.sequence + 1
	batch := proto.CloneOf(u.d.batches[0])
	batch.Sequence = u.inFlight
	return batch
}

// The first n of a list; the rest stays.
func take[T any](list *[]T, n int) []T {
	n = min(n, len(*list))
	taken := (*list)[:n:n]
	*list = (*list)[n:]
	return taken
}
