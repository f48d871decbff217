package typedata

import (
	"go/constant"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"runtime"
)

// here are the constants whose values differ from platform to platform. The data are written on linux/amd64; these are
// those of the platform that the program is built for.
var here = map[string]map[string]any{
	"os": {
		"DevNull": os.DevNull, "PathListSeparator": os.PathListSeparator, "PathSeparator": os.PathSeparator,
		"O_APPEND": os.O_APPEND, "O_CREATE": os.O_CREATE, "O_EXCL": os.O_EXCL, "O_SYNC": os.O_SYNC, "O_TRUNC": os.O_TRUNC,
		"O_RDONLY": os.O_RDONLY, "O_WRONLY": os.O_WRONLY, "O_RDWR": os.O_RDWR,
	},
	"path/filepath": {"ListSeparator": filepath.ListSeparator, "Separator": filepath.Separator},
	"runtime":       {"GOARCH": runtime.GOARCH, "GOOS": runtime.GOOS},
}

// localize is p with the values of this platform. It shares all other objects with p, which other packages refer to.
func localize(p *types.Package) *types.Package {
	values, ok := here[p.Path()]
	if !ok {
		return p
	}
	out := types.NewPackage(p.Path(), p.Name())
	for _, name := range p.Scope().Names() {
		o := p.Scope().Lookup(name)
		if v, ok := values[name]; ok {
			o = types.NewConst(token.NoPos, out, name, o.Type(), value(v))
		}
		out.Scope().Insert(o)
	}
	out.SetImports(p.Imports())
	out.MarkComplete()
	return out
}

func value(v any) constant.Value {
	switch v := v.(type) {
	case string:
		return constant.MakeString(v)
	case rune:
		return constant.MakeInt64(int64(v))
	case int:
		return constant.MakeInt64(int64(v))
	}
	return constant.MakeUnknown()
}
