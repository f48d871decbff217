package history

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Running is the file by which a kernel that dies leaves word of the cell that it ran. It lies beside the history, one for
// each process, and is gone after a clean end. Only its owner can read it.
type Running struct {
	file   *os.File
	unlock func()
}

// Died is what a kernel ran when it ended without a goodbye.
type Died struct {
	PID    int       `json:"pid"`
	Number int       `json:"number"` // the cell's
	Began  time.Time `json:"began"`
	Code   string    `json:"code"`
}

// String tells it to a user.
func (d Died) String() string {
	lines := strings.Split(strings.TrimSpace(d.Code), "\n")
	if len(lines) > 10 {
		lines = append(lines[:10], "...")
	}
	return fmt.Sprintf("An earlier kernel (process %d) died, with all its variables, while it ran cell [%d], begun %s:\n    %s\n",
		d.PID, d.Number, d.Began.Local().Format("2006-01-02 15:04:05"), strings.Join(lines, "\n    "))
}

// Running makes this process's file, and returns what kernels that are no more have left, which it takes away.
func (f *File) Running() (r *Running, died []Died, err error) {
	dir := filepath.Join(filepath.Dir(f.Path), "running")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, err
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, nil, err
	}
	for _, name := range names {
		d, ran, gone := buried(name)
		if ran {
			died = append(died, d)
		}
		if gone {
			os.Remove(name)
		}
	}
	r = &Running{}
	r.file, err = os.OpenFile(filepath.Join(dir, fmt.Sprintf("%d.json", os.Getpid())), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, died, err
	}
	for try := 0; ; try++ { // another kernel that starts may look at the file right now
		if r.unlock, err = lock(r.file); err == nil {
			return r, died, nil
		}
		if try == 20 {
			r.file.Close()
			return nil, died, err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// buried empties the file of a process that is gone, so that its cell is told once only, and returns the cell, if it ran
// one. A process that lives holds its file's lock. The caller takes the file away: Windows does not while it is open.
func buried(name string) (d Died, ran, gone bool) {
	file, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return d, false, false
	}
	defer file.Close()
	unlock, err := lock(file)
	if err != nil {
		return d, false, false
	}
	defer unlock()
	b, err := io.ReadAll(file)
	if err != nil {
		return d, false, false
	}
	if info, err := file.Stat(); err != nil || len(b) == 0 && time.Since(info.ModTime()) < time.Minute {
		return d, false, false // perhaps of one that starts, and has no lock yet
	}
	return d, json.Unmarshal(b, &d) == nil, file.Truncate(0) == nil
}

// Begin writes down the cell that is about to run.
func (r *Running) Begin(number int, code string) error {
	if len(code) > longText {
		code = code[:longText]
	}
	b, err := json.Marshal(Died{os.Getpid(), number, time.Now(), strings.ToValidUTF8(code, "\uFFFD")})
	if err != nil {
		return err
	}
	if _, err := r.file.WriteAt(b, 0); err != nil {
		return err
	}
	return r.file.Truncate(int64(len(b)))
}

// End forgets the cell, which has ended.
func (r *Running) End() error { return r.file.Truncate(0) }

// Close takes the file away.
func (r *Running) Close() error {
	r.unlock()
	err := r.file.Close()
	return errors.Join(err, os.Remove(r.file.Name()))
}
