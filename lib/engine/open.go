package engine

import (
	"fmt"
	"os"
	"slices"
	"sync"

	"github.com/hardneg/hardneg/lib/suggest"
)

var (
	mu       sync.Mutex
	openers  = map[string]func() (Engine, error){}
	priority []string // best last
)

// Register makes an engine known. Packages of engines call it from init, in the order of their imports; open
// returns an error that says what the machine lacks.
func Register(name string, open func() (Engine, error)) {
	mu.Lock()
	defer mu.Unlock()
	if _, twice := openers[name]; twice {
		panic(fmt.Sprintf("engine: %q registered twice", name))
	}
	openers[name] = open
	priority = append(priority, name)
	slices.SortFunc(priority, func(a, b string) int { return rank[a] - rank[b] })
}

// rank orders the engines for Best: a higher one is faster where it runs.
var rank = map[string]int{"cpu": 1, "avx-exact": 2, "avx": 3, "cuda": 4}

// Names lists the registered engines, the best last.
func Names() []string {
	mu.Lock()
	defer mu.Unlock()
	return slices.Clone(priority)
}

// Open returns the engine called name; "" is $HARDNEG_ENGINE, or where that is empty, the best one that runs here.
func Open(name string) (Engine, error) {
	if name == "" {
		name = os.Getenv("HARDNEG_ENGINE")
	}
	if name == "" {
		return Best()
	}
	mu.Lock()
	open := openers[name]
	mu.Unlock()
	if open == nil {
		return nil, suggest.Unknown("engine", name, Names())
	}
	return open()
}

// Best returns the fastest engine that runs on this machine.
func Best() (Engine, error) {
	names := Names()
	var why error
	for _, name := range slices.Backward(names) {
		mu.Lock()
		open := openers[name]
		mu.Unlock()
		e, err := open()
		if err == nil {
			return e, nil
		}
		why = fmt.Errorf("engine %s: %w", name, err)
	}
	if why == nil {
		why = fmt.Errorf("no engine is linked in: import lib/engine/cpu")
	}
	return nil, why
}
