package interp

import (
	"strings"
	"testing"

	_ "github.com/hardneg/hardneg/kernel/bindings"
)

// The cursor stands at |. The words are those that Go allows there, in earlier cells and in the one that is being written.
func TestComplete(t *testing.T) {
	in := New()
	for i, code := range []string{
		"import (\"fmt\"; \"time\"; \"strings\")",
		"type P struct{ Name string; Age int; inner bool }\nfunc (p P) Hello() string { return p.Name }\nfunc (p *P) Grow() {}\nbob := P{}\nps := []P{bob}\nmp := map[string]*P{}",
	} {
		if got := evaluate(in, i+1, code); got != "" {
			t.Fatal(got)
		}
	}
	all := "Age Grow Hello Name inner"
	for _, c := range []struct{ code, want string }{
		{"bob.|", all},
		{"bob.H|", "Hello"},
		{"ps[0].|", all},
		{"mp[\"a\"].|", all},
		{"(&bob).N|", "Name"},
		{"P{}.A|", "Age"},
		{"time.Now().UnixM|", "UnixMicro UnixMilli"},
		{"fmt.Println(bob.Hel|", "Hello"},
		{"fmt.Sp|", "Sprint Sprintf Sprintln"},
		{"x := fmt.Sprin|\ny := 1", "Sprint Sprintf Sprintln"},
		{"tt := time.Now()\ntt.Unix|", "Unix UnixMicro UnixMilli UnixNano"},
		{"var w P\nw.|", all},
		{"for _, pq := range ps {\n\tpq.|", all},
		{"for _, pq := range ps {\n\tif pq.Na|", "Name"},
		{"func ff(qq *P) {\n\tqq.G|", "Grow"},
		{"func (p P) More() {\n\tp.N|", "Name"},
		{"alpha := 1\nalp|", "alpha"},
		{"func g(gamma int) {\n\tdelta := 2\n\tfmt.Println(del|", "delete delta"},
		{"func g(gamma int) {\n\tgam|", "gamma"},
		{"P{Na|", "Name"},
		{"&P{Name: \"x\", A|", "Age"},
		{"if bob.N|", "Name"},
		{"switch bob.A|", "Age"},
		{"defer bob.Gr|", "Grow"},
		{"strings.NewReader(\"a\").Rea|", "Read ReadAt ReadByte ReadRune"},
		{"bob.Hello().|", ""},
		{"// fmt.|", ""},
		{"/* fmt.|", ""},
		{"s := \"fmt.|", ""},
		{"s := 'f|", ""},
		{"import \"str|", "strconv strings"},
		{"import (\n\t\"encoding/j|", "encoding/json"},
		{"nothing.|", ""},
		{"str|", "string strings struct"},
		{"ctx.D|", "Deadline Done"},
		{"} bob.Hel|", "Hello"},
		{"type Q struct{ P; Extra int }\nvar q Q\nq.E|", "Extra"},
		{"type Q struct{ P; Extra int }\nvar q Q\nq.P.Hel|", "Hello"},
		{"bob.Name + bob.A|", "Age"},
		{"func() { a := bob; a.Hel|", "Hello"},
	} {
		pos := strings.Index(c.code, "|")
		words, start := in.Complete(strings.Replace(c.code, "|", "", 1), pos)
		var names []string
		for _, w := range words {
			names = append(names, w.Name)
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%q completes to %q from %d, want %q", c.code, got, start, c.want)
		}
	}
	if got := evaluate(in, 9, "bob.More()"); !strings.Contains(got, "bob.More undefined") {
		t.Errorf("completing has declared a method: %s", got)
	}
}

func TestInspect(t *testing.T) {
	in := New()
	if got := evaluate(in, 1, "import \"strings\"\ntype P struct{ Name string }\nfunc (p P) Hello() string { return p.Name }\nbob := P{}"); got != "" {
		t.Fatal(got)
	}
	for _, c := range []struct{ code, want string }{
		{"bob|", "var bob P"},
		{"bob.Hel|lo()", "func (P).Hello() string"},
		{"strings.ToUpper|", "func strings.ToUpper(s string) string"},
		{"strings.ToUpper(|", "func strings.ToUpper(s string) string"},
		{"x := []P{bob}\nx[0].Hello|", "func (P).Hello() string"},
		{"for i, pq := range []P{} { pq|", "var pq P"},
		{"nothing|", ""},
	} {
		pos := strings.Index(c.code, "|")
		if got := in.Inspect(strings.Replace(c.code, "|", "", 1), pos); got != c.want {
			t.Errorf("%q: %q, want %q", c.code, got, c.want)
		}
	}
}
