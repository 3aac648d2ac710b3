package foresync

import (
	"bytes"
	"context"
	"slices"
	"time"

	pb "foresync.example/client/foresyncv1"
	"google.golang.org/grpc"
)

// Client is one device of one user. It stays connected by itself, with full jitter between attempts, until it is closed.
// Its methods may be called from several goroutines.
type Client struct {
	device  *device
	options Options
	conn    *grpc.ClientConn
	close   context.CancelFunc
	over    chan struct{} // closed when it will not connect again
}

// Connect connects a device to https://host:port, or to http://host:port, which shows the token to whoever listens. It
// returns when what the device holds is known to be current. ctx bounds the connecting alone.
func Connect(ctx context.Context, endpoint string, options Options) (*Client, error) {
	if err := options.check(); err != nil {
		return nil, err
	}
	conn, err := dialTo(endpoint, options.TLS)
	if err != nil {
		return nil, err
	}
	if options.Buffer == nil {
		options.Buffer = NewMemoryBuffer(DefaultCapacity)
	}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	c := &Client{newDevice(options.Buffer), options, conn, cancel, make(chan struct{})}
	go c.run(running)
	if err := c.wait(ctx, func() bool { return c.device.state == Live }); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// Open opens an item: at once if the device holds what is current, else when the server has sent it. Off line, what is
// held is shown with its age. Fails with ItemUnknown, ContentCorrupt, TooManyOpens, … or the context's error.
func (c *Client) Open(ctx context.Context, space, item string) (Opened, error) {
	d, at := c.device, key{space, item}
	d.mu.Lock()
	held, ok := d.buffer.Get(space, item)
	if ok && (d.state == Waiting || d.state == Stopped || d.state == Live && !held.Stale) {
		defer d.mu.Unlock()
		return c.shown(held, d.state == Live), nil
	}
	asked, err := c.ask(at)
	d.mu.Unlock()
	if err != nil {
		return Opened{}, err
	}
	select {
	case <-asked.done:
	case <-ctx.Done():
		return Opened{}, context.Cause(ctx)
	}
	if asked.err != nil {
		return Opened{}, asked.err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return c.shown(asked.held, false), nil
}

// Report reports what the user did with an item. It is sent until the server has it; what waits is in memory, so Flush
// before the program ends.
func (c *Client) Report(kind Kind, space, item string) error {
	if item == "" {
		return fieldInvalid("item", "is empty")
	}
	return c.add(space, &pb.Activity{Type: pb.ActivityType(kind), Item: item})
}

// Searched reports a search. Only keyed hashes of its words leave the device.
func (c *Client) Searched(space, query string) error {
	c.device.mu.Lock()
	queryKey := c.device.queryKey
	c.device.mu.Unlock()
	buckets := queryBuckets(queryKey, query)
	return c.add(space, &pb.Activity{Type: pb.ActivityType_ACTIVITY_TYPE_SEARCHED, QueryBuckets: buckets})
}

// Flush returns when what was reported is durable, and the server has handled everything that was said before. Lost
// connections are no failure: ctx says how long to wait.
func (c *Client) Flush(ctx context.Context) error {
	for {
		var s *session
		var passed <-chan struct{}
		err := c.wait(ctx, func() bool {
			if len(c.device.batches) > 0 || c.device.state != Live || c.device.session == nil {
				return false
			}
			s = c.device.session
			passed = s.barrier()
			return true
		})
		if err != nil {
			return err
		}
		select {
		case <-passed:
			return nil
		case <-s.ctx.Done():
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Held returns what the device holds of an item.
func (c *Client) Held(space, item string) (Held, bool) {
	c.device.mu.Lock()
	defer c.device.mu.Unlock()
	return c.device.buffer.Get(space, item)
}

// State says how the connection stands.
func (c *Client) State() State {
	c.device.mu.Lock()
	defer c.device.mu.Unlock()
	return c.device.state
}

// Close ends the session. Whoever still waits gets Closed.
func (c *Client) Close() error {
	c.close()
	<-c.over
	return c.conn.Close()
}

// Waits for a condition of the device. Called with the device unlocked, holds with it locked.
func (c *Client) wait(ctx context.Context, holds func() bool) error {
	d := c.device
	for {
		d.mu.Lock()
		held, state, why, changed := holds(), d.state, d.err, d.changed
		d.mu.Unlock()
		switch {
		case held:
			return nil
		case state == Stopped:
			return why
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Everybody who waits for an item shares a request, which outlives a lost session.
func (c *Client) ask(at key) (*ask, error) {
	d := c.device
	if d.state == Stopped {
		return nil, d.err
	}
	asked, begins := d.askFor(at)
	if asked == nil {
		return nil, &Error{Code: TooManyOpens, Message: "too many items are waited for"}
	}
	if begins && d.session != nil {
		d.session.ask(at)
	}
	return asked, nil
}

func (c *Client) shown(held Held, zeroWait bool) Opened {
	d, checkpoint := c.device, held.Checkpoint
	opened := Opened{Content: bytes.Clone(held.Content), Checkpoint: checkpoint, ZeroWait: zeroWait}
	if d.state == Waiting || d.state == Stopped {
		last := held.Current
		if !held.Stale && d.lastLive.After(last) {
			last = d.lastLive
		}
		opened.Age = max(0, time.Since(last))
	}
	d.buffer.Touch(checkpoint.Space, checkpoint.Item)
	if len(d.opened) == maxOpened {
		d.opened = d.opened[1:]
	}
	d.opened = append(d.opened, &pb.Opened{
		Space: checkpoint.Space, Item: checkpoint.Item, DataHash: checkpoint.DataHash, ZeroWait: zeroWait,
	})
	d.nudge()
	return opened
}

func (c *Client) add(space string, activity *pb.Activity) error {
	if !slices.Contains(c.options.Spaces, space) {
		return fieldInvalid("space", "is not one that the client follows")
	}
	activity.TimeMs = time.Now().UnixMilli()
	d := c.device
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.state == Stopped {
		return d.err
	}
	d.batches = append(d.batches, &pb.ActivityBatch{Space: space, Activities: []*pb.Activity{activity}})
	if len(d.batches) > maxBatches {
		// The head may be under way: the one behind it goes.
		d.batches = slices.Delete(d.batches, 1, 2)
	}
	d.nudge()
	return nil
}
