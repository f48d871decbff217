package interp

import (
	"context"
	"fmt"
	"testing"

	_ "github.com/hardneg/hardneg/kernel/bindings"
)

// The deferred functions of a cell run when it ends, however it does; a return statement ends it.
func TestDeferAndReturnInCells(t *testing.T) {
	evaluateAll(t, []cellCase{
		{"import (\"fmt\"; \"slices\"; \"errors\")\nlog := []string{}\nfunc note(v ...any) { log = append(log, fmt.Sprint(v...)) }\nfunc told() any { l := log; log = nil; return l }", ""},
		{"x := 1\ndefer note(\"first \", x)\nfor i := range 2 { defer note(\"loop \", i) }\ndefer func() { x = 9 }()\nx = 5\nx", "5"},
		{"append(told().([]string), fmt.Sprint(x))", "[loop 1 loop 0 first 1 9]"},
		{"defer func() { note(recover()) }()\ndefer note(\"before\")\nvar m map[string]int\nm[\"a\"] = 1\nnote(\"never\")", ""},
		{"told()", "[before assignment to entry in nil map]"},
		{"defer note(\"all the same\")\npanic(\"oh\")", "panic: oh\n  cell [6], line 2\n      panic(\"oh\")\n      ^"},
		{"told()", "[all the same]"},
		{"defer func() { note(recover()) }()\ndefer func() { panic(fmt.Sprint(\"again \", recover())) }()\npanic(errors.New(\"one\"))", ""},
		{"told()", "[again one]"},
		{"defer func() { panic(\"of a deferred function\") }()\ndefer recover()", "panic: of a deferred function\n  cell [10], line 1\n      defer func() { panic(\"of a deferred function\") }()\n                     ^"},
		{"if x == 9 { note(\"seen\"); return }\nnote(\"never\")", ""},
		{"for k := range slices.Values([]int{1, 2, 3}) { defer note(\"k \", k); if k == 2 { return } }\nnote(\"never\")", ""},
		{"told()", "[seen k 2 k 1]"},
		{"return 3", "compile error: too many return values\n\thave (number)\n\twant ()\n  cell [14], line 1\n      return 3\n             ^"},
		{"func inLoop() (r string) {\n\tdefer func() { r += fmt.Sprint(\" r=\", recover()) }()\n\tfor k := range slices.Values([]int{1, 2, 3}) {\n\t\tdefer func() { r += fmt.Sprint(\" d\", k) }()\n\t\tif k == 2 { panic(\"boom\") }\n\t}\n\treturn \"end\"\n}\ninLoop()", " d2 d1 r=boom"},
		{"c := make(chan int, 1)\nc <- 1\ndefer close(c)", ""},
		{"<-c\n_, ok := <-c\nok", "false"},
		{"var none func()\ndefer none()\nnote(\"reached\")", "panic: runtime error: invalid memory address or nil pointer dereference\n  cell [18], line 2\n      defer none()\n      ^"},
	})
}

// A ctx of the cells' own stays, also one that they have only assigned; that of a cell does not end with the cell.
func TestOwnContextStays(t *testing.T) {
	for _, own := range []string{"ctx, cancel := context.WithCancel(context.Background())", "var cancel func()\nctx, cancel = context.WithCancel(ctx)"} {
		in := New()
		for i, c := range []struct{ code, want string }{
			{"import \"context\"\nfirst := ctx", ""},
			{own, ""},
			{"ctx.Err()", ""},
			{"cancel()", ""},
			{"ctx.Err()", "context canceled"},
			{"first.Err()", ""},
		} {
			ctx, end := context.WithCancel(context.Background())
			got := evaluateIn(ctx, in, i+1, c.code)
			if end(); got != c.want {
				t.Errorf("cell [%d] %s: %s, want %s", i+1, c.code, got, c.want)
			}
		}
	}
}

// A cell may end with several expressions, which are its result.
func TestSeveralResults(t *testing.T) {
	evaluateAll(t, []cellCase{
		{"import (\"fmt\"; \"errors\")\na, b := 1, \"x\"", ""},
		{"a, b", "1 x"},
		{"func a2() float64 { return 2 }\nmin(3, 1, 2), max(1.5, a2())", "1 2"},
		{"a, nothing", "compile error: undefined: nothing\n  cell [4], line 1\n      a, nothing\n         ^"},
		{"a, b;", ""},
		{"a, fmt.Sprint(b), []int{1, 2}, errors.New(\"e\") // why", "1 x [1 2] e"},
		{"a, b = 2, \"y\"", ""},
		{"a, b +", "syntax error: expected 1 expression\n  cell [8], line 1\n      a, b +\n      ^"},
	})
}

func evaluateIn(ctx context.Context, in *Interp, number int, code string) (out string) {
	values, err := in.Run(ctx, Cell{Code: code, Number: number})
	if err != nil {
		return err.Error()
	}
	for _, v := range values {
		out += fmt.Sprint(v.Any)
	}
	return out
}
