package display

import (
	"strings"
	"testing"
)

// A large list shows how it begins, and how many elements it has; a long text is cut between letters.
func TestPlainCutsWhatIsLarge(t *testing.T) {
	table := map[int]int{}
	for i := range longest + 1 {
		table[i] = i
	}
	for name, v := range map[string]any{"slice": make([]int, longest+1), "array": [longest + 1]bool{}, "map": table} {
		if s := Plain(v); !strings.HasSuffix(s, " ...], 20001 elements") || len(s) > 2000 {
			t.Errorf("%s: %.80s, %d bytes", name, s, len(s))
		}
	}
	if s := Plain(make([]int, 3)); s != "[0 0 0]" {
		t.Error(s)
	}
	if s := Plain("x" + strings.Repeat("ä", longest)); !strings.HasPrefix(s[longest-1:], "... (40001 bytes") {
		t.Errorf("%q", s[longest-5:])
	}
}
