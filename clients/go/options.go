package foresync

import (
	"context"
	"crypto/tls"
	"fmt"
	"math"
	"net"
	"net/url"
	"slices"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

const maxSpaces = 64

// Options say who connects, and what for.
type Options struct {
	// Token is the device's bearer token; TokenSource fetches a new one whenever one is needed. Exactly one is set.
	Token       string
	TokenSource func(ctx context.Context) (string, error)
	// Spaces to follow, 1 to 64.
	Spaces []string
	// Buffer keeps what is held; a memory buffer of DefaultCapacity if nil.
	Buffer Buffer
	// TLS is for https; the system's roots if nil.
	TLS *tls.Config
}

func (o Options) check() error {
	switch {
	case (o.Token == "") == (o.TokenSource == nil):
		return fieldInvalid("Token", "or TokenSource has to be set, and not both")
	case len(o.Spaces) == 0 || len(o.Spaces) > maxSpaces:
		return fieldInvalid("Spaces", fmt.Sprintf("has %d entries: 1 to %d are allowed", len(o.Spaces), maxSpaces))
	case slices.Contains(o.Spaces, ""):
		return fieldInvalid("Spaces", "has an empty name")
	}
	return nil
}

func (o Options) token(ctx context.Context) (string, error) {
	if o.TokenSource == nil {
		return o.Token, nil
	}
	return o.TokenSource(ctx)
}

// A connection to https://host:port, or http://host:port; it is made when it is needed.
func dialTo(endpoint string, config *tls.Config) (*grpc.ClientConn, error) {
	at, err := url.Parse(endpoint)
	if err != nil || at.Hostname() == "" || (at.Scheme != "http" && at.Scheme != "https") {
		return nil, fieldInvalid("endpoint", "is not https://host:port or http://host:port")
	}
	port, security := "443", credentials.NewTLS(config)
	if at.Scheme == "http" {
		port, security = "80", insecure.NewCredentials()
	}
	if at.Port() != "" {
		port = at.Port()
	}
	return grpc.NewClient(net.JoinHostPort(at.Hostname(), port),
		grpc.WithTransportCredentials(security),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(math.MaxInt32)))
}
