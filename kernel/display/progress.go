package display

import (
	"fmt"
	"html"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// refresh is how often a progress line changes at most: often enough to look alive, seldom enough not to flood.
const refresh = 200 * time.Millisecond

// Progress is a bar in one place that moves, with the time that remains; as text where no notebook is.
// Its Set method is what a long-running function wants: func(done, total int, note string).
type Progress struct {
	label string
	now   func() time.Time
	text  io.Writer // where there is no notebook

	mu          sync.Mutex
	handle      *Handle
	start, last time.Time
	done, total int
	note        string
	ended       bool
	width       int // of the line written last
}

// NewProgress starts the clock; nothing is shown before the first Set.
func NewProgress(label string) *Progress {
	return &Progress{label: label, now: time.Now, text: os.Stderr, start: time.Now()}
}

// Set says that done of total steps are behind us. It may be called from any goroutine and as often as one likes.
func (p *Progress) Set(done, total int, note string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	end := total > 0 && done >= total
	p.done, p.total, p.note = done, total, note
	if p.ended && end || !end && now.Sub(p.last) < refresh {
		return
	}
	p.last, p.ended = now, end
	p.show(now)
}

// Write is Set with the line written to w, whether a notebook is there or not: for a program that runs one.
func (p *Progress) Write(w io.Writer, done, total int, note string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done, p.total, p.note, p.ended = done, total, note, total > 0 && done >= total
	p.print(w, p.line(p.now()))
}

// print writes a line over the one before; the last one stays.
func (p *Progress) print(w io.Writer, line string) {
	end := ""
	if p.ended {
		end = "\n"
	}
	fmt.Fprintf(w, "\r%-*s%s", p.width, line, end)
	p.width = len([]rune(line))
}

// Done shows the last state, whatever was held back, and the time that it took.
func (p *Progress) Done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	p.ended = true
	p.show(p.now())
}

func (p *Progress) show(now time.Time) {
	line := p.line(now)
	if currentScreen() == nil {
		p.print(p.text, line)
		return
	}
	markup := fmt.Sprintf(`<div><progress value="%d" max="%d" aria-label="%s"></progress> %s</div>`,
		p.done, max(p.total, 1), html.EscapeString(p.label), html.EscapeString(line))
	d := MakeData3(MIMETypeHTML, line, markup)
	if p.handle == nil {
		p.handle = Show(d)
		return
	}
	p.handle.Update(d)
}

// line is the state in words: "training 120/400 (30%), 1m20s left: loss 4.21".
func (p *Progress) line(now time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d", p.label, p.done)
	took := now.Sub(p.start)
	if p.total > 0 {
		fmt.Fprintf(&b, "/%d (%d%%)", p.total, 100*p.done/p.total)
	}
	switch {
	case p.ended:
		fmt.Fprintf(&b, ", %s", short(took))
	case p.done > 0 && p.total > p.done:
		left := time.Duration(float64(took) / float64(p.done) * float64(p.total-p.done))
		fmt.Fprintf(&b, ", %s left", short(left))
	}
	if p.note != "" {
		b.WriteString(": " + p.note)
	}
	return strings.TrimSpace(b.String())
}

// short is a duration to about two digits.
func short(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return d.Round(100 * time.Millisecond).String()
	default:
		return d.Round(time.Second).String()
	}
}
