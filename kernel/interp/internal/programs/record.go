package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/hardneg/hardneg/kernel/interp/internal/corpus"
)

const (
	fastest = time.Second // a compiled program that takes longer is left out
	longest = 16 << 10    // bytes of output, likewise
)

// record runs programs and keeps those that end, soon, twice in the same way.
func record(list []corpus.Program, left map[string][]string) (kept []corpus.Program) {
	reasons := make([]string, len(list))
	var wg sync.WaitGroup
	free := make(chan bool, 2)
	for i := range list {
		wg.Go(func() {
			free <- true
			list[i].Want, reasons[i] = run(list[i])
			<-free
		})
	}
	wg.Wait()
	for i, p := range list {
		if r := reasons[i]; r != "" {
			left[r] = append(left[r], p.Name)
			fmt.Printf("  %s: %s\n", p.Name, r)
			continue
		}
		kept = append(kept, p)
	}
	return kept
}

// run builds a program and runs it twice. reason says why its result is of no use.
func run(p corpus.Program) (res corpus.Result, reason string) {
	dir, err := os.MkdirTemp("", "program")
	if err != nil {
		return res, err.Error()
	}
	defer os.RemoveAll(dir)
	file, binary := filepath.Join(dir, "main.go"), filepath.Join(dir, "program")
	if err := os.WriteFile(file, []byte(p.Source), 0o644); err != nil {
		return res, err.Error()
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module program\ngo 1.26\n"), 0o644); err != nil { // whose GODEBUG is today's
		return res, err.Error()
	}
	build := exec.Command("go", "build", "-o", binary, ".")
	build.Dir, build.Env = dir, append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		return res, fmt.Sprintf("does not build: %s", out)
	}
	first, reason := once(binary, dir)
	if reason != "" {
		return res, reason
	}
	second, reason := once(binary, dir)
	if reason == "" && first != second {
		reason = "differs from run to run"
	}
	return second, reason
}

func once(binary, dir string) (r corpus.Result, reason string) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*fastest)
	defer cancel()
	c := exec.CommandContext(ctx, binary)
	c.Dir = dir
	var out, errw bytes.Buffer
	c.Stdout, c.Stderr = &out, &errw
	err := c.Run()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		return r, err.Error()
	}
	if used := c.ProcessState.UserTime() + c.ProcessState.SystemTime(); used > fastest || ctx.Err() != nil {
		return r, "too long to interpret"
	}
	if out.Len()+errw.Len() > longest {
		return r, "prints more than 16 KiB"
	}
	if bytes.ContainsRune(out.Bytes(), '\r') || bytes.Contains(out.Bytes(), []byte("\n-- ")) {
		return r, "not for an archive of texts"
	}
	r = corpus.Result{Stdout: out.String(), Exit: c.ProcessState.ExitCode()}
	r.Stderr, r.Panic = parted(errw.String(), r.Exit)
	return r, ""
}

// began is where the report of a panic or of the end of all goroutines begins.
var began = regexp.MustCompile(`(?m)^(panic|fatal error): `)

// parted takes the report of a panic apart from what the program itself wrote.
func parted(s string, exit int) (own, panicked string) {
	at := began.FindStringIndex(s)
	if exit != 2 || at == nil {
		return s, ""
	}
	line, _, _ := strings.Cut(strings.TrimPrefix(s[at[0]:], "panic: "), "\n")
	return s[:at[0]], line
}
