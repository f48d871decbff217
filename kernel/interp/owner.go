package interp

import "github.com/cosmos72/gomacro/gls"

// owners knows to which cell a goroutine belongs: what it prints, shows and asks is that cell's, also when another runs
// by then. A goroutine that compiled code starts is not known, and counts as the running cell's.
type owners struct {
	now any // of the cell that runs, or ran last
	of  map[uintptr]any
}

// SetOwner says whose the goroutines are that cells start from now on: any value by which the caller knows the cell.
func (in *Interp) SetOwner(owner any) {
	g := &in.goroutines
	g.mu.Lock()
	defer g.mu.Unlock()
	g.owners.now = owner
}

// Owner is the owner of the calling goroutine.
func (in *Interp) Owner() any {
	g := &in.goroutines
	g.mu.Lock()
	defer g.mu.Unlock()
	if owner, ok := g.owners.of[gls.GoID()]; ok {
		return owner
	}
	return g.owners.now
}

// own says that the calling goroutine is owner's, until the returned function is called.
func (g *failures) own(owner any) (end func()) {
	id := gls.GoID()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.owners.of == nil {
		g.owners.of = map[uintptr]any{}
	}
	g.owners.of[id] = owner
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		delete(g.owners.of, id)
	}
}
