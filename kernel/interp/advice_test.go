package interp

import "testing"

// What is not there is said with the way round.
func TestAdvice(t *testing.T) {
	const generic = "not supported: the generic type atomic.Pointer is compiled for no type, so cells cannot have it: use an atomic.Value, or a plain variable with a sync.Mutex\n"
	rows(t, [][2]string{
		{"strings.ToUpper(\"a\")", "compile error: undefined: strings (import \"strings\" first)\n  cell [1], line 1\n      strings.ToUpper(\"a\")\n      ^"},
		{"func r() int { return rand.Int() }", "compile error: undefined: rand (import \"crypto/rand\", \"math/rand\" or \"math/rand/v2\" first)\n  cell [2], line 1\n      func r() int { return rand.Int() }\n                            ^"},
		{"var df dataframe.DataFrame", "compile error: undefined: dataframe (import \"github.com/go-gota/gota/dataframe\" first)\n  cell [3], line 1\n      var df dataframe.DataFrame\n             ^"},
		{"path", "compile error: undefined: path\n  cell [4], line 1\n      path\n      ^"},
		{"import (\"text/template\"; \"html/template\")", "compile error: template redeclared in this block: it is \"text/template\" already, so give one of them another name, as in import template2 \"html/template\"\n  cell [5], line 1\n      import (\"text/template\"; \"html/template\")\n                               ^"},
		{"template.New(\"a\")", "compile error: undefined: template (import \"html/template\" or \"text/template\" first)\n  cell [6], line 1\n      template.New(\"a\")\n      ^"},
		{"import \"crypto/rand\"", ""},
		{"import (\"math/rand\"; \"fmt\")\nimport \"fmt\"\nrand.Intn(1)", "0"},
		{"import \"sync/atomic\"\nvar p atomic.Pointer[int]", generic + "  cell [9], line 2\n      var p atomic.Pointer[int]\n                   ^"},
		{"import \"sync/atomic\"\ntype S struct { p atomic.Pointer[int] }", generic + "  cell [10], line 2\n      type S struct { p atomic.Pointer[int] }\n                               ^"},
		{"import \"sync/atomic\"\ntype Box[T any] struct { p *atomic.Pointer[T] }", generic + "  cell [11], line 2\n      type Box[T any] struct { p *atomic.Pointer[T] }\n                                         ^"},
		{"import \"runtime\"\nruntime.Breakpoint()", "panic: runtime.Breakpoint would end the kernel, which no debugger watches, so it ends the cell\n  cell [12], line 2\n      runtime.Breakpoint()\n      ^"},
	})
}
