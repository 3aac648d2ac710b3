// Conformance is the client as the conformance scripts drive it: docs/08-write-a-client.md says what is on standard input
// and output.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"

	foresync "foresync.example/client"
)

type call struct {
	ID   int    `json:"id"`
	Call string `json:"call"`
	With struct {
		Endpoint   string   `json:"endpoint"`
		Tokens     []string `json:"tokens"`
		Spaces     []string `json:"spaces"`
		Capacity   int      `json:"capacity"`
		SameBuffer bool     `json:"same_buffer"`
		Type       string   `json:"type"`
		Space      string   `json:"space"`
		Item       string   `json:"item"`
		Query      string   `json:"query"`
	} `json:"with"`
}

type object map[string]any

var kinds = map[string]foresync.Kind{
	"viewed": foresync.Viewed, "edited": foresync.Edited, "created": foresync.Created,
}

type driver struct {
	mu     sync.Mutex // of client
	client *foresync.Client
	buffer foresync.Buffer
	leave  context.CancelFunc
}

func main() {
	d := &driver{leave: func() {}}
	var writing sync.Mutex
	var obeying sync.WaitGroup
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var told call
		if err := json.Unmarshal(lines.Bytes(), &told); err != nil {
			panic(err)
		}
		obeying.Go(func() {
			answer := object{"id": told.ID}
			if gives, err := d.obey(told); err != nil {
				answer["fails"], answer["message"] = codeOf(err), err.Error()
			} else {
				answer["gives"] = gives
			}
			line, err := json.Marshal(answer)
			if err != nil {
				panic(err)
			}
			writing.Lock()
			defer writing.Unlock()
			fmt.Println(string(line))
		})
	}
	d.close()
	obeying.Wait()
}

func (d *driver) obey(told call) (object, error) {
	ctx, with := context.Background(), told.With
	switch told.Call {
	case "connect":
		return object{}, d.connect(told)
	case "close":
		d.close()
		return object{}, nil
	}
	client := d.current()
	if client == nil {
		return object{"state": "connecting"}, nil
	}
	switch told.Call {
	case "open":
		opened, err := client.Open(ctx, with.Space, with.Item)
		return object{"content": opened.Content, "zero_wait": opened.ZeroWait}, err
	case "report":
		return object{}, client.Report(kinds[with.Type], with.Space, with.Item)
	case "search":
		return object{}, client.Searched(with.Space, with.Query)
	case "flush":
		return object{}, client.Flush(ctx)
	case "held":
		held, ok := client.Held(with.Space, with.Item)
		if !ok {
			return object{"held": nil}, nil
		}
		return object{"held": object{"data_hash": held.Checkpoint.DataHash, "stale": held.Stale}}, nil
	case "state":
		return object{"state": client.State()}, nil
	}
	return nil, fmt.Errorf("%s is not a call", told.Call)
}

func (d *driver) connect(told call) error {
	d.close()
	with := told.With
	if !with.SameBuffer {
		capacity := foresync.DefaultCapacity
		if with.Capacity > 0 {
			capacity = with.Capacity
		}
		d.buffer = foresync.NewMemoryBuffer(capacity)
	}
	options := foresync.Options{Spaces: with.Spaces, Buffer: d.buffer}
	if tokens := with.Tokens; len(tokens) == 1 {
		options.Token = tokens[0]
	} else {
		options.TokenSource = func(context.Context) (string, error) {
			token := tokens[0]
			tokens = tokens[1:]
			return token, nil
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	d.mu.Lock()
	d.leave = cancel
	d.mu.Unlock()
	client, err := foresync.Connect(ctx, with.Endpoint, options)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.client = client
	return err
}

func (d *driver) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.leave()
	if d.client != nil {
		d.client.Close()
		d.client = nil
	}
}

func (d *driver) current() *foresync.Client {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.client
}

func codeOf(err error) string {
	var failed *foresync.Error
	if errors.As(err, &failed) {
		return string(failed.Code)
	}
	return "CANCELLED"
}
