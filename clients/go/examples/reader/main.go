// Reader opens items and says who waited: FORESYNC_TOKEN=… go run ./examples/reader http://127.0.0.1:7600 notes plan.md
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	foresync "foresync.example/client"
)

func main() {
	if err := read(context.Background(), os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		log.Fatal(err)
	}
}

// Opens each item and reports it.
func read(ctx context.Context, endpoint, space string, items []string) error {
	options := foresync.Options{Token: os.Getenv("FORESYNC_TOKEN"), Spaces: []string{space}}
	client, err := foresync.Connect(ctx, endpoint, options)
	if err != nil {
		return err
	}
	defer client.Close()
	for _, item := range items {
		opened, err := client.Open(ctx, space, item)
		if err != nil {
			return err
		}
		waited := "from the network"
		if opened.ZeroWait {
			waited = "nobody waited"
		}
		fmt.Printf("%s: %d bytes, %s\n", item, len(opened.Content), waited)
		if err := client.Report(foresync.Viewed, space, item); err != nil {
			return err
		}
	}
	return client.Flush(ctx)
}
