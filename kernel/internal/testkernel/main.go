// Command testkernel is the kernel alone, for tests of it: testkernel CONNECTION_FILE.
package main

import (
	"context"
	"log"
	"os"

	"github.com/hardneg/hardneg/kernel"
	_ "github.com/hardneg/hardneg/kernel/bindings"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: testkernel CONNECTION_FILE")
	}
	if err := kernel.Run(context.Background(), os.Args[1], kernel.Options{}); err != nil {
		log.Fatal(err)
	}
}
