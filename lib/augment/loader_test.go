package augment

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hardneg/hardneg/datasets"
	"github.com/hardneg/hardneg/lib/parallel"
	"github.com/hardneg/hardneg/lib/stream"
)

// pictures is a data set of n images of side px, no two of them alike.
func pictures(t testing.TB, n, side int) datasets.Dataset {
	t.Helper()
	pixels, labels := picture("detail", n*side, side), make([]int, n)
	for i := range labels {
		labels[i] = i % 7
	}
	d, err := datasets.NewMemory("pictures", side, side, pixels, labels, []string{"a", "b", "c", "d", "e", "f", "g"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// broken is a data set whose images can go wrong.
type broken struct {
	datasets.Dataset
	image func(i int) ([]uint8, error)
}

func (b broken) Image(i int) ([]uint8, error) {
	if img, err := b.image(i); img != nil || err != nil {
		return img, err
	}
	return b.Dataset.Image(i)
}

// noLeak reports goroutines that are left when the test is over.
func noLeak(t *testing.T) {
	t.Helper()
	parallel.For(64, 1, func(int, int) { time.Sleep(time.Millisecond) }) // its workers are kept
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		for range 400 {
			if runtime.NumGoroutine() <= before {
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
		buf := make([]byte, 1<<16)
		t.Errorf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
	})
}

func equalBatches(a, b *Batch) bool {
	return a.Epoch == b.Epoch && slices.Equal(a.Index, b.Index) && slices.Equal(a.ID, b.ID) &&
		slices.Equal(a.Label, b.Label) && slices.Equal(a.X1, b.X1) && slices.Equal(a.X2, b.X2)
}

// Batches come in order, are the same for any number of workers, whether their memory is used again or not, and are
// what Views makes by itself. An epoch visits each image at most once; what does not fill a batch is left out.
func TestLoaderEqualsViews(t *testing.T) {
	noLeak(t)
	ctx := t.Context()
	const n, size, epochs, seed = 30, 8, 3, 5
	d, err := datasets.Subset(pictures(t, 2*n, 10), stream.New(1).Perm(2 * n)[:n])
	if err != nil {
		t.Fatal(err)
	}
	views := MoCoV2(16)
	var want []*Batch
	for epoch := range epochs {
		order := Order(n, seed, epoch)
		for at := 0; at+size <= n; at += size {
			b, err := Views(d, views, order[at:at+size], seed, epoch)
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, b)
		}
	}
	for _, c := range []LoaderConfig{{Workers: 1, Ahead: 1}, {Workers: 2}, {Workers: 3, Ahead: 7}, {Workers: 8, Ahead: 30}, {Start: 4}} {
		for _, recycle := range []bool{false, true} {
			c.Views, c.Batch, c.Epochs, c.Seed = views, size, epochs, seed
			l, err := NewLoader(ctx, d, c)
			if err != nil {
				t.Fatal(err)
			}
			if l.StepsPerEpoch() != 3 || l.Steps() != 9 {
				t.Fatalf("%d steps, %d in an epoch", l.Steps(), l.StepsPerEpoch())
			}
			for step := c.Start; step < len(want); step++ {
				b, err := l.Next(ctx)
				if err != nil {
					t.Fatal(err)
				}
				if b.Step != step || !equalBatches(b, want[step]) {
					t.Fatalf("%+v: step %d (%d) is not what Views makes", c, step, b.Step)
				}
				if recycle {
					l.Recycle(b)
				}
			}
			for range 2 {
				if b, err := l.Next(ctx); b != nil || err != io.EOF {
					t.Fatalf("after the last: %v, %v", b, err)
				}
			}
			l.Close()
		}
	}
}

// Views depend on seed, epoch and the image's identity, and on nothing else: not on its place in a subset or a batch.
func TestViewsDependOnIdentity(t *testing.T) {
	d, c := pictures(t, 20, 8), MoCoCIFAR(8)
	sub, err := datasets.Subset(d, []int{3, 11, 7})
	if err != nil {
		t.Fatal(err)
	}
	views := func(d datasets.Dataset, seed uint64, epoch int, index ...int) *Batch {
		b, err := Views(d, c, index, seed, epoch)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	a, b := views(d, 1, 2, 11), views(sub, 1, 2, 0, 2, 1)
	if m := 3 * 8 * 8; !slices.Equal(a.X1, b.X1[2*m:]) || !slices.Equal(a.X2, b.X2[2*m:]) || b.ID[2] != 11 || b.Label[2] != 11%7 {
		t.Error("an image's views change in a subset")
	}
	if slices.Equal(a.X1, a.X2) || slices.Equal(a.X1, views(d, 1, 3, 11).X1) || slices.Equal(a.X1, views(d, 2, 2, 11).X1) {
		t.Error("views repeat")
	}
}

func TestOrder(t *testing.T) {
	a, b := Order(100, 1, 0), Order(100, 1, 1)
	if slices.Equal(a, b) || slices.Equal(a, Order(100, 2, 0)) || !slices.Equal(a, Order(100, 1, 0)) {
		t.Error("the order does not follow seed and epoch")
	}
	slices.Sort(b)
	for i, v := range b {
		if i != v {
			t.Fatalf("%v is no permutation", b)
		}
	}
}

func TestBadLoaders(t *testing.T) {
	d := pictures(t, 20, 8)
	tall, err := datasets.NewMemory("tall", 4, 2, make([]uint8, 24), []int{0}, []string{"a"})
	if err != nil {
		t.Fatal(err)
	}
	for want, c := range map[string]LoaderConfig{
		"batch of 21 images from pictures, which has 20": {Batch: 21},
		"Batch is -1":            {Batch: -1},
		"Epochs is -2":           {Batch: 4, Epochs: -2},
		"Workers is -1":          {Batch: 4, Workers: -1},
		"Ahead is -1":            {Batch: 4, Ahead: -1},
		"Start is step 6 of 5":   {Batch: 4, Start: 6},
		"FlipP is 2":             {Batch: 4, Views: Config{FlipP: 2}},
		"pictures, which has 20": {}, // 128 by default
	} {
		if l, err := NewLoader(t.Context(), d, c); l != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	if _, err := NewLoader(t.Context(), tall, LoaderConfig{Batch: 1}); err == nil || !strings.Contains(err.Error(), "tall have 4 x 2") {
		t.Error(err)
	}
	for _, i := range []int{-1, 20} {
		if _, err := Views(d, Config{}, []int{0, i}, 1, 0); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("image %d of pictures, which has 20", i)) {
			t.Error(err)
		}
	}
}

// No more than Ahead batches are begun before they are asked for.
func TestAheadIsBounded(t *testing.T) {
	var read atomic.Int32
	d := broken{pictures(t, 64, 8), func(int) ([]uint8, error) { read.Add(1); return nil, nil }}
	l, err := NewLoader(t.Context(), d, LoaderConfig{Batch: 4, Workers: 3, Ahead: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for step := range int32(5) {
		want := 4 * (3 + step)
		for deadline := time.Now().Add(5 * time.Second); read.Load() < want && time.Now().Before(deadline); {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(10 * time.Millisecond)
		if n := read.Load(); n != want {
			t.Fatalf("%d images read after %d batches, want %d", n, step, want)
		}
		b, err := l.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		l.Recycle(b)
	}
}

// A step allocates what an image's stream needs and nothing that grows with the views.
func TestRecycleAllocates(t *testing.T) {
	const size = 32
	l, err := NewLoader(t.Context(), pictures(t, 64, 32), LoaderConfig{Views: MoCoV2(32), Batch: size, Epochs: 1000, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	step := func() {
		b, err := l.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		l.Recycle(b)
	}
	for range 20 {
		step()
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	const steps = 200
	for range steps {
		step()
	}
	runtime.ReadMemStats(&after)
	bytes := float64(after.TotalAlloc-before.TotalAlloc) / steps / size
	t.Logf("%.0f bytes an image", bytes)
	if bytes > 256 { // its two views have 24,576
		t.Errorf("%.0f bytes allocated for each image", bytes)
	}
}

func BenchmarkLoader(b *testing.B) {
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("%d-workers", workers), func(b *testing.B) {
			l, err := NewLoader(b.Context(), pictures(b, 1024, 16), LoaderConfig{Views: MoCoCIFAR(16), Epochs: b.N, Workers: workers})
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close()
			b.ReportAllocs()
			n := 0
			b.ResetTimer()
			for range b.N {
				batch, err := l.Next(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				n += batch.Len()
				l.Recycle(batch)
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "images/s")
		})
	}
}
