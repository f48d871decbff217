package augment

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// An image that cannot be read stops the loader at the batch that has it, with the data set and the index in the error; so do a
// panic in the data set and an image of another size. Batches before it are handed out.
func TestBrokenImages(t *testing.T) {
	noLeak(t)
	whole := pictures(t, 24, 8)
	truncated := errors.New("truncated")
	const size, seed = 4, 3
	order := Order(24, seed, 0)
	bad, zero := order[10], 0 // in the third batch
	for want, image := range map[string]func() ([]uint8, error){
		fmt.Sprintf("image %d of pictures: truncated", bad):                               func() ([]uint8, error) { return nil, truncated },
		fmt.Sprintf("image %d of pictures: panic: index", bad):                            func() ([]uint8, error) { panic("index") },
		fmt.Sprintf("image %d of pictures has 7 bytes, want 192 (8 x 8 x 3)", bad):        func() ([]uint8, error) { return make([]uint8, 7), nil },
		fmt.Sprintf("image %d of pictures: panic: runtime error: integer divide by", bad): func() ([]uint8, error) { return make([]uint8, 1/zero), nil },
	} {
		d := broken{whole, func(i int) ([]uint8, error) {
			if i != bad {
				return nil, nil
			}
			return image()
		}}
		l, err := NewLoader(t.Context(), d, LoaderConfig{Batch: size, Epochs: 2, Seed: seed, Workers: 3, Ahead: 4})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := l.Next(t.Context()); err != nil {
				t.Fatalf("before the broken image: %v", err)
			}
		}
		for range 2 {
			b, err := l.Next(t.Context())
			if b != nil || err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "step 2: ") {
				t.Fatalf("%v, error %v, want one with %q", b, err, want)
			}
			if strings.Contains(want, "truncated") && !errors.Is(err, truncated) {
				t.Fatal("the error does not wrap its cause")
			}
		}
		l.Close()
	}
	d := broken{whole, func(i int) ([]uint8, error) { return nil, fmt.Errorf("bad %d", i) }}
	for range 20 {
		if _, err := Views(d, Config{}, []int{5, 4, 3, 2}, 1, 0); err == nil || !strings.Contains(err.Error(), "bad 5") {
			t.Fatalf("%v, want the first image's error", err)
		}
	}
}

// When the loader's context ends, Next ends and so do the goroutines, without Close, even while images are slow.
func TestCancel(t *testing.T) {
	const workers = 2
	var read, late atomic.Int32
	t.Cleanup(func() { // when all goroutines have ended
		if n := late.Load(); n > workers {
			t.Errorf("%d images begun after the end, want at most %d: one by each worker", n, workers)
		}
	})
	noLeak(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	slow := broken{pictures(t, 4096, 8), func(int) ([]uint8, error) {
		if read.Add(1); ctx.Err() != nil {
			late.Add(1)
		}
		time.Sleep(2 * time.Millisecond)
		return nil, nil
	}}
	l, err := NewLoader(ctx, slow, LoaderConfig{Batch: 2048, Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	stop := errors.New("interrupted")
	go func() { time.Sleep(20 * time.Millisecond); cancel(stop) }()
	if b, err := l.Next(context.Background()); b != nil || !errors.Is(err, stop) {
		t.Fatalf("%v, %v", b, err)
	}
	if read.Load() == 0 {
		t.Error("nothing was under way")
	}
}

// The context of Next ends one call: the batch waits for the next.
func TestNextIsInterrupted(t *testing.T) {
	noLeak(t)
	var open atomic.Bool
	d := broken{pictures(t, 64, 8), func(int) ([]uint8, error) {
		for !open.Load() {
			time.Sleep(time.Millisecond)
		}
		return nil, nil
	}}
	l, err := NewLoader(t.Context(), d, LoaderConfig{Batch: 32})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	short, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	for range 2 {
		if b, err := l.Next(short); b != nil || !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("%v, %v", b, err)
		}
	}
	open.Store(true)
	for step := range 2 {
		if b, err := l.Next(t.Context()); err != nil || b.Step != step {
			t.Fatalf("%+v, %v", b, err)
		}
	}
	if _, err := l.Next(t.Context()); err != io.EOF {
		t.Fatal(err)
	}
}

func TestClose(t *testing.T) {
	noLeak(t)
	l, err := NewLoader(t.Context(), pictures(t, 64, 8), LoaderConfig{Batch: 4, Epochs: 100})
	if err != nil {
		t.Fatal(err)
	}
	b, err := l.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	l.Close()
	if _, err := l.Next(t.Context()); err != ErrClosed {
		t.Fatal(err)
	}
	l.Recycle(b) // in a deferred call, perhaps
	defer func() {
		if p := fmt.Sprint(recover()); !strings.Contains(p, "step 0 is given back twice") {
			t.Errorf("panic %q", p)
		}
	}()
	l.Recycle(b)
}
