package cli

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

// Where there is no terminal, progress is whole lines: the first cell's, then one every few seconds.
func TestCellProgressElsewhereThanOnATerminal(t *testing.T) {
	var out bytes.Buffer
	p := newCellProgress(&out)
	for i := range 300 {
		p.cell(i, 300, fmt.Sprintf("x%d := 1", i))
	}
	begun := p.bar.last
	p.look(begun.Add(p.bar.every - 1)) // too early
	p.look(begun.Add(p.bar.every))     // the news of cell 300
	p.look(begun.Add(2 * p.bar.every)) // no news
	p.look(begun.Add(p.bar.every + steady))
	p.cell(300, 300, "done")
	p.stop()
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	want := []string{"cell 1 of 300, 0 s: x0 := 1", "cell 300 of 300, 5 s, by cells 0 s left: x299 := 1",
		"cell 300 of 300, 25 s, by cells 0 s left: x299 := 1", "300 of 300 cells, 0 s"}
	if strings.Contains(out.String(), "\r") || strings.Join(lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q\nwant %q", lines, want)
	}
}

func TestCellProgressOnATerminal(t *testing.T) {
	var out bytes.Buffer
	p := newCellProgress(&out)
	p.mu.Lock()
	p.bar.terminal, p.bar.every = true, 200*time.Millisecond
	p.mu.Unlock()
	p.cell(0, 2, "first")
	p.look(p.bar.last.Add(time.Second))
	p.stop()
	if text := out.String(); strings.Contains(text, "\n") || strings.Count(text, "\rcell 1 of 2") != 2 || !strings.HasSuffix(text, "\r") {
		t.Errorf("%q", text)
	}
}
