package foresync

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	pb "foresync.example/client/foresyncv1"
	"google.golang.org/grpc/metadata"
)

const patience = 30 * time.Second

// A live server from this repository's sources, on a store that survives it.
type server struct {
	t        *testing.T
	endpoint string
	config   string
	secret   []byte
	process  *exec.Cmd
}

func startServer(t *testing.T) *server {
	t.Helper()
	folder := t.TempDir()
	s := &server{t: t, secret: make([]byte, 32)}
	rand.Read(s.secret)
	key := make([]byte, 32)
	rand.Read(key)
	for name, data := range map[string][]byte{"token.secret": s.secret, "server.key": key} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(inBase64(data)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	probe, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := probe.Addr().String()
	probe.Close()
	s.endpoint = "http://" + address
	s.config = asJSON(map[string]any{
		"server": map[string]any{"listen": address},
		"auth": map[string]any{
			"secretFile": folder + "/token.secret", "serverKeyFile": folder + "/server.key", "leewayMs": 0,
		},
		"store":  map[string]any{"url": "lmdb:" + folder + "/store"},
		"spaces": map[string]any{"list": []any{map[string]any{"name": "notes", "shards": 2}}},
		"push":   map[string]any{"policy": "recent", "mode": "threshold", "threshold": 0},
		"log":    map[string]any{"level": "silent"},
	})
	s.start()
	t.Cleanup(s.kill)
	return s
}

func (s *server) start() {
	s.t.Helper()
	s.process = exec.Command("node", "--import", "tsx", "--conditions=foresync-dev",
		"test/support/serve-child.ts", s.config)
	s.process.Dir, s.process.Stderr = filepath.Join("..", ".."), os.Stderr
	out, err := s.process.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); !strings.HasPrefix(line, "listening") {
		s.t.Fatalf("the server said %q: %v", line, err)
	}
}

func (s *server) kill() {
	if s.process != nil {
		s.process.Process.Kill()
		s.process.Wait()
		s.process = nil
	}
}

// The token of a user's device; of a backend if there is no device.
func (s *server) token(user, device string) string {
	claims := map[string]any{
		"sub": user, "aud": "foresync", "exp": time.Now().Add(time.Hour).Unix(), "spaces": map[string]any{"notes": "write"},
	}
	if device != "" {
		claims["device"] = device
	}
	signed := inBase64([]byte(`{"alg":"HS256"}`)) + "." + inBase64([]byte(asJSON(claims)))
	mac := hmac.New(sha256.New, s.secret)
	mac.Write([]byte(signed))
	return signed + "." + inBase64(mac.Sum(nil))
}

func (s *server) connect(user, device string, buffer Buffer) *Client {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	options := Options{Token: s.token(user, device), Spaces: []string{"notes"}, Buffer: buffer}
	client, err := Connect(ctx, s.endpoint, options)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { client.Close() })
	return client
}

// Writes an item as a backend, by the stubs alone.
func (s *server) put(item string, content []byte) {
	s.t.Helper()
	conn, err := dialTo(s.endpoint, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	ctx := metadata.AppendToOutgoingContext(s.t.Context(), "authorization", "Bearer "+s.token("backend", ""))
	call, err := pb.NewContentServiceClient(conn).Put(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	header := &pb.PutHeader{Space: "notes", Item: item, SizeBytes: uint64(len(content))}
	parts := []*pb.PutRequest{{Part: &pb.PutRequest_Header{Header: header}}}
	for ; len(content) > 0; content = content[min(len(content), 65536):] {
		chunk := content[:min(len(content), 65536)]
		parts = append(parts, &pb.PutRequest{Part: &pb.PutRequest_Chunk{Chunk: chunk}})
	}
	for _, part := range parts {
		if err := call.Send(part); err != nil {
			break // CloseAndRecv says why
		}
	}
	if _, err := call.CloseAndRecv(); err != nil {
		s.t.Fatal(err)
	}
}

// Waits for a condition, with a bound.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("never: " + what)
		}
	}
}

func asJSON(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprint("a test made what is no JSON: ", err))
	}
	return string(text)
}

func inBase64(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }
