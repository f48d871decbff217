package history

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"*", "", true}, {"a*c", "abc", true}, {"a*c", "a/b\nc", true}, {"a?c", "ac", false}, {"*b*", "abc", true},
		{"x*", "abc", false}, {"a*b*c", "aXbYbZc", true}, {"a?", "aé", true}, {"a[3*", "a[3]", true},
	} {
		if got := matches(c.pattern, c.text); got != c.want {
			t.Errorf("matches(%q, %q) = %v", c.pattern, c.text, got)
		}
	}
}

func text(list []Entry) string {
	var words []string
	for _, e := range list {
		words = append(words, fmt.Sprintf("%d/%d %s", e.Session, e.Line, e.Code))
	}
	return strings.Join(words, ", ")
}

func open(t *testing.T, path string) *History {
	t.Helper()
	h := New(&File{path}, t.Errorf)
	return h
}

// What IPython's history answers to the same requests, after sessions 1 (a, b) and 2 (c, b, a).
func TestRequests(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "er", "h.jsonl")
	first := open(t, path)
	first.Add(1, "a", "")
	first.Add(2, "b", "B")
	first.Close()
	h := open(t, path)
	defer h.Close()
	for i, code := range []string{"c", "b", "a"} {
		h.Add(i+1, code, "")
	}
	for _, c := range []struct {
		name string
		got  []Entry
		want string
	}{
		{"tail", h.Tail(2), "2/2 b, 2/3 a"},
		{"tail over sessions", h.Tail(4), "1/2 b, 2/1 c, 2/2 b, 2/3 a"},
		{"tail of none", h.Tail(0), ""},
		{"tail of less", h.Tail(-3), ""},
		{"range of this", h.Range(0, 1, 3), "2/1 c, 2/2 b"},
		{"range to the end", h.Range(0, 2, 0), "2/2 b, 2/3 a"},
		{"range from the end", h.Range(0, -2, 0), "2/2 b, 2/3 a"},
		{"range without the last", h.Range(0, 1, -1), "2/1 c, 2/2 b"},
		{"range of the session before", h.Range(-1, 0, 0), "1/1 a, 1/2 b"},
		{"range of a session by number", h.Range(1, 2, 3), "1/2 b"},
		{"range of no session", h.Range(7, 0, 0), ""},
		{"search", h.Search("[ab]", false, 0), ""},
		{"search all", h.Search("?", false, 3), "2/1 c, 2/2 b, 2/3 a"},
		{"search once", h.Search("*", true, 0), "2/1 c, 2/2 b, 2/3 a"},
		{"search for one", h.Search("b*", false, 0), "1/2 b, 2/2 b"},
	} {
		if got := text(c.got); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if e := h.Range(1, 2, 3); len(e) != 1 || e[0].Shown != "B" {
		t.Errorf("the result is not kept: %+v", e)
	}
	if runtime.GOOS != "windows" {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, %v, want 0600", info.Mode(), err)
		}
	}
}

func TestInMemoryOnly(t *testing.T) {
	h := New(nil, t.Errorf)
	h.Add(1, "a", "")
	if got := text(h.Tail(9)); got != "1/1 a" {
		t.Errorf("got %q", got)
	}
	h.Close()
}

// A file that cannot be written is told of once, and costs no entry of this session.
func TestNoFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	os.WriteFile(path, nil, 0o600)
	told := 0
	h := New(&File{filepath.Join(path, "h")}, func(string, ...any) { told++ })
	h.Add(1, "a", "")
	h.Add(2, "b", "")
	if got := text(h.Tail(9)); got != "1/1 a, 1/2 b" || told != 1 {
		t.Errorf("got %q, told %d times", got, told)
	}
	h.Close()
}

// What is no entry is passed over, the file stays below its bound, and keeps what is newest.
func TestBounds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h")
	if err := os.WriteFile(path, []byte("garbage\n{\"s\":7,\"n\":1,\"c\":\"old\"}\n{\"s\":7,\"n\":2,\n\x00\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	f := &File{path}
	n, err := f.Begin()
	if err != nil || n != 8 {
		t.Fatalf("session %d, %v, want 8", n, err)
	}
	long := strings.Repeat("x", 100_000)
	const entries = 100
	for i := range entries {
		if err := f.Append(Entry{Session: n, Line: i + 1, Code: long, Shown: long}); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Append(Entry{Session: n, Line: 1000, Code: strings.Repeat("x", longest+1)}); err == nil {
		t.Error("a cell of any length is stored")
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() > most+longest || info.Size() < most/4 || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%d bytes, mode %v, want at most %d", info.Size(), info.Mode(), most)
	}
	all, err := f.Read()
	if err != nil || len(all) == 0 || all[len(all)-1].Line != entries || len(all[0].Shown) > longText+3 {
		t.Errorf("%d entries, %v, the last is not the newest", len(all), err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".history*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

const helper = "HISTORY_TEST_FILE"

// Processes that append at once, while the file is shortened again and again, lose nothing of what they wrote last and
// take numbers of their own.
func TestTwoProcessesAtOnce(t *testing.T) {
	const lines = 300
	long := strings.Repeat("y", 10_000)
	if path := os.Getenv(helper); path != "" {
		f := &File{path}
		n, err := f.Begin()
		for i := 0; i < lines && err == nil; i++ {
			err = f.Append(Entry{Session: n, Line: i + 1, Code: long})
		}
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	path := filepath.Join(t.TempDir(), "h")
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			c := exec.Command(os.Args[0], "-test.run=^TestTwoProcessesAtOnce$")
			c.Env = append(os.Environ(), helper+"="+path)
			if out, err := c.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	all.Wait()
	got, err := (&File{path}).Read()
	if err != nil {
		t.Fatal(err)
	}
	last := map[int]int{}
	for _, e := range got {
		if len(e.Code) != len(long) {
			t.Fatalf("entry %d/%d has %d bytes", e.Session, e.Line, len(e.Code))
		}
		if before, ok := last[e.Session]; ok && e.Line != before+1 {
			t.Errorf("session %d: line %d follows %d", e.Session, e.Line, before)
		}
		last[e.Session] = e.Line
	}
	if len(got) < most/2/11_000 {
		t.Errorf("%d entries are left", len(got))
	}
	for n := range last {
		if n < 1 || n > 3 {
			t.Errorf("session %d, want 1 to 3", n)
		}
	}
}

// A cell that was running is told once, also where its file cannot be taken away.
func TestBuriedOnce(t *testing.T) {
	name := filepath.Join(t.TempDir(), "1.json")
	if err := os.WriteFile(name, []byte(`{"pid":1,"number":7,"code":"x"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if d, ran, gone := buried(name); !ran || !gone || d.Number != 7 {
		t.Errorf("cell %d, ran %v, gone %v, want cell 7", d.Number, ran, gone)
	}
	if d, ran, _ := buried(name); ran {
		t.Errorf("told again: %v", d)
	}
}
