package notebook

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/hardneg/hardneg/kernel/interp"
)

// Options say how a notebook is run. The zero value runs it as it is, in its own folder, until a cell fails.
type Options struct {
	Timeout     time.Duration                      // of one cell; 0: none
	AllowErrors bool                               // go on after a cell that fails
	Parameters  Parameters                         // see Parameters
	Progress    func(done, total int, note string) // told before each code cell, and at the end
	Dir         string                             // working directory of the cells; empty: the notebook's folder
	Kernel      struct{ Name, DisplayName string } // written into the notebook; empty: hardneg
}

// CellError is the failure of a cell.
type CellError struct {
	Notebook string
	Number   int // the cell's execution count: its place among the code cells that are not empty, from 1
	Err      *interp.Error
}

func (e *CellError) Error() string {
	return fmt.Sprintf("%s: cell [%d] failed\n%s", e.Notebook, e.Number, strings.Join(e.Err.Traceback(), "\n"))
}

func (e *CellError) Unwrap() error { return e.Err }

// between is how often the notebook is written while it runs.
const between = 10 * time.Second

// Run executes the code cells of the notebook in, in order and in one interpreter, and writes it with their outputs to
// out; in and out may be the same. What was executed is written also when a cell fails (the error is then a *CellError)
// or ctx ends.
func Run(ctx context.Context, in, out string, o Options) (err error) {
	n, err := Read(in)
	if err != nil {
		return err
	}
	if err := n.set(o.Parameters); err != nil {
		return fmt.Errorf("%s: %w", in, err)
	}
	if out, err = filepath.Abs(out); err != nil {
		return err
	}
	if err := writable(out); err != nil {
		return fmt.Errorf("write the notebook %s: %w", out, err)
	}
	dir := o.Dir
	if dir == "" {
		dir = filepath.Dir(in)
	}
	back, err := os.Getwd()
	if err != nil {
		return err
	}
	if err := os.Chdir(dir); err != nil {
		return fmt.Errorf("run %s: %w", in, err)
	}
	defer os.Chdir(back)
	n.describe(o)
	r := &runner{notebook: n, options: o, name: in, out: out, board: &board{shown: map[string][]object{}}, executed: map[*Cell]*outputs{}}
	err = r.run(ctx)
	if werr := r.write(); werr != nil {
		return errors.Join(err, werr)
	}
	return err
}

// writable is an error where no file can be written to path, found out before the cells run and not after hours. Missing
// folders are made.
func writable(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return errors.New("it is a folder: name a file in it")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// describe writes which kernel and language the notebook is for, and empties its cells.
func (n *Notebook) describe(o Options) {
	name, shown := o.Kernel.Name, o.Kernel.DisplayName
	if name == "" {
		name, shown = "hardneg", "Go (hardneg)"
	}
	m := n.metadata()
	m["kernelspec"] = object{"name": name, "display_name": shown, "language": "go"}
	m["language_info"] = object{"name": "go", "version": strings.TrimPrefix(runtime.Version(), "go"), "file_extension": ".go",
		"mimetype": "text/x-go", "pygments_lexer": "go", "codemirror_mode": "go", "nbconvert_exporter": "script"}
	for _, c := range n.cells {
		if c.Code() {
			c.fields["outputs"], c.fields["execution_count"] = []any{}, nil
		}
	}
}

type runner struct {
	notebook  *Notebook
	options   Options
	name, out string
	board     *board
	executed  map[*Cell]*outputs
	worker    *worker
	written   time.Time
}

func (r *runner) run(ctx context.Context) error {
	var err error
	if r.worker, err = startWorker(); err != nil {
		return err
	}
	defer r.worker.stop()
	var code []*Cell
	for _, c := range r.notebook.cells {
		if c.Code() && strings.TrimSpace(c.Source()) != "" {
			code = append(code, c)
		}
	}
	r.written = time.Now()
	for i, c := range code {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("%s: stopped before cell [%d] of %d: %w", r.name, i+1, len(code), context.Cause(ctx))
		}
		r.progress(i, len(code), title(c.Source()))
		err := r.cell(ctx, c, i+1)
		if goOn := r.options.AllowErrors || c.HasTag("raises-exception"); err != nil && (!goOn || r.worker.lost != nil) {
			return err
		}
		if time.Since(r.written) > between {
			if err := r.write(); err != nil {
				return err
			}
			r.written = time.Now()
		}
	}
	r.progress(len(code), len(code), "done")
	return nil
}

// cell executes one cell and stores what came of it.
func (r *runner) cell(ctx context.Context, c *Cell, number int) error {
	if r.options.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, r.options.Timeout, fmt.Errorf("the cell took longer than %v", r.options.Timeout))
		defer cancel()
	}
	o := &outputs{board: r.board}
	r.executed[c] = o
	result, failure := r.worker.execute(ctx, interp.Cell{Code: c.Source(), Number: number}, o)
	if ctx.Err() != nil && failure != nil {
		failure.Value = fmt.Sprintf("%v; %s", context.Cause(ctx), failure.Value)
	}
	o.end(number, result, failure)
	c.fields["execution_count"] = number
	if failure == nil {
		return nil
	}
	return &CellError{r.name, number, failure}
}

// write writes the notebook with all that its cells have produced so far.
func (r *runner) write() error {
	r.board.mu.Lock()
	defer r.board.mu.Unlock()
	for c, o := range r.executed {
		c.fields["outputs"] = o.stored()
	}
	return r.notebook.Write(r.out)
}

func (r *runner) progress(done, total int, note string) {
	if r.options.Progress != nil {
		r.options.Progress(done, total, note)
	}
}

// title is the first line of a cell that says something.
func title(source string) string {
	for _, line := range strings.Split(source, "\n") {
		if line = strings.TrimSpace(strings.TrimLeft(line, "/ ")); line != "" && line != "import (" {
			if r := []rune(line); len(r) > 60 {
				line = string(r[:57]) + "..."
			}
			return line
		}
	}
	return ""
}
