package foresync

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	pb "foresync.example/client/foresyncv1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
)

const (
	welcomeWait     = 20 * time.Second // how long a session may take to begin
	defaultInterval = 30 * time.Second
	manifestEntries = 2048
	manifestBytes   = 256 << 10
	clientVersion   = "foresync-go 0.1.0"
)

// Opens a stream, and says Hello.
func newSession(ctx context.Context, d *device, conn *grpc.ClientConn, token string, spaces []string) (*session, *Error) {
	ctx, cancel := context.WithCancel(metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token))
	stream, err := pb.NewSyncServiceClient(conn).Sync(ctx)
	if err != nil {
		cancel()
		return nil, errorOfCall(err)
	}
	s := &session{
		d: d, spaces: spaces, stream: stream, ctx: ctx, cancel: cancel, barriers: map[uint64]chan struct{}{},
		something: make(chan struct{}, 1), intervals: make(chan time.Duration, 1),
	}
	s.landing = &landing{d: d, ask: s.ask, transfers: map[uint64]*transfer{}}
	s.uplink = &uplink{d: d, landing: s.landing}
	d.mu.Lock()
	defer d.mu.Unlock()
	s.say(&pb.ClientEvent{Event: &pb.ClientEvent_Hello{Hello: s.hello()}})
	d.session = s
	return s, nil
}

// Runs until the session is over, and says why, and whether it began.
func (s *session) run() (why *Error, welcomed bool) {
	s.silence = time.AfterFunc(welcomeWait, func() {
		s.leave(&Error{Code: Silent, Message: "the server was silent for too long"})
	})
	var writing sync.WaitGroup
	writing.Go(s.write)
	wait := welcomeWait
	for {
		response, err := s.stream.Recv()
		if err != nil {
			s.leave(errorOfCall(err))
			break
		}
		if wait, err = s.handle(response.Events, wait); err != nil {
			s.leave(storageFailed(err))
			break
		}
		s.silence.Reset(wait)
	}
	s.silence.Stop()
	writing.Wait()
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	s.d.session = nil
	return s.end, s.uplink.welcomed
}

// The one writer. Locks the device while a frame is composed.
func (s *session) write() {
	var every time.Duration
	pulse := time.NewTimer(welcomeWait)
	defer pulse.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case every = <-s.intervals:
			pulse.Reset(jittered(every))
		case <-pulse.C:
			s.d.mu.Lock()
			s.beat()
			s.d.mu.Unlock()
			pulse.Reset(jittered(every))
		case <-s.something:
		}
		for frame := s.frame(); len(frame) > 0; frame = s.frame() {
			if s.stream.Send(&pb.SyncRequest{Events: frame}) != nil {
				return // the reader hears why
			}
		}
	}
}

func (s *session) frame() []*pb.ClientEvent {
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	return s.uplink.frame()
}

// Half to nine tenths of it.
func jittered(interval time.Duration) time.Duration {
	return time.Duration((0.5 + 0.4*rand.Float64()) * float64(interval))
}

func interval(welcome *pb.Welcome) time.Duration {
	if welcome.HeartbeatIntervalMs == 0 {
		return defaultInterval
	}
	return time.Duration(welcome.HeartbeatIntervalMs) * time.Millisecond
}
