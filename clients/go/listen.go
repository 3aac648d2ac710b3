package foresync

import (
	"context"
	"iter"
)

// Events returns what happens from this call on, to be read once, until ctx is done or the client is closed. Of more than
// 1,024 that wait, the oldest go.
func (c *Client) Events(ctx context.Context) iter.Seq[Event] {
	line, d := make(chan Event, maxEvents), c.device
	d.mu.Lock()
	d.lines[line] = true
	d.mu.Unlock()
	leave := func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.lines, line)
	}
	stop := context.AfterFunc(ctx, leave)
	return func(yield func(Event) bool) {
		defer leave()
		defer stop()
		for {
			select {
			case event := <-line:
				if !yield(event) {
					return
				}
				continue
			default:
			}
			select {
			case event := <-line:
				if !yield(event) {
					return
				}
			case <-ctx.Done():
				return
			case <-c.over:
				if len(line) == 0 {
					return
				}
			}
		}
	}
}
