package house

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/hardneg/hardneg"

// rooms lists the packages from the ground up. A package may import what stands in a line above its own, never
// what stands beside it or below. A room covers the packages in its folder; those are free among themselves.
var rooms = [][]string{
	{"lib/stream", "lib/parallel", "lib/atomicfile", "lib/suggest"},
	{"lib/engine", "lib/safetensors"},
	{"lib/op", "datasets"},
	{"lib/nn", "lib/contrast", "lib/augment", "lib/probe"},
	{"lib/optim"},
	{"lib/moco"},
	{"lib/experiment"},
	{"lib/figure"},
	{"kernel"},
	{"cli"},
	{"."},
}

// never are arrows that the order allows and the rooms' purposes forbid: from a folder, what it may not import.
var never = map[string][]string{
	"lib/augment":     {"lib/engine", "lib/op"},       // knows nothing of training
	"lib/probe":       {"lib/op", "datasets"},         // reads features, whatever made them
	"kernel":          {"lib", "datasets"},            // a kernel for any Go notebook ...
	"kernel/bindings": {},                             // ... but for the generated list of what is linked in
	"datasets":        {"lib/engine", "lib/op"},       // images and labels, nothing else
	"lib/contrast":    {"datasets"},                   // sees similarities and what is known of each negative
	"lib/op":          {"datasets", "lib/atomicfile"}, // arithmetic
}

// neverButFor are single exceptions to never: small helpers without a subject.
var neverButFor = map[string]bool{"lib/atomicfile": true, "lib/suggest": true, "lib/stream": true, "lib/parallel": true}

type listed struct {
	ImportPath string
	Imports    []string
}

func TestImportsFollowTheOrderOfTheRooms(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		from := inside(p.ImportPath)
		if strings.HasPrefix(from, "internal/") {
			continue
		}
		if _, ok := level(from); !ok {
			t.Errorf("%s stands in no room: give it a place in the list", from)
		}
		for _, i := range p.Imports {
			if to := inside(i); to != "" {
				if why := forbidden(from, to); why != "" {
					t.Errorf("%s imports %s: %s", from, to, why)
				}
			}
		}
	}
}

// The check itself must be able to fail.
func TestForbiddenArrowsAreSeen(t *testing.T) {
	for _, c := range []struct {
		from, to string
		bad      bool
	}{
		{"lib/engine", "lib/op", true}, {"lib/op", "lib/engine", false}, {"lib/engine/cpu", "lib/engine", false},
		{"lib/nn", "lib/contrast", true}, {"lib/contrast", "lib/moco", true}, {"lib/moco", "lib/contrast", false},
		{"kernel/wire", "lib/engine", true}, {"kernel/bindings", "lib/moco", false}, {"kernel/display", "lib/suggest", false},
		{"datasets", "lib/augment", true}, {"lib/augment", "datasets", false}, {"lib/figure", "cli", true}, {".", "cli", false},
	} {
		if got := forbidden(c.from, c.to); (got != "") != c.bad {
			t.Errorf("%s -> %s: %q, want forbidden %v", c.from, c.to, got, c.bad)
		}
	}
}

func inside(path string) string {
	if path == module {
		return "."
	}
	rest, ok := strings.CutPrefix(path, module+"/")
	if !ok {
		return ""
	}
	return rest
}

func within(pkg, folder string) bool { return pkg == folder || strings.HasPrefix(pkg, folder+"/") }

func level(pkg string) (int, bool) {
	for l, names := range rooms {
		for _, name := range names {
			if within(pkg, name) {
				return l, true
			}
		}
	}
	return 0, false
}

func room(pkg string) string {
	for _, names := range rooms {
		for _, name := range names {
			if within(pkg, name) {
				return name
			}
		}
	}
	return ""
}

func forbidden(from, to string) string {
	a, _ := level(from)
	b, known := level(to)
	switch {
	case !known:
		return "no room holds it"
	case room(from) == room(to):
		return ""
	case b >= a:
		return "the arrow runs upwards or sideways"
	}
	list, exact := never[from]
	if !exact {
		list = never[room(from)]
	}
	for _, n := range list {
		if within(to, n) && !neverButFor[to] {
			return "this room must not know that one"
		}
	}
	return ""
}
