package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// writeNotebook makes a notebook of code cells, the first of them tagged "parameters".
func writeNotebook(t *testing.T, cells ...string) string {
	t.Helper()
	var list []map[string]any
	for i, c := range cells {
		meta := map[string]any{}
		if i == 0 {
			meta["tags"] = []string{"parameters"}
		}
		list = append(list, map[string]any{"cell_type": "code", "metadata": meta, "source": c, "outputs": []any{}, "execution_count": nil})
	}
	b, err := json.Marshal(map[string]any{"nbformat": 4, "nbformat_minor": 4, "metadata": map[string]any{}, "cells": list})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "in.ipynb")
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRunSaysByItsStatus(t *testing.T) {
	good := writeNotebook(t, "seeds := 5", "seeds * 10")
	bad := writeNotebook(t, "n := 0", "panic(\"no\")", "n")
	slow := writeNotebook(t, "n := 0", "for { n++ }", "n")
	for _, c := range []struct {
		args []string
		code int
		said string // by errw
		text string // in the notebook
	}{
		{[]string{good}, exitOK, "", `"50"`},
		{[]string{good, "-p", "seeds=2"}, exitOK, "", `"20"`},
		{[]string{good, "-p", "seed=2"}, exitUsage, `did you mean "seeds"`, ""},
		{[]string{good, "-p", "seeds"}, exitUsage, "NAME=VALUE", ""},
		{[]string{good, bad}, exitUsage, "one notebook", ""},
		{[]string{good, "--timeout", "-1s"}, exitUsage, "--timeout is -1s", ""},
		{[]string{"none.ipynb"}, exitFailure, "none.ipynb", ""},
		{[]string{bad}, exitFailure, "cell [2] failed\npanic: no", `"evalue": "no"`},
		{[]string{bad, "--allow-errors"}, exitOK, "", `"evalue": "no"`},
		{[]string{slow, "--timeout", "200ms"}, exitFailure, "cell [2] failed\ninterrupted: the cell took longer than 200ms", `"ename": "interrupted"`},
	} {
		to := filepath.Join(t.TempDir(), "out.ipynb")
		var out, errw bytes.Buffer
		code := run(context.Background(), Program{}, append([]string{"run", "--out", to}, c.args...), &out, &errw)
		if code != c.code || !strings.Contains(errw.String(), c.said) {
			t.Errorf("run %v: status %d, want %d; said %q, want %q", c.args, code, c.code, errw.String(), c.said)
		}
		if text, err := os.ReadFile(to); c.text != "" && (err != nil || !strings.Contains(string(text), c.text)) {
			t.Errorf("run %v: no %s in the notebook: %v", c.args, c.text, err)
		}
	}
}

// Ctrl-C cancels the command's context: the cell stops, and what was executed is in the file.
func TestRunInterrupted(t *testing.T) {
	in := writeNotebook(t, "n := 41", "n + 1", "for { n++ }", "n")
	to := filepath.Join(t.TempDir(), "out.ipynb")
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	var out, errw bytes.Buffer
	if code := run(ctx, Program{}, []string{"run", in, "--out", to}, &out, &errw); code != exitInterrupted {
		t.Errorf("status %d, want %d", code, exitInterrupted)
	}
	if !strings.Contains(errw.String(), "What was executed is in "+to) {
		t.Errorf("said %q", errw.String())
	}
	text, err := os.ReadFile(to)
	if err != nil || !strings.Contains(string(text), `"42"`) {
		t.Errorf("the second cell's result is not in the notebook: %v", err)
	}
}
