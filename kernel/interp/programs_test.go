package interp_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"time"

	_ "github.com/hardneg/hardneg/kernel/bindings"
	"github.com/hardneg/hardneg/kernel/display"
	"github.com/hardneg/hardneg/kernel/interp"
	"github.com/hardneg/hardneg/kernel/interp/internal/corpus"
	"github.com/hardneg/hardneg/kernel/session"
)

// The differential test: programs that the real tool chain has compiled and run (internal/corpus) run here as cells,
// and must do the same. What differs is listed with its reason in testdata/deviations.txt.
//
// A program runs in another process, several one after the other, so that one which hangs or kills its process spoils
// no other's result.

const (
	workerEnv  = "HARDNEG_PROGRAMS_WORKER"
	patience   = 10 * time.Second // for one program
	perProcess = 40               // programs
)

// outcome is what a program did as a cell.
type outcome struct {
	Stdout, Stderr string
	Failure        string // "panic: index out of range", with the kind of the failure in front
	Trace          []string
}

// worker is the other process: it reads programs as JSON, one a line, and answers each by a line on file 3.
func worker() {
	debug.SetMemoryLimit(1 << 30)
	answers := json.NewEncoder(os.NewFile(3, "answers"))
	requests := bufio.NewReader(os.Stdin)
	for {
		line, err := requests.ReadBytes('\n')
		if err != nil {
			return
		}
		var code string
		if err := json.Unmarshal(line, &code); err != nil {
			return
		}
		answers.Encode(interpret(code))
	}
}

// gathered is a session's output.
type gathered struct{ out, err strings.Builder }

func (g *gathered) Stream(name, text string) {
	if name == "stderr" {
		g.err.WriteString(text)
	} else {
		g.out.WriteString(text)
	}
}
func (g *gathered) Display(display.Data, bool) {}
func (g *gathered) Clear(bool)                 {}

func interpret(code string) (o outcome) {
	s, err := session.New()
	if err != nil {
		return outcome{Failure: err.Error()}
	}
	defer s.Close()
	var g gathered
	_, failure := s.Execute(context.Background(), interp.Cell{Code: code, Number: 1}, &g)
	o.Stdout, o.Stderr = g.out.String(), g.err.String()
	if failure != nil {
		o.Failure, o.Trace = failure.Name+": "+failure.Value, failure.Traceback()
	}
	return o
}

// pool runs programs in processes.
type pool struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	answers *bufio.Reader
	file    *os.File
	left    int
}

var errHangs = errors.New("hangs")

func (p *pool) start() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	p.cmd = exec.Command(self)
	p.cmd.Env = append(os.Environ(), workerEnv+"=1")
	p.cmd.ExtraFiles = []*os.File{w}
	p.cmd.Dir = os.TempDir()
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return err
	}
	err = p.cmd.Start()
	w.Close()
	p.file, p.answers, p.left = r, bufio.NewReader(r), perProcess
	return err
}

func (p *pool) stop() {
	if p.cmd == nil {
		return
	}
	p.in.Close()
	p.cmd.Process.Kill()
	p.cmd.Wait()
	p.file.Close()
	p.cmd = nil
}

// run returns errHangs where the program does not end in time, io.EOF where it takes its process with it.
func (p *pool) run(code string) (o outcome, err error) {
	if p.cmd == nil || p.left == 0 {
		p.stop()
		if err := p.start(); err != nil {
			return o, err
		}
	}
	p.left--
	line, err := json.Marshal(code)
	if err != nil {
		return o, err
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return o, err
	}
	p.file.SetReadDeadline(time.Now().Add(patience))
	answer, err := p.answers.ReadBytes('\n')
	if err != nil {
		if errors.Is(err, os.ErrDeadlineExceeded) {
			err = errHangs
		}
		p.stop()
		return o, err
	}
	return o, json.Unmarshal(answer, &o)
}

// whole is a program as one cell: its text, and a call of main as notebooks make it.
func whole(source string) string { return strings.TrimSuffix(source, "\n") + "\nmain()\n" }

// differs says how a cell did otherwise than the compiled program, or is empty.
func differs(want corpus.Result, got outcome) string {
	ended := ""
	switch {
	case want.Panic != "":
		ended = "panic: " + want.Panic
	case want.Exit != 0:
		ended = fmt.Sprintf("panic: os.Exit(%d)", want.Exit)
	}
	if ended == "" && strings.HasPrefix(got.Failure, "panic: os.Exit(0) ") {
		got.Failure = "" // which ends a program well, and a cell as any other status does
	}
	switch {
	case ended == "" && got.Failure != "":
		return got.Failure
	case ended != "" && !strings.HasPrefix(got.Failure, ended):
		return fmt.Sprintf("ends with %q, want %q", got.Failure, ended)
	}
	stdout, stderr := strings.ToValidUTF8(want.Stdout, "\ufffd"), strings.ToValidUTF8(want.Stderr, "\ufffd") // as a message can have it
	switch {
	case got.Stdout != stdout:
		return "prints " + difference(got.Stdout, stdout)
	case got.Stderr != stderr:
		return "writes to stderr " + difference(got.Stderr, stderr)
	}
	return ""
}

// difference is the first line that differs.
func difference(got, want string) string {
	a, b := strings.SplitAfter(got, "\n"), strings.SplitAfter(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("%q, want %q (line %d)", a[i], b[i], i+1)
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(a)-1, len(b)-1)
}
