// Command testkernel is the kernel alone, for tests of it: testkernel CONNECTION_FILE.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"

	"github.com/hardneg/hardneg/kernel"
	_ "github.com/hardneg/hardneg/kernel/bindings"
	"github.com/hardneg/hardneg/kernel/comm"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: testkernel CONNECTION_FILE")
	}
	comm.Register("echo", echo)
	if err := kernel.Run(context.Background(), os.Args[1], kernel.Options{}); err != nil {
		log.Fatal(err)
	}
}

// echo sends back what comes.
func echo(c *comm.Comm, first comm.Message) error {
	if string(first.Data) == `"panic"` {
		panic("asked to")
	}
	c.OnMessage(func(m comm.Message) {
		if string(m.Data) == `"panic"` {
			panic("asked to")
		}
		c.Send(comm.Content{Data: m.Data, Buffers: m.Buffers})
	})
	c.OnClose(func(comm.Message) { fmt.Println("closed") })
	return c.Send(comm.Content{Data: map[string]json.RawMessage{"opened": first.Data}})
}
