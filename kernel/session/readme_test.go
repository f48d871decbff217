package session

import (
	"os"
	"strings"
	"testing"
)

// The cell that the README shows.
func TestREADME(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "## Go in a notebook\n")
	_, rest, code := strings.Cut(rest, "```go\n")
	cell, _, closed := strings.Cut(rest, "```\n")
	if !found || !code || !closed {
		t.Fatal("no cell in the README")
	}
	if got := run(t, open(t), cell); !strings.HasPrefix(got, "stdout:50 points <nil>\n") || !strings.HasSuffix(got, "image/svg+xml") {
		t.Errorf("%.500s", got)
	}
}
