package interp

import (
	"context"
	"testing"

	"github.com/cosmos72/gomacro/fast"
)

// Operations on channels that do not block, beside gomacro's own.
var channelCells = []struct{ name, setup, loop string }{
	{"send and receive int", "ch := make(chan int, 1)\ns := 0", "for i := 0; i < 200000; i++ { ch <- i; s += <-ch }"},
	{"send and receive string", "ch := make(chan string, 1)\nvar s string", "for i := 0; i < 200000; i++ { ch <- \"a\"; s = <-ch }"},
	{"receive of two", "ch := make(chan int, 1)\ns := 0", "for i := 0; i < 200000; i++ { ch <- i; v, ok := <-ch; if ok { s += v } }"},
	{"range", "ch := make(chan int, 200000)\ns := 0", "for i := 0; i < 200000; i++ { ch <- i }\nclose(ch)\nfor v := range ch { s += v }\nch = make(chan int, 200000)"},
	{"select", "ch := make(chan int, 1)\ns := 0", "for i := 0; i < 200000; i++ { ch <- i; select { case v := <-ch: s += v; case <-ctx.Done(): s = 0 } }"},
	{"select with default", "ch := make(chan int, 1)\ns := 0", "for i := 0; i < 200000; i++ { select { case v := <-ch: s += v; default: s++ } }"},
	{"ping-pong", "a, b := make(chan int), make(chan int)\ngo func() { for v := range a { b <- v } }()\ns := 0", "for i := 0; i < 50000; i++ { a <- i; s += <-b }"},
	{"recursion", "func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }", "fib(24)"},
	{"closure", "add := func(a, b int) int { return a + b }\ns := 0", "for i := 0; i < 500000; i++ { s = add(s, i) }"},
	{"mutex", "import \"sync\"\nvar mu sync.Mutex", "for i := 0; i < 200000; i++ { mu.Lock(); mu.Unlock() }"},
}

func BenchmarkChannels(b *testing.B) {
	for _, c := range channelCells {
		b.Run(c.name+"/here", func(b *testing.B) {
			in := New()
			run := func(code string) {
				if _, err := in.Run(context.Background(), Cell{Code: code, Number: 1}); err != nil {
					b.Fatal(err)
				}
			}
			run(c.setup)
			for b.Loop() {
				run(c.loop)
			}
		})
		b.Run(c.name+"/gomacro", func(b *testing.B) {
			ir := fast.New()
			ir.DeclVar("ctx", nil, context.Background())
			ir.Eval(c.setup)
			for b.Loop() {
				ir.Eval(c.loop)
			}
		})
	}
}
