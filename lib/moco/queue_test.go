package moco

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/engine/cpu"
)

// The order of slots is that of the reference, around the end too.
func TestQueueOrder(t *testing.T) {
	var ref struct {
		K, Batch int
		States   []struct {
			Step     int
			PtrAfter int `json:"ptr_after"`
			Slots    []int
		}
	}
	b, err := os.ReadFile("testdata/queue.json")
	if err == nil {
		err = json.Unmarshal(b, &ref)
	}
	if err != nil || len(ref.States) == 0 {
		t.Fatal("testdata/queue.json:", err)
	}
	e := cpu.New()
	q := NewQueue(e, ref.K, 3, 1)
	noise := engine.Floats(q.Keys)
	for _, state := range ref.States {
		ids := make([]int, ref.Batch)
		rows := make([]float32, 3*ref.Batch)
		for i := range ids {
			ids[i] = state.Step*ref.Batch + i
			rows[3*i] = float32(ids[i])
		}
		q.Enqueue(engine.From(e, rows, ref.Batch, 3), ids, ids)
		if !slices.Equal(q.ID, state.Slots) || !slices.Equal(q.Label, state.Slots) || q.next != state.PtrAfter {
			t.Fatalf("step %d: slots %v, next %d; want %v, %d", state.Step, q.ID, q.next, state.Slots, state.PtrAfter)
		}
		keys := engine.Floats(q.Keys)
		for slot, id := range q.ID {
			want := float32(id)
			if id == Unknown {
				want = noise[3*slot]
			} else if age := (state.Step*ref.Batch - id + ref.Batch - 1) / ref.Batch; q.Age[slot] != age {
				t.Fatalf("step %d: slot %d has age %d, want %d", state.Step, slot, q.Age[slot], age)
			}
			if keys[3*slot] != want {
				t.Fatalf("step %d: slot %d holds key %g, want %g", state.Step, slot, keys[3*slot], want)
			}
		}
		if full := !slices.Contains(q.ID, Unknown); q.Full() != full {
			t.Fatalf("step %d: Full is %v", state.Step, q.Full())
		}
	}
}

func TestQueueStartsOnTheSphere(t *testing.T) {
	q := NewQueue(cpu.New(), 50, 64, 9)
	rows := engine.Floats(q.Keys)
	for i := range 50 {
		sum := 0.0
		for _, v := range rows[i*64 : (i+1)*64] {
			sum += float64(v) * float64(v)
		}
		if sum < 1-1e-6 || sum > 1+1e-6 {
			t.Fatalf("key %d has square norm %g", i, sum)
		}
	}
	if q.Full() {
		t.Fatal("a queue of noise says that it is full of real keys")
	}
}
