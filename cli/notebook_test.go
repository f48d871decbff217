package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// stored is what this test looks at in a notebook file.
type stored struct {
	Cells []struct {
		ID     string
		Type   string `json:"cell_type"`
		Source []string
		Count  *int `json:"execution_count"`
		Output []struct {
			Type string `json:"output_type"`
		} `json:"outputs"`
	}
}

func readNotebook(t *testing.T, path string) (n stored) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, &n)
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Every notebook is stored executed and without an error, and prose announces each of its cells.
func TestNotebooksAreStoredExecuted(t *testing.T) {
	paths, err := filepath.Glob("../notebooks/*.ipynb")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no notebooks: %v", err)
	}
	for _, path := range paths {
		before := ""
		for _, c := range readNotebook(t, path).Cells {
			if c.Type == "code" {
				if c.Count == nil {
					t.Errorf("%s: cell %s was not executed", path, c.ID)
				}
				if before != "markdown" {
					t.Errorf("%s: no prose announces cell %s", path, c.ID)
				}
				for _, o := range c.Output {
					if o.Type == "error" {
						t.Errorf("%s: cell %s holds an error", path, c.ID)
					}
				}
			}
			before = c.Type
		}
	}
}

// Notebook 01 runs from its first cell to its last, small, from the records that are committed.
func TestNotebook01(t *testing.T) {
	results, err := filepath.Abs("../notebooks/results/01")
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "01.ipynb")
	var out, errw bytes.Buffer
	args := []string{"run", "../notebooks/01-which-negatives.ipynb", "--out", to, "-p", "size=smoke", "-p", "results=" + results}
	if code := run(context.Background(), Program{}, args, &out, &errw); code != exitOK {
		t.Fatalf("exit %d:\n%s", code, errw.String())
	}
	text, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"image/png", "image/svg+xml", "linear probe: hardest 5%"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the executed notebook holds no %q", want)
		}
	}
}
