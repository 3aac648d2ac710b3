package foresync

import (
	"encoding/binary"
	"errors"
)

var errNoDelta = errors.New("not a delta to this base")

// Makes the target from its base; docs/02-session.md says how deltas are written. A target of another size than expected
// is refused before it is made.
func applyDelta(base, delta []byte, size uint64) ([]byte, error) {
	r := reader{data: delta}
	version, baseSize, targetSize := r.varint(), r.varint(), r.varint()
	if r.bad || version != 1 || baseSize != uint64(len(base)) || targetSize != size {
		return nil, errNoDelta
	}
	target := make([]byte, 0, min(size, uint64(len(base)+len(delta))))
	for len(r.data) > 0 && !r.bad {
		instruction := r.varint()
		length := instruction >> 1
		var piece []byte
		if instruction&1 == 1 {
			offset := r.varint()
			if offset <= baseSize && length <= baseSize-offset {
				piece = base[offset : offset+length]
			}
		} else {
			piece = r.take(length)
		}
		if len(piece) == 0 || uint64(len(target)+len(piece)) > size {
			return nil, errNoDelta
		}
		target = append(target, piece...)
	}
	if r.bad || uint64(len(target)) != size {
		return nil, errNoDelta
	}
	return target, nil
}

type reader struct {
	data []byte
	bad  bool
}

func (r *reader) varint() uint64 {
	value, n := binary.Uvarint(r.data)
	if n <= 0 || value >= 1<<53 {
		r.bad, r.data = true, nil
		return 0
	}
	r.data = r.data[n:]
	return value
}

func (r *reader) take(length uint64) []byte {
	if length > uint64(len(r.data)) {
		r.bad = true
		return nil
	}
	piece := r.data[:length]
	r.data = r.data[length:]
	return piece
}
