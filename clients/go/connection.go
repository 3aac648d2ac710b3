package foresync

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"
)

const (
	firstWait = 500 * time.Millisecond // the longest first wait between two attempts; each failure makes it longer
	longest   = time.Minute
	healthy   = 10 * time.Second // a connection that lived this long was a good one: the next wait is a first one again
)

// Keeps a session open, until it is closed or trying again would not help.
func (c *Client) run(ctx context.Context) {
	defer close(c.over)
	wait, refused := firstWait, false
	for {
		started := time.Now()
		c.become(Connecting, nil)
		why, welcomed := c.dial(ctx)
		if ctx.Err() != nil {
			why = &Error{Code: Closed, Message: "the client is closed"}
		}
		if err := c.forget(why); err != nil {
			why = storageFailed(err)
		}
		renewable := why.Code == Unauthenticated && c.options.TokenSource != nil && (welcomed || !refused)
		if why.final() && !renewable {
			c.device.mu.Lock()
			defer c.device.mu.Unlock()
			c.device.stop(why)
			return
		}
		refused = why.Code == Unauthenticated && !welcomed
		if welcomed && time.Since(started) > healthy {
			wait = firstWait
		}
		c.become(Waiting, why)
		select {
		case <-time.After(why.RetryAfter + rand.N(wait)):
		case <-ctx.Done():
		}
		wait = min(longest, wait*3/2)
	}
}

// One session, from its token to its end.
func (c *Client) dial(ctx context.Context) (why *Error, welcomed bool) {
	token, err := c.options.token(ctx)
	if err != nil {
		return &Error{Code: Unavailable, Message: "there is no token: " + err.Error()}, false
	}
	// This client knows when to try again: gRPC's own waits would only add to that.
	c.conn.ResetConnectBackoff()
	s, why := newSession(ctx, c.device, c.conn, token, c.options.Spaces)
	if why != nil {
		return why, false
	}
	return s.run()
}

// Drops everything if the user asked to be forgotten, or if what is kept is another's.
func (c *Client) forget(why *Error) error {
	if why.Code != Forgotten && why.Code != "RESUME_TOKEN_FOREIGN" {
		return nil
	}
	c.device.mu.Lock()
	defer c.device.mu.Unlock()
	return c.device.wipe(slices.Concat(c.options.Spaces, c.device.buffer.Spaces())...)
}

func (c *Client) become(state State, why *Error) {
	c.device.mu.Lock()
	defer c.device.mu.Unlock()
	c.device.become(state, why)
}
