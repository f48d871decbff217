package interp

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// A cell's values as one line of text, or its error's first line.
// cellCase is a cell and what it shows, or its traceback.
type cellCase struct{ code, want string }

// evaluateAll runs cells one after the other in a new interpreter.
func evaluateAll(t *testing.T, cells []cellCase) {
	t.Helper()
	in := New()
	for i, c := range cells {
		if got := evaluate(in, i+1, c.code); got != c.want {
			t.Errorf("cell [%d]\n%s\n got: %s\nwant: %s", i+1, c.code, got, c.want)
		}
	}
}

func evaluate(in *Interp, n int, code string) string {
	vs, err := in.Run(context.Background(), Cell{Code: code, Number: n})
	if err != nil {
		var e *Error
		if !errors.As(err, &e) {
			return "not an *Error: " + err.Error()
		}
		return strings.Join(e.Traceback(), "\n")
	}
	var out []string
	for _, v := range vs {
		out = append(out, fmt.Sprint(v.Any))
	}
	return strings.Join(out, " ")
}

// Cells run in order in one interpreter.
func TestCells(t *testing.T) {
	in := New()
	for i, c := range []struct{ code, want string }{
		{`1+2`, "3"},
		{`x := 4`, ""},
		{`x * 2;`, ""},
		{`x * 2`, "8"},
		{"x = 5\nx", "5"},
		{`func() int { return 3 }()`, "3"},
		{"func f(n int) int { return n * x }\nf(2)", "10"},
		{"type P struct{ X, Y int }\nfunc (p P) Sum() int { return p.X + p.Y }\nfunc (p *P) Inc() { p.X++ }\np := P{1, 2}\np.Inc()\np.Sum()", "4"},
		{"s := 0\nfor i := range 5 { s += i }\ns", "10"},
		{"n := 3\ns = 0\nfor range n { s++ }\ns", "3"},
		{"s = 0\nfor i := range len([]int{1, 2}) { s += i + 1 }\ns", "3"},
		{"t := \"\"\nfor i, r := range \"aé\" { t += string(r); s += i }\nt", "aé"},
		{"word := \"xy\"\nk := 0\nfor range word { k++ }\nk", "2"},
		{"m := map[string]int{\"a\": 1}\nfor k, v := range m { t = k; s = v }\ns", "1"},
		{"sl := []float64{1, 2, 3}\nsum := 0.0\nfor _, v := range sl { sum += v }\nsum", "6"},
		{"arr := [3]int{1, 2, 3}\ns = 0\nfor _, v := range arr { s += v }\ns", "6"},
		{"s = 0\nfor _, v := range &arr { s += v }\ns", "6"},
		{"ch := make(chan int, 3)\nch <- 1; ch <- 2; close(ch)\ns = 0\nfor v := range ch { s += v }\ns", "3"},
		{`min(3, 1, 2)`, "1"},
		{`max(2.5, 1)`, "2.5"},
		{`min("b", "a")`, "a"},
		{"clear(m)\nlen(m)", "0"},
		{"var fs []func() int\nfor i := 0; i < 3; i++ { fs = append(fs, func() int { return i }) }\nfs[0]() + 10*fs[2]()", "20"},
		{"fs = nil\nfor i := range 3 { fs = append(fs, func() int { return i }) }\nfs[0]() + 10*fs[2]()", "20"},
		{"func Map[T, U any](xs []T, f func(T) U) []U { var r []U; for _, x := range xs { r = append(r, f(x)) }; return r }\nMap([]int{1, 2}, func(i int) string { return \"n\" })", "[n n]"},
		{"Map[int, float64]([]int{1, 2}, func(i int) float64 { return float64(i) / 2 })", "[0.5 1]"},
		{"type Pair[A, B any] struct { First A; Second B }\nq := Pair[int, string]{1, \"z\"}\nq.Second", "z"},
		{"func first[T any](xs []T) T { return xs[0] }\nfirst[int]([]int{7})", "7"},
		{"var a any = 3\na", "3"},
		{"const ( A = iota; B; C )\nC", "2"},
		{"package main\nfunc main() { s = 99 }\nmain()\ns", "99"},
		{"func even(n int) bool { if n == 0 { return true }; return odd(n-1) }\nfunc odd(n int) bool { if n == 0 { return false }; return even(n-1) }\neven(10)", "true"},
		{"func two() (int, error) { return 1, nil }\ntwo()", "1"},
		{"u, err := two()\nerr", ""},
		{"outer:\nfor i := 0; i < 3; i++ { for j := 0; j < 3; j++ { if j == 1 { continue outer }; if i == 2 { break outer }; s += i } }\ns", "100"},
		{"func dd() (r int) { defer func() { r *= 2 }(); return 4 }\ndd()", "8"},
		{"func safe() (got any) { defer func() { got = recover() }(); panic(\"oh\") }\nsafe()", "oh"},
		{"// only a comment", ""},
		{"", ""},
		{"x // shown", "5"},
		{"y := 1 +", "syntax error: expected operand, found the end of the statement\n  cell [41], line 1\n      y := 1 +\n              ^"},
		{"z := 1\nw := nothing + 1", "compile error: undefined: nothing\n  cell [42], line 2\n      w := nothing + 1\n           ^"},
		{"z", "compile error: undefined: z\n  cell [43], line 1\n      z\n      ^"},
		{"func boom(i int) int {\n\tvar a []int\n\treturn a[i]\n}", ""},
		{"v := 1\nboom(v)", "panic: runtime error: index out of range [1] with length 0\n  cell [44], line 3, in boom\n      return a[i]\n             ^\n  cell [45], line 2\n      boom(v)\n      ^"},
		{"panic(\"oh no\")", "panic: oh no\n  cell [46], line 1\n      panic(\"oh no\")\n      ^"},
		{"v", "1"},
		{"goto end", "not supported: goto at the top of a cell: use a loop\n  cell [48], line 1\n      goto end\n           ^"},
		{"return 3", "compile error: too many return values\n\thave (number)\n\twant ()\n  cell [49], line 1\n      return 3\n             ^"},
		{"closed := make(chan int)\nclose(closed)\ngot := true\nselect { case _, got = <-closed: }\ngot", "false"},
		{"var tot64 int64\nfor i := range int64(3) { tot64 += i }\ntot64", "3"},
		{"type N struct{ k int }\ntype M struct{ k int }\nfunc (n N) a(i int) int { if i == 0 { return 0 }; return M{}.b(i - 1) }\nfunc (m M) b(i int) int { if i == 0 { return 1 }; return N{}.a(i - 1) }\nN{}.a(5)", "1"},
		{"if q := two; q != nil { s = 7 } else { s = 8 }; s", "7"},
		{"switch q := 3; q { case 3: s = 1; default: s = 2 }\ns", "1"},
		{"var shape interface{ Area() float64 }\nshape == nil", "true"},
		{"var kept []func() int\nfor i := 0; i < 6; i++ { kept = append(kept, func() int { i += 10; return i }); i++ }\nkept[0]()*100 + kept[1]()", "1113"},
		{"}", "syntax error: this bracket closes nothing\n  cell [57], line 1\n      }\n      ^"},
		{"func g() {", "syntax error: this bracket is not closed\n  cell [58], line 1\n      func g() {\n               ^"},
		{"type List struct{ next *List; v int }\nfunc total(l *List) int { if l == nil { return 0 }; return l.v + total(l.next) }\ntotal(&List{&List{nil, 2}, 3})", "5"},
		{"func (l *List) total() int { if l == nil { return 0 }; return l.v + l.next.total() }\n(&List{&List{nil, 2}, 3}).total()", "5"},
		{"defer f(1)", ""},
		{"nopkg.Foo()", "compile error: undefined: nopkg\n  cell [62], line 1\n      nopkg.Foo()\n      ^"},
		{"x = \"no\"", "compile error: cannot use \"no\" (untyped string constant) as int value in assignment\n  cell [63], line 1\n      x = \"no\"\n          ^"},
		{"one, other := f(1)", "compile error: assignment mismatch: 2 variables but f returns 1 value\n  cell [64], line 1\n      one, other := f(1)\n                    ^"},
		{"var np *P\nnp.X", "panic: runtime error: invalid memory address or nil pointer dereference\n  cell [65], line 2\n      np.X\n      ^"},
		{"func closes(c chan int) { defer close(c); c <- 1 }\ncc := make(chan int, 1)\ncloses(cc)\n<-cc\n_, open := <-cc\nopen", "false"},
		{"func (p Pair[A, B]) Swap() {}", "not supported: a method of a generic type stands in the cell that declares the type: declare Pair anew, with it\n  cell [67], line 1\n      func (p Pair[A, B]) Swap() {}\n      ^"},
		{"type Number interface{ ~int | ~float64 }\nfunc Sum[T Number](xs ...T) (t T) { for _, x := range xs { t += x }; return }\nSum(1.5, 2)", "3.5"},
		{"cc = nil\nselect { case v, ok := <-cc: _ = v; s = 9; if ok { s = 8 }; default: s = 5 }\ns", "5"},
		{"func count(yield func(int) bool) { for i := range 9 { if !yield(i) { return } } }\nfunc upTo(n int) (t int) { for v := range count { if v == 2 { continue }; if v > n { return t }; t += v }; return -1 }\nupTo(5)*100 + upTo(20)", "1299"},
		{"type Base struct{ k int }\nfunc (b *Base) Up() { b.k++ }\ntype Over struct{ Base; name string }\nov := Over{}\nov.Up()\nov.k", "1"},
		{"select { case v := <-make(chan int): _ = v; default: s = 3 }\ns", "3"},
		{"ctx.Err()", ""},
		{"ctx != nil", "true"},
		{"sh := 1; { sh := \"inner\"; _ = sh }; if sh := 0.5; sh < 1 { sh++ }; sh", "1"},
		{"func swapped() (a, b int) { a, b = 1, 2; return b, a }\nswapped()", "2 1"},
		{"func reads() (a, b int) { get := func() int { return a }; a = 5; return 7, get() }\nreads()", "7 5"},
		{"func quiet() { defer func() { recover() }(); panic(\"inner\") }\nfunc loud() { defer func() { quiet() }(); panic(\"outer\") }\nfunc outcome() (r any) { defer func() { r = recover() }(); loud(); return \"lost\" }\noutcome()", "outer"},
		{"func both() (a, b any) { defer func() { quiet(); a = recover(); b = recover() }(); panic(\"outer\") }\nboth()", "outer <nil>"},
		{"func recovers() (r any) { defer func() { r = recover() }(); defer func() { defer recover() }(); panic(1) }\nrecovers()", "<nil>"},
		{"func unrecovered() (r any) { defer func() { r = recover() }(); defer recover(); panic(1) }\nunrecovered()", "1"},
		{"type Nil struct{ a int }\nfunc (Nil) A() int { return 1 }\nfunc tried(f func()) (r any) { defer func() { r = recover() }(); f(); return nil }\nvar none *Nil\nvar use any\ntried(func() { use = *none })", string(nilDereference)},
		{"tried(func() { none.A() })", string(nilDereference)},
		{"var noSlice *[]int\ntried(func() { use = &*noSlice })", string(nilDereference)},
		{"tried(func() { use = *noSlice == nil })", string(nilDereference)},
		{"calls := 0\nfunc three() *[3]int { calls++; return nil }\nfor i := range three() { calls += 10 * i }\n[]int{len(three()), cap(three()), calls}", "[3 3 33]"},
		{"turns := 0\nvar noArray *[3]int\nfor i := range *noArray { turns += i }\nturns", "3"},
		{"func keepsComplex(c complex128) { use = c }\nkeepsComplex(1+2i)\nfunc(c complex128) { s := 1; _ = s; use = use.(complex128) * c }(2)\nuse", "(2+4i)"},
		{"z := 2i; pz := &z; *pz += 1\nz", "(1+2i)"},
		{"xs := []int{1, 2}; xi := 1\nfor xi, xs[xi] = range []int{9} { break }\nxs", "[1 9]"},
		{"[]any{nil == any(nil), any(nil) != nil, tried(func() { use = []byte(nil)[0] })}", "[true false runtime error: index out of range [0] with length 0]"},
		{"func panics() int { panic(1) }\nfunc caught() (int, int) { defer func() { recover() }(); return 1, panics() }\ncaught()", "0 0"},
	} {
		if got := evaluate(in, i+1, c.code); got != c.want {
			t.Errorf("cell [%d]\n%s\n got: %s\nwant: %s", i+1, c.code, got, c.want)
		}
	}
}

func TestIsComplete(t *testing.T) {
	for code, want := range map[string]string{
		"1+1": Complete, "func f() {": Incomplete, "x := (1 +": Incomplete, "}": Invalid, "x := `a\nb": Incomplete,
		"x := \"a": Invalid, "y := 1 +": Incomplete, "/* note": Incomplete, "x y z": Invalid, "": Complete,
		"for i := range 3 {\n\tf(i)\n}": Complete, "if x {\n} else": Incomplete,
	} {
		if got, _ := IsComplete(code); got != want {
			t.Errorf("IsComplete(%q) = %s, want %s", code, got, want)
		}
	}
}

// No text crashes the front end, and positions stay inside the cell.
func FuzzFrontEnd(f *testing.F) {
	for _, s := range []string{"x := 1", "func f() {", "for i := 0; i < 3; i++ { go func() { use(i) }() }", "type T[A any] struct{ x A }", "a; b;", "\x00\xff`", "//line x:1\nx", "package p; import \"fmt\"",
		"defer f(); return", "func f() { l: x := 1; if x > 2 { goto l } }", "a, b", "package main\nfunc main() {}", "switch f := func() int { return 1 }; f() {\n}",
		"type T struct{ a int }; func (t T) m() {}; T{1}.m()", "x, y := 1, x", "for range f { defer g() }", "x.y[1] ^= z", "import \"f"} {
		f.Add(s)
	}
	in := New()
	f.Fuzz(func(t *testing.T, src string) {
		defer time.AfterFunc(30*time.Second, func() { panic(fmt.Sprintf("hangs: %q", src)) }).Stop() // the engine would wait, and not say why
		IsComplete(src)
		for _, at := range []int{len(src) / 2, len(src)} {
			if _, start := in.Complete(src, at); start < 0 || start > at {
				t.Errorf("%q: the word at %d begins at %d", src, at, start)
			}
			in.Inspect(src, at)
		}
		tree, err := parse(in.ir.Comp.Fileset, "cell 1", src)
		if err == nil {
			sc := in.scope.clone()
			for i := range tree.steps {
				if err = in.checkStep(&tree.steps[i], sc); err == nil {
					_, err = in.lower(&tree.steps[i])
				}
				if err != nil {
					break
				}
			}
			in.rollBack()
		}
		var e *Error
		if errors.As(err, &e) {
			for _, p := range e.Frames {
				if lines := strings.Count(src, "\n") + 1; p.Line < 1 || p.Line > lines {
					t.Errorf("%q: %v at line %d of %d", src, err, p.Line, lines)
				}
			}
		}
	})
}
