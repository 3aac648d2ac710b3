package foresync

import (
	"sync"
	"time"

	pb "foresync.example/client/foresyncv1"
)

const (
	maxBatches = 4096 // activity batches that wait to become durable; beyond them the oldest goes
	maxAsks    = 1024 // items that are asked for at a time
	maxEvents  = 1024 // events that wait for one listener; beyond them its oldest go
	maxOpened  = 8192 // opens that wait to be told; beyond them the oldest goes
)

// What outlives a session. Everything below mu is read and written with it held; methods that say so lock it themselves.
type device struct {
	mu     sync.Mutex
	buffer Buffer
	// The batch at the head is, or will be, number sequence + 1.
	batches  []*pb.ActivityBatch
	sequence uint64
	numbered bool // sequence is known: there was a Welcome
	asks     map[key]*ask
	opened   []*pb.Opened // to be told with the next Ack
	evicted  []*pb.Held   // likewise
	queryKey []byte
	state    State
	err      *Error // why the connection ended last, or for good
	lastLive time.Time
	session  *session
	lines    map[chan Event]bool
	// Closed, and made anew, when the state changed or batches went.
	changed chan struct{}
}

// A content is asked for, mostly because somebody waits for it.
type ask struct {
	id    uint64
	tries int
	// Closed when held or err is set.
	done chan struct{}
	held Held
	err  error
}

func newDevice(buffer Buffer) *device {
	return &device{
		buffer: buffer, state: Connecting,
		asks: map[key]*ask{}, lines: map[chan Event]bool{}, changed: make(chan struct{}),
	}
}

// What is asked for an item, and whether that begins now. Nil if there are too many.
func (d *device) askFor(at key) (a *ask, begins bool) {
	if a, ok := d.asks[at]; ok {
		return a, false
	}
	if len(d.asks) >= maxAsks {
		return nil, false
	}
	d.asks[at] = &ask{done: make(chan struct{})}
	return d.asks[at], true
}

// Serves everybody who waits for an item, if anybody does.
func (d *device) answer(at key, held Held, err error) {
	if a, ok := d.asks[at]; ok {
		a.held, a.err = held, err
		close(a.done)
		delete(d.asks, at)
	}
}

// Holds a verified content as current, and notes what had to go.
func (d *device) hold(checkpoint *pb.Checkpoint, content []byte) (Held, error) {
	held := Held{Checkpoint: checkpoint, Content: content, Current: time.Now()}
	gone, err := d.buffer.Put(held)
	for _, one := range gone {
		d.evicted = append(d.evicted, named(one.Checkpoint))
	}
	return held, err
}

// Drops everything, of some spaces: what is held, and activity that waits.
func (d *device) wipe(spaces ...string) error {
	if err := d.buffer.SetResumeToken(nil); err != nil {
		return err
	}
	for _, space := range spaces {
		for _, held := range d.buffer.Items(space) {
			if err := d.buffer.Drop(space, held.Checkpoint.Item); err != nil {
				return err
			}
		}
		kept := d.batches[:0:0]
		for _, batch := range d.batches {
			if batch.Space != space {
				kept = append(kept, batch)
			}
		}
		d.batches = kept
	}
	d.notify()
	return nil
}

func (d *device) become(state State, why *Error) {
	if d.state == Live {
		d.lastLive = time.Now()
	}
	d.state = state
	connection := Connection{State: state}
	if why != nil {
		d.err, connection.Err = why, why
	}
	d.publish(connection)
	d.notify()
}

// Nobody who waits will ever be served.
func (d *device) stop(why *Error) {
	for at := range d.asks {
		d.answer(at, Held{}, why)
	}
	if d.state != Stopped {
		d.become(Stopped, why)
	}
}

func (d *device) publish(event Event) {
	for line := range d.lines {
		select {
		case line <- event:
		default:
			// The listener may have taken one in between: then there is room.
			select {
			case <-line:
			default:
			}
			line <- event
		}
	}
}

func (d *device) notify() {
	close(d.changed)
	d.changed = make(chan struct{})
}

// There is something to say.
func (d *device) nudge() {
	if d.session != nil {
		d.session.nudge()
	}
}

// A content as an Ack names it.
func named(c *pb.Checkpoint) *pb.Held {
	return &pb.Held{Space: c.Space, Item: c.Item, DataHash: c.DataHash}
}
