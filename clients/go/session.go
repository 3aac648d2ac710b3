package foresync

import (
	"context"
	"sync"
	"time"

	pb "foresync.example/client/foresyncv1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
)

var goodbyes = map[pb.GoodbyeReason]Code{
	pb.GoodbyeReason_GOODBYE_REASON_SHUTDOWN:      "SHUTTING_DOWN",
	pb.GoodbyeReason_GOODBYE_REASON_SLOW_CONSUMER: "SLOW_CONSUMER",
	pb.GoodbyeReason_GOODBYE_REASON_TAKEN_OVER:    TakenOver,
	pb.GoodbyeReason_GOODBYE_REASON_TOKEN_EXPIRED: Unauthenticated,
	pb.GoodbyeReason_GOODBYE_REASON_SILENT:        Silent,
	pb.GoodbyeReason_GOODBYE_REASON_FORGOTTEN:     Forgotten,
}

// One Sync stream, from its Hello to its end. What is not guarded by the device's lock says so.
type session struct {
	d       *device
	spaces  []string
	stream  grpc.BidiStreamingClient[pb.SyncRequest, pb.SyncResponse]
	landing *landing
	uplink  *uplink
	tokens  []resumeToken
	// By nonce, closed when it is echoed.
	barriers map[uint64]chan struct{}
	caughtUp uint64 // the nonce whose echo means: live
	nonce    uint64
	request  uint64

	ctx       context.Context // done when it is over
	cancel    context.CancelFunc
	ending    sync.Once
	end       *Error        // why, if the device or a goodbye ended it; read after run
	something chan struct{} // there is something to say
	intervals chan time.Duration
	silence   *time.Timer
}

type resumeToken struct {
	delivery uint64
	token    []byte
}

// Ends the session; the first reason counts. Needs no lock.
func (s *session) leave(why *Error) {
	s.ending.Do(func() {
		s.end = why
		s.cancel()
	})
}

// There is something to say. Needs no lock.
func (s *session) nudge() {
	select {
	case s.something <- struct{}{}:
	default:
	}
}

// Asks for an item; without naming what is held once that did not help.
func (s *session) ask(at key) {
	a := s.d.asks[at]
	if a == nil || !s.uplink.welcomed {
		return
	}
	s.request++
	a.id = s.request
	request := &pb.Request{RequestId: a.id, Space: at.space, Item: at.item}
	if held, ok := s.d.buffer.Get(at.space, at.item); ok && a.tries == 0 {
		c := held.Checkpoint
		request.Latest = &pb.Checkpoint{
			Space: c.Space, Item: c.Item, Timestamp: c.Timestamp, DataHash: c.DataHash, Version: c.Version,
		}
	}
	s.say(&pb.ClientEvent{Event: &pb.ClientEvent_Request{Request: request}})
}

// Closed when the server has handled everything that was said before.
func (s *session) barrier() <-chan struct{} {
	passed := make(chan struct{})
	s.barriers[s.beat()] = passed
	return passed
}

func (s *session) say(event *pb.ClientEvent) {
	s.uplink.said = append(s.uplink.said, event)
	s.nudge()
}

func (s *session) beat() (nonce uint64) {
	s.nonce++
	s.sayHeartbeat(&pb.Heartbeat{Nonce: s.nonce})
	return s.nonce
}

func (s *session) sayHeartbeat(heartbeat *pb.Heartbeat) {
	heartbeat.TimeMs = time.Now().UnixMilli()
	s.say(&pb.ClientEvent{Event: &pb.ClientEvent_Heartbeat{Heartbeat: heartbeat}})
}

// Handles a frame; answers how long the server may be silent from now on. An error is the buffer's: what came with it, and
// after it, is not acknowledged.
func (s *session) handle(events []*pb.ServerEvent, wait time.Duration) (time.Duration, error) {
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	for _, event := range events {
		if welcome := event.GetWelcome(); welcome != nil {
			wait = 2 * interval(welcome)
		}
		if err := s.obey(event); err != nil {
			return wait, err
		}
		s.uplink.handled = event.Delivery
	}
	s.nudge()
	return wait, s.saveToken()
}

// An event that this version does not know is acknowledged like any other.
func (s *session) obey(event *pb.ServerEvent) error {
	switch told := event.Event.(type) {
	case *pb.ServerEvent_Welcome:
		return s.welcome(told.Welcome)
	case *pb.ServerEvent_ActivityAck:
		s.uplink.durable(told.ActivityAck.Sequence)
	case *pb.ServerEvent_Push:
		return s.landing.push(event.Delivery, told.Push, false)
	case *pb.ServerEvent_Chunk:
		return s.landing.chunk(told.Chunk)
	case *pb.ServerEvent_Invalidation:
		return s.landing.invalidation(told.Invalidation)
	case *pb.ServerEvent_Position:
		s.tokens = append(s.tokens, resumeToken{event.Delivery, told.Position.ResumeToken})
	case *pb.ServerEvent_Answer:
		return s.answer(event.Delivery, told.Answer)
	case *pb.ServerEvent_Heartbeat:
		s.heard(told.Heartbeat)
	case *pb.ServerEvent_Goodbye:
		s.goodbye(told.Goodbye)
	case *pb.ServerEvent_Refusal:
		s.uplink.refused(told.Refusal, s.sendAgain)
	}
	return nil
}

func (s *session) answer(delivery uint64, answer *pb.Answer) error {
	switch result := answer.Result.(type) {
	case *pb.Answer_Found:
		return s.landing.push(delivery, result.Found, true)
	case *pb.Answer_NotModified:
		return s.landing.notModified(result.NotModified)
	}
	return s.landing.refused(answer.RequestId, errorOf(status.FromProto(answer.GetError())))
}

func (s *session) heard(heartbeat *pb.Heartbeat) {
	if passed, ok := s.barriers[heartbeat.Echo]; ok {
		close(passed)
		delete(s.barriers, heartbeat.Echo)
	}
	if heartbeat.Echo != 0 && heartbeat.Echo == s.caughtUp {
		s.d.become(Live, nil)
	}
	if heartbeat.Nonce != 0 {
		s.sayHeartbeat(&pb.Heartbeat{Echo: heartbeat.Nonce})
	}
}

func (s *session) goodbye(goodbye *pb.Goodbye) {
	why := &Error{Code: Unavailable, Message: "the server ended the session"}
	if code, ok := goodbyes[goodbye.Reason]; ok {
		why.Code = code
	}
	if goodbye.Message != "" {
		why.Message = goodbye.Message
	}
	why.RetryAfter = time.Duration(goodbye.RetryAfterMs) * time.Millisecond
	s.leave(why)
}

// A batch that the server could not store is sent once more. Locks the device.
func (s *session) sendAgain() {
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	s.uplink.inFlight = 0
	s.nudge()
}

// Stores the newest resume token before which every content is complete.
func (s *session) saveToken() error {
	open, some := s.landing.earliestOpen()
	covered := 0
	for covered < len(s.tokens) && (!some || s.tokens[covered].delivery < open) {
		covered++
	}
	if covered == 0 {
		return nil
	}
	token := s.tokens[covered-1].token
	s.tokens = s.tokens[covered:]
	return s.d.buffer.SetResumeToken(token)
}
