package typedata

import (
	"go/token"
	"go/types"
	"testing"
)

// All data can be read, into one set, and says what the packages of the running program are.
func TestImportAll(t *testing.T) {
	s := NewSet(token.NewFileSet())
	for _, path := range Paths() {
		p, err := s.Import(path)
		if err != nil {
			t.Error(err)
			continue
		}
		if !p.Complete() {
			t.Errorf("%s is not complete", path)
		}
	}
	fmt, err := s.Import("fmt")
	if err != nil {
		t.Fatal(err)
	}
	io, err := s.Import("io")
	if err != nil {
		t.Fatal(err)
	}
	w := fmt.Scope().Lookup("Fprint").Type().(*types.Signature).Params().At(0).Type()
	if want := io.Scope().Lookup("Writer").Type(); w != want {
		t.Errorf("fmt.Fprint takes %v, which is not io's Writer", w)
	}
	if _, err := s.Import("no/such"); err == nil {
		t.Error("a package without data was read")
	}
}

// Constants that differ from platform to platform have the values of this one, and their types.
func TestConstantsAreOfThisPlatform(t *testing.T) {
	s := NewSet(token.NewFileSet())
	for path, values := range here {
		p, err := s.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		data, err := s.load(path)
		if err != nil {
			t.Fatal(err)
		}
		for name, v := range values {
			c, ok := p.Scope().Lookup(name).(*types.Const)
			if !ok || c.Val().ExactString() != value(v).ExactString() || !types.Identical(c.Type(), data.Scope().Lookup(name).Type()) {
				t.Errorf("%s.%s is %v, want %v", path, name, c, v)
			}
		}
		if got, want := len(p.Scope().Names()), len(data.Scope().Names()); got != want {
			t.Errorf("%s has %d names, want %d", path, got, want)
		}
	}
}

func BenchmarkImportAll(b *testing.B) {
	for range b.N {
		s := NewSet(token.NewFileSet())
		for _, path := range Paths() {
			if _, err := s.Import(path); err != nil {
				b.Fatal(err)
			}
		}
	}
}
