package optim_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/engine/cpu"
	"github.com/hardneg/hardneg/lib/optim"
)

// read decodes a vector that PyTorch computed.
func read(t *testing.T, name string, into any) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func floats(v []float64) []float32 {
	f := make([]float32, len(v))
	for i, x := range v {
		f[i] = float32(x)
	}
	return f
}

// near fails where got is not want to float32's rounding.
func near(t *testing.T, what string, step int, got []float32, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	for i, w := range want {
		if math.Abs(float64(got[i])-w) > 3e-7*math.Max(1, math.Abs(w)) {
			t.Errorf("%s, step %d: element %d is %v, want %v", what, step, i, got[i], w)
		}
	}
}

func TestSGDIsPyTorchs(t *testing.T) {
	var v struct {
		LR, Momentum, WD float64
		W0               []float64
		Grads, W         [][]float64
	}
	read(t, "sgd.json", &v)
	if len(v.Grads) < 3 || len(v.Grads) != len(v.W) {
		t.Fatalf("%d gradients and %d weights", len(v.Grads), len(v.W))
	}
	e := cpu.New()
	w := engine.From(e, floats(v.W0), len(v.W0))
	s := optim.NewSGD(w, v.Momentum, v.WD)
	for i, g := range v.Grads {
		s.Step(w, engine.From(e, floats(g), len(g)), v.LR)
		near(t, "w", i, engine.Floats(w), v.W[i])
	}
}

func TestCosine(t *testing.T) {
	var v struct {
		LR0   float64
		Total int
		Steps []int
		LR    []float64
		Warm  struct {
			W  int
			LR []float64
		}
	}
	read(t, "cosine.json", &v)
	if len(v.Steps) < 5 || len(v.LR) != len(v.Steps) || len(v.Warm.LR) != len(v.Steps) {
		t.Fatalf("%d steps, %d and %d rates", len(v.Steps), len(v.LR), len(v.Warm.LR))
	}
	for i, step := range v.Steps {
		if got := optim.Cosine(v.LR0, step, v.Total, 0); math.Abs(got-v.LR[i]) > 1e-15 {
			t.Errorf("step %d: %v, want %v", step, got, v.LR[i])
		}
		if got := optim.Cosine(v.LR0, step, v.Total, v.Warm.W); math.Abs(got-v.Warm.LR[i]) > 1e-15 {
			t.Errorf("step %d after a warm-up of %d: %v, want %v", step, v.Warm.W, got, v.Warm.LR[i])
		}
	}
	if got := optim.Cosine(1, 10, 10, 0); got != 0 {
		t.Errorf("after the last step: %v, want 0", got)
	}
	if got := optim.Cosine(1, 9, 10, 10); got != 1 {
		t.Errorf("last step of nothing but warm-up: %v, want 1", got)
	}
}

func TestCosinePanics(t *testing.T) {
	for _, c := range [][3]int{{0, 0, 0}, {-1, 10, 0}, {0, 10, 11}, {0, 10, -1}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("step %d of %d with %d of warm-up: no panic", c[0], c[1], c[2])
				}
			}()
			optim.Cosine(1, c[0], c[1], c[2])
		}()
	}
}

// The momentum update of the key encoder, over the query encoder's weights as PyTorch's optimiser left them.
func TestMomentumUpdate(t *testing.T) {
	var v struct {
		M          float64
		Key0       []float64
		QuerySteps [][]float64 `json:"query_steps"`
		KeySteps   [][]float64 `json:"key_steps"`
	}
	read(t, "ema.json", &v)
	if len(v.QuerySteps) < 3 || len(v.QuerySteps) != len(v.KeySteps) {
		t.Fatalf("%d and %d steps", len(v.QuerySteps), len(v.KeySteps))
	}
	e := cpu.New()
	key := engine.From(e, floats(v.Key0), len(v.Key0))
	for i, q := range v.QuerySteps {
		e.MomentumUpdate(key, engine.From(e, floats(q), len(q)), v.M)
		near(t, "key", i, engine.Floats(key), v.KeySteps[i])
	}
}
