package foresync

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"os"
	"os/exec"
	"sync"
	"testing"
)

func TestLive(t *testing.T) {
	s := startServer(t)
	t.Run("opens what it asks for, and then holds it", func(t *testing.T) { opensAndHolds(t, s) })
	t.Run("one answer serves all who wait", func(t *testing.T) { servesAll(t, s) })
	t.Run("reports and receives a push", func(t *testing.T) { receivesAPush(t, s) })
	t.Run("is told that what it holds is old", func(t *testing.T) { isToldOfChanges(t, s) })
	t.Run("a refused batch does not stop the next", func(t *testing.T) { goesOnAfterARefusal(t, s) })
	t.Run("a buffer outlives its client", func(t *testing.T) { keepsItsBuffer(t, s) })
	t.Run("gives way to another client of the device", func(t *testing.T) { givesWay(t, s) })
	t.Run("a refused token says so, and a new one is fetched", func(t *testing.T) { renewsItsToken(t, s) })
	t.Run("the example runs", func(t *testing.T) { exampleRuns(t, s) })
	t.Run("resumes after the server was killed", func(t *testing.T) { resumes(t, s) })
}

func opensAndHolds(t *testing.T, s *server) {
	s.put("open/small", []byte("small content"))
	large := make([]byte, 700_000)
	rand.Read(large)
	s.put("open/large", large)
	client := s.connect(t.Name(), "go", nil)
	expectOpen(t, client, "open/small", []byte("small content"), false)
	expectOpen(t, client, "open/small", []byte("small content"), true)
	expectOpen(t, client, "open/large", large, false)
	if _, err := client.Open(t.Context(), "notes", "open/none"); !errors.Is(err, ItemUnknown) {
		t.Fatalf("an item that is not there: %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.Open(gone, "notes", "open/none"); !errors.Is(err, context.Canceled) {
		t.Fatalf("a context that is done: %v", err)
	}
}

func servesAll(t *testing.T, s *server) {
	s.put("open/shared", []byte("shared"))
	client := s.connect(t.Name(), "go", nil)
	var waiting sync.WaitGroup
	for range 8 {
		waiting.Go(func() {
			if opened, err := client.Open(t.Context(), "notes", "open/shared"); string(opened.Content) != "shared" {
				t.Errorf("opened %q: %v", opened.Content, err)
			}
		})
	}
	waiting.Wait()
}

func receivesAPush(t *testing.T, s *server) {
	user := t.Name()
	client, laptop := s.connect(user, "go", nil), s.connect(user, "laptop", nil)
	events := client.Events(t.Context())
	s.put("push/a", []byte("push/a"))
	s.put("push/b", []byte("push/b"))
	must(t, laptop.Report(Viewed, "notes", "push/a"))
	must(t, laptop.Searched("notes", "quarterly plan"))
	flush(t, laptop)
	must(t, client.Report(Viewed, "notes", "push/b"))
	flush(t, client)
	pushed := next[Pushed](t, events)
	held, ok := client.Held("notes", pushed.Checkpoint.Item)
	if hash := sha256.Sum256(held.Content); !ok || !bytes.Equal(hash[:], pushed.Checkpoint.DataHash) {
		t.Fatal("what was pushed is not held")
	}
	if len(pushed.Reasons) == 0 {
		t.Fatal("a push without reasons")
	}
	expectOpen(t, client, pushed.Checkpoint.Item, held.Content, true)
}

func isToldOfChanges(t *testing.T, s *server) {
	s.put("stale/a", []byte("first"))
	client := s.connect(t.Name(), "go", nil)
	expectOpen(t, client, "stale/a", []byte("first"), false)
	flush(t, client)
	events := client.Events(t.Context())
	s.put("stale/a", []byte("second"))
	if told := next[Invalidated](t, events); told.Item != "stale/a" || told.Deleted {
		t.Fatalf("told of %+v", told)
	}
	expectOpen(t, client, "stale/a", []byte("second"), false)
}

func goesOnAfterARefusal(t *testing.T, s *server) {
	s.put("refused/there", []byte("there"))
	client := s.connect(t.Name(), "go", nil)
	events := client.Events(t.Context())
	must(t, client.Report(Viewed, "notes", "refused/nowhere"))
	must(t, client.Report(Viewed, "notes", "refused/there"))
	flush(t, client)
	if refused := next[Refused](t, events); !errors.Is(refused.Err, ItemUnknown) {
		t.Fatalf("refused for %v", refused.Err)
	}
}

func keepsItsBuffer(t *testing.T, s *server) {
	buffer := NewMemoryBuffer(DefaultCapacity)
	s.put("buffer/a", []byte("kept over sessions"))
	first := s.connect(t.Name(), "go", buffer)
	expectOpen(t, first, "buffer/a", []byte("kept over sessions"), false)
	flush(t, first)
	first.Close()
	expectOpen(t, s.connect(t.Name(), "go", buffer), "buffer/a", []byte("kept over sessions"), true)
}

func givesWay(t *testing.T, s *server) {
	first := s.connect(t.Name(), "same", nil)
	second := s.connect(t.Name(), "same", nil)
	eventually(t, "the first stops", func() bool { return first.State() == Stopped })
	if _, err := first.Open(t.Context(), "notes", "nothing"); !errors.Is(err, TakenOver) {
		t.Fatalf("the first one opens: %v", err)
	}
	if second.State() != Live {
		t.Fatalf("the second one is %s", second.State())
	}
}

func renewsItsToken(t *testing.T, s *server) {
	notes := []string{"notes"}
	_, err := Connect(t.Context(), s.endpoint, Options{Token: "nonsense", Spaces: notes})
	if !errors.Is(err, Unauthenticated) {
		t.Fatalf("connected with nonsense: %v", err)
	}
	given := []string{"nonsense", s.token(t.Name(), "renewed")}
	source := func(context.Context) (string, error) {
		token := given[0]
		given = given[1:]
		return token, nil
	}
	client, err := Connect(t.Context(), s.endpoint, Options{TokenSource: source, Spaces: notes})
	must(t, err)
	must(t, client.Close())
}

func exampleRuns(t *testing.T, s *server) {
	s.put("example.md", []byte("an example"))
	example := exec.Command("go", "run", "./examples/reader", s.endpoint, "notes", "example.md", "example.md")
	example.Env = append(os.Environ(), "FORESYNC_TOKEN="+s.token(t.Name(), "example"))
	out, err := example.CombinedOutput()
	if want := "example.md: 10 bytes, from the network\nexample.md: 10 bytes, nobody waited\n"; string(out) != want {
		t.Fatalf("it printed %q: %v", out, err)
	}
}

func resumes(t *testing.T, s *server) {
	client := s.connect(t.Name(), "go", nil)
	for _, item := range []string{"resume/kept", "resume/changed"} {
		s.put(item, []byte("before"))
		expectOpen(t, client, item, []byte("before"), false)
	}
	must(t, client.Report(Viewed, "notes", "resume/kept"))
	flush(t, client)
	s.kill()
	must(t, client.Report(Viewed, "notes", "resume/changed"))
	eventually(t, "it waits", func() bool { return client.State() == Waiting })
	offline, err := client.Open(t.Context(), "notes", "resume/kept")
	if err != nil || string(offline.Content) != "before" || offline.ZeroWait {
		t.Fatalf("off line: %+v, %v", offline, err)
	}
	s.start()
	flush(t, client)
	s.put("resume/changed", []byte("after"))
	expectOpen(t, client, "resume/kept", []byte("before"), true)
	eventually(t, "the change arrives", func() bool {
		opened, err := client.Open(t.Context(), "notes", "resume/changed")
		return err == nil && string(opened.Content) == "after"
	})
}

func expectOpen(t *testing.T, client *Client, item string, content []byte, zeroWait bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	opened, err := client.Open(ctx, "notes", item)
	must(t, err)
	if !bytes.Equal(opened.Content, content) || opened.ZeroWait != zeroWait {
		t.Fatalf("%s: %d bytes, zero wait %v", item, len(opened.Content), opened.ZeroWait)
	}
}

func flush(t *testing.T, client *Client) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	must(t, client.Flush(ctx))
}

// The next event of a kind.
func next[E Event](t *testing.T, events func(func(Event) bool)) E {
	t.Helper()
	came := make(chan E, 1)
	go func() {
		for event := range events {
			if one, ok := event.(E); ok {
				came <- one
				return
			}
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	select {
	case one := <-came:
		return one
	case <-ctx.Done():
		t.Fatalf("no %T came", *new(E))
		panic("unreachable")
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
