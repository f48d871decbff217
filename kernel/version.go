package kernel

import "runtime/debug"

// Version is the kernel's own, as front ends show it: the program's module version where the build knows one.
var Version = func() string {
	if b, ok := debug.ReadBuildInfo(); ok && b.Main.Version != "" && b.Main.Version != "(devel)" {
		return b.Main.Version
	}
	return "devel"
}()
