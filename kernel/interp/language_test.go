package interp

import (
	"testing"

	_ "github.com/hardneg/hardneg/kernel/bindings"
)

// What docs/kernel.md says that works as in Go; the wanted values are what the compiled programs give.
func TestLanguage(t *testing.T) {
	in := New()
	for i, c := range []struct{ code, want string }{
		{"import (\"fmt\"; \"slices\"; \"maps\"; \"errors\"; \"strings\"; \"sort\"; \"encoding/json\"; \"container/heap\")", ""},
		{"xs := []int{3, 1, 2}\nslices.Sort(xs)\nxs", "[1 2 3]"},
		{"type P struct { Name string; Age int }\nps := []P{{\"b\", 2}, {\"a\", 1}}\nslices.SortFunc(ps, func(a, b P) int { return strings.Compare(a.Name, b.Name) })\nfmt.Sprintf(\"%v %+v %T\", ps, ps[0], ps)", "[{a 1} {b 2}] {Name:a Age:1} []main.P"},
		{"slices.Sorted(maps.Keys(map[string]int{\"x\": 1, \"y\": 2}))", "[x y]"},
		{"s := \"\"\nfor i, v := range slices.Backward(xs) { s += fmt.Sprint(i, v, \" \") }\ns", "2 3 1 2 0 1 "},
		{"type MyErr struct{ code int }\nfunc (e *MyErr) Error() string { return fmt.Sprint(\"code \", e.code) }\nfunc fail(n int) error { if n > 0 { return &MyErr{n} }; return nil }\nerr := fmt.Errorf(\"wrap: %w\", fail(3))\nvar me *MyErr\nfmt.Sprint(err, errors.As(err, &me), me.code, errors.Unwrap(err) == error(me), errors.Is(err, me))", "wrap: code 3 true 3 true true"},
		{"type byAge []P\nfunc (s byAge) Len() int { return len(s) }\nfunc (s byAge) Less(i, j int) bool { return s[i].Age > s[j].Age }\nfunc (s byAge) Swap(i, j int) { s[i], s[j] = s[j], s[i] }\nsort.Sort(byAge(ps))\nps", "[{b 2} {a 1}]"},
		{"type H []int\nfunc (h H) Len() int { return len(h) }\nfunc (h H) Less(i, j int) bool { return h[i] < h[j] }\nfunc (h H) Swap(i, j int) { h[i], h[j] = h[j], h[i] }\nfunc (h *H) Push(x any) { *h = append(*h, x.(int)) }\nfunc (h *H) Pop() any { old := *h; n := len(old); x := old[n-1]; *h = old[:n-1]; return x }\nh := &H{5, 2, 8}\nheap.Init(h)\nheap.Push(h, 3)\nheap.Pop(h)", "2"},
		{"type Shape interface { Area() float64 }\ntype Circle struct{ R float64 }\nfunc (c Circle) Area() float64 { return 3 * c.R * c.R }\ntype Sq struct{ S float64 }\nfunc (s *Sq) Area() float64 { return s.S * s.S }\nfunc (s *Sq) String() string { return \"square\" }\nt := \"\"\nfor _, s := range []Shape{Circle{1}, &Sq{2}} { switch v := s.(type) { case Circle: t += fmt.Sprint(\"C\", v.R); case *Sq: t += fmt.Sprint(\"S\", v.S) }; t += fmt.Sprint(s, s.Area()) }\nt", "C1{1} 3S2square 4"},
		{"type Tree[T any] struct { L, R *Tree[T]; V T }\nfunc (t *Tree[T]) Insert(v T, less func(a, b T) bool) *Tree[T] { if t == nil { return &Tree[T]{V: v} }; if less(v, t.V) { t.L = t.L.Insert(v, less) } else { t.R = t.R.Insert(v, less) }; return t }\nfunc (t *Tree[T]) Walk(f func(T)) { if t == nil { return }; t.L.Walk(f); f(t.V); t.R.Walk(f) }\nvar root *Tree[int]\nfor _, x := range []int{5, 2, 8, 1} { root = root.Insert(x, func(a, b int) bool { return a < b }) }\nw := \"\"\nroot.Walk(func(v int) { w += fmt.Sprint(v) })\nw", "1258"},
		{"b, _ := json.Marshal(P{\"z\", 3})\nvar q P\njson.Unmarshal(b, &q)\nfmt.Sprint(string(b), q)", "{\"Name\":\"z\",\"Age\":3}{z 3}"},
		{"type Celsius float64\nfunc (c Celsius) String() string { return fmt.Sprintf(\"%.1f°C\", float64(c)) }\nfmt.Sprint(Celsius(1.5), map[string]Celsius{\"oslo\": 3}, []Celsius{1, 2})", "1.5°C map[oslo:3.0°C] [1.0°C 2.0°C]"},
		{"strings.ToUpper(3)", "compile error: cannot use 3 (untyped int constant) as string value in argument to strings.ToUpper\n  cell [13], line 1\n      strings.ToUpper(3)\n                      ^"},
		{"type Number interface{ ~int | ~float64 }\nfunc Sum[T Number](v ...T) (s T) { for _, x := range v { s += x }; return }\nSum(\"a\")", "compile error: string does not satisfy Number (string missing in ~int | ~float64)\n  cell [14], line 3\n      Sum(\"a\")\n      ^"},
	} {
		if got := evaluate(in, i+1, c.code); got != c.want {
			t.Errorf("cell [%d]\n%s\n got: %s\nwant: %s", i+1, c.code, got, c.want)
		}
	}
}
