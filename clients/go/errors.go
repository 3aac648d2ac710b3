package foresync

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Code names what failed: one of the server's catalogue (docs/03-errors.md), or one of the client's own. It is an error
// itself, for errors.Is(err, foresync.ItemUnknown).
type Code string

// Codes that callers often tell apart. A server may answer with others of its catalogue.
const (
	ItemUnknown     Code = "ITEM_UNKNOWN"
	SpaceUnknown    Code = "SPACE_UNKNOWN"
	SpaceForbidden  Code = "SPACE_FORBIDDEN"
	Unauthenticated Code = "UNAUTHENTICATED"
	Overloaded      Code = "OVERLOADED"
	TakenOver       Code = "TAKEN_OVER" // another client of the device speaks now
	FieldInvalid    Code = "FIELD_INVALID"

	Unavailable    Code = "UNAVAILABLE"     // the server cannot be reached, or the connection broke
	Silent         Code = "SILENT"          // the server was silent for two heartbeat intervals
	Closed         Code = "CLOSED"          // the client is closed
	Forgotten      Code = "FORGOTTEN"       // the user asked to be forgotten: everything was dropped
	ContentCorrupt Code = "CONTENT_CORRUPT" // a content did not match its hash, however often it was asked for
	TooManyOpens   Code = "TOO_MANY_OPENS"  // more opens wait than the client keeps
	StorageFailed  Code = "STORAGE_FAILED"  // the buffer refused something
)

// Error returns the code.
func (c Code) Error() string { return string(c) }

// Error is the one error of the client, beside those of the caller's context.
type Error struct {
	Code    Code
	Message string
	// Field is the one that is wrong, as a path; empty if none is.
	Field string
	// RetryAfter is how long the server asks to wait before trying again.
	RetryAfter time.Duration
	// Facts are for machines, for example "expected".
	Facts map[string]string
}

// Error returns the message, with the code before it.
func (e *Error) Error() string { return fmt.Sprintf("[%s] %s", e.Code, e.Message) }

// Is reports whether target is the error's code.
func (e *Error) Is(target error) bool {
	code, ok := target.(Code)
	return ok && code == e.Code
}

// Retryable reports whether the same call can succeed later.
func (e *Error) Retryable() bool { return slices.Contains(retryable, e.Code) }

// Connecting again would not help.
func (e *Error) final() bool { return slices.Contains(final, e.Code) }

var retryable = []Code{
	"SESSION_UNKNOWN", Overloaded, "SHUTTING_DOWN", "SLOW_CONSUMER", "STORE_UNAVAILABLE", "MODEL_FAILED",
	Unavailable, Silent, ContentCorrupt, TooManyOpens, StorageFailed,
}

var final = []Code{
	TakenOver, Forgotten, SpaceUnknown, SpaceForbidden, "DEVICE_REQUIRED", FieldInvalid,
	"HELLO_EXPECTED", "UNIMPLEMENTED", Unauthenticated, Closed,
}

func fieldInvalid(field, problem string) *Error {
	return &Error{Code: FieldInvalid, Message: field + " " + problem, Field: field}
}

func storageFailed(cause error) *Error {
	return &Error{Code: StorageFailed, Message: "the buffer refused: " + cause.Error()}
}

// What a google.rpc.Status stands for; details that are not known are ignored.
func errorOf(of *status.Status) *Error {
	e := &Error{Code: "INTERNAL"}
	if of.Code() == codes.Unavailable {
		e.Code = Unavailable
	}
	for _, detail := range of.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			e.Code, e.Facts = Code(detail.Reason), detail.Metadata
		case *errdetails.BadRequest:
			if violations := detail.FieldViolations; len(violations) > 0 {
				e.Field = violations[0].Field
			}
		case *errdetails.RetryInfo:
			e.RetryAfter = detail.RetryDelay.AsDuration()
		}
	}
	e.Message = strings.TrimPrefix(of.Message(), "["+string(e.Code)+"] ")
	return e
}

// What a call failed with; without a code of ours the connection broke.
func errorOfCall(err error) *Error {
	e := errorOf(status.Convert(err))
	if e.Code == "INTERNAL" && e.Facts == nil {
		e.Code = Unavailable
	}
	return e
}
