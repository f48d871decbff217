package cli

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/hardneg/hardneg/lib/experiment"
)

// progress shows how far a sweep has come: one line that is written over on a terminal, a line now and then elsewhere.
type progress struct {
	w        io.Writer
	terminal bool
	every    time.Duration
	last     time.Time
	run      int
	width    int // of the line on the terminal
}

func newProgress(w io.Writer) *progress {
	p := &progress{w: w, every: 20 * time.Second}
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			p.terminal, p.every = true, 200*time.Millisecond
		}
	}
	return p
}

// show is an experiment.Options.Progress.
func (p *progress) show(at experiment.Progress) {
	fresh := at.Run != p.run
	if !fresh && time.Since(p.last) < p.every {
		return
	}
	if fresh && at.Phase == "recorded" && !p.terminal && p.run > 0 && time.Since(p.last) < p.every {
		p.run = at.Run
		return
	}
	p.run, p.last = at.Run, time.Now()
	p.line(progressLine(at))
}

// line writes one line, over the last one on a terminal.
func (p *progress) line(line string) {
	if !p.terminal {
		fmt.Fprintln(p.w, line)
		return
	}
	fmt.Fprintf(p.w, "\r%-*s", p.width, line)
	p.width = len(line)
}

// notice writes a line that stays.
func (p *progress) notice(line string) {
	p.done()
	fmt.Fprintln(p.w, line)
}

// done ends the line on a terminal.
func (p *progress) done() {
	if p.terminal && p.width > 0 {
		fmt.Fprintf(p.w, "\r%*s\r", p.width, "")
		p.width = 0
	}
}

func progressLine(at experiment.Progress) string {
	line := fmt.Sprintf("%v: %s", at.Setting, at.Phase)
	if at.Runs > 0 { // a sweep
		line = fmt.Sprintf("run %d of %d: %s", at.Run, at.Runs, line)
	}
	if at.Total > 1 {
		line += fmt.Sprintf(" %d/%d", at.Step, at.Total)
	}
	if at.Loss != 0 {
		line += fmt.Sprintf(", loss %.3f", at.Loss)
	}
	if at.Remaining > 0 {
		line += ", " + about(at.Remaining) + " left"
	}
	return line
}

// about writes a duration to two digits or so.
func about(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()+0.5))
	case d < time.Hour:
		return fmt.Sprintf("%d min %02d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d h %02d min", int(d.Hours()), int(d.Minutes())%60)
}
