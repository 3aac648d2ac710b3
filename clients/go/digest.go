package foresync

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"math/big"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

const (
	maxTerms     = 16
	maxTermRunes = 64
)

var modulus = new(big.Int).Lsh(big.NewInt(1), 256)

// The sum of the terms of what is held, as the wire carries it: 32 bytes, big-endian.
func digestOf(held []Held) []byte {
	sum := new(big.Int)
	for _, one := range held {
		sum.Add(sum, manifestTerm(one.Checkpoint.Space, one.Checkpoint.Item, one.Checkpoint.DataHash))
	}
	return sum.Mod(sum, modulus).FillBytes(make([]byte, 32))
}

func manifestTerm(space, item string, dataHash []byte) *big.Int {
	var framed []byte
	for _, part := range []string{space, item} {
		framed = append(binary.BigEndian.AppendUint32(framed, uint32(len(part))), part...)
	}
	term := sha256.Sum256(append(framed, dataHash...))
	return new(big.Int).SetBytes(term[:])
}

// At most 16 buckets of a query's words. The words themselves never leave the device.
func queryBuckets(key []byte, query string) []uint32 {
	lower := cases.Lower(language.Und).String(norm.NFKC.String(query))
	words := strings.FieldsFunc(lower, func(r rune) bool { return !unicode.In(r, unicode.L, unicode.N, unicode.M) })
	var terms []string
	for _, word := range words {
		if runes := []rune(word); len(runes) > maxTermRunes {
			word = string(runes[:maxTermRunes])
		}
		if len(terms) < maxTerms && !slices.Contains(terms, word) {
			terms = append(terms, word)
		}
	}
	buckets := make([]uint32, len(terms))
	for i, term := range terms {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(term))
		buckets[i] = binary.BigEndian.Uint32(mac.Sum(nil))
	}
	return buckets
}
