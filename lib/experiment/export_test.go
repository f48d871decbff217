package experiment

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hardneg/hardneg/lib/safetensors"
)

// The batches, and the order in which the key encoder sees each, are the same whether the steps are trained here or not.
func TestExportIsTheSameWithoutATrace(t *testing.T) {
	s := tiny
	s.Splits, s.Seed = 2, 3
	read := func(dir, name, tensor string) []int64 {
		t.Helper()
		f, err := safetensors.Read(filepath.Join(dir, name+".safetensors"))
		if err != nil {
			t.Fatal(err)
		}
		values, err := f.Int64(tensor)
		if err != nil {
			t.Fatal(err)
		}
		return values
	}
	var orders [2][][]int64
	for i, trace := range []bool{true, false} {
		dir := t.TempDir()
		if err := ExportRun(context.Background(), s, Options{}, dir, Export{Steps: 3, Trace: trace}); err != nil {
			t.Fatal(err)
		}
		for step := range 3 {
			name := fmt.Sprintf("batches/%05d", step)
			orders[i] = append(orders[i], read(dir, name, "order"), read(dir, name, "id"))
		}
		for fill := range s.Queue / s.Batch {
			name := fmt.Sprintf("fill/%05d", fill)
			orders[i] = append(orders[i], read(dir, name, "order"), read(dir, name, "id"))
		}
	}
	for i, with := range orders[0] {
		if !slices.Equal(with, orders[1][i]) {
			t.Errorf("list %d (order and ids in turn) is %v with a trace, %v without", i, with, orders[1][i])
		}
	}
	if slices.Equal(orders[0][0], orders[0][2]) {
		t.Error("two steps shuffle their keys alike")
	}
}

// A folder that holds an export already is refused: batches of the two would lie side by side.
func TestExportDoesNotMix(t *testing.T) {
	dir := t.TempDir()
	if err := ExportRun(context.Background(), tiny, Options{}, dir, Export{Steps: 2}); err != nil {
		t.Fatal(err)
	}
	if err := ExportRun(context.Background(), tiny, Options{}, dir, Export{Steps: 1}); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("error %v, want one that names %s", err, dir)
	}
}
