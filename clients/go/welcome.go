package foresync

import (
	pb "foresync.example/client/foresyncv1"
)

// What is held now. What was to be told of it until now is in its digests.
func (s *session) hello() *pb.Hello {
	hello := &pb.Hello{ResumeToken: s.d.buffer.ResumeToken(), Spaces: s.spaces, ClientVersion: clientVersion}
	for _, space := range s.spaces {
		held := s.d.buffer.Items(space)
		digest := &pb.ManifestDigest{Space: space, Digest: digestOf(held), Count: uint64(len(held))}
		hello.Digests = append(hello.Digests, digest)
	}
	s.d.evicted = nil
	return hello
}

// The session begins: obeys the verdicts, and asks again for what is waited for.
func (s *session) welcome(welcome *pb.Welcome) error {
	s.d.queryKey = welcome.QueryKey
	s.uplink.durable(welcome.ActivitySequence)
	for _, verdict := range welcome.Verdicts {
		if err := s.verdict(verdict.Space, verdict.Verdict); err != nil {
			return err
		}
	}
	s.uplink.welcomed = true
	for at := range s.d.asks {
		s.ask(at)
	}
	// Behind the manifests: when it comes back, what changed meanwhile was compared and told.
	s.caughtUp = s.beat()
	select {
	case s.intervals <- interval(welcome):
	default:
	}
	return nil
}

func (s *session) verdict(space string, verdict pb.Verdict) error {
	var err error
	switch verdict {
	case pb.Verdict_VERDICT_SEND_MANIFEST:
	case pb.Verdict_VERDICT_ANEW:
		err = s.landing.renew(space)
	case pb.Verdict_VERDICT_WIPE:
		err = s.d.wipe(space)
	default:
		return nil
	}
	s.sendManifest(space)
	return err
}

// In parts of bounded count and size; the last one says so, and is sent even if nothing is held.
func (s *session) sendManifest(space string) {
	part, size := &pb.Manifest{Space: space}, 0
	for _, held := range s.d.buffer.Items(space) {
		if len(part.Entries) == manifestEntries || size >= manifestBytes {
			s.say(&pb.ClientEvent{Event: &pb.ClientEvent_Manifest{Manifest: part}})
			part, size = &pb.Manifest{Space: space}, 0
		}
		entry := &pb.ManifestEntry{Item: held.Checkpoint.Item, DataHash: held.Checkpoint.DataHash}
		part.Entries = append(part.Entries, entry)
		size += len(entry.Item) + len(entry.DataHash) + 8
	}
	part.Last = true
	s.say(&pb.ClientEvent{Event: &pb.ClientEvent_Manifest{Manifest: part}})
}
