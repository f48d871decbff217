package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// The bounds of the file: above most its older half goes.
const (
	most     = 4 << 20   // bytes
	longest  = 256 << 10 // bytes of a cell; a longer one is not stored
	longText = 4 << 10   // bytes of a result; a longer one is cut
)

// patience is how long another kernel may hold the file.
const patience = 2 * time.Second

// File is a history's: a JSON object a line. Only its owner can read it: cells may hold what is secret.
type File struct{ Path string }

// Begin takes a session number that no kernel has had.
func (f *File) Begin() (session int, err error) {
	if err := os.MkdirAll(filepath.Dir(f.Path), 0o700); err != nil {
		return 0, err
	}
	err = f.locked(func() error {
		b, err := os.ReadFile(f.Path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		session = 1
		for _, e := range decode(b) {
			session = max(session, e.Session+1)
		}
		return f.append(Entry{Session: session}) // without code: it takes the number
	})
	return session, err
}

// shorten keeps the later half of the lines where the file has grown above the bound.
func (f *File) shorten() error {
	info, err := os.Stat(f.Path)
	if err != nil || info.Size() <= most {
		return nil
	}
	b, err := os.ReadFile(f.Path)
	if err != nil {
		return err
	}
	b = b[len(b)-most/2:]
	t, err := os.CreateTemp(filepath.Dir(f.Path), ".history.*.tmp") // for its owner only
	if err != nil {
		return err
	}
	_, err = t.Write(b[bytes.IndexByte(b, '\n')+1:])
	if err = errors.Join(err, t.Close()); err == nil {
		err = os.Rename(t.Name(), f.Path)
	}
	if err != nil {
		os.Remove(t.Name())
	}
	return err
}

// Append stores an execution.
func (f *File) Append(e Entry) error {
	if len(e.Code) > longest {
		return fmt.Errorf("a cell of %d bytes is not stored, the longest has %d", len(e.Code), longest)
	}
	if len(e.Shown) > longText {
		e.Shown = strings.ToValidUTF8(e.Shown[:longText], "") + "..."
	}
	return f.locked(func() error { return f.append(e) })
}

// append opens the file anew, since another kernel may have replaced it.
func (f *File) append(e Entry) error {
	b, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if err := f.shorten(); err != nil {
		return err
	}
	w, err := os.OpenFile(f.Path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer w.Close()
	if info, err := w.Stat(); err == nil && info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" {
		w.Chmod(0o600)
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

// Read returns what is stored. A line that is no entry is left out: the disk was full, or somebody has written there.
func (f *File) Read() ([]Entry, error) {
	b, err := os.ReadFile(f.Path)
	if err != nil {
		return nil, err
	}
	all := decode(b)
	out := all[:0]
	for _, e := range all {
		if e.Line > 0 {
			out = append(out, e)
		}
	}
	return out, nil
}

func decode(b []byte) (out []Entry) {
	for line := range bytes.Lines(b) {
		var e Entry
		if json.Unmarshal(line, &e) == nil && e.Session > 0 {
			out = append(out, e)
		}
	}
	return out
}

// locked calls do while no other kernel does anything with the file.
func (f *File) locked(do func() error) error {
	l, err := os.OpenFile(f.Path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer l.Close()
	for start := time.Now(); ; time.Sleep(2 * time.Millisecond) {
		unlock, err := lock(l)
		if err == nil {
			defer unlock()
			return do()
		}
		if time.Since(start) > patience {
			return fmt.Errorf("lock %s: %w", l.Name(), err)
		}
	}
}
