// Package history keeps what was executed: in memory, and in a file that several kernels append to and later ones read.
package history

import (
	"cmp"
	"slices"
	"sync"
)

// Entry is one execution.
type Entry struct {
	Session int    `json:"s"` // from 1, a number for each kernel that ran
	Line    int    `json:"n"` // the execution count
	Code    string `json:"c"`
	Shown   string `json:"o,omitempty"` // the result's text
}

// kept bounds the entries of this session that are held in memory.
const kept = 10_000

// History is a kernel's. Its methods may be called from any goroutine.
type History struct {
	file *File // nil: in memory only
	log  func(format string, args ...any)

	once    sync.Once
	session int
	work    chan Entry
	done    chan struct{}

	mu     sync.Mutex
	mine   []Entry
	closed bool // what comes later is not kept: the kernel has ended, and its last cell may have not
}

// New makes a history that goes on in file, or is in memory only where that is nil. log is told why file cannot be
// read or written.
func New(file *File, log func(format string, args ...any)) *History {
	h := &History{file: file, log: log, session: 1, work: make(chan Entry, 1000), done: make(chan struct{})}
	go h.write()
	return h
}

// begin takes a session number.
func (h *History) begin() {
	h.once.Do(func() {
		if h.file == nil {
			return
		}
		n, err := h.file.Begin()
		if err != nil {
			h.log("history: %v; it is kept in memory until the kernel ends", err)
			h.file = nil
			return
		}
		h.session = n
	})
}

// write brings entries to the file, so that cells need not wait for the disk.
func (h *History) write() {
	defer close(h.done)
	h.begin()
	for e := range h.work {
		if h.file == nil {
			continue
		}
		e.Session = h.session
		if err := h.file.Append(e); err != nil {
			h.log("history: %v", err)
		}
	}
}

// Add remembers an execution.
func (h *History) Add(line int, code, shown string) {
	e := Entry{Line: line, Code: code, Shown: shown}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return
	}
	h.mine = append(h.mine, e)
	if extra := len(h.mine) - kept; extra > 0 {
		h.mine = h.mine[extra:]
	}
	h.work <- e
}

// Close waits until all is in the file.
func (h *History) Close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	close(h.work)
	<-h.done
}

// all is every entry: older sessions first, this one last.
func (h *History) all() (out []Entry) {
	h.begin()
	if h.file != nil {
		others, err := h.file.Read()
		if err != nil {
			h.log("history: %v", err)
		}
		for _, e := range others {
			if e.Session != h.session {
				out = append(out, e)
			}
		}
		slices.SortStableFunc(out, func(a, b Entry) int {
			return cmp.Or(cmp.Compare(a.Session, b.Session), cmp.Compare(a.Line, b.Line))
		})
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range h.mine {
		e.Session = h.session
		out = append(out, e)
	}
	return out
}
