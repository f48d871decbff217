package interp

import "testing"

// rows runs cells in order in one interpreter and compares what they yield.
func rows(t *testing.T, cells [][2]string) {
	t.Helper()
	in := New()
	for i, c := range cells {
		if got := evaluate(in, i+1, c[0]); got != c[1] {
			t.Errorf("cell [%d]\n%s\n got: %s\nwant: %s", i+1, c[0], got, c[1])
		}
	}
}

// A conversion to a linked package's named type has its name and methods; the wanted values are what compiled programs
// give.
func TestLinkedNames(t *testing.T) {
	rows(t, [][2]string{
		{"import (\"encoding/json\"; \"fmt\"; \"image/color\"; \"io\"; \"net\"; \"net/http\"; \"net/http/httptest\"; \"net/url\"; \"sort\"; \"time\"; \"gonum.org/v1/plot/plotter\")", ""},
		{"srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, \"hello\") }))\nres, err := http.Get(srv.URL)\nb, _ := io.ReadAll(res.Body)\nsrv.Close()\nstring(b)", "hello"},
		{"f := func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, \"f\", r.URL.Path) }\nvar h http.Handler = http.HandlerFunc(f)\nfmt.Sprintf(\"%T\", h)", "http.HandlerFunc"},
		{"mux := http.NewServeMux()\nmux.Handle(\"/a\", http.HandlerFunc(f))\nmux.HandleFunc(\"/b\", f)\nget := func(path string) string { rec := httptest.NewRecorder(); mux.ServeHTTP(rec, httptest.NewRequest(\"GET\", path, nil)); return rec.Body.String() }\nget(\"/a\") + get(\"/b\")", "f/af/b"},
		{"func mark(next http.Handler) http.Handler { return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, \"mark \"); next.ServeHTTP(w, r) }) }\nmux.Handle(\"/c\", mark(http.HandlerFunc(f)))\nget(\"/c\")", "mark f/c"},
		{"type Own func(http.ResponseWriter, *http.Request)\nvar own Own = f\nvar x any = http.HandlerFunc(own)\n_, is := x.(http.Handler)\nback := (func(http.ResponseWriter, *http.Request))(x.(http.HandlerFunc))\nfmt.Sprintf(\"%v %T\", is, back)", "true func(http.ResponseWriter, *http.Request)"},
		{"ss := []string{\"b\", \"a\"}\nvar si sort.Interface = sort.StringSlice(ss)\nsort.Sort(sort.StringSlice(ss))\nfmt.Sprint(si.Len(), ss, sort.StringSlice(ss).Less(0, 1))", "2 [a b] true"},
		{"sort.Sort(sort.Reverse(sort.IntSlice([]int{1, 2})))\nfmt.Sprintf(\"%T\", []string(sort.StringSlice(ss)))", "[]string"},
		{"type My []string\nm := My(sort.StringSlice(ss))\nsort.Sort(sort.Reverse(sort.StringSlice(m)))\nfmt.Sprintf(\"%T %v\", m, m)", "main.My [b a]"},
		{"url.Values(map[string][]string{\"a\": {\"1\"}}).Encode() + http.Header(map[string][]string{\"A\": {\"2\"}}).Get(\"a\")", "a=12"},
		{"n := 5\nfmt.Sprint(time.Month(n).String(), time.Duration(n).String(), fmt.Stringer(time.Weekday(n)))", "May5nsFriday"},
		{"plotter.XYs([]plotter.XY{{X: 1, Y: 2}}).Len()", "1"},
		{"line, err := plotter.NewLine(plotter.XYs([]plotter.XY{{X: 1, Y: 2}, {X: 3, Y: 4}}))\nline != nil", "true"},
		{"fmt.Sprint(net.IP([]byte{1, 2, 3, 4}), net.IP([]byte{1, 2, 3, 4}).String())", "1.2.3.41.2.3.4"},
		{"raw := []byte(\"[1]\")\nj1, _ := json.Marshal(json.RawMessage(raw))\nj2, _ := json.Marshal(map[string]any{\"k\": json.RawMessage(\"[2]\")})\nstring(j1) + string(j2)", "[1]{\"k\":[2]}"},
		{"digits := \"12\"\nnum, _ := json.Number(digits).Int64()\nnum", "12"},
		{"color.Palette([]color.Color{color.White, color.Black}).Index(color.Black)", "1"},
	})
}

// Of names that lowered code has, an error tells those of the cell.
func TestPlainNames(t *testing.T) {
	in := New()
	for text, want := range map[string]string{
		"cannot use <[]string> as <sort.Interface> in argument to pkg·sort.Sort": "cannot use <[]string> as <sort.Interface> in argument to sort.Sort",
		"in argument to pkg·net/http/httptest.NewServer":                         "in argument to httptest.NewServer",
		"unimplemented type: method·stoppable((x).Get)":                          "unimplemented type: ((x).Get)",
		"undefined: v·12": "undefined: v",
	} {
		if got := in.plainNames(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
