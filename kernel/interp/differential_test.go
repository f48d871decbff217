package interp_test

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/hardneg/hardneg/kernel/interp/internal/corpus"
)

func TestMain(m *testing.M) {
	if os.Getenv(workerEnv) != "" {
		worker()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

const deviationsFile = "testdata/deviations.txt"

// deviation is a program that does not do here what it does when compiled.
type deviation struct{ class, reason string }

// skipped are the classes whose programs are not run: they would take the test's time.
var skipped = map[string]bool{"slow": true}

// prune takes the programs that do as they should out of the list: `HARDNEG_PROGRAMS=prune go test -run Programs
// ./kernel/interp`.
func prune(t *testing.T, right map[string]bool) {
	b, err := os.ReadFile(deviationsFile)
	if err != nil {
		t.Fatal(err)
	}
	var kept strings.Builder
	for line := range strings.Lines(string(b)) {
		if name, _, _ := strings.Cut(line, " "); !right[name] {
			kept.WriteString(line)
		}
	}
	if err := os.WriteFile(deviationsFile, []byte(kept.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// deviations reads the list: name, class, reason, one program a line.
func deviations(t *testing.T) map[string]deviation {
	t.Helper()
	f, err := os.Open(deviationsFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	list := map[string]deviation{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if text := strings.TrimSpace(lines.Text()); text != "" && text[0] != '#' {
			name, rest, _ := strings.Cut(text, " ")
			class, reason, ok := strings.Cut(strings.TrimSpace(rest), " ")
			if _, twice := list[name]; twice || !ok {
				t.Fatalf(deviationsFile+": %q: want a name that was not there, a class and a reason", text)
			}
			list[name] = deviation{class, strings.TrimSpace(reason)}
		}
	}
	return list
}

// Every program of the corpus does here what it does when compiled, or is listed; a listed one does not.
func TestProgramsDoAsCompiled(t *testing.T) {
	all, err := corpus.Load("testdata/programs")
	if err != nil {
		t.Fatal(err)
	}
	listed := deviations(t)
	report := os.Getenv("HARDNEG_PROGRAMS_REPORT") // a file for what differs, one program a line; nothing fails then
	pruning := os.Getenv("HARDNEG_PROGRAMS") == "prune"
	var lines strings.Builder
	var p pool
	defer p.stop()
	right, off := map[string]bool{}, 0
	for i, program := range all {
		if testing.Short() && i%10 != 0 {
			continue
		}
		for _, form := range forms(program) {
			d, isListed := listed[form.name]
			delete(listed, form.name)
			if isListed && skipped[d.class] && report == "" {
				off++
				continue
			}
			how := ""
			got, err := p.run(form.code)
			if err != nil {
				how = fmt.Sprintf("the process ended: %v", err)
				if err == errHangs {
					how = "hangs"
				}
			} else {
				how = differs(program.Want, got)
			}
			switch {
			case how == "":
				right[form.name] = true
				if isListed && report == "" && !pruning {
					t.Errorf("%s does as it should: take it out of "+deviationsFile, form.name)
				}
			case isListed:
				off++
			case report == "":
				t.Errorf("%s: %s\n%s", form.name, how, strings.Join(got.Trace, "\n"))
			}
			if how != "" {
				fmt.Fprintf(&lines, "%s\t%s\t%s\n", form.name, flat(how), flat(strings.Join(got.Trace, "\n")))
			}
		}
	}
	if !testing.Short() {
		for name := range listed {
			t.Errorf(deviationsFile+" has %s, which is no program", name)
		}
	}
	if pruning {
		prune(t, right)
	}
	t.Logf("%d right, %d listed", len(right), off)
	if report != "" {
		if err := os.WriteFile(report, []byte(lines.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func flat(s string) string { return strings.NewReplacer("\n", " | ", "\t", " ").Replace(s) }

// form is a program written as a cell.
type form struct{ name, code string }

// forms are the ways in which a program is tried: as it stands, and, those of our own, with the body of main at the
// top of the cell too, where users of notebooks write it.
func forms(p corpus.Program) []form {
	list := []form{{p.Name, whole(p.Source)}}
	if strings.HasPrefix(p.Archive, "own-") {
		if code, ok := unwrapped(p.Source); ok {
			list = append(list, form{p.Name + "#cell", code})
		}
	}
	return list
}

// unwrapped is a program without its package clause and with main's statements in main's place.
func unwrapped(source string) (string, bool) {
	source = strings.TrimPrefix(source, "package main\n")
	before, rest, ok := strings.Cut(source, "\nfunc main() {\n")
	body, after, closed := strings.Cut(rest, "\n}\n")
	return before + "\n" + after + "\n" + body + "\n", ok && closed
}
