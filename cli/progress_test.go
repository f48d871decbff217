package cli

import (
	"strings"
	"testing"

	"github.com/hardneg/hardneg/lib/experiment"
)

func TestProgressLine(t *testing.T) {
	p := experiment.Progress{Setting: experiment.Setting{Dataset: "taxa"}.Complete(), Phase: "train", Step: 3, Total: 5}
	if line := progressLine(p); strings.Contains(line, "run ") || !strings.Contains(line, "3/5") {
		t.Errorf("one run alone: %q", line)
	}
	p.Run, p.Runs = 2, 24
	if line := progressLine(p); !strings.HasPrefix(line, "run 2 of 24: ") {
		t.Errorf("a run of a sweep: %q", line)
	}
}
