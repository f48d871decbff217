package avx

import "golang.org/x/sys/cpu"

// lacking tells what this machine lacks for isa; "" is nothing. The flags of golang.org/x/sys/cpu say what the CPU
// has and the operating system saves: without that, the instructions fault.
func lacking(isa string) string {
	x := &cpu.X86
	switch {
	case !x.HasAVX2 || !x.HasFMA:
		return "this machine lacks AVX2 or FMA: use engine cpu"
	case isa == avx512 && !(x.HasAVX512F && x.HasAVX512VL && x.HasAVX512DQ && x.HasAVX512BW):
		return "this machine lacks AVX-512 (F, VL, DQ, BW): use avx2"
	}
	return ""
}
