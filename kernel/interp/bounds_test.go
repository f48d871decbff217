package interp

import (
	"strings"
	"testing"
)

// Go's words for what is out of bounds, from a compiled program.
func TestBounds(t *testing.T) {
	in := New()
	evaluate(in, 1, "xs := []int{1, 2, 3}\narr := [3]int{}\npa := &arr\nn := 5\nq := -1\nxss := [][]int{{1}}\ntype S struct { a [3]int; s []int }\nst := S{s: xs}\nvar none *[3]int\nfunc all() []int { return xs }\nfunc at(a []int, i int) int { return a[i] }\nfunc third(a []int) int { return a[3] }\nfunc from(a []int, i int) []int { return a[i:] }")
	for code, want := range map[string]string{
		"xs[5]": "index out of range [5] with length 3", "yy := xs[5]": "index out of range [5] with length 3",
		"xs[n]": "index out of range [5] with length 3", "xs[q]": "index out of range [-1]",
		"all()[4]": "index out of range [4] with length 3", "all()[n]": "index out of range [5] with length 3",
		"xs[7] = 3": "index out of range [7] with length 3", "xs[7]++": "index out of range [7] with length 3",
		"all()[n] = 1": "index out of range [5] with length 3", "z := &xs[8]": "index out of range [8] with length 3",
		"xss[0][2]": "index out of range [2] with length 1", "xss[0][n]": "index out of range [5] with length 1",
		"xss[n][n]": "index out of range [5] with length 1", "for i := range 3 { xss[0][i]++ }": "index out of range [1] with length 1",
		"st.s[3]": "index out of range [3] with length 3", "map[string][]int{}[\"a\"][0]": "index out of range [0] with length 0",
		"at(xs, 4)": "index out of range [4] with length 3", "third(xs)": "index out of range [3] with length 3",
		"xs[1:9]": "slice bounds out of range [:9] with capacity 3", "xs[n:]": "slice bounds out of range [5:3]",
		"xs[q:]": "slice bounds out of range [-1:]", "xs[:q]": "slice bounds out of range [:-1]",
		"xs[n:2]": "slice bounds out of range [5:2]", "xs[:2:n]": "slice bounds out of range [::5] with capacity 3",
		"xs[n:2:3]": "slice bounds out of range [5:2:]", "xs[:n:2]": "slice bounds out of range [:5:2]",
		"xs[q:2:3]": "slice bounds out of range [-1::]", "xs[:q:3]": "slice bounds out of range [:-1:]",
		"xs[0:1:q]": "slice bounds out of range [::-1]", "all()[4:9]": "slice bounds out of range [:9] with capacity 3",
		"pa[n:]": "slice bounds out of range [5:3]", "arr[:n]": "slice bounds out of range [:5] with length 3",
		"pa[:2:n]": "slice bounds out of range [::5] with length 3", "none[:]": "invalid memory address or nil pointer dereference",
		"from(xs, 7)": "slice bounds out of range [7:3]", "\"abc\"[n:]": "slice bounds out of range [5:3]",
	} {
		got, _, _ := strings.Cut(evaluate(in, 2, code), "\n")
		if want = "panic: runtime error: " + want; got != want {
			t.Errorf("%s\n got: %s\nwant: %s", code, got, want)
		}
	}
	for code, want := range map[string]string{
		"xs[1:]": "[2 3]", "xs[:1][:3]": "[1 2 3]", "cap(xs[0:1:2])": "2", "(*pa)[1:2]": "[0]", "st.a[:2]": "[0 0]",
		"(&st).a[1:]": "[0 0]", "[][3]int{{1, 2, 3}}[0][1:]": "[2 3]", "len([]int(nil)[0:0])": "0",
		"arr[:][0] = 4\narr[0]": "4", "at([][]int{{1, 2}}[0][:2], 1)": "2",
		"ys := append(append([]int{}, xs[:1]...), xs[2:]...)\nys": "[1 3]",
		"ws := []int{1, 2}\nws[0], ws[1] = ws[1], ws[0]\nws":      "[2 1]",
		"g := [][]int{{1, 2}, {3, 4}}\ng[xs[0]][g[0][0]]":         "4",
	} {
		if got := evaluate(in, 3, code); got != want {
			t.Errorf("%s\n got: %s\nwant: %s", code, got, want)
		}
	}
}
