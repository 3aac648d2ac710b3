// Package foresync is one device of one user: it reports what the user does, holds what they will need next, and opens it
// without a wait.
//
// Stubs for everything else, writing and reading without a session, predictions and privacy, are in foresyncv1: they are
// complete, and thin enough to be used as they are.
package foresync
