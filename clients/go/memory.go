package foresync

import (
	"bytes"
	"container/list"
	"maps"
	"slices"
)

// DefaultCapacity of a memory buffer, in bytes.
const DefaultCapacity = 64 << 20

// MemoryBuffer is a Buffer that lasts as long as the process.
type MemoryBuffer struct {
	capacity int
	bytes    int
	items    map[key]*list.Element // of Held
	byUse    *list.List            // the least recently used first
	token    []byte
}

type key struct{ space, item string }

// NewMemoryBuffer returns a buffer for at most capacity bytes of content; beyond them the least recently used goes.
func NewMemoryBuffer(capacity int) *MemoryBuffer {
	return &MemoryBuffer{capacity: capacity, items: map[key]*list.Element{}, byUse: list.New()}
}

// Size returns the bytes of content held.
func (b *MemoryBuffer) Size() int { return b.bytes }

// Get implements Buffer.
func (b *MemoryBuffer) Get(space, item string) (Held, bool) {
	element, ok := b.items[key{space, item}]
	if !ok {
		return Held{}, false
	}
	return element.Value.(Held), true
}

// Touch implements Buffer.
func (b *MemoryBuffer) Touch(space, item string) {
	if element, ok := b.items[key{space, item}]; ok {
		b.byUse.MoveToBack(element)
	}
}

// Put implements Buffer.
func (b *MemoryBuffer) Put(held Held) ([]Held, error) {
	at := key{held.Checkpoint.Space, held.Checkpoint.Item}
	before, replaces := b.drop(at)
	if len(held.Content) > b.capacity {
		if replaces {
			return []Held{before, held}, nil
		}
		return []Held{held}, nil
	}
	var gone []Held
	for b.bytes+len(held.Content) > b.capacity {
		oldest := b.byUse.Front().Value.(Held).Checkpoint
		one, _ := b.drop(key{oldest.Space, oldest.Item})
		gone = append(gone, one)
	}
	b.items[at] = b.byUse.PushBack(held)
	b.bytes += len(held.Content)
	return gone, nil
}

// Update implements Buffer.
func (b *MemoryBuffer) Update(held Held) error {
	if element, ok := b.items[key{held.Checkpoint.Space, held.Checkpoint.Item}]; ok {
		b.bytes += len(held.Content) - len(element.Value.(Held).Content)
		element.Value = held
	}
	return nil
}

// Drop implements Buffer.
func (b *MemoryBuffer) Drop(space, item string) error {
	b.drop(key{space, item})
	return nil
}

// Items implements Buffer.
func (b *MemoryBuffer) Items(space string) []Held {
	var items []Held
	for element := b.byUse.Front(); element != nil; element = element.Next() {
		if held := element.Value.(Held); held.Checkpoint.Space == space {
			items = append(items, held)
		}
	}
	return items
}

// Spaces implements Buffer.
func (b *MemoryBuffer) Spaces() []string {
	spaces := map[string]bool{}
	for at := range b.items {
		spaces[at.space] = true
	}
	return slices.Sorted(maps.Keys(spaces))
}

// ResumeToken implements Buffer.
func (b *MemoryBuffer) ResumeToken() []byte { return b.token }

// SetResumeToken implements Buffer.
func (b *MemoryBuffer) SetResumeToken(token []byte) error {
	b.token = bytes.Clone(token)
	return nil
}

func (b *MemoryBuffer) drop(at key) (Held, bool) {
	element, ok := b.items[at]
	if !ok {
		return Held{}, false
	}
	held := b.byUse.Remove(element).(Held)
	delete(b.items, at)
	b.bytes -= len(held.Content)
	return held, true
}
