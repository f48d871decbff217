package cli

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// cellProgress shows which cell of a notebook runs, and for how long: one line that is written over on a terminal,
// elsewhere a plain line every few seconds. A clock writes it, so a cell of minutes is seen to be alive.
type cellProgress struct {
	quit, ended chan struct{}

	mu          sync.Mutex
	bar         *progress
	start       time.Time
	done, total int
	note        string
	news        bool // a cell has begun since the last line
}

// beat is how often the clock looks, and steady how often it writes elsewhere than on a terminal while one cell runs.
const (
	beat   = 500 * time.Millisecond
	steady = 20 * time.Second
)

func newCellProgress(w io.Writer) *cellProgress {
	p := &cellProgress{quit: make(chan struct{}), ended: make(chan struct{}), bar: newProgress(w), start: time.Now()}
	if !p.bar.terminal {
		p.bar.every = 5 * time.Second
	}
	go func() {
		defer close(p.ended)
		tick := time.NewTicker(beat)
		defer tick.Stop()
		for {
			select {
			case now := <-tick.C:
				p.look(now)
			case <-p.quit:
				return
			}
		}
	}()
	return p
}

// cell is a notebook.Options.Progress: done of total code cells are behind us, and note is the one that begins.
func (p *cellProgress) cell(done, total int, note string) {
	p.mu.Lock()
	p.done, p.total, p.note, p.news = done, total, note, true
	p.mu.Unlock()
	p.look(time.Now())
}

// look writes a line where one is due.
func (p *cellProgress) look(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	since := now.Sub(p.bar.last)
	if p.total == 0 || p.done == p.total || since < p.bar.every || !p.bar.terminal && !p.news && since < steady {
		return
	}
	p.bar.last, p.news = now, false
	p.bar.line(p.words(now))
}

// words are the state. What remains is guessed from the cells behind us as if all took as long, hence "by cells".
func (p *cellProgress) words(now time.Time) string {
	took := now.Sub(p.start)
	line := fmt.Sprintf("cell %d of %d, %s", p.done+1, p.total, about(took))
	if p.done > 0 {
		line += fmt.Sprintf(", by cells %s left", about(took/time.Duration(p.done)*time.Duration(p.total-p.done)))
	}
	return line + ": " + p.note
}

// stop ends the clock and the line on a terminal.
func (p *cellProgress) stop() {
	close(p.quit)
	<-p.ended
	p.bar.done()
	if p.total > 0 && p.done == p.total {
		fmt.Fprintf(p.bar.w, "%d of %d cells, %s\n", p.done, p.total, about(time.Since(p.start)))
	}
}
