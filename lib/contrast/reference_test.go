package contrast

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/engine/cpu"
)

// reference is testdata/infonce_band.json: banded InfoNCE in PyTorch, float64; its doc says the conventions.
type reference struct {
	B, D, K       int
	Zq, Zk, Queue []float64
	Order         [][]int
	Pos, Neg      []float64
	Cases         []struct {
		T, Lo, Hi, Loss float64
		Start, End      int
		Kept            [][]int
		PerQueryLoss    []float64 `json:"per_query_loss"`
		GradZ           []float64 `json:"grad_unnormalised_query"`
		GradQ           []float64 `json:"grad_normalised_query"`
	}
}

func read(t *testing.T, name string, to any) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, to); err != nil {
		t.Fatal(err)
	}
}

func narrow(x []float64) []float32 {
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = float32(v)
	}
	return out
}

// distance is the largest difference, as a share of the largest element of want.
func distance(got []float32, want []float64) float64 {
	worst, largest := 0.0, 0.0
	for i, w := range want {
		worst, largest = max(worst, math.Abs(float64(got[i])-w)), max(largest, math.Abs(w))
	}
	return worst / largest
}

func TestRanksAreTheReferences(t *testing.T) {
	var cases []struct {
		K, Start, End int
		Lo, Hi        float64
	}
	read(t, "band_ranks.json", &cases)
	for _, c := range cases {
		start, end, err := Band{c.Lo, c.Hi}.Ranks(c.K)
		if c.Start == c.End {
			if err == nil {
				t.Errorf("band %g-%g of %d: an empty band is no error", c.Lo, c.Hi, c.K)
			}
		} else if err != nil || start != c.Start || end != c.End {
			t.Errorf("band %g-%g of %d: ranks %d to %d (%v), want %d to %d", c.Lo, c.Hi, c.K, start, end, err, c.Start, c.End)
		}
	}
	if len(cases) == 0 {
		t.Fatal("no cases")
	}
}

func TestBandedInfoNCEIsPyTorchs(t *testing.T) {
	var r reference
	read(t, "infonce_band.json", &r)
	e := cpu.New()
	zq, zk := engine.From(e, narrow(r.Zq), r.B, r.D), engine.From(e, narrow(r.Zk), r.B, r.D)
	queue := engine.From(e, narrow(r.Queue), r.K, r.D)
	q, k, s := e.New(r.B, r.D), e.New(r.B, r.D), e.New(r.B, r.K)
	norm, unused := e.New(r.B), e.New(r.B)
	e.Normalise(q, norm, zq)
	e.Normalise(k, unused, zk)
	Similarities(s, q, queue)
	for n := range r.B { // slots 3 and 20 are equal: the lower one ranks first
		if order := Ranked(Row(s, n)); !slices.Equal(order, r.Order[n]) {
			t.Fatalf("query %d: order %v, want %v", n, order, r.Order[n])
		}
	}
	worstLoss, worstGrad := 0.0, 0.0
	for _, c := range r.Cases {
		b := Band{c.Lo, c.Hi}
		kept := engine.NewPairs(r.B, r.K)
		if err := b.Keep(kept, s, nil, Known{}, Rand{}); err != nil {
			t.Fatal(err)
		}
		l := InfoNCE(q, k, queue, s, kept, c.T)
		dz := e.New(r.B, r.D)
		e.NormaliseBackward(dz, l.DQ, q, norm)
		for n := range r.B {
			want := slices.Clone(c.Kept[n])
			slices.Sort(want)
			if got := kept.Negatives(n); !slices.Equal(got, want) {
				t.Errorf("band %v, query %d: kept %v, want %v", b, n, got, want)
			}
			worstLoss = max(worstLoss, math.Abs(l.Loss[n]-c.PerQueryLoss[n])/math.Abs(c.PerQueryLoss[n]))
			if math.Abs(l.Positive[n]-r.Pos[n]) > 1e-6 {
				t.Errorf("query %d: q.k+ %g, want %g", n, l.Positive[n], r.Pos[n])
			}
		}
		worstLoss = max(worstLoss, math.Abs(Mean(l.Loss)/c.Loss-1))
		worstGrad = max(worstGrad, distance(engine.Floats(l.DQ), c.GradQ), distance(engine.Floats(dz), c.GradZ))
	}
	t.Logf("%d cases: loss within %.2g of its value, gradients within %.2g of their largest element", len(r.Cases), worstLoss, worstGrad)
	if worstLoss > 2e-6 || worstGrad > 2e-6 || len(r.Cases) == 0 {
		t.Errorf("loss off by %g, gradients by %g", worstLoss, worstGrad)
	}
}
