package foresync

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"testing"

	pb "foresync.example/client/foresyncv1"
)

// From docs/02-session.md.
const delta = "010b110d000c6272617665200b06"

func heldOf(item, content string) Held {
	hash := sha256.Sum256([]byte(content))
	checkpoint := &pb.Checkpoint{Space: "s", Item: item, DataHash: hash[:], SizeBytes: uint64(len(content))}
	return Held{Checkpoint: checkpoint, Content: []byte(content)}
}

func inHex(t *testing.T, text string) []byte {
	t.Helper()
	data, err := hex.DecodeString(text)
	must(t, err)
	return data
}

func TestDeltaMakesWhatTheDocsSay(t *testing.T) {
	target, err := applyDelta([]byte("hello world"), inHex(t, delta), 17)
	if err != nil || string(target) != "hello brave world" {
		t.Fatalf("%q, %v", target, err)
	}
}

func TestWhatIsNoDeltaIsRefused(t *testing.T) {
	tests := []struct {
		name, base, delta string
		size              uint64
	}{
		{"another base", "hello", delta, 17},
		{"another size", "hello world", delta, 16},
		{"an end too early", "hello world", delta[:len(delta)-2], 17},
		{"nothing", "hello world", "", 17},
		{"another version", "hello world", "02" + delta[2:], 17},
		{"a copy from beyond the base", "hello world", "010b110d08", 17},
		{"a copy whose end overflows", "hello world", "010b1123ffffffffffffff0f", 17},
		{"an insert of what is not there", "hello world", "010b1122aa", 17},
		{"an instruction without a length", "hello world", "010b1100", 17},
		{"a number without an end", "hello world", "ffffffffffffffffffffffff", 17},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if target, err := applyDelta([]byte(test.base), inHex(t, test.delta), test.size); err == nil {
				t.Fatalf("it made %q", target)
			}
		})
	}
}

func TestDigestIsASumOfTerms(t *testing.T) {
	a, b := heldOf("a", "1"), heldOf("b", "2")
	if !bytes.Equal(digestOf(nil), make([]byte, 32)) {
		t.Fatal("the digest of nothing is not zero")
	}
	if !bytes.Equal(digestOf([]Held{a, b}), digestOf([]Held{b, a})) {
		t.Fatal("the order counts")
	}
	if bytes.Equal(digestOf([]Held{a}), digestOf([]Held{a, b})) {
		t.Fatal("an item does not count")
	}
}

func TestBufferDropsWhatWasUsedLeastRecently(t *testing.T) {
	buffer := NewMemoryBuffer(10)
	put := func(item, content string) []Held {
		gone, err := buffer.Put(heldOf(item, content))
		must(t, err)
		return gone
	}
	put("a", "12345")
	put("b", "12345")
	buffer.Touch("s", "a")
	if gone := put("c", "123"); len(gone) != 1 || gone[0].Checkpoint.Item != "b" {
		t.Fatalf("%v went", gone)
	}
	if buffer.Size() != 8 || len(buffer.Items("s")) != 2 {
		t.Fatalf("%d bytes are held", buffer.Size())
	}
	if gone := put("a", "larger than all"); len(gone) != 2 {
		t.Fatalf("%v went", gone)
	}
	if _, ok := buffer.Get("s", "a"); ok || buffer.Size() != 3 {
		t.Fatal("what is larger than all is held")
	}
}

func TestWhatCannotBeIsRefusedByItsField(t *testing.T) {
	notes := []string{"notes"}
	source := func(context.Context) (string, error) { return "", nil }
	tests := []struct {
		endpoint, field string
		options         Options
	}{
		{"http://127.0.0.1:1", "Token", Options{Spaces: notes}},
		{"http://127.0.0.1:1", "Token", Options{Token: "t", TokenSource: source, Spaces: notes}},
		{"http://127.0.0.1:1", "Spaces", Options{Token: "t"}},
		{"http://127.0.0.1:1", "Spaces", Options{Token: "t", Spaces: make([]string, 65)}},
		{"http://127.0.0.1:1", "Spaces", Options{Token: "t", Spaces: []string{""}}},
		{"127.0.0.1:1", "endpoint", Options{Token: "t", Spaces: notes}},
		{"ftp://127.0.0.1:1", "endpoint", Options{Token: "t", Spaces: notes}},
	}
	for _, test := range tests {
		var failed *Error
		if _, err := Connect(t.Context(), test.endpoint, test.options); !errors.As(err, &failed) || failed.Field != test.field {
			t.Errorf("%s, %+v: %v", test.endpoint, test.options, err)
		}
	}
}

// A buffer whose disk is full.
type fullBuffer struct{ *MemoryBuffer }

func (fullBuffer) Put(Held) ([]Held, error) { return nil, errors.New("no space left") }

func TestWhatIsNotStoredIsNotAcknowledged(t *testing.T) {
	s := startServer(t)
	s.put("full/a", []byte("content"))
	client := s.connect(t.Name(), "go", fullBuffer{NewMemoryBuffer(100)})
	events := client.Events(t.Context())
	opened, err := client.Open(t.Context(), "notes", "full/a")
	if err != nil || string(opened.Content) != "content" {
		t.Fatalf("opened %q: %v", opened.Content, err)
	}
	for event := range events {
		if c, ok := event.(Connection); ok && c.State == Waiting {
			if !errors.Is(c.Err, StorageFailed) {
				t.Fatalf("it ended for %v", c.Err)
			}
			return
		}
	}
}
